/**
 * The schedules by which tokens are renewed and failed attempts are tried again.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Reason } from "./TokenError.ts"

/**
 * What a renewal schedule is stepped with, once per token set. Instants are milliseconds since the epoch.
 */
export interface TokenLife {
  /** When the provider was asked for the token. */
  readonly issuedAt: number
  /** When it ends. */
  readonly expiresAt: number
  /** When its refresh window begins, with this token's own jitter. */
  readonly renewAt: number
}

/**
 * Renews when the refresh window begins.
 */
export const beforeExpiry: Schedule.Schedule<TokenLife, TokenLife> = Schedule.fromStep(
  Effect.succeed((now: number, life: TokenLife) =>
    Effect.succeed<[TokenLife, Duration.Duration]>([life, Duration.millis(Math.max(life.renewAt - now, 0))])
  )
)

/**
 * From a quarter of a second, doubling, to a minute; each delay with a fifth of jitter either way.
 */
export const backOff: Schedule.Schedule<unknown, Reason> = Schedule.min([
  Schedule.exponential("250 millis"),
  Schedule.spaced("1 minute")
]).pipe(Schedule.jittered, Schedule.setInputType<Reason>())
