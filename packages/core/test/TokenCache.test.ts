import { assert, describe, it } from "@effect/vitest"
import { NotSent, Unanswered } from "@entegre/core/ExchangeError"
import { IssuerRefused } from "@entegre/core/IssuerError"
import { type Options as CacheOptions, TokenCache } from "@entegre/core/TokenCache"
import { Deferred, Duration, Effect, Exit, Fiber, Layer, Schedule, Scope } from "effect"
import { TestClock } from "effect/testing"
import { crowd, open, valueOf } from "./support/cache.ts"
import * as ModelIssuer from "./support/modelIssuer.ts"

const unavailable = new IssuerRefused({ status: 503 })

describe("a cold key", () => {
  it.effect("costs one login for 10,000 callers at once", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* open({ latency: "10 millis" })
      const callers = yield* Effect.forkChild(crowd(10_000, tokens.get))
      yield* TestClock.adjust("10 millis")
      const all = yield* Fiber.join(callers)
      assert.strictEqual(new Set(all.map(valueOf)).size, 1)
      assert.strictEqual(counts.logins, 1)
    }))

  it.effect("gives every waiter the typed error when the login hangs, after the issuer's own timeout", () =>
    Effect.gen(function*() {
      const { provider, tokens } = yield* open({ timeout: "15 seconds" })
      yield* provider.hangNext
      const callers = yield* Effect.forkChild(crowd(100, Effect.flip(tokens.get)))
      yield* TestClock.adjust("14999 millis")
      assert.isUndefined(callers.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      for (const { reason } of yield* Fiber.join(callers)) {
        assert.strictEqual(reason._tag, "IssuerUnavailable")
        assert.strictEqual("problem" in reason ? reason.problem : undefined, "timedOut")
      }
    }))

  it.effect("waits through short trouble of the token endpoint", () =>
    Effect.gen(function*() {
      const { counts, provider, tokens } = yield* open()
      yield* provider.failNext(unavailable, new NotSent({ problem: "connectionRefused" }), unavailable)
      const caller = yield* Effect.forkChild(tokens.get)
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(valueOf(yield* Fiber.join(caller)), "access-1")
      assert.strictEqual(counts.asked, 4)
    }))

  it.effect("fails with the time of the next try when the trouble outlasts the caller's patience", () =>
    Effect.gen(function*() {
      const { counts, provider, tokens } = yield* open({}, {
        retry: Schedule.spaced("40 seconds"),
        patience: "10 seconds"
      })
      yield* provider.failNext(unavailable)
      const first = yield* Effect.flip(tokens.get)
      assert.strictEqual(first.reason._tag, "IssuerUnavailable")
      assert.strictEqual("retryAfter" in first.reason && Duration.toSeconds(first.reason.retryAfter), 40)
      yield* TestClock.adjust("25 seconds")
      const second = yield* Effect.flip(tokens.get)
      assert.strictEqual("retryAfter" in second.reason && Duration.toSeconds(second.reason.retryAfter), 15)
      assert.strictEqual(counts.asked, 1, "until then the last failure answers, and the provider is not asked")
      yield* TestClock.adjust("6 seconds")
      const third = yield* Effect.forkChild(tokens.get)
      yield* TestClock.adjust("8 seconds")
      assert.strictEqual(counts.asked, 1, "a caller whose patience reaches to the next try waits for it")
      yield* TestClock.adjust("1 seconds")
      yield* Fiber.join(third)
      assert.strictEqual(counts.asked, 2)
    }))

  it.effect("obeys the provider's Retry-After, and no longer than five minutes", () =>
    Effect.gen(function*() {
      const { provider, tokens } = yield* open()
      yield* provider.failNext(
        new IssuerRefused({ status: 429, retryAfter: Duration.seconds(90) }),
        new IssuerRefused({ status: 429, retryAfter: Duration.days(1) })
      )
      const first = yield* Effect.flip(tokens.get)
      assert.strictEqual("retryAfter" in first.reason && Duration.toSeconds(first.reason.retryAfter), 90)
      yield* TestClock.adjust("90 seconds")
      const second = yield* Effect.flip(tokens.get)
      assert.strictEqual("retryAfter" in second.reason && Duration.toMinutes(second.reason.retryAfter), 5)
    }))

  it.effect("refuses callers beyond the number that may wait", () =>
    Effect.gen(function*() {
      const { provider, tokens } = yield* open({}, { maxWaiting: 10 })
      const gate = yield* provider.holdNext
      const callers = yield* Effect.forkChild(crowd(25, Effect.result(tokens.get)))
      yield* TestClock.adjust(1)
      yield* Deferred.succeed(gate, undefined)
      const results = yield* Fiber.join(callers)
      const refused = results.flatMap((result) => result._tag === "Failure" ? [result.failure.reason] : [])
      assert.strictEqual(refused.length, 15)
      assert.isTrue(refused.every((reason) => reason._tag === "TooManyWaiting" && reason.limit === 10))
    }))
})

