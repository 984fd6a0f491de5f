/**
 * Fibers that share a scheduler, a clock and a source of chance, and that can be frozen together.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as References from "effect/References"
import * as Scheduler from "effect/Scheduler"
import * as Chance from "../Chance.ts"
import type { Simulation, Timer } from "../Simulation.ts"

export class Process {
  readonly id: number
  readonly name: string
  /** How many milliseconds its clock is ahead. */
  skew: number
  frozen = false
  crashed = false
  /** Steps that fell due while it was frozen. */
  readonly parked: Array<Timer | { readonly process: Process; readonly run: () => void }> = []
  /** How many of its fibers are alive. */
  fibers = 0
  readonly context: Context.Context<never>
  readonly #simulation: Simulation
  readonly #inbox: Array<Effect.Effect<void>> = []
  #receive: ((effect: Effect.Effect<Effect.Effect<void>>) => void) | undefined
  #booted = false

  constructor(simulation: Simulation, id: number, name: string, skew: number) {
    this.#simulation = simulation
    this.id = id
    this.name = name
    this.skew = skew
    this.context = Context.empty().pipe(
      Context.add(Scheduler.Scheduler, new SeededScheduler(simulation, this)),
      Context.add(Clock.Clock, clockOf(simulation, this)),
      Context.add(Random.Random, randomOf(simulation, this)),
      Context.add(References.TracerEnabled, false),
      Context.add(Metric.FiberRuntimeMetrics, {
        recordFiberStart: () => {
          this.fibers++
        },
        recordFiberEnd: () => {
          this.fibers--
        }
      })
    )
  }

  /** What time it is on its clock, in milliseconds since the epoch. */
  get now(): number {
    return this.#simulation.now + this.skew
  }

  /** Runs an effect in a fiber of this process. */
  fork(effect: Effect.Effect<void>): void {
    if (!this.#booted && this !== this.#simulation.world) {
      this.#booted = true
      this.#simulation.world.fork(this.root)
    }
    this.#inbox.push(effect)
    this.#simulation.schedule(this, () => this.#deliver())
  }

  /** Interrupts a fiber of this process, at the process's next step. */
  interrupt(fiber: Fiber.Fiber<unknown, unknown>): void {
    this.#simulation.schedule(this, () => fiber.interruptUnsafe())
  }

  /** The fiber that begins all others. It inherits nothing from the one that runs this. */
  get root(): Effect.Effect<void> {
    const receive = Effect.callback<Effect.Effect<void>>((resume) => {
      this.#receive = resume
      this.#deliver()
    })
    const begin = Effect.flatMap(receive, (effect) => Effect.forkDetach(effect, { startImmediately: true }))
    return Effect.asVoid(Effect.forkDetach(
      Effect.updateContext(Effect.forever(begin), (_: Context.Context<never>) => this.context),
      { startImmediately: true }
    ))
  }

  #deliver(): void {
    const receive = this.#receive
    if (receive === undefined) return
    const effect = this.#inbox.shift()
    if (effect === undefined) return
    this.#receive = undefined
    receive(Effect.succeed(effect))
  }
}

/** Decides by the seed what runs next and where fibers yield. Every process has one; all share one queue. */
class SeededScheduler implements Scheduler.Scheduler {
  readonly executionMode = "sync"
  readonly #simulation: Simulation
  readonly #dispatcher: Scheduler.SchedulerDispatcher

  constructor(simulation: Simulation, process: Process) {
    this.#simulation = simulation
    this.#dispatcher = {
      scheduleTask: (task) => simulation.schedule(process, task),
      // The queue is everybody's: only the simulation runs what is in it.
      flush: () => {}
    }
  }

  // A fiber that yielded before its first operation would never get to it.
  shouldYield(fiber: Fiber.Fiber<unknown, unknown>): boolean {
    return fiber.currentOpCount > 1 && this.#simulation.chance.happens(this.#simulation.yieldProbability)
  }

  makeDispatcher(): Scheduler.SchedulerDispatcher {
    return this.#dispatcher
  }
}

const nanos = (millis: number): bigint => BigInt(millis) * 1_000_000n

const clockOf = (simulation: Simulation, process: Process): Clock.Clock => {
  const elapsed = () => nanos(simulation.now - simulation.start)
  return {
    currentTimeMillisUnsafe: () => process.now,
    currentTimeMillis: Effect.sync(() => process.now),
    currentTimeNanosUnsafe: () => nanos(process.now),
    currentTimeNanos: Effect.sync(() => nanos(process.now)),
    monotonicTimeNanosUnsafe: elapsed,
    monotonicTimeNanos: Effect.sync(elapsed),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const timer = simulation.after(Duration.toMillis(duration), process, () => resume(Effect.void))
        return Effect.sync(() => simulation.cancel(timer))
      })
  }
}

const randomOf = (simulation: Simulation, process: Process): Random.Random => {
  const chance = Chance.make(simulation.seed, `random ${process.id}`)
  return {
    nextDoubleUnsafe: chance.next,
    nextIntUnsafe: () => chance.between(0, 0x7FFF_FFFF)
  }
}
