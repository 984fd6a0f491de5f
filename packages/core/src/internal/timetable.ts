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
  due: number
  /** Index in the heap, -1 when not planned. */
  position: number
  readonly tick: Effect.Effect<void>
}

/** The longest sleep: the wall clock may jump, and timers of many hosts overflow beyond 24 days. */
const longestSleep = 10 * 60_000

export class Timetable {
  readonly #heap: Array<Job> = []
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
    if (job.position >= 0) {
      const before = job.due
      job.due = due
      if (due < before) this.#up(job.position)
      else this.#down(job.position)
    } else {
      job.due = due
      job.position = this.#heap.length
      this.#heap.push(job)
      this.#up(job.position)
    }
    if (due < this.#wakesAt) Deferred.doneUnsafe(this.#wake, Exit.void)
  }

  cancel(job: Job): void {
    const at = job.position
    if (at < 0) return
    job.position = -1
    const last = this.#heap.pop()
    if (last === undefined || last === job) return
    this.#heap[at] = last
    last.position = at
    this.#up(at)
    this.#down(last.position)
  }

  /** Runs jobs as they fall due, for ever. */
  readonly run: Effect.Effect<never> = Effect.suspend(() => {
    const now = this.#clock.currentTimeMillisUnsafe()
    const first = this.#heap[0]
    if (first !== undefined && first.due <= now) {
      this.cancel(first)
      return first.tick
    }
    this.#wake = Deferred.makeUnsafe<void>()
    this.#wakesAt = first === undefined ? Number.POSITIVE_INFINITY : first.due
    const awake = Deferred.await(this.#wake)
    return first === undefined
      ? awake
      : Effect.raceFirst(awake, this.#clock.sleep(Duration.millis(Math.min(first.due - now, longestSleep))))
  }).pipe(Effect.forever)

  #up(from: number): void {
    const heap = this.#heap
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#swapUnlessOrdered(heap[parent], heap[at])) return
      at = parent
    }
  }

  #down(from: number): void {
    const heap = this.#heap
    let at = from
    for (;;) {
      const left = 2 * at + 1
      const right = left + 1
      const leftJob = heap[left]
      const rightJob = heap[right]
      const child = rightJob !== undefined && leftJob !== undefined && rightJob.due < leftJob.due ? right : left
      if (!this.#swapUnlessOrdered(heap[at], heap[child])) return
      at = child
    }
  }

  #swapUnlessOrdered(above: Job | undefined, below: Job | undefined): boolean {
    if (above === undefined || below === undefined || above.due <= below.due) return false
    const position = above.position
    above.position = below.position
    below.position = position
    this.#heap[above.position] = above
    this.#heap[below.position] = below
    return true
  }
}
