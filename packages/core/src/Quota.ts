/**
 * How often something may be done for an account, and by how many at once, over all who share a token store.
 *
 * Providers limit by account, not by process: a pause between two requests, so many requests a minute, one reader of a
 * list. Each such allowance has a number of **places**. Whoever wants to go on takes a place under a ticket of its own;
 * the place is free again when its period is over, or as soon as it is given back.
 *
 * - a pause between requests: one place, whose period begins anew when the request has been answered (`rest`);
 * - a rate limit: as many places as requests, each with the limit's window for its period;
 * - one at a time: one place that its holder extends until it gives it back.
 *
 * For the makers of provider packages, who find it at `TokenCache.quota`.
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as MutableHashMap from "effect/MutableHashMap"
import * as Option from "effect/Option"
import type { TokenKey } from "./TokenKey.ts"
import type { TokenStoreError } from "./TokenStore.ts"

/**
 * What is limited: something that an account does, by its name. Compared by value.
 */
export class Allowance extends Data.Class<{
  /** Whose allowance it is. */
  readonly key: TokenKey
  /** What is done, such as an operation's name; it may be shown. */
  readonly name: string
}> {}

/**
 * A wish for a place.
 */
export interface Claim {
  /** Unique to whoever takes the place: whoever takes again under the same ticket has the same place. */
  readonly ticket: string
  /** How many places the allowance has. */
  readonly limit: number
  /** For how long the place is taken if nobody says anything else. */
  readonly period: Duration.Duration
}

/**
 * The operations. Each is atomic, and one round trip where there is a wire.
 */
export interface Service {
  /** Takes a place if one is free, and answers zero; answers how long until one is free if none is. */
  readonly take: (allowance: Allowance, claim: Claim) => Effect.Effect<Duration.Duration, TokenStoreError>
  /** How long until a place is free, of so many. Looks only. */
  readonly remaining: (allowance: Allowance, limit: number) => Effect.Effect<Duration.Duration, TokenStoreError>
  /** A place is free again after `period` from now, even if its former period is over already. */
  readonly rest: (
    allowance: Allowance,
    ticket: string,
    period: Duration.Duration
  ) => Effect.Effect<void, TokenStoreError>
  /** The same for a place that is still taken under the ticket; `false` if it is not, and nothing is done. */
  readonly extend: (
    allowance: Allowance,
    ticket: string,
    period: Duration.Duration
  ) => Effect.Effect<boolean, TokenStoreError>
  /** A place is free at once. */
  readonly giveBack: (allowance: Allowance, ticket: string) => Effect.Effect<void, TokenStoreError>
  /** Nobody gets a place for so long; the longest pause counts. */
  readonly pause: (allowance: Allowance, duration: Duration.Duration) => Effect.Effect<void, TokenStoreError>
}

interface Taken {
  /** When each place is free again, by its ticket. */
  readonly places: Map<string, number>
  pausedUntil: number
}

/**
 * A quota in memory, for those who share it: what the store in memory has, and a store of your own may begin with. What is
 * over is forgotten.
 */
export const makeMemoryUnsafe = (): Service => {
  const allowances = MutableHashMap.empty<Allowance, Taken>()

  const withTaken = <A>(allowance: Allowance, f: (taken: Taken, now: number) => A): Effect.Effect<A> =>
    Clock.clockWith((clock) =>
      Effect.sync(() => {
        const now = Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
        const taken = Option.getOrElse(
          MutableHashMap.get(allowances, allowance),
          (): Taken => ({ places: new Map(), pausedUntil: 0 })
        )
        for (const [ticket, free] of taken.places) {
          if (free <= now) taken.places.delete(ticket)
        }
        const result = f(taken, now)
        if (taken.places.size > 0 || taken.pausedUntil > now) MutableHashMap.set(allowances, allowance, taken)
        else MutableHashMap.remove(allowances, allowance)
        return result
      })
    )

  return {
    take: (allowance, { limit, period, ticket }) =>
      withTaken(allowance, (taken, now) => {
        const wait = taken.places.has(ticket) ? 0 : waitFor(taken, limit, now)
        if (wait === 0) taken.places.set(ticket, now + Duration.toMillis(period))
        return Duration.millis(wait)
      }),
    remaining: (allowance, limit) => withTaken(allowance, (taken, now) => Duration.millis(waitFor(taken, limit, now))),
    rest: (allowance, ticket, period) =>
      withTaken(allowance, ({ places }, now) => {
        places.set(ticket, now + Duration.toMillis(period))
      }),
    extend: (allowance, ticket, period) =>
      withTaken(allowance, ({ places }, now) => {
        if (!places.has(ticket)) return false
        places.set(ticket, now + Duration.toMillis(period))
        return true
      }),
    giveBack: (allowance, ticket) =>
      withTaken(allowance, ({ places }) => {
        places.delete(ticket)
      }),
    pause: (allowance, duration) =>
      withTaken(allowance, (taken, now) => {
        taken.pausedUntil = Math.max(taken.pausedUntil, now + Duration.toMillis(duration))
      })
  }
}

/**
 * A quota in memory, for those who share it.
 */
export const makeMemory: Effect.Effect<Service> = Effect.sync(makeMemoryUnsafe)

/** Milliseconds until one of `limit` places is free. */
const waitFor = ({ pausedUntil, places }: Taken, limit: number, now: number): number => {
  const paused = Math.max(0, pausedUntil - now)
  if (places.size < limit) return paused
  const free = [...places.values()].toSorted((a, b) => a - b)[places.size - limit] ?? now
  return Math.max(paused, free - now)
}