describe("a caller that is interrupted during a renewal", () => {
  it.effect("costs the others nothing", () =>
    Effect.gen(function*() {
      const { counts, provider, tokens } = yield* open()
      const gate = yield* provider.holdNext
      const leader = yield* Effect.forkChild(tokens.get, { startImmediately: true })
      const others = yield* Effect.forkChild(crowd(50, tokens.get), { startImmediately: true })
      yield* Fiber.interrupt(leader)
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual((yield* Fiber.join(others)).length, 50)
      assert.strictEqual(counts.logins, 1)
    }))

  it.effect("leaves at once, and the renewal lands for the next caller", () =>
    Effect.gen(function*() {
      const { counts, provider, tokens } = yield* open()
      const gate = yield* provider.holdNext
      const caller = yield* Effect.forkChild(tokens.get, { startImmediately: true })
      yield* Fiber.interrupt(caller)
      assert.strictEqual((yield* tokens.status).waiting, 0)
      yield* Deferred.succeed(gate, undefined)
      yield* tokens.get
      assert.strictEqual(counts.logins, 1)
    }))
})

describe("a token in its refresh window", () => {
  it.effect("is renewed in the background while callers go on with it", () =>
    Effect.gen(function*() {
      const { counts, provider, tokens } = yield* open({ life: "1 hour", window: "10 minutes", timeout: "10 minutes" })
      yield* tokens.get
      yield* tokens.get
      const gate = yield* provider.holdNext
      yield* TestClock.adjust("56 minutes")
      assert.strictEqual(counts.asked, 2)
      assert.strictEqual(valueOf(yield* tokens.get), "access-1")
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust(1)
      assert.strictEqual(valueOf(yield* tokens.get), "access-2")
    }))

  it.effect("is left to end if nobody used it since its last renewal", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* open({ life: "1 hour" })
      yield* tokens.warmUp
      yield* TestClock.adjust("3 hours")
      assert.strictEqual(counts.logins, 1)
      assert.strictEqual((yield* tokens.status).state, "ended")
    }))

  it.effect("goes on being handed out while its renewal fails, and callers notice nothing", () =>
    Effect.gen(function*() {
      const { counts, events, provider, tokens } = yield* open({ life: "1 hour", window: "10 minutes" })
      yield* tokens.get
      yield* tokens.get
      yield* provider.failNext(unavailable, unavailable, unavailable)
      yield* TestClock.adjust("56 minutes")
      for (let minute = 56; minute < 59; minute++) {
        assert.strictEqual(typeof valueOf(yield* tokens.get), "string")
        yield* TestClock.adjust("1 minute")
      }
      assert.isTrue((yield* events.of("Failed")).every(({ tokenAlive }) => tokenAlive))
      assert.strictEqual((yield* events.of("Failed")).length, 3)
      assert.strictEqual(counts.logins, 2)
    }))

  it.effect("begins its window no earlier than at half of its life, with a warning", () =>
    Effect.gen(function*() {
      const { counts, events, tokens } = yield* open({ life: "10 minutes", window: "1 hour" })
      yield* tokens.get
      yield* tokens.get
      yield* TestClock.adjust("299 seconds")
      assert.strictEqual(counts.logins, 1)
      yield* TestClock.adjust("200 seconds")
      assert.strictEqual(counts.logins, 2)
      assert.deepInclude((yield* events.of("WindowClamped"))[0], { window: 3_600_000, life: 600_000 })
    }))

  it.effect("follows the user's own renewal schedule", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* open({ life: "1 hour" }, { renewal: Schedule.spaced("7 minutes") })
      yield* tokens.get
      for (let minute = 0; minute < 30; minute++) {
        yield* tokens.get
        yield* TestClock.adjust("1 minute")
      }
      assert.strictEqual(counts.logins, 5)
    }))
})

