/**
 * Callbacks that come to several processes: callback stores over one token store.
 */
import { assert, describe, it } from "@effect/vitest"
import { MemoryTokenStore, Quota, SharedTokenCache, TokenStore } from "@entegre/core"
import { TokenStoreError } from "@entegre/core/TokenStore"
import * as Callback from "@entegre/paynkolay/Callback"
import * as CallbackStore from "@entegre/paynkolay/CallbackStore"
import { Context, Duration, Effect, Fiber, Layer, Result } from "effect"
import { TestClock } from "effect/testing"
import { approved, now, sign } from "./support/callbacks.ts"
import { apiSecretKey, merchantSecretKey } from "./support/keys.ts"

/** Whether the processes reach the token store. */
interface Line {
  is: "well" | "away" | "silent"
}

const over = (quota: Quota.Service, line: Line): Quota.Service =>
  Quota.transform(quota, (effect, operation) =>
    Effect.suspend(() => {
      if (line.is === "well") return effect
      if (line.is === "silent") return Effect.never
      return Effect.fail(new TokenStoreError({ operation, problem: "no connection" }))
    }))

/** Two processes over one token store. */
const processes = Effect.fnUntraced(function*(
  layer: typeof CallbackStore.layerShared = CallbackStore.layerShared,
  otherLayer: typeof CallbackStore.layerShared = layer
) {
  const line: Line = { is: "well" }
  const store = Context.get(yield* Layer.build(Layer.fresh(MemoryTokenStore.layer)), TokenStore)
  const join = (layer: typeof CallbackStore.layerShared) =>
    Layer.build(Layer.fresh(
      layer.pipe(
        Layer.provide(SharedTokenCache.layer),
        Layer.provide(Layer.succeed(TokenStore, { ...store, quota: over(store.quota, line) }))
      )
    ))
  const [one, other] = [yield* join(layer), yield* join(otherLayer)]
  return {
    line,
    one: Context.get(one, CallbackStore.CallbackStore),
    other: Context.get(other, CallbackStore.CallbackStore)
  }
})

const minute = Duration.minutes(1)

describe("the store of several processes", () => {
  it.effect("gives a claim to one owner, and takes it back from that one only", () =>
    Effect.gen(function*() {
      const { one, other } = yield* processes()
      assert.isTrue(yield* one.claim({ key: "a", owner: "1" }, minute))
      assert.isFalse(yield* other.claim({ key: "a", owner: "2" }, minute))
      yield* other.release({ key: "a", owner: "2" })
      assert.isFalse(yield* other.claim({ key: "a", owner: "2" }, minute))
      yield* one.release({ key: "a", owner: "1" })
      assert.isTrue(yield* other.claim({ key: "a", owner: "2" }, minute))
      assert.isTrue(yield* one.claim({ key: "b", owner: "1" }, minute))
    }))

  it.effect("keeps a late owner from releasing the next one's claim, and forgets in time", () =>
    Effect.gen(function*() {
      const { one, other } = yield* processes()
      assert.isTrue(yield* one.claim({ key: "a", owner: "1" }, minute))
      yield* TestClock.adjust("59 seconds")
      assert.isFalse(yield* other.claim({ key: "a", owner: "2" }, minute))
      yield* TestClock.adjust("1 second")
      assert.isTrue(yield* other.claim({ key: "a", owner: "2" }, minute))
      yield* one.release({ key: "a", owner: "1" })
      assert.isFalse(yield* one.claim({ key: "a", owner: "3" }, minute))
    }))

  it.effect("keeps applications apart by their names", () =>
    Effect.gen(function*() {
      const { one, other } = yield* processes(
        CallbackStore.layerShared,
        CallbackStore.layerSharedWith({ name: "another" })
      )
      assert.isTrue(yield* one.claim({ key: "a", owner: "1" }, minute))
      assert.isTrue(yield* other.claim({ key: "a", owner: "2" }, minute))
    }))

  it.effect("has a callback handled by one of two processes", () =>
    Effect.gen(function*() {
      const { one, other } = yield* processes()
      yield* TestClock.setTime(now)
      const reported = yield* Callback.verify(sign(approved), { apiSecretKey, merchantSecretKey })
      let handled = 0
      const handle = Callback.once(reported, Effect.andThen(Effect.yieldNow, Effect.sync(() => handled++)))
      const results = yield* Effect.forEach(
        Array.from({ length: 20 }, (_, index) => index % 2 === 0 ? one : other),
        (store) => Effect.result(Effect.provideService(handle, CallbackStore.CallbackStore, store)),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(handled, 1)
      const refused = results.flatMap((result) => Result.isFailure(result) ? [result.failure.reason._tag] : [])
      assert.deepStrictEqual(refused, Array.from({ length: 19 }, () => "Duplicate"))
    }))

  it.effect("has no callback handled while the token store is away, or silent", () =>
    Effect.gen(function*() {
      const { line, one } = yield* processes()
      yield* TestClock.setTime(now)
      const reported = yield* Callback.verify(sign(approved), { apiSecretKey, merchantSecretKey })
      const handle = Effect.flip(Callback.once(reported, Effect.die("handled"))).pipe(
        Effect.provideService(CallbackStore.CallbackStore, one)
      )
      line.is = "away"
      const { message, reason } = yield* handle
      assert.strictEqual(reason._tag, "StoreUnavailable")
      assert.strictEqual(
        message,
        "it can not be told whether the callback was taken before: token store: take: no connection"
      )
      line.is = "silent"
      const silent = yield* Effect.forkChild(handle)
      // Claiming gave up; giving it back is tried for as long.
      yield* TestClock.adjust("2 seconds")
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual((yield* Fiber.join(silent)).reason._tag, "StoreUnavailable")
    }))
})
