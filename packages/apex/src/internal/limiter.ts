/**
 * Keeps an account's requests within a limit: so many in any stretch of time as long as the window.
 *
 * Apex does not say how it counts. So that any way of counting comes out right, what is counted is exact: a request takes
 * its place before it is sent and keeps it until a whole window has passed since its answer, because only then has the
 * provider surely counted it a window ago. A counter that is set back every minute would let twice the limit through
 * around that moment, and so would a bucket that starts full and fills again meanwhile: these are the two ways of the
 * `RateLimiter` of `effect/persistence`, which is why it is not used.
 *
 * The places are those of a quota, over all processes that share it. Here is what a process has for itself: the line of
 * those who wait.
 */
import * as Quota from "@entegre/core/Quota"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
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
   * Runs a request in a place of its own. Waits for one in the order of arrival, and fails at once if it would take longer
   * than `maxWait`.
   */
  readonly run: <A, E>(
    request: Effect.Effect<A, E>,
    options: {
      readonly maxWait: Duration.Duration
      /** For how long a request that is stuck keeps its place. */
      readonly atMost: Duration.Duration
      /** Whether the provider may have counted a request that ended like this. */
      readonly counts: (exit: Exit.Exit<A, E>) => boolean
    }
  ) => Effect.Effect<A, E | RateLimited>
  /** Nobody gets a place for so long: the provider has refused a request. */
  readonly pause: (duration: Duration.Duration) => Effect.Effect<void>
}

/** A pause is no longer than this, whatever the provider says. */
const longestPause = Duration.minutes(5)

/** The line of those in this process who want to make a request of one account. */
export class Account implements Limiter {
  readonly #quota: Quota.Service<never>
  readonly #allowance: Quota.Allowance
  readonly #newTicket: () => string
  /** Of the layers that use it; the strictest counts. */
  readonly #limits = new Set<Limit>()
  #limit: Limit = { requests: 1, window: 0 }
  #waiting = 0
  readonly #line = Semaphore.makeUnsafe(1)
  readonly #freed = Latch.makeUnsafe()

  constructor(quota: Quota.Service<never>, allowance: Quota.Allowance, newTicket: () => string) {
    this.#quota = quota
    this.#allowance = allowance
    this.#newTicket = newTicket
  }

  /** A layer begins to use the account. */
  join(limit: Limit): void {
    this.#limits.add(limit)
    this.#heedStrictest()
  }

  /** A layer no longer uses the account. */
  leave(limit: Limit): void {
    this.#limits.delete(limit)
    if (this.isUsed) this.#heedStrictest()
  }

  /** Whether a layer uses the account. */
  get isUsed(): boolean {
    return this.#limits.size > 0
  }

  readonly run: Limiter["run"] = (request, { atMost, counts, maxWait }) =>
    Effect.uninterruptibleMask((restore) => {
      const ticket = this.#newTicket()
      const giveBack = this.#giveBack(ticket)
      return restore(this.#take(ticket, maxWait)).pipe(
        Effect.onInterrupt(() => giveBack),
        Effect.andThen(Effect.suspend(() => {
          const period = Duration.millis(this.#limit.window)
          return restore(request).pipe(
            Quota.keeping(this.#quota, this.#allowance, { ticket, period, atMost }),
            Effect.onExit((exit) => counts(exit) ? this.#quota.rest(this.#allowance, ticket, period) : giveBack)
          )
        }))
      )
    })

  readonly pause = (duration: Duration.Duration): Effect.Effect<void> =>
    this.#quota.pause(this.#allowance, Duration.min(duration, longestPause))

  #giveBack(ticket: string): Effect.Effect<void> {
    return Effect.tap(
      this.#quota.giveBack(this.#allowance, ticket),
      () => Effect.sync(() => this.#freed.openUnsafe())
    )
  }

  #take(ticket: string, maxWait: Duration.Duration): Effect.Effect<void, RateLimited> {
    return Effect.suspend(() => {
      const ahead = this.#waiting++
      const inTurn = this.#line.withPermit(ahead === 0 ? this.#first(ticket, maxWait) : this.#awaitPlace(ticket))
      const tooLong = Effect.flatMap(this.#ask(ticket), (wait) => Duration.isZero(wait) ? Effect.void : refuse(wait))
      return Effect.andThen(
        ahead === 0 ? Effect.void : this.#refuseBehind(ahead, maxWait),
        Effect.timeoutOrElse(inTurn, { duration: maxWait, orElse: () => tooLong })
      ).pipe(
        Effect.ensuring(Effect.sync(() => {
          this.#waiting--
        }))
      )
    })
  }

  /** Takes a place if there is one; answers how long until then if there is none. */
  #ask(ticket: string): Effect.Effect<Duration.Duration> {
    const { requests, window } = this.#limit
    return this.#quota.take(this.#allowance, { ticket, limit: requests, period: Duration.millis(window) })
  }

  /** One who came when nobody waited. */
  #first(ticket: string, maxWait: Duration.Duration): Effect.Effect<void, RateLimited> {
    return Effect.flatMap(this.#ask(ticket), (wait) => {
      if (Duration.isZero(wait)) return Effect.void
      return Duration.isGreaterThan(wait, maxWait) ? refuse(wait) : this.#awaitPlaceAfter(wait, ticket)
    })
  }

  /** The first of those who wait: waits until there is a place and takes it. */
  #awaitPlace(ticket: string): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.#freed.closeUnsafe()
      return Effect.flatMap(
        this.#ask(ticket),
        (wait) => Duration.isZero(wait) ? Effect.void : this.#awaitPlaceAfter(wait, ticket)
      )
    })
  }

  #awaitPlaceAfter(wait: Duration.Duration, ticket: string): Effect.Effect<void> {
    return Effect.andThen(Effect.timeoutOption(this.#freed.await, wait), this.#awaitPlace(ticket))
  }

  /**
   * Fails if it takes too long until there is a place for one who comes after `ahead` others. Whoever comes after more than
   * there are places gets one that somebody ahead has had for a window.
   */
  #refuseBehind(ahead: number, maxWait: Duration.Duration): Effect.Effect<void, RateLimited> {
    const { requests, window } = this.#limit
    const rounds = Duration.millis(Math.floor(ahead / requests) * window)
    return Effect.flatMap(this.#quota.remaining(this.#allowance, requests - ahead % requests), (remaining) => {
      const wait = Duration.sum(remaining, rounds)
      return Duration.isGreaterThan(wait, maxWait) ? refuse(wait) : Effect.void
    })
  }

  #heedStrictest(): void {
    const limits = [...this.#limits]
    this.#limit = {
      requests: Math.min(...limits.map(({ requests }) => requests)),
      window: Math.max(...limits.map(({ window }) => window))
    }
  }
}

const refuse = (wait: Duration.Duration): Effect.Effect<never, RateLimited> =>
  Effect.fail(new RateLimited({ retryAfter: wait }))
