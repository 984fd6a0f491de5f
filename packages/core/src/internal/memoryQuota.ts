/**
 * Places in memory. What is over is forgotten, also what nobody asks about again.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as MutableHashMap from "effect/MutableHashMap"
import * as Option from "effect/Option"
import type { Allowance, Memory } from "../Quota.ts"
import { monotonic } from "./monotonic.ts"

/** What is known of an allowance. */
interface Taken {
  /** When each place is free again, by its ticket. */
  readonly places: Map<string, number>
  pausedUntil: number
}

/** How many allowances are remembered at least before those that are over are looked for. */
const leastSweep = 64

export const make = (): Memory => {
  const allowances = MutableHashMap.empty<Allowance, Taken>()
  let sweepAt = leastSweep

  // At twice the size that the last sweep left, so that sweeping takes no longer in all than what it is for.
  const sweep = (now: number): void => {
    if (MutableHashMap.size(allowances) < sweepAt) return
    for (const [allowance, taken] of allowances) {
      if (isOver(taken, now)) MutableHashMap.remove(allowances, allowance)
    }
    sweepAt = Math.max(leastSweep, 2 * MutableHashMap.size(allowances))
  }

  const withTaken = <A>(allowance: Allowance, f: (taken: Taken, now: number) => A): Effect.Effect<A> =>
    Clock.clockWith((clock) =>
      Effect.sync(() => {
        const now = monotonic(clock)
        const taken = Option.getOrElse(
          MutableHashMap.get(allowances, allowance),
          (): Taken => ({ places: new Map(), pausedUntil: 0 })
        )
        settle(taken, now)
        const result = f(taken, now)
        if (isOver(taken, now)) {
          MutableHashMap.remove(allowances, allowance)
        } else {
          MutableHashMap.set(allowances, allowance, taken)
          sweep(now)
        }
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
      }),
    size: Effect.sync(() => MutableHashMap.size(allowances))
  }
}

const settle = ({ places }: Taken, now: number): void => {
  for (const [ticket, free] of places) {
    if (free <= now) places.delete(ticket)
  }
}

const isOver = (taken: Taken, now: number): boolean => {
  settle(taken, now)
  return taken.places.size === 0 && taken.pausedUntil <= now
}

/** Whole milliseconds until one of `limit` places is free: rather too many than too few. */
const waitFor = ({ pausedUntil, places }: Taken, limit: number, now: number): number => {
  const free = places.size < limit
    ? now
    : [...places.values()].toSorted((a, b) => a - b)[places.size - limit] ?? now
  return Math.ceil(Math.max(0, pausedUntil - now, free - now))
}
