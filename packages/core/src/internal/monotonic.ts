/**
 * Time that only goes forward, for what is measured rather than named.
 */
import type * as Clock from "effect/Clock"

/** Milliseconds, with their fraction, since some moment; setting the clock does not move it. */
export const monotonic = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000
