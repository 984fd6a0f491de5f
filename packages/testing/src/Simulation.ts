/**
 * Runs effects so that a seed decides everything that is otherwise left to chance: which fiber runs next, where a fiber
 * yields, what time it is, and what `Random` draws.
 *
 * A run is synchronous and takes no real time: when nothing is left to do at one instant, the clock jumps to the next
 * timer. What happened under a seed happens again under it, on any machine.
 *
 * What it can not decide is what leaves Effect for a promise: a run in which something waits for one is reported as hung.
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Chance from "./Chance.ts"
import { Process } from "./internal/process.ts"

/**
 * How a simulation runs.
 */
export interface Options {
  /** Decides everything. A whole number. */
  readonly seed: number
  /**
   * How likely a fiber yields before each of its operations. Below 0.1 little is explored, at 1 nothing ends. Default:
   * drawn from 0.15 to 0.5 by the seed.
   */
  readonly yieldProbability?: number | undefined
  /** After so many steps a run has gone astray and is stopped. Default: 1,000,000. */
  readonly maxSteps?: number | undefined
  /** What time it is at the beginning, in milliseconds since the epoch. Default: the beginning of 2026. */
  readonly start?: number | undefined
}

/**
 * Something that is run at an instant, or after so many steps.
 */
export interface Timer {
  /** The instant in milliseconds since the epoch, or the step. */
  readonly due: number
  readonly process: Process
  readonly run: () => void
}

interface Task {
  readonly process: Process
  readonly run: () => void
}

const defaultStart = 1_767_225_600_000
const defaultMaxSteps = 1_000_000

/**
 * A world with a clock of its own, and with processes in it whose steps the seed puts in order.
 *
 * It is driven from outside: {@link Simulation.boot} first, then {@link Simulation.advance} and its like, all of them
 * synchronous.
 */
export class Simulation {
  /** What time it is, in milliseconds since the epoch. */
  now: number
  /** When it began, in milliseconds since the epoch. */
  readonly start: number
  /** How many steps were run. */
  steps = 0
  /** The seed. */
  readonly seed: number
  /** How likely a fiber yields before each of its operations. */
  readonly yieldProbability: number
  /** Decides the order of steps. */
  readonly chance: Chance.Chance
  /** What is in no process: networks, servers, the driver. It is never frozen. */
  readonly world: Process
  readonly #maxSteps: number
  readonly #ready: Array<Task> = []
  readonly #timers: Array<Timer> = []
  readonly #countdowns: Array<Timer> = []
  #processes = 0

  constructor(options: Options) {
    this.start = options.start ?? defaultStart
    this.now = this.start
    this.seed = options.seed
    this.chance = Chance.make(options.seed, "schedule")
    this.yieldProbability = options.yieldProbability ?? 0.15 + 0.35 * this.chance.next()
    this.#maxSteps = options.maxSteps ?? defaultMaxSteps
    this.world = this.process("world")
  }

