/**
 * Callbacks that come to several processes: deduplicators over one token store.
 */
import { assert, describe, it } from "@effect/vitest"
import { type InvalidOptions, MemoryTokenStore, Quota, SharedTokenCache, TokenCache, TokenStore } from "@entegre/core"
import { TokenStoreError } from "@entegre/core/TokenStore"
import { CallbackDeduplicator } from "@entegre/odeal"
import { Context, Deferred, Effect, Exit, Fiber, Layer, Option } from "effect"
import { TestClock } from "effect/testing"

/** Whether a process reaches the token store; `blind`: it does, but to look. */
interface Line {
  is: "well" | "away" | "silent" | "blind"
}

const over = (quota: Quota.Service, line: Line): Quota.Service =>
  Quota.transform(quota, (effect, operation) =>
    Effect.suspend(() => {
      if (line.is === "well" || (line.is === "blind" && operation !== "remaining")) return effect
      if (line.is === "silent") return Effect.never
      return Effect.fail(new TokenStoreError({ operation, problem: "no connection" }))
    }))

type Deduplicating = Layer.Layer<CallbackDeduplicator, InvalidOptions, TokenCache>

/** Two processes over one token store. */
const processes = Effect.fnUntraced(function*(
  layer: Deduplicating = CallbackDeduplicator.layerShared,
  otherLayer: Deduplicating = layer
) {
  const store = Context.get(yield* Layer.build(Layer.fresh(MemoryTokenStore.layer)), TokenStore)
  const join = Effect.fnUntraced(
    function*(layer: Deduplicating) {
      const line: Line = { is: "well" }
      const context = yield* Layer.build(Layer.fresh(
        Layer.orDie(layer).pipe(
          Layer.provide(SharedTokenCache.layer),
          Layer.provide(Layer.succeed(TokenStore, { ...store, quota: over(store.quota, line) }))
        )
      ))
      return { once: Context.get(context, CallbackDeduplicator).once, line }
    }
  )
  return [yield* join(layer), yield* join(otherLayer)] as const
})

const counter = () => {
  const counts = { handled: 0 }
  return { counts, handle: Effect.sync(() => ++counts.handled) }
}

/** Time for whoever waits to look. */
const look = TestClock.adjust("1 second")

describe("a callback that comes to two processes", () => {
  it.effect("is handled by one of them, whenever it comes", () =>
    Effect.gen(function*() {
      const [one, other] = yield* processes()
      const { counts, handle } = counter()
      assert.deepStrictEqual(yield* one.once("a", handle), Option.some(1))
      assert.deepStrictEqual(yield* other.once("a", handle), Option.none())
      assert.deepStrictEqual(yield* one.once("a", handle), Option.none())
      assert.deepStrictEqual(yield* other.once("b", handle), Option.some(2))
      assert.strictEqual(counts.handled, 2)
    }))

  it.effect("is handled by one of them, however many come at once", () =>
    Effect.gen(function*() {
      const [one, other] = yield* processes()
      const { counts, handle } = counter()
      const fiber = yield* Effect.forkChild(Effect.forEach(
        Array.from({ length: 40 }, (_, index) => index % 2 === 0 ? one : other),
        ({ once }) => once("a", Effect.delay(handle, "3 seconds")),
        { concurrency: "unbounded" }
      ))
      yield* TestClock.adjust("10 seconds")
      const results = yield* Fiber.join(fiber)
      assert.strictEqual(counts.handled, 1)
      assert.strictEqual(results.filter(Option.isSome).length, 1)
    }))

  for (
    const [what, bad] of [
      ["failed", Effect.fail("no")],
      ["died", Effect.die("no")],
      ["was interrupted", Effect.interrupt]
    ] as const
  ) {
    it.effect(`is handled by the other if its handling ${what}`, () =>
      Effect.gen(function*() {
        const [one, other] = yield* processes()
        const { handle } = counter()
        const gate = yield* Deferred.make<void>()
        const first = yield* Effect.forkChild(Effect.exit(one.once("a", Effect.andThen(Deferred.await(gate), bad))), {
          startImmediately: true
        })
        const waiting = yield* Effect.forkChild(other.once("a", handle))
        yield* TestClock.adjust("10 minutes")
        assert.isUndefined(waiting.pollUnsafe())
        yield* Deferred.succeed(gate, undefined)
        assert.isTrue(Exit.isFailure(yield* Fiber.join(first)))
        yield* look
        assert.deepStrictEqual(yield* Fiber.join(waiting), Option.some(1))
      }))
  }

  it.effect("that waits for the other is given up without taking anything along", () =>
    Effect.gen(function*() {
      const [one, other] = yield* processes()
      const { handle } = counter()
      const gate = yield* Deferred.make<void>()
      const first = yield* Effect.forkChild(one.once("a", Effect.andThen(Deferred.await(gate), handle)), {
        startImmediately: true
      })
      const waiting = yield* Effect.forkChild(other.once("a", handle), { startImmediately: true })
      yield* Fiber.interrupt(waiting)
      yield* Deferred.succeed(gate, undefined)
      assert.deepStrictEqual(yield* Fiber.join(first), Option.some(1))
      assert.deepStrictEqual(yield* other.once("a", handle), Option.none())
    }))

  it.effect("is handled by the other half a minute after the first has died over it", () =>
    Effect.gen(function*() {
      const [one, other] = yield* processes()
      const { counts, handle } = counter()
      yield* Effect.forkChild(one.once("a", Effect.never), { startImmediately: true })
      yield* TestClock.adjust("25 seconds")
      // Nothing of it arrives any more.
      one.line.is = "away"
      const waiting = yield* Effect.forkChild(other.once("a", handle))
      yield* TestClock.adjust("24 seconds")
      assert.strictEqual(counts.handled, 0)
      yield* TestClock.adjust("6 seconds")
      assert.deepStrictEqual(yield* Fiber.join(waiting), Option.some(1))
    }))

  it.effect("is forgotten after a day, or as the options say", () =>
    Effect.gen(function*() {
      for (const [layer, hours] of [[undefined, 24], [{ timeToLive: "2 hours" as const }, 2]] as const) {
        const [one, other] = yield* processes(layer && CallbackDeduplicator.layerSharedWith(layer))
        const { handle } = counter()
        yield* one.once("a", handle)
        yield* TestClock.adjust(`${hours * 60 - 1} minutes`)
        assert.deepStrictEqual(yield* other.once("a", handle), Option.none())
        yield* TestClock.adjust("1 minute")
        assert.isTrue(Option.isSome(yield* other.once("a", handle)))
      }
    }))

  it.effect("is another one for another application", () =>
    Effect.gen(function*() {
      const [one, other] = yield* processes(
        CallbackDeduplicator.layerShared,
        CallbackDeduplicator.layerSharedWith({ name: "another" })
      )
      const { handle } = counter()
      assert.isTrue(Option.isSome(yield* one.once("a", handle)))
      assert.isTrue(Option.isSome(yield* other.once("a", handle)))
    }))
})

