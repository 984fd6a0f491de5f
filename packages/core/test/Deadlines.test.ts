import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Deferred, Duration, Effect, Exit, Fiber, Scheduler, Schema } from "effect"
import { TestClock } from "effect/testing"
import { Deadlines } from "../src/internal/deadlines.ts"
import { sleepingBy } from "./support/cache.ts"

/** Runs an effect under a limit: fails with `late` if it takes longer. */
const within = <A, E>(deadlines: Deadlines, self: Effect.Effect<A, E>, limit: Duration.Input) =>
  Effect.flatMap(Effect.context<never>(), (context) =>
    deadlines.within(
      self,
      context,
      Duration.fromInputUnsafe(limit),
      (exit): Effect.Effect<A, E | "late"> => exit ?? Effect.fail("late" as const)
    ))

const Millis = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 }))

/** A clock that counts those who sleep on it. */
const counting = Effect.map(Clock.Clock, (clock) => {
  const counts = { begun: 0, asleep: 0 }
  const counted = sleepingBy(clock, (duration) =>
    Effect.suspend(() => {
      counts.begun++
      counts.asleep++
      return Effect.ensuring(clock.sleep(duration), Effect.sync(() => counts.asleep--))
    }))
  return { counts, clock: counted }
})

describe("an effect under a time limit", () => {
  it.effect("ends as it does by itself if it is in time", () =>
    Effect.gen(function*() {
      const deadlines = new Deadlines()
      assert.strictEqual(yield* within(deadlines, Effect.succeed(1), "1 second"), 1)
      assert.deepStrictEqual(yield* Effect.exit(within(deadlines, Effect.fail("no"), "1 second")), Exit.fail("no"))
      assert.deepStrictEqual(yield* Effect.exit(within(deadlines, Effect.die("oh"), "1 second")), Exit.die("oh"))
      const slow = yield* Effect.forkChild(within(deadlines, Effect.as(Effect.sleep("999 millis"), 2), "1 second"))
      yield* TestClock.adjust("999 millis")
      assert.strictEqual(yield* Fiber.join(slow), 2)
    }))

  it.effect("is interrupted when its time is over, and not before", () =>
    Effect.gen(function*() {
      const interrupted = yield* Deferred.make<void>()
      const never = Effect.onInterrupt(Effect.never, () => Deferred.succeed(interrupted, undefined))
      const fiber = yield* Effect.forkChild(Effect.flip(within(new Deadlines(), never, "1 second")))
      yield* TestClock.adjust("999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* Fiber.join(fiber), "late")
      assert.isTrue(yield* Deferred.isDone(interrupted))
    }))

  it.effect("is interrupted at whatever fraction of a millisecond it began", () =>
    Effect.gen(function*() {
      for (let step = 0; step < 1000; step++) {
        yield* TestClock.adjust(Duration.millis(0.7319))
        const fiber = yield* Effect.forkChild(Effect.flip(within(new Deadlines(), Effect.never, "1 second")))
        yield* TestClock.adjust("1001 millis")
        assert.deepStrictEqual(fiber.pollUnsafe(), Exit.succeed("late"))
      }
    }))

  it.effect("has a limit of its own, however long those have that began before", () =>
    Effect.gen(function*() {
      const deadlines = new Deadlines()
      const started = (limit: Duration.Input) =>
        Effect.forkChild(Effect.exit(within(deadlines, Effect.never, limit)), { startImmediately: true })
      const long = yield* started("1 minute")
      const short = yield* started("1 second")
      const middle = yield* started("30 seconds")
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(short.pollUnsafe(), Exit.succeed(Exit.fail("late")))
      assert.isUndefined(middle.pollUnsafe())
      yield* TestClock.adjust("29 seconds")
      assert.deepStrictEqual(middle.pollUnsafe(), Exit.succeed(Exit.fail("late")))
      assert.isUndefined(long.pollUnsafe())
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(long.pollUnsafe(), Exit.succeed(Exit.fail("late")))
    }))

  it.effect("goes with the caller who is interrupted, who waits until it has ended", () =>
    Effect.gen(function*() {
      const released = yield* Deferred.make<void>()
      const work = Effect.onInterrupt(Effect.never, () =>
        Effect.andThen(Effect.sleep("1 second"), Deferred.succeed(released, undefined)))
      const caller = yield* Effect.forkChild(within(new Deadlines(), work, "1 minute"), { startImmediately: true })
      const interruption = yield* Effect.forkChild(Fiber.interrupt(caller), { startImmediately: true })
      yield* TestClock.adjust("999 millis")
      assert.isUndefined(interruption.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(interruption)
      assert.isTrue(yield* Deferred.isDone(released))
    }))

  it.effect("goes with a caller whom its own first step interrupts", () =>
    Effect.gen(function*() {
      const ended = yield* Deferred.make<void>()
      let interruptCaller = () => {}
      const work = Effect.andThen(Effect.sync(() => interruptCaller()), Effect.never).pipe(
        Effect.ensuring(Deferred.succeed(ended, undefined))
      )
      const caller = yield* Effect.forkChild(Effect.withFiber((fiber) => {
        interruptCaller = () => fiber.interruptUnsafe()
        return within(new Deadlines(), work, "1 minute")
      }))
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(caller)))
      yield* Deferred.await(ended)
    }))

  it.effect("that can not be interrupted, or takes its time then, is left to itself when its time is over", () =>
    Effect.gen(function*() {
      for (const work of [Effect.uninterruptible(Effect.never), Effect.onInterrupt(Effect.never, () => Effect.never)]) {
        const caller = yield* Effect.forkChild(Effect.flip(within(new Deadlines(), work, "1 second")))
        yield* TestClock.adjust("999 millis")
        assert.isUndefined(caller.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(yield* Fiber.join(caller), "late")
      }
    }))

  it.effect("holds nobody up who is interrupted for longer than its time either", () =>
    Effect.gen(function*() {
      const work = Effect.uninterruptible(Effect.never)
      const caller = yield* Effect.forkChild(within(new Deadlines(), work, "1 second"), { startImmediately: true })
      const interruption = yield* Effect.forkChild(Fiber.interrupt(caller), { startImmediately: true })
      yield* TestClock.adjust("999 millis")
      assert.isUndefined(interruption.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(interruption)
    }))

  it.effect("runs in the context that it was given", () =>
    Effect.gen(function*() {
      const Name = Context.Reference<string>("Name", { defaultValue: () => "the caller's" })
      const context = Context.add(yield* Effect.context<never>(), Name, "its own")
      const name = yield* new Deadlines().within(Name, context, Duration.seconds(1), (exit) => exit ?? Effect.never)
      assert.strictEqual(name, "its own")
    }))

  it.effect("is bounded though it began while another one that was late was let go", () =>
    Effect.gen(function*() {
      const deadlines = new Deadlines()
      const once = within(deadlines, Effect.never, "1 second")
      const again = once.pipe(Effect.catch(() => once))
      const fibers = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(Effect.exit(again)))
      yield* TestClock.adjust("1 second")
      for (const fiber of fibers) assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      for (const fiber of fibers) assert.deepStrictEqual(fiber.pollUnsafe(), Exit.succeed(Exit.fail("late")))
    }))

  it.effect.prop(
    "ends in time or is late, whatever else runs",
    { calls: Schema.Array(Schema.Struct({ begins: Millis, takes: Millis, limit: Millis })) },
    ({ calls }) =>
      Effect.gen(function*() {
        const deadlines = new Deadlines()
        const fibers = yield* Effect.forEach(calls, ({ begins, limit, takes }) =>
          Effect.sleep(begins).pipe(
            Effect.andThen(within(deadlines, Effect.as(Effect.sleep(takes), "in time" as const), limit)),
            Effect.catch(Effect.succeed),
            Effect.zip(Clock.currentTimeMillis),
            Effect.forkChild
          ))
        yield* TestClock.adjust("1 second")
        for (const [index, { begins, limit, takes }] of calls.entries()) {
          const [outcome, at] = yield* Fiber.join(fibers[index] ?? assert.fail("no such call"))
          // What ends at the very moment at which its time is over may be either.
          if (takes !== limit) assert.strictEqual(outcome, takes < limit ? "in time" : "late")
          assert.strictEqual(at, begins + Math.min(takes, limit))
        }
      })
  )

  it.effect("is bounded though it began while another one was about to be, and ended before it was", () =>
    Effect.gen(function*() {
      for (const steps of Array.from({ length: 40 }, (_, index) => index + 4)) {
        const deadlines = new Deadlines()
        const ended = yield* Deferred.make<void>()
        const brief = within(deadlines, Effect.andThen(Effect.yieldNow, Deferred.succeed(ended, undefined)), "1 minute")
        const never = Effect.andThen(Deferred.await(ended), within(deadlines, Effect.never, "1 second"))
        const fiber = yield* Effect.forkChild(Effect.exit(never), { startImmediately: true })
        yield* Effect.provideService(Effect.forkChild(brief), Scheduler.MaxOpsBeforeYield, steps)
        yield* Effect.repeat(Effect.yieldNow, { times: 100 })
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(fiber.pollUnsafe(), Exit.succeed(Exit.fail("late")), `with ${steps} steps at a time`)
      }
    }))
})

describe("the timer of all time limits", () => {
  it.effect("is one, however many run at once", () =>
    Effect.gen(function*() {
      const { clock, counts } = yield* counting
      const deadlines = new Deadlines()
      const fibers = yield* Effect.forEach(Array.from({ length: 100 }), () =>
        Effect.forkChild(Effect.exit(within(deadlines, Effect.never, "1 second")), { startImmediately: true })).pipe(
          Effect.provideService(Clock.Clock, clock)
        )
      assert.deepStrictEqual(counts, { begun: 1, asleep: 1 })
      yield* TestClock.adjust("1 second")
      for (const fiber of fibers) {
        assert.deepStrictEqual(fiber.pollUnsafe(), Exit.succeed(Exit.fail("late")))
      }
      assert.deepStrictEqual(counts, { begun: 1, asleep: 0 })
    }))

  it.effect("is gone when nothing runs any more", () =>
    Effect.gen(function*() {
      const { clock, counts } = yield* counting
      const deadlines = new Deadlines()
      const done = yield* Deferred.make<void>()
      const waiting = yield* Effect.forkChild(
        Effect.provideService(within(deadlines, Deferred.await(done), "1 second"), Clock.Clock, clock),
        { startImmediately: true }
      )
      assert.strictEqual(counts.asleep, 1)
      yield* Deferred.succeed(done, undefined)
      yield* Fiber.join(waiting)
      assert.strictEqual(counts.asleep, 0)
    }))

  it.effect("is not set for what ends at once, or has all the time in the world", () =>
    Effect.gen(function*() {
      const { clock, counts } = yield* counting
      const deadlines = new Deadlines()
      const both = Effect.andThen(
        within(deadlines, Effect.void, "1 second"),
        within(deadlines, Effect.yieldNow, Duration.infinity)
      )
      yield* Effect.provideService(both, Clock.Clock, clock)
      assert.strictEqual(counts.begun, 0)
    }))
})