describe("a rejection", () => {
  it.effect("of the same token by 1,000 callers at once costs exactly one renewal", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* open({ latency: "10 millis" })
      const first = yield* Effect.forkChild(tokens.get)
      yield* TestClock.adjust("10 millis")
      const token = yield* Fiber.join(first)
      const callers = yield* Effect.forkChild(crowd(1_000, tokens.reject(token)))
      yield* TestClock.adjust("10 millis")
      const successors = yield* Fiber.join(callers)
      assert.deepStrictEqual(new Set(successors.map(valueOf)), new Set(["access-2"]))
      assert.strictEqual(counts.logins, 2)
    }))

  it.effect("that names an older generation drops nothing", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* open()
      const old = yield* tokens.get
      yield* tokens.reject(old)
      assert.strictEqual(valueOf(yield* tokens.reject(old)), "access-2")
      assert.strictEqual(counts.logins, 2)
    }))

  it.effect("of every token at once is slowed down, and does not become a login storm", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* open()
      let token = yield* tokens.get
      const storm = Effect.gen(function*() {
        const next = yield* Effect.result(tokens.reject(token))
        if (next._tag === "Success") token = next.success
        else assert.strictEqual(next.failure.reason._tag, "IssuerUnavailable")
        yield* Effect.sleep("100 millis")
      })
      const caller = yield* Effect.forkChild(Effect.repeat(storm, { times: 36_000 }))
      yield* TestClock.adjust("1 hour")
      yield* Fiber.interrupt(caller)
      assert.isBelow(counts.logins, 75)
      assert.isAbove(counts.logins, 55)
    }))
})

describe("a refresh token", () => {
  it.effect("is used for renewals in place of the credentials", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* open({ refreshes: true, rotation: "rotating" })
      for (let hour = 0; hour < 5; hour++) {
        yield* tokens.get
        yield* TestClock.adjust("1 hour")
      }
      assert.deepInclude(counts, { logins: 1, refreshes: 5, doubleSpends: 0 })
    }))

  it.effect("that is dead costs one login and no failed caller", () =>
    Effect.gen(function*() {
      const { counts, provider, tokens } = yield* open({ refreshes: true, rotation: "singleActive" })
      const token = yield* tokens.get
      yield* provider.issuer.login(yield* provider.issuer.credentials)
      assert.strictEqual(valueOf(yield* tokens.reject(token)), "access-3")
      assert.deepInclude(counts, { logins: 3, refreshes: 0 })
    }))

  it.effect("that its endpoint can not make sense of is replaced by a login, if callers have no token", () =>
    Effect.gen(function*() {
      const { counts, provider, tokens } = yield* open({ refreshes: true, rotation: "reusable" })
      yield* provider.failNext(new IssuerRefused({ status: 500 }))
      const first = yield* Effect.forkChild(tokens.get)
      yield* TestClock.adjust("1 second")
      const token = yield* Fiber.join(first)
      yield* provider.failNext(new IssuerRefused({ status: 500 }))
      assert.strictEqual(valueOf(yield* tokens.reject(token)), "access-2")
      assert.deepInclude(counts, { logins: 2, refreshes: 0 })
    }))

  it.effect("is tried again while callers have a token", () =>
    Effect.gen(function*() {
      const { counts, provider, tokens } = yield* open({ refreshes: true, rotation: "reusable", life: "1 hour" })
      yield* tokens.get
      yield* tokens.get
      yield* provider.failNext(new IssuerRefused({ status: 500 }), new IssuerRefused({ status: 500 }))
      yield* TestClock.adjust("59 minutes")
      assert.deepInclude(counts, { logins: 1, refreshes: 1 })
    }))

  it.effect("is tried again after a lost answer only where tokens are reusable", () =>
    Effect.gen(function*() {
      const { counts, provider, tokens } = yield* open({ refreshes: true, rotation: "reusable" })
      const token = yield* tokens.get
      yield* provider.loseNextReply(new Unanswered({ problem: "connectionLost" }))
      const caller = yield* Effect.forkChild(tokens.reject(token))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(caller)
      assert.deepInclude(counts, { logins: 1, refreshes: 1 })
    }))

  for (const rotation of ["rotating", "singleActive"] as const) {
    it.effect(`is never sent again after a lost answer where the rotation is ${rotation}`, () =>
      Effect.gen(function*() {
        const { counts, provider, tokens } = yield* open({ refreshes: true, rotation })
        const token = yield* tokens.get
        yield* provider.loseNextReply(new Unanswered({ problem: "timedOut" }))
        yield* provider.failNext(unavailable)
        const caller = yield* Effect.forkChild(tokens.reject(token))
        yield* TestClock.adjust("2 seconds")
        yield* Fiber.join(caller)
        assert.deepInclude(counts, { logins: 2, refreshes: 0, doubleSpends: 0 })
      }))
  }
})

