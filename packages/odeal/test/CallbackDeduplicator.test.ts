import { assert, describe, it } from "@effect/vitest"
import { CallbackDeduplicator } from "@entegre/odeal"
import { Deferred, Effect, Exit, Fiber, Layer, Option } from "effect"
import { TestClock } from "effect/testing"

const once = <A, E>(key: string, handle: Effect.Effect<A, E>) =>
  Effect.flatMap(CallbackDeduplicator, (deduplicator) => deduplicator.once(key, handle))

const counter = () => {
  const counts = { handled: 0 }
  return { counts, handle: Effect.sync(() => ++counts.handled) }
}

const over = Effect.provide(CallbackDeduplicator.layerWith({ capacity: 3, timeToLive: "1 hour" }))

describe("a callback", () => {
  it.effect("is handled, and its repetition is not", () =>
    Effect.gen(function*() {
      const { counts, handle } = counter()
      assert.deepStrictEqual(yield* once("a", handle), Option.some(1))
      assert.deepStrictEqual(yield* once("a", handle), Option.none())
      assert.deepStrictEqual(yield* once("b", handle), Option.some(2))
      assert.strictEqual(counts.handled, 2)
    }).pipe(over))

  it.effect("that comes while its like is being handled waits, and is not handled if that succeeds", () =>
    Effect.gen(function*() {
      const { counts, handle } = counter()
      const gate = yield* Deferred.make<void>()
      const slow = Effect.andThen(Deferred.await(gate), handle)
      const fibers = yield* Effect.forEach(
        [1, 2, 3],
        () => Effect.forkChild(once("a", slow), { startImmediately: true })
      )
      assert.isTrue(fibers.every((fiber) => fiber.pollUnsafe() === undefined))
      yield* Deferred.succeed(gate, undefined)
      const results = yield* Effect.forEach(fibers, Fiber.join)
      assert.deepStrictEqual(results, [Option.some(1), Option.none(), Option.none()])
      assert.strictEqual(counts.handled, 1)
    }).pipe(over))

  for (
    const [what, bad] of [
      ["failed", Effect.fail("no")],
      ["died", Effect.die("no")],
      ["was interrupted", Effect.interrupt]
    ] as const
  ) {
    it.effect(`whose handling ${what} is handled when it comes again`, () =>
      Effect.gen(function*() {
        const { handle } = counter()
        assert.isTrue(Exit.isFailure(yield* Effect.exit(once("a", bad))))
        assert.deepStrictEqual(yield* once("a", handle), Option.some(1))
      }).pipe(over))

    it.effect(`that waited for one whose handling ${what} is handled itself`, () =>
      Effect.gen(function*() {
        const { handle } = counter()
        const gate = yield* Deferred.make<void>()
        const first = yield* Effect.forkChild(once("a", Effect.andThen(Deferred.await(gate), bad)), {
          startImmediately: true
        })
        const second = yield* Effect.forkChild(once("a", handle), { startImmediately: true })
        yield* Deferred.succeed(gate, undefined)
        assert.isTrue(Exit.isFailure(yield* Fiber.await(first)))
        assert.deepStrictEqual(yield* Fiber.join(second), Option.some(1))
      }).pipe(over))
  }

  it.effect("that is given up while it waits takes nothing with it", () =>
    Effect.gen(function*() {
      const { handle } = counter()
      const gate = yield* Deferred.make<void>()
      const first = yield* Effect.forkChild(once("a", Effect.andThen(Deferred.await(gate), handle)), {
        startImmediately: true
      })
      const second = yield* Effect.forkChild(once("a", handle), { startImmediately: true })
      yield* Fiber.interrupt(second)
      yield* Deferred.succeed(gate, undefined)
      assert.deepStrictEqual(yield* Fiber.join(first), Option.some(1))
      assert.deepStrictEqual(yield* once("a", handle), Option.none())
    }).pipe(over))
})

describe("the memory", () => {
  it.effect("forgets the oldest when it is full", () =>
    Effect.gen(function*() {
      const { handle } = counter()
      yield* Effect.forEach(["a", "b", "c", "d"], (key) => once(key, handle))
      const again = yield* Effect.forEach(["b", "c", "d", "a"], (key) => once(key, handle))
      assert.deepStrictEqual(again.map(Option.isSome), [false, false, false, true])
    }).pipe(over))

  it.effect("forgets after its time", () =>
    Effect.gen(function*() {
      const { handle } = counter()
      yield* once("a", handle)
      yield* TestClock.adjust("59 minutes")
      assert.deepStrictEqual(yield* once("a", handle), Option.none())
      yield* TestClock.adjust("1 minute")
      assert.isTrue(Option.isSome(yield* once("a", handle)))
    }).pipe(over))

  it.effect("does not forget because the clock is set back", () =>
    Effect.gen(function*() {
      const { handle } = counter()
      yield* TestClock.setTime(7_200_000)
      yield* once("a", handle)
      yield* TestClock.setTime(0)
      assert.deepStrictEqual(yield* once("a", handle), Option.none())
    }).pipe(over))

  for (
    const [option, options] of [
      ["capacity", { capacity: 0 }],
      ["capacity", { capacity: 1.5 }],
      ["timeToLive", { timeToLive: 0 }]
    ] as const
  ) {
    it.effect(`has a bound: ${JSON.stringify(options)} is refused`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Effect.scoped(Layer.build(CallbackDeduplicator.layerWith(options))))
        assert.deepInclude(error, { _tag: "InvalidOptions", option })
      }))
  }

  it.effect("is one for an application, however often its layer is written", () =>
    Effect.gen(function*() {
      const { handle } = counter()
      const results = yield* Effect.all([
        Effect.provide(once("a", handle), CallbackDeduplicator.layer),
        Effect.provide(once("a", handle), CallbackDeduplicator.layer)
      ]).pipe(Effect.provide(CallbackDeduplicator.layer))
      assert.deepStrictEqual(results.map(Option.isSome), [true, false])
    }))
})
