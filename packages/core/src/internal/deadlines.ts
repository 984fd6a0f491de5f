/**
 * Time limits for many effects over one timer.
 *
 * `Effect.timeout` starts two fibers and a timer for each effect. Here an effect costs one fiber, and all that run under a
 * time limit at the same moment share another one, which sleeps until the first of them is due. It ends when nobody is left
 * to be watched, so it keeps no process alive.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import { constVoid } from "effect/Function"
import { monotonic } from "./monotonic.ts"

/** What runs under a time limit. Those with the same limit are due in the order in which they began: they form a queue. */
interface Watched {
  readonly fiber: Fiber.Fiber<unknown, unknown>
  readonly queue: Queue
  readonly due: number
  previous: Watched | undefined
  next: Watched | undefined
  isLate: boolean
  /** Tells whoever waits for it that it has ended, or is late. */
  tell: () => void
}

interface Queue {
  first: Watched | undefined
  last: Watched | undefined
}

/** The longest sleep in milliseconds: timers of many hosts overflow beyond 24 days. */
const longestSleep = 24 * 60 * 60_000

/** Watches over what runs under time limits on one clock. */
class Watch {
  readonly #clock: Clock.Clock
  readonly #queues = new Map<number, Queue>()
  #size = 0
  #sleeper: Fiber.Fiber<void> | undefined
  /** The number of the sleeper that counts, which may be about to begin. */
  #newest = 0
  #wakesAt = Number.POSITIVE_INFINITY

  constructor(clock: Clock.Clock) {
    this.#clock = clock
  }

  begin(fiber: Fiber.Fiber<unknown, unknown>, limit: number): Watched {
    const queue = this.#queueOf(limit)
    const { last } = queue
    // On a whole millisecond: what a sum of fractions leaves of it may be too short a sleep for a clock to move by.
    const due = Math.ceil(this.#now() + limit)
    const watched: Watched = { fiber, queue, due, previous: last, next: undefined, isLate: false, tell: constVoid }
    if (last === undefined) queue.first = watched
    else last.next = watched
    queue.last = watched
    this.#size++
    return watched
  }

  /** Sees to it that somebody is awake when this one is due; nothing, if somebody will be. */
  wakeFor({ due }: Watched, context: Context.Context<never>): Effect.Effect<void> | undefined {
    if (due >= this.#wakesAt) return undefined
    this.#stop()
    this.#wakesAt = due
    const number = this.#newest
    return Effect.map(forkIn(this.#sleep, context), (sleeper) => {
      // Time may pass between the two steps: another one has been sent to sleep since, or nobody is watched any more.
      if (number !== this.#newest) sleeper.interruptUnsafe()
      else if (sleeper.pollUnsafe() === undefined) this.#sleeper = sleeper
    })
  }

  end(watched: Watched): void {
    if (!watched.isLate) this.#leave(watched)
    if (this.#size === 0) this.#stop()
  }

  #leave(watched: Watched): void {
    const { next, previous, queue } = watched
    if (previous === undefined) queue.first = next
    else previous.next = next
    if (next === undefined) queue.last = previous
    else next.previous = previous
    // Garbage that has grown old must not hold what came after it.
    watched.previous = undefined
    watched.next = undefined
    this.#size--
  }

  // ---------------------------------------------------------------------------
  // The sleeper
  // ---------------------------------------------------------------------------

  #stop(): void {
    const sleeper = this.#sleeper
    this.#sleeper = undefined
    this.#newest++
    this.#wakesAt = Number.POSITIVE_INFINITY
    sleeper?.interruptUnsafe()
  }

  readonly #sleep: Effect.Effect<void> = Effect.suspend(() => {
    const now = this.#now()
    this.#interruptLate(now)
    this.#wakesAt = this.#nextDue()
    if (this.#wakesAt === Number.POSITIVE_INFINITY) {
      this.#sleeper = undefined
      return Effect.void
    }
    return Effect.flatMap(
      this.#clock.sleep(Duration.millis(Math.min(this.#wakesAt - now, longestSleep))),
      () => this.#sleep
    )
  })