describe("forget", () => {
  it.effect("drops the token, and the next caller causes a full login", () =>
    Effect.gen(function*() {
      const { counts, events, tokens } = yield* open({ refreshes: true })

      yield* tokens.get
      yield* tokens.forget
      assert.strictEqual(valueOf(yield* tokens.get), "access-2")
      assert.deepInclude(counts, { logins: 2, refreshes: 0 })
      assert.strictEqual((yield* events.of("Forgotten")).length, 1)
    }))

  it.effect("reaches every key of a provider", () =>
    Effect.gen(function*() {
      const { cache, tokens } = yield* open({ account: "a" })
      const other = yield* ModelIssuer.make({ account: "b" })
      const otherTokens = yield* cache.open(other.issuer)
      yield* tokens.get
      yield* otherTokens.get
      yield* cache.forgetProvider("model")
      assert.deepStrictEqual((yield* cache.status).map(({ state }) => state), ["ended", "ended"])
    }))
})

describe("the cache", () => {
  it.effect("reads state for readiness and never logs in", () =>
    Effect.gen(function*() {
      const { cache, counts } = yield* open()
      assert.isTrue((yield* cache.readiness).ready)
      assert.strictEqual((yield* cache.status)[0]?.state, "cold")
      assert.strictEqual(counts.asked, 0)
    }))

  it.effect("warms up in the background, without making anybody wait", () =>
    Effect.gen(function*() {
      const { counts, provider, tokens } = yield* open()
      const gate = yield* provider.holdNext
      yield* tokens.warmUp
      yield* tokens.warmUp
      assert.isTrue((yield* tokens.status).renewing)
      yield* Deferred.succeed(gate, undefined)
      yield* tokens.get
      assert.strictEqual(counts.logins, 1)
    }))

  it.effect("is one cache however often its layer is written", () =>
    Effect.gen(function*() {
      const provider = yield* ModelIssuer.make()
      const use = Effect.scoped(Effect.gen(function*() {
        const tokens = yield* (yield* TokenCache).open(provider.issuer)
        return yield* tokens.get
      }))
      const first = Layer.effectDiscard(use).pipe(Layer.provide(TokenCache.layer))
      const second = Layer.effectDiscard(Effect.andThen(use, use)).pipe(Layer.provide(TokenCache.layer))
      yield* Layer.build(Layer.merge(first, second))
      assert.strictEqual(provider.counts.logins, 1)
    }))

  it.effect("keeps the token of a key whose layer was closed and built again", () =>
    Effect.gen(function*() {
      const provider = yield* ModelIssuer.make()
      const cache = yield* TokenCache.make()
      const use = Effect.scoped(Effect.flatMap(cache.open(provider.issuer), (tokens) => tokens.get))
      yield* use
      yield* use
      assert.strictEqual(provider.counts.logins, 1)
    }))

  it.effect("closes with every waiter told and no renewal left", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const provider = yield* ModelIssuer.make()
      const cache = yield* Scope.provide(TokenCache.make(), scope)
      const tokens = yield* Scope.provide(cache.open(provider.issuer), scope)
      yield* provider.hangNext
      const callers = yield* Effect.forkChild(crowd(20, Effect.flip(tokens.get)), { startImmediately: true })
      yield* Scope.close(scope, Exit.void)
      for (const { reason } of yield* Fiber.join(callers)) assert.strictEqual(reason._tag, "TokenCacheClosed")
      assert.strictEqual(provider.counts.atOnce, 0)
      assert.strictEqual((yield* Effect.flip(tokens.get)).reason._tag, "TokenCacheClosed")
    }))

  it.effect("refuses options that are out of their range, by name", () =>
    Effect.gen(function*() {
      const wrong: ReadonlyArray<readonly [string, CacheOptions]> = [
        ["patience", { patience: 0 }],
        ["patience", { patience: Duration.infinity }],
        ["probes", { probes: [] }],
        ["probes", { probes: ["1 minute", -1] }],
        ["credentialsInterval", { credentialsInterval: 0 }],
        ["maxWaiting", { maxWaiting: 0.5 }],
        ["maxConcurrent", { maxConcurrent: 0 }],
        ["storeTimeout", { storeTimeout: 0 }]
      ]
      for (const [option, options] of wrong) {
        const error = yield* Effect.flip(TokenCache.make(options))
        assert.strictEqual(error.option, option)
      }
    }))
})
