/**
 * Keys in memory: those in hand, and those that are done with.
 */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"

/** Runs `handle` unless the key is done with; it is when the result is some. */
export interface Attempt {
  <A, E, R>(key: string, handle: Effect.Effect<Option.Option<A>, E, R>): Effect.Effect<Option.Option<A>, E, R>
}

export const make = (capacity: number, timeToLive: Duration.Duration): Attempt => {
  const life = Duration.toMillis(timeToLive)
  /** When each key was done with. A `Map` gives them back in the order in which they came: the oldest first. */
  const handled = new Map<string, number>()
  const inHand = new Map<string, Deferred.Deferred<void>>()

  const forget = (now: number): void => {
    for (const [key, since] of handled) {
      if (handled.size <= capacity && now - since < life) return
      handled.delete(key)
    }
  }
  const remember = (key: string, now: number): void => {
    handled.delete(key)
    handled.set(key, now)
    forget(now)
  }

  const attempt: Attempt = (key, handle) =>
    Effect.clockWith((clock) =>
      Effect.uninterruptibleMask((restore) => {
        forget(clock.currentTimeMillisUnsafe())
        if (handled.has(key)) return Effect.succeedNone
        const ahead = inHand.get(key)
        if (ahead !== undefined) {
          return Effect.andThen(restore(Deferred.await(ahead)), restore(attempt(key, handle)))
        }
        const done = Deferred.makeUnsafe<void>()
        inHand.set(key, done)
        return Effect.onExit(restore(handle), (exit) =>
          Effect.sync(() => {
            inHand.delete(key)
            if (Exit.isSuccess(exit) && Option.isSome(exit.value)) remember(key, clock.currentTimeMillisUnsafe())
            Deferred.doneUnsafe(done, Exit.void)
          }))
      })
    )

  return attempt
}