  /** A process: fibers that share a scheduler and a clock. `skew` is how many milliseconds its clock is ahead. */
  process(name: string, skew = 0): Process {
    return new Process(this, this.#processes++, name, skew)
  }

  /** Makes the simulation run effects. It is over when this effect is. */
  get boot(): Effect.Effect<void> {
    return this.world.root
  }

  // ---------------------------------------------------------------------------
  // What is to be done
  // ---------------------------------------------------------------------------

  /** Puts a step among those that can be run now. */
  schedule(process: Process, run: () => void): void {
    this.#ready.push({ process, run })
  }

  /** Puts a step among those that can be run when so many milliseconds have passed. */
  after(millis: number, process: Process, run: () => void): Timer {
    const timer: Timer = { due: this.now + Math.max(0, Math.ceil(millis)), process, run }
    if (timer.due === this.now) this.#ready.push(timer)
    else if (Number.isFinite(timer.due)) this.#timers.push(timer)
    return timer
  }

  /** Puts a step among those that can be run when so many steps have been run. */
  afterSteps(steps: number, process: Process, run: () => void): Timer {
    const timer: Timer = { due: this.steps + steps, process, run }
    this.#countdowns.push(timer)
    return timer
  }

  /** Takes back what `after` has put there, if it was not run yet. */
  cancel(timer: Timer): void {
    if (!take(this.#timers, timer) && !take(this.#ready, timer)) take(timer.process.parked, timer)
  }

  /** Runs nothing of a process from now on, while time passes. */
  freeze(process: Process): void {
    process.frozen = true
  }

  /** Lets a frozen process go on, with everything that fell due meanwhile. */
  thaw(process: Process): void {
    process.frozen = false
    this.#ready.push(...process.parked.splice(0))
  }

  /** Freezes a process for ever and forgets what it had to do. */
  crash(process: Process): void {
    process.frozen = true
    process.crashed = true
    for (const tasks of [this.#ready, this.#timers, this.#countdowns, process.parked]) {
      keep(tasks, (task) => task.process !== process)
    }
  }

  /** How many steps a process has still to do, now or later. */
  pending(process: Process): number {
    const own = (tasks: ReadonlyArray<Task>) => tasks.filter((task) => task.process === process).length
    return own(this.#ready) + own(this.#timers) + process.parked.length
  }

  // ---------------------------------------------------------------------------
  // Doing it
  // ---------------------------------------------------------------------------

  /** Runs so many steps, if there are so many at this instant. */
  step(count: number): void {
    const last = this.steps + count
    while (this.steps < last && this.#step()) { /* one more */ }
  }

  /** Lets so many milliseconds pass, and everything happen that falls due meanwhile. */
  advance(millis: number): void {
    this.#runUntil(() => false, this.now + Math.ceil(millis))
  }

  /** Runs until the condition holds; gives up, with `false`, when so many milliseconds have passed or nothing is left. */
  until(condition: () => boolean, millis: number): boolean {
    this.#runUntil(condition, this.now + Math.ceil(millis))
    return condition()
  }

  /** Whether the run has gone astray: more steps than any run should need. */
  get exhausted(): boolean {
    return this.steps >= this.#maxSteps
  }

  #runUntil(condition: () => boolean, end: number): void {
    while (!condition() && !this.exhausted) {
      if (this.#step()) continue
      const next = earliest(this.#timers)
      if (next === undefined || next.due > end) {
        if (Number.isFinite(end)) this.now = Math.max(this.now, end)
        return
      }
      this.now = next.due
      const due = this.#timers.filter((timer) => timer.due <= this.now)
      keep(this.#timers, (timer) => timer.due > this.now)
      this.#ready.push(...due)
    }
  }

  #step(): boolean {
    if (this.#countdowns.length > 0) this.#countDown()
    for (;;) {
      const tasks = this.#ready
      if (tasks.length === 0) return false
      const index = this.chance.below(tasks.length)
      const task = tasks[index]
      const last = tasks.pop()
      if (task === undefined || last === undefined) return false
      if (index < tasks.length) tasks[index] = last
      if (task.process.frozen) {
        task.process.parked.push(task)
        continue
      }
      this.steps++
      task.run()
      return true
    }
  }

  #countDown(): void {
    for (const timer of this.#countdowns) {
      if (timer.due <= this.steps || this.#ready.length === 0) this.#ready.push(timer)
    }
    if (this.#ready.length > 0) keep(this.#countdowns, (timer) => !this.#ready.includes(timer))
  }
}

const earliest = (timers: ReadonlyArray<Timer>): Timer | undefined => {
  let first = timers[0]
  for (const timer of timers) if (first === undefined || timer.due < first.due) first = timer
  return first
}

const take = (tasks: Array<Task>, task: Task): boolean => {
  const index = tasks.indexOf(task)
  if (index < 0) return false
  tasks.splice(index, 1)
  return true
}

const keep = <A>(all: Array<A>, wanted: (one: A) => boolean): void => {
  let kept = 0
  for (const one of all) if (wanted(one)) all[kept++] = one
  all.length = kept
}

// -----------------------------------------------------------------------------
// One effect
// -----------------------------------------------------------------------------

/**
 * What came of running an effect under a seed.
 */
export interface Run<A, E> {
  /** How the effect ended; `undefined` if it did not: nothing was left to do, or there was no end to it. */
  readonly exit: Exit.Exit<A, E> | undefined
  /** How many steps it took. */
  readonly steps: number
  /** How many milliseconds passed for the effect. */
  readonly elapsed: number
}

/**
 * Runs an effect under a seed, to its end or until nothing is left to do. Always succeeds, and in no time.
 *
 * **Example** (The same interleaving every time)
 *
 * ```ts
 * const run = yield* Simulation.run(race, { seed: 1763 })
 * assert(run.exit !== undefined, "it hangs")
 * ```
 */
export const run = <A, E>(effect: Effect.Effect<A, E>, options: Options): Effect.Effect<Run<A, E>> =>
  Effect.suspend(() => {
    const simulation = new Simulation(options)
    const main = simulation.process("main")
    let exit: Exit.Exit<A, E> | undefined
    return Effect.map(simulation.boot, () => {
      main.fork(Effect.map(Effect.exit(effect), (value) => {
        exit = value
      }))
      simulation.until(() => exit !== undefined, Number.POSITIVE_INFINITY)
      return { exit, steps: simulation.steps, elapsed: simulation.now - simulation.start }
    })
  })