  /** Whoever waited for one that is late goes on at once, and may begin something else. */
  #interruptLate(now: number): void {
    for (const queue of this.#queues.values()) {
      for (let watched = queue.first; watched !== undefined && watched.due <= now; watched = queue.first) {
        this.#leave(watched)
        watched.isLate = true
        watched.fiber.interruptUnsafe()
        watched.tell()
      }
    }
  }

  /** When the next one is due. A limit that nobody has any more is forgotten. */
  #nextDue(): number {
    let next = Number.POSITIVE_INFINITY
    for (const [limit, { first }] of this.#queues) {
      if (first === undefined) this.#queues.delete(limit)
      else next = Math.min(next, first.due)
    }
    return next
  }

  #queueOf(limit: number): Queue {
    let queue = this.#queues.get(limit)
    if (queue === undefined) {
      queue = { first: undefined, last: undefined }
      this.#queues.set(limit, queue)
    }
    return queue
  }

  #now(): number {
    return monotonic(this.#clock)
  }
}

/** Begins an effect at once, in a fiber and a context of its own. */
const forkIn = <A, E>(
  self: Effect.Effect<A, E>,
  context: Context.Context<never>
): Effect.Effect<Fiber.Fiber<A, E>> =>
  Effect.forkDetach(Effect.updateContext(self, (_: Context.Context<never>) => context), { startImmediately: true })

// A function of its own, because V8 counts a closure that is assigned to a property among what lives for long.
const listen = (watched: Watched, tell: () => void): void => {
  if (watched.isLate || watched.fiber.pollUnsafe() !== undefined) tell()
  else watched.tell = tell
}

/** The watches of whoever shares them, one for each clock. */
export class Deadlines {
  readonly #watches = new WeakMap<Clock.Clock, Watch>()

  /**
   * Runs an effect in a fiber of its own, in a context of its own, and interrupts it when it is late. How it ended is settled
   * in the fiber that waits: `undefined` if it was late. Whoever interrupts that one interrupts both.
   *
   * Nobody waits for it any longer, not even for what it does when it is interrupted: an effect that can not be interrupted
   * is left to itself then.
   */
  within<A, E, B, E2>(
    self: Effect.Effect<A, E>,
    context: Context.Context<never>,
    limit: Duration.Duration,
    settle: (exit: Exit.Exit<A, E> | undefined) => Effect.Effect<B, E2>
  ): Effect.Effect<B, E2> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(forkIn(self, context), (fiber) => {
        const exit = fiber.pollUnsafe()
        if (exit !== undefined) return settle(exit)
        const watch = this.#watchOf(context)
        const watched = watch.begin(fiber, Duration.toMillis(limit))
        fiber.addObserver(() => {
          watch.end(watched)
          watched.tell()
        })
        const ended = <C, E3>(settle: (exit: Exit.Exit<A, E> | undefined) => Effect.Effect<C, E3>) =>
          Effect.callback<C, E3>((resume) => {
            listen(watched, () => resume(settle(watched.isLate ? undefined : fiber.pollUnsafe())))
          })
        const waiting = Effect.onInterrupt(restore(ended(settle)), () => {
          fiber.interruptUnsafe()
          return ended(() => Effect.void)
        })
        const wake = watch.wakeFor(watched, context)
        return wake === undefined ? waiting : Effect.andThen(wake, waiting)
      })
    )
  }

  /** Runs an effect like {@link within}, in the context of whoever waits: something else takes its place if it is late. */
  timeoutOrElse<A, E, B, E2>(
    self: Effect.Effect<A, E>,
    limit: Duration.Duration,
    orElse: () => Effect.Effect<B, E2>
  ): Effect.Effect<A | B, E | E2> {
    return Effect.withFiber((fiber) =>
      this.within<A, E, A | B, E | E2>(self, fiber.context, limit, (exit) => exit ?? orElse())
    )
  }

  #watchOf(context: Context.Context<never>): Watch {
    const clock = Context.get(context, Clock.Clock)
    let watch = this.#watches.get(clock)
    if (watch === undefined) {
      watch = new Watch(clock)
      this.#watches.set(clock, watch)
    }
    return watch
  }
}
