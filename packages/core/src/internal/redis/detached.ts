/**
 * Things that take long to get and long to give back, for somebody who waits for neither.
 *
 * A client that speaks to a server that does not answer can neither be had nor closed in any bounded time.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"

export interface Detached<A> {
  readonly value: A
  /** Gives it back in the background. */
  readonly close: Effect.Effect<Fiber.Fiber<void>>
}

/**
 * Gets something in a scope of its own; none if it takes longer than that. Whoever is interrupted leaves at once, and what
 * was to be had is given back when it comes.
 */
export const acquire = <A, E, R>(
  effect: Effect.Effect<A, E, R | Scope.Scope>,
  millis: number
): Effect.Effect<Option.Option<Detached<A>>, E, Exclude<R, Scope.Scope>> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      const scope = Scope.makeUnsafe()
      const close = Effect.forkDetach(Scope.close(scope, Exit.void), { startImmediately: true })
      const fiber = yield* Effect.forkDetach(Effect.interruptible(Scope.provide(effect, scope)))
      const leave = Effect.suspend(() => {
        fiber.interruptUnsafe()
        return close
      })
      const exit = yield* Effect.onInterrupt(restore(Effect.timeoutOption(Fiber.await(fiber), millis)), () => leave)
      if (Option.isNone(exit)) {
        yield* leave
        return Option.none()
      }
      if (Exit.isFailure(exit.value)) {
        yield* close
        return yield* Effect.failCause(exit.value.cause)
      }
      return Option.some({ value: exit.value.value, close })
    })
  )
