import { assert, describe, it } from "@effect/vitest"
import { Simulation } from "@entegre/testing"
import { Clock, Deferred, Effect, Exit, Fiber, Random, Ref, Semaphore } from "effect"

/** Two withdrawals that each look before they leap. */
const withdrawals = Effect.gen(function*() {
  const balance = yield* Ref.make(100)
  const withdraw = Effect.gen(function*() {
    const before = yield* Ref.get(balance)
    if (before >= 60) yield* Ref.set(balance, before - 60)
  })
  const fibers = yield* Effect.forEach([1, 2], () => Effect.forkChild(withdraw))
  yield* Fiber.joinAll(fibers)
  return yield* Ref.get(balance)
})

/** What three fibers do, in the order in which they do it. */
const order = Effect.gen(function*() {
  const seen: Array<string> = []
  const fibers = yield* Effect.forEach(["a", "b", "c"], (name) =>
    Effect.forkChild(Effect.gen(function*() {
      for (let i = 0; i < 3; i++) {
        seen.push(`${name}${i}`)
        yield* Effect.sleep(yield* Random.nextIntBetween(0, 3))
      }
    })))
  yield* Fiber.joinAll(fibers)
  return seen.join(" ")
})

const seeds = Array.from({ length: 200 }, (_, seed) => seed)

const valueOf = <A, E>({ exit }: Simulation.Run<A, E>): A => {
  assert(exit !== undefined && Exit.isSuccess(exit))
  return exit.value
}

describe("a simulation", () => {
  it.effect("does the same again under the same seed, and something else under others", () =>
    Effect.gen(function*() {
      const once = yield* Effect.forEach(seeds, (seed) => Simulation.run(order, { seed }))
      const again = yield* Effect.forEach(seeds, (seed) => Simulation.run(order, { seed }))
      assert.deepStrictEqual(again, once)
      assert.isAbove(new Set(once.map(valueOf)).size, seeds.length / 2)
    }))

  it.effect("finds the order of steps in which a race is lost", () =>
    Effect.gen(function*() {
      const balances = yield* Effect.forEach(seeds, (seed) => Simulation.run(withdrawals, { seed }))
      assert.deepStrictEqual(new Set(balances.map(valueOf)), new Set([40]))
      const looser = Effect.gen(function*() {
        const withdrawn = yield* Ref.make(0)
        const balance = yield* Ref.make(100)
        const withdraw = Effect.gen(function*() {
          if ((yield* Ref.get(balance)) < 60) return
          yield* Ref.update(balance, (before) => before - 60)
          yield* Ref.update(withdrawn, (before) => before + 60)
        })
        yield* Fiber.joinAll(yield* Effect.forEach([1, 2], () => Effect.forkChild(withdraw)))
        return yield* Ref.get(withdrawn)
      })
      const withdrawn = yield* Effect.forEach(seeds, (seed) => Simulation.run(looser, { seed }))
      assert.deepStrictEqual(new Set(withdrawn.map(valueOf)), new Set([60, 120]))
    }))

  it.effect("lets hours pass at once", () =>
    Effect.gen(function*() {
      const nap = Effect.gen(function*() {
        const before = yield* Clock.currentTimeMillis
        yield* Effect.sleep("3 hours")
        return (yield* Clock.currentTimeMillis) - before
      })
      const run = yield* Simulation.run(nap, { seed: 1 })
      assert.strictEqual(valueOf(run), 3 * 3_600_000)
      assert.strictEqual(run.elapsed, 3 * 3_600_000)
    }))

  it.effect("ends without an exit when nothing is left to do", () =>
    Effect.gen(function*() {
      const { exit } = yield* Simulation.run(Effect.flatMap(Deferred.make<void>(), Deferred.await), { seed: 1 })
      assert.isUndefined(exit)
    }))

  it.effect("ends without an exit when there is no end to it", () =>
    Effect.gen(function*() {
      const { exit, steps } = yield* Simulation.run(Effect.forever(Effect.yieldNow), { seed: 1, maxSteps: 1_000 })
      assert.isUndefined(exit)
      assert.strictEqual(steps, 1_000)
    }))

  it.effect("takes nothing along from who runs it", () =>
    Effect.gen(function*() {
      const drawn = Effect.all([Random.next, Clock.currentTimeMillis])
      const outside = yield* Effect.provideService(Simulation.run(drawn, { seed: 7 }), Random.Random, {
        nextDoubleUnsafe: () => 0.5,
        nextIntUnsafe: () => 1
      })
      assert.deepStrictEqual(outside, yield* Simulation.run(drawn, { seed: 7 }))
    }))
})

describe("a process of a simulation", () => {
  const begin = Effect.fnUntraced(function*(seed: number) {
    const simulation = new Simulation.Simulation({ seed })
    yield* simulation.boot
    return simulation
  })

  it.effect("does nothing while it is frozen, and then what fell due", () =>
    Effect.gen(function*() {
      const simulation = yield* begin(1)
      const process = simulation.process("one")
      const seen: Array<number> = []
      process.fork(Effect.gen(function*() {
        for (;;) {
          yield* Effect.sleep(100)
          seen.push(simulation.now - simulation.start)
        }
      }))
      simulation.advance(250)
      simulation.freeze(process)
      simulation.advance(1_000)
      assert.deepStrictEqual(seen, [100, 200])
      simulation.thaw(process)
      simulation.advance(100)
      assert.deepStrictEqual(seen, [100, 200, 1_250, 1_350])
    }))

  it.effect("has a clock of its own", () =>
    Effect.gen(function*() {
      const simulation = yield* begin(1)
      let told = 0
      simulation.process("late", -5_000).fork(Effect.map(Clock.currentTimeMillis, (now) => {
        told = now
      }))
      simulation.advance(0)
      assert.strictEqual(told, simulation.start - 5_000)
    }))

  it.effect("can be seen to leave fibers behind", () =>
    Effect.gen(function*() {
      const simulation = yield* begin(1)
      const process = simulation.process("one")
      const gate = Semaphore.makeUnsafe(0)
      process.fork(gate.take(1))
      process.fork(Effect.sleep("1 minute"))
      simulation.advance(0)
      assert.strictEqual(process.fibers, 2)
      assert.strictEqual(simulation.pending(process), 1)
      simulation.advance(60_000)
      assert.strictEqual(process.fibers, 1)
      assert.strictEqual(simulation.pending(process), 0)
    }))

  it.effect("ends for ever when it crashes", () =>
    Effect.gen(function*() {
      const simulation = yield* begin(1)
      const process = simulation.process("one")
      let done = false
      process.fork(Effect.map(Effect.sleep(10), () => {
        done = true
      }))
      simulation.step(3)
      simulation.crash(process)
      simulation.advance(1_000)
      assert.isFalse(done)
    }))
})
