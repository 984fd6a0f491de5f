/**
 * Keeps an account's requests within a limit: so many in any stretch of time as long as the window.
 *
 * Apex does not say how it counts. So that any way of counting comes out right, what is counted is exact: a request takes
 * its place before it is sent and keeps it until a whole window has passed since its answer, because only then has the
 * provider surely counted it a window ago. A counter that is set back every minute would let twice the limit through
 * around that moment, and so would a bucket that starts full and fills again meanwhile: these are the two ways of the
 * `RateLimiter` of `effect/persistence`, which is why it is not used.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Semaphore from "effect/Semaphore"
import { RateLimited } from "../ApexError.ts"

export interface Limit {
  /** How many requests. */
  readonly requests: number
  /** In how many milliseconds. */
  readonly window: number
}

export interface Limiter {
  /**
   * Takes a place for one request, or waits for one for `maxWait` at most, in the order of arrival. Fails at once if it
   * would be longer.
   */
  readonly take: (maxWait: Duration.Duration) => Effect.Effect<void, RateLimited>
  /** Says that no request was made of a place that was taken. */
  readonly giveBack: Effect.Effect<void>
  /** Around a request that is sent: its place is free again a window after it has ended. */
  readonly sending: <A, E, R>(request: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Nobody gets a place for so long: the provider has refused a request. */
  readonly pause: (duration: Duration.Duration) => Effect.Effect<void>
}

/** A pause is no longer than this, whatever the provider says: a clock that was set back must not make it one. */
const longestPause = Duration.toMillis("5 minutes")

/** A place of which no request was made by then is nobody's: its caller was interrupted. Logins take less. */
const abandonedAfter = Duration.toMillis("2 minutes")

/** What is known about the requests of one account. */
export class Account implements Limiter {
  /** Of the layers that use it; the strictest counts. */
  readonly #limits = new Set<Limit>()
  #limit: Limit = { requests: 1, window: 0 }
  /** When places were taken for requests that were not sent yet. */
  readonly #taken: Array<number> = []
  #underWay = 0
  /** When requests were answered, or failed. */
  readonly #ended: Array<number> = []
  #pausedUntil = 0
  #waiting = 0
  readonly #queue = Semaphore.makeUnsafe(1)
  readonly #freed = Latch.makeUnsafe()

  /** A layer begins to use the account. */
  join(limit: Limit): void {
    this.#limits.add(limit)
    this.#heedStrictest()
  }

  /** A layer no longer uses the account. */
  leave(limit: Limit): void {
    this.#limits.delete(limit)
    if (this.#limits.size > 0) this.#heedStrictest()
  }

  readonly take = (maxWait: Duration.Duration): Effect.Effect<void, RateLimited> =>
    Effect.clockWith((clock) => {
      const wait = this.#wait(clock.currentTimeMillisUnsafe(), this.#waiting)
      if (wait === 0 && this.#waiting === 0) {
        this.#taken.push(clock.currentTimeMillisUnsafe())
        return Effect.void
      }
      if (wait > Duration.toMillis(maxWait)) return refuse(wait)
      this.#waiting++
      return this.#queue.withPermit(this.#awaitPlace).pipe(
        Effect.timeoutOrElse({
          duration: maxWait,
          orElse: () => this.#takeNow
        }),
        Effect.ensuring(Effect.sync(() => {
          this.#waiting--
        }))
      )
    })

  readonly giveBack: Effect.Effect<void> = Effect.sync(() => {
    this.#taken.pop()
    this.#freed.openUnsafe()
  })

  readonly sending = <A, E, R>(request: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        this.#taken.shift()
        this.#underWay++
      }),
      () => request,
      () =>
        Effect.clockWith((clock) => {
          this.#underWay--
          this.#ended.push(clock.currentTimeMillisUnsafe())
          return Effect.void
        })
    )

  readonly pause = (duration: Duration.Duration): Effect.Effect<void> =>
    Effect.clockWith((clock) => {
      const until = clock.currentTimeMillisUnsafe() + Duration.toMillis(duration)
      this.#pausedUntil = Math.max(this.#pausedUntil, until)
      return Effect.void
    })

  /** Whether nobody uses the account, and nothing is left that the next who does would have to know. */
  isIdle(now: number): boolean {
    this.#settle(now)
    return this.#limits.size === 0 && this.#waiting + this.#underWay + this.#taken.length + this.#ended.length === 0 &&
      this.#pausedUntil <= now
  }

  /** Whoever has waited for long enough: takes a place if there is one at last. */
  readonly #takeNow: Effect.Effect<void, RateLimited> = Effect.clockWith((clock) => {
    const now = clock.currentTimeMillisUnsafe()
    const wait = this.#wait(now, 0)
    if (wait > 0) return refuse(wait)
    this.#taken.push(now)
    return Effect.void
  })

  /** The first of those who wait: waits until there is a place and takes it. */
  readonly #awaitPlace: Effect.Effect<void> = Effect.clockWith((clock) => {
    const now = clock.currentTimeMillisUnsafe()
    const wait = this.#wait(now, 0)
    if (wait === 0) {
      this.#taken.push(now)
      return Effect.void
    }
    this.#freed.closeUnsafe()
    return Effect.andThen(Effect.timeoutOption(this.#freed.await, wait), this.#awaitPlace)
  })

  /** How many milliseconds until there is a place for one who comes after `ahead` others. */
  #wait(now: number, ahead: number): number {
    this.#settle(now)
    const { requests, window } = this.#limit
    const used = this.#taken.length + this.#underWay + this.#ended.length
    const places = Math.max(used, requests)
    // Whoever comes after more than there are places gets one that somebody ahead has had for a window.
    const rank = ahead + places - requests
    const rounds = Math.max(0, Math.ceil((rank + 1 - places) / requests))
    const free = this.#freeAt(rank - rounds * requests - (places - used), now)
    return Math.max(free, this.#pausedUntil) - now + rounds * window
  }

  /** When a place is free again, by its rank among those that are used: at the earliest, if its request has not ended. */
  #freeAt(rank: number, now: number): number {
    if (rank < 0) return now
    return (this.#ended[rank] ?? now) + this.#limit.window
  }

  /** Forgets what is over. A clock that was set back must not keep a place for longer. */
  #settle(now: number): void {
    this.#pausedUntil = Math.min(this.#pausedUntil, now + longestPause)
    forget(this.#ended, now, this.#limit.window)
    forget(this.#taken, now, abandonedAfter)
  }

  #heedStrictest(): void {
    const limits = [...this.#limits]
    this.#limit = {
      requests: Math.min(...limits.map(({ requests }) => requests)),
      window: Math.max(...limits.map(({ window }) => window))
    }
  }
}

const refuse = (wait: number): Effect.Effect<never, RateLimited> =>
  Effect.fail(new RateLimited({ retryAfter: Duration.millis(wait) }))

const forget = (times: Array<number>, now: number, after: number): void => {
  for (let i = times.length - 1; (times[i] ?? now) > now; i--) times[i] = now
  while ((times[0] ?? now) + after <= now) times.shift()
}
