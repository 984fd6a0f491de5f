/**
 * When an endpoint may be asked again.
 *
 * This is the part of the cooldown that all who use the same keys have in common. Here it is kept in memory, for one
 * process; the operations are such that a store which several processes share can stand in its place.
 */
import type { TokenKey } from "@entegre/core/TokenKey"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as MutableHashMap from "effect/MutableHashMap"
import * as Option from "effect/Option"

/** One endpoint as one account sees it. */
export class Endpoint extends Data.Class<{ readonly key: TokenKey; readonly operation: string }> {}

export interface Turns {
  /** How long until the endpoint is free. Looks only. */
  readonly remaining: (endpoint: Endpoint) => Effect.Effect<Duration.Duration>
  /**
   * Takes the endpoint for `period` if it is free, and answers zero; answers how long until it is free if it is not.
   */
  readonly take: (endpoint: Endpoint, period: Duration.Duration) => Effect.Effect<Duration.Duration>
  /** Whoever has taken the endpoint says from when on it rests, for `period`: from now. */
  readonly rest: (endpoint: Endpoint, period: Duration.Duration) => Effect.Effect<void>
  /** Whoever has taken the endpoint says that it was not asked after all. */
  readonly giveBack: (endpoint: Endpoint) => Effect.Effect<void>
}

interface Rest {
  readonly since: number
  readonly period: number
}

/** Turns in memory. What has passed is forgotten when the endpoint is next looked at. */
export const makeMemory = Effect.sync((): Turns => {
  const rests = MutableHashMap.empty<Endpoint, Rest>()

  const begin = (endpoint: Endpoint, since: number, period: number): void => {
    MutableHashMap.set(rests, endpoint, { since, period })
  }
  const look = (endpoint: Endpoint, now: number): Duration.Duration => {
    const rest = Option.getOrUndefined(MutableHashMap.get(rests, endpoint))
    if (rest === undefined) return Duration.zero
    // A clock that was set back must not lengthen the rest.
    if (now < rest.since) begin(endpoint, now, rest.period)
    const left = Math.min(rest.since + rest.period - now, rest.period)
    if (left > 0) return Duration.millis(left)
    MutableHashMap.remove(rests, endpoint)
    return Duration.zero
  }
  const withNow = <A>(f: (now: number) => A): Effect.Effect<A> =>
    Effect.clockWith((clock) => Effect.sync(() => f(clock.currentTimeMillisUnsafe())))

  return {
    remaining: (endpoint) => withNow((now) => look(endpoint, now)),
    take: (endpoint, period) =>
      withNow((now) => {
        const wait = look(endpoint, now)
        if (Duration.isZero(wait)) begin(endpoint, now, Duration.toMillis(period))
        return wait
      }),
    rest: (endpoint, period) => withNow((now) => begin(endpoint, now, Duration.toMillis(period))),
    giveBack: (endpoint) =>
      Effect.sync(() => {
        MutableHashMap.remove(rests, endpoint)
      })
  }
})
