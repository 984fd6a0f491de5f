import { assert, describe, it } from "@effect/vitest"
import { NotSent } from "@entegre/core/ExchangeError"
import { TokenCache } from "@entegre/core/TokenCache"
import * as TokenMetrics from "@entegre/core/TokenMetrics"
import { Effect, Exit, Fiber, Layer, Ref, Scope } from "effect"
import { TestClock } from "effect/testing"
import { crowd } from "./support/cache.ts"
import { inRegistryOfItsOwn, series } from "./support/metrics.ts"
import * as ModelIssuer from "./support/modelIssuer.ts"

/** The tokens of a model provider, over a cache whose metrics are taken. */
const open = Effect.fnUntraced(function*(options: ModelIssuer.Options = {}) {
  const provider = yield* ModelIssuer.make(options)
  const context = yield* Layer.build(Layer.provideMerge(TokenMetrics.layer, TokenCache.layerWith({ maxIdleKeys: 1 })))
  const cache = yield* Effect.provideContext(TokenCache, context)
  const scope = yield* Scope.make()
  const tokens = yield* Scope.provide(cache.open(provider.issuer), scope)
  return { cache, provider, tokens, scope }
})

describe("the metrics of tokens", () => {
  it.effect("tell logins by outcome, how long they took, and how long callers waited", () =>
    inRegistryOfItsOwn(Effect.gen(function*() {
      const { provider, tokens } = yield* open({ latency: "2 seconds" })
      yield* provider.failNext(new NotSent({ problem: "connectionRefused" }))
      const callers = yield* Effect.forkChild(crowd(100, tokens.get))
      yield* TestClock.adjust("8 seconds")
      yield* Fiber.join(callers)
      const seen = yield* series
      assert.deepInclude(seen.get("entegre.token.request.duration model #1 login"), { count: 1 })
      assert.deepInclude(seen.get("entegre.token.request.duration model #1 login NotSent"), { count: 1 })
      assert.deepInclude(seen.get("entegre.token.renewals model #1 cold issued"), { count: 1 })
      assert.deepInclude(seen.get("entegre.token.renewals model #1 cold failed"), { count: 1 })
      const took = seen.get("entegre.token.request.duration model #1 login")
      assert.isTrue(took !== undefined && "sum" in took && Math.abs(took.sum - 2) < 0.001)
      const waited = seen.get("entegre.token.time_to_token model #1")
      assert.isTrue(waited !== undefined && "sum" in waited && waited.count === 1 && waited.sum > 4)
    })))

  it.effect("tell hits, the remaining life, and what is under way", () =>
    inRegistryOfItsOwn(Effect.gen(function*() {
      const { provider, tokens } = yield* open()
      yield* crowd(1_000, tokens.get)
      yield* TestClock.adjust("10 seconds")
      const first = yield* series
      // The one that caused the login and those that waited with it took the token up when it was there.
      assert.deepInclude(first.get("entegre.token.served model #1"), { count: 1_000 })
      assert.deepInclude(first.get("entegre.token.remaining_life model #1"), { value: 3_590 })
      assert.deepInclude(first.get("entegre.token.renewing model #1"), { value: 0 })
      yield* provider.hangNext
      const rejecting = yield* Effect.forkChild(Effect.flatMap(tokens.get, tokens.reject))
      yield* TestClock.adjust("10 seconds")
      const second = yield* series
      assert.deepInclude(second.get("entegre.token.served model #1"), { count: 1_001 })
      assert.deepInclude(second.get("entegre.token.rejections model #1"), { count: 1 })
      assert.deepInclude(second.get("entegre.token.remaining_life model #1"), { value: 0 })
      assert.deepInclude(second.get("entegre.token.renewing model #1"), { value: 1 })
      assert.deepInclude(second.get("entegre.token.waiting model #1"), { value: 1 })
      yield* Fiber.interrupt(rejecting)
    })))

  it.effect("tell that the lockout budget is spent, and how long until the next probe", () =>
    inRegistryOfItsOwn(Effect.gen(function*() {
      const { provider, tokens } = yield* open()
      yield* TestClock.adjust("10 seconds")
      assert.deepInclude((yield* series).get("entegre.token.budget model #1"), { value: 1 })
      yield* Ref.set(provider.secret, "wrong")
      yield* Effect.flip(tokens.get)
      yield* TestClock.adjust("10 seconds")
      const refused = yield* series
      assert.deepInclude(refused.get("entegre.token.budget model #1"), { value: 0 })
      assert.deepInclude(refused.get("entegre.token.retry_in model #1"), { value: 50 })
      assert.deepInclude(refused.get("entegre.token.renewals model #1 locked_out"), { count: 1 })
      yield* Ref.set(provider.secret, "right")
      yield* TestClock.adjust("10 seconds")
      yield* tokens.get
      yield* TestClock.adjust("10 seconds")
      const accepted = yield* series
      assert.deepInclude(accepted.get("entegre.token.budget model #1"), { value: 1 })
      assert.deepInclude(accepted.get("entegre.token.notices model #1 LockoutEnded"), { count: 1 })
    })))

  it.effect("say nothing more about a key that the cache has dropped", () =>
    inRegistryOfItsOwn(Effect.gen(function*() {
      const { cache, scope, tokens } = yield* open()
      yield* tokens.get
      yield* TestClock.adjust("10 seconds")
      assert.isTrue((yield* series).has("entegre.token.remaining_life model #1"))
      yield* Scope.close(scope, Exit.void)
      const other = yield* ModelIssuer.make({ account: "another" })
      yield* Effect.scoped(cache.open(other.issuer))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual((yield* cache.status).map(({ key }) => key), ["#2"])
      const left = [...(yield* series).keys()].filter((name) => name.endsWith("#1"))
      assert.notInclude(left.join(), "remaining_life")
      assert.notInclude(left.join(), "budget")
    })))
})