describe("a callback while the token store is away", () => {
  it.effect("is handled by each process once, and by one of them again when the store is back", () =>
    Effect.gen(function*() {
      const [one, other] = yield* processes()
      const { handle } = counter()
      one.line.is = other.line.is = "away"
      const results = yield* Effect.forEach([one, other, one, other], ({ once }) => once("a", handle))
      assert.deepStrictEqual(results.map(Option.isSome), [true, true, false, false])
      one.line.is = other.line.is = "well"
      assert.isTrue(Option.isSome(yield* one.once("b", handle)))
      assert.deepStrictEqual(yield* other.once("b", handle), Option.none())
    }))

  it.effect("is remembered by all if the store is back when it was handled", () =>
    Effect.gen(function*() {
      const [one, other] = yield* processes()
      const { handle } = counter()
      one.line.is = "away"
      yield* one.once("a", Effect.andThen(handle, Effect.sync(() => one.line.is = "well")))
      assert.deepStrictEqual(yield* other.once("a", handle), Option.none())
    }))

  it.effect("is handled though the store is lost between claiming and looking", () =>
    Effect.gen(function*() {
      const [one, other] = yield* processes()
      const { handle } = counter()
      one.line.is = "blind"
      assert.isTrue(Option.isSome(yield* one.once("a", handle)))
      assert.deepStrictEqual(yield* other.once("a", handle), Option.none())
    }))

  it.effect("is handled though the store is silent, a few seconds later", () =>
    Effect.gen(function*() {
      const [one] = yield* processes()
      const { handle } = counter()
      const fiber = yield* Effect.forkChild(one.once("a", handle))
      one.line.is = "silent"
      // Claiming and remembering takes two seconds each.
      yield* TestClock.adjust("2 seconds")
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(yield* Fiber.join(fiber), Option.some(1))
    }))
})

describe("the options", () => {
  for (const [option, options] of [["capacity", { capacity: 0 }], ["timeToLive", { timeToLive: 0 }]] as const) {
    it.effect(`have bounds: ${JSON.stringify(options)} is refused`, () =>
      Effect.gen(function*() {
        const layer = CallbackDeduplicator.layerSharedWith(options).pipe(Layer.provide(TokenCache.layer))
        const error = yield* Effect.flip(Effect.scoped(Layer.build(layer)))
        assert.deepInclude(error, { _tag: "InvalidOptions", option })
      }))
  }
})
