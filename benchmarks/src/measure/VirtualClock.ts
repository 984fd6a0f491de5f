/**
 * A clock that stands still until it is told to go on, so that an hour of renewals takes as long as their work does.
 */
import { type Clock, Duration, Effect } from "effect"

const nanosInMilli = 1_000_000n

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Turns of the event loop in which nobody asks for the time, after which everything that was woken is taken to be done. */
const quietTurns = 5

export class VirtualClock implements Clock.Clock {
  #now = Date.UTC(2026, 0, 1)
  readonly #sleepers = new Set<Sleeper>()
  #asked = 0

  currentTimeMillisUnsafe(): number {
    this.#asked++
    return this.#now
  }

  currentTimeNanosUnsafe(): bigint {
    return BigInt(this.#now) * nanosInMilli
  }

  monotonicTimeNanosUnsafe(): bigint {
    return this.currentTimeNanosUnsafe()
  }

  readonly currentTimeMillis = Effect.sync(() => this.currentTimeMillisUnsafe())
  readonly currentTimeNanos = Effect.sync(() => this.currentTimeNanosUnsafe())
  readonly monotonicTimeNanos = Effect.sync(() => this.monotonicTimeNanosUnsafe())

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const sleeper: Sleeper = {
        at: this.#now + Duration.toMillis(duration),
        wake: () => resume(Effect.void)
      }
      this.#sleepers.add(sleeper)
      return Effect.sync(() => this.#sleepers.delete(sleeper))
    })
  }

  /** Goes on, wakes whoever has slept enough, and returns when they are done. */
  async advance(millis: number): Promise<void> {
    this.#now += millis
    for (const sleeper of this.#sleepers) {
      if (sleeper.at > this.#now) continue
      this.#sleepers.delete(sleeper)
      sleeper.wake()
    }
    for (let quiet = 0; quiet < quietTurns; quiet++) {
      const before = this.#asked
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#asked !== before) quiet = 0
    }
  }
}
