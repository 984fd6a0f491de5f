/**
 * One timer for all keys: a heap of jobs by due time and a single fiber that sleeps until the earliest.
 */
import type * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** Something to be run when its time comes. The heap's own bookkeeping lives in the job: no map beside it. */
export interface Job {
  /** Index in the heap, -1 when not planned. */
  position: number
  readonly tick: Effect.Effect<void>
}

/** The longest sleep: the wall clock may jump, and timers of many hosts overflow beyond 24 days. */
const longestSleep = 10 * 60_000

export class Timetable {
  readonly #heap: Array<Job> = []
  /** When each of them is due. Beside them, because an array of numbers alone holds them as they are. */
  readonly #dues: Array<number> = []
  readonly #clock: Clock.Clock
  #wake = Deferred.makeUnsafe<void>()
  #wakesAt = Number.POSITIVE_INFINITY

  constructor(clock: Clock.Clock) {
    this.#clock = clock
  }

  /**
   * Plans a job for an instant, in place of the one that it was planned for: for the next whole millisecond, because clocks
   * know of no other and a sleep for less does not move them.
   */
  plan(job: Job, instant: number): void {
    const due = Math.ceil(instant)
    if (job.position < 0) job.position = this.#heap.length
    this.#put(job.position, job, due)
    this.#order(job)
    if (due < this.#wakesAt) Deferred.doneUnsafe(this.#wake, Exit.void)
  }

  cancel(job: Job): void {
    const at = job.position
    if (at < 0) return
    job.position = -1
    const last = this.#heap.pop()
    const due = this.#dues.pop()
    if (last === undefined || due === undefined || last === job) return
    this.#put(at, last, due)
    this.#order(last)
  }

  /** Runs jobs as they fall due, for ever. */
  readonly run: Effect.Effect<never> = Effect.suspend(() => {
    const now = this.#clock.currentTimeMillisUnsafe()
    const first = this.#heap[0]
    const due = this.#dueAt(0)
    if (first !== undefined && due <= now) {
      this.cancel(first)
      return first.tick
    }
    this.#wake = Deferred.makeUnsafe<void>()
    this.#wakesAt = due
    const awake = Deferred.await(this.#wake)
    return first === undefined
      ? awake
      : Effect.raceFirst(awake, this.#clock.sleep(Duration.millis(Math.min(due - now, longestSleep))))
  }).pipe(Effect.forever)

  /** When the job at a place is due: never, if there is none. */
  #dueAt(at: number): number {
    return this.#dues[at] ?? Number.POSITIVE_INFINITY
  }

  #put(at: number, job: Job, due: number): void {
    this.#heap[at] = job
    this.#dues[at] = due
    job.position = at
  }

  #order(job: Job): void {
    this.#up(job.position)
    this.#down(job.position)
  }

  #up(from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#swapUnlessOrdered(parent, at)) return
      at = parent
    }
  }

  #down(from: number): void {
    let at = from
    for (;;) {
      const left = 2 * at + 1
      const right = left + 1
      const child = this.#dueAt(right) < this.#dueAt(left) ? right : left
      if (!this.#swapUnlessOrdered(at, child)) return
      at = child
    }
  }

  #swapUnlessOrdered(above: number, below: number): boolean {
    const upper = this.#heap[above]
    const lower = this.#heap[below]
    const upperDue = this.#dueAt(above)
    const lowerDue = this.#dueAt(below)
    if (upper === undefined || lower === undefined || upperDue <= lowerDue) return false
    this.#put(above, lower, lowerDue)
    this.#put(below, upper, upperDue)
    return true
  }
}
