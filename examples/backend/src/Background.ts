/**
 * Work that goes on after its request was answered. Providers want an answer soon, and checking what they posted takes a
 * call to them.
 *
 * It is bounded, and on shutdown it may finish. What a crash takes with it is lost: a service that can not bear that puts
 * a durable queue in this place.
 */
import { Context, Effect, FiberSet, Layer } from "effect"
import { TryLater } from "./problems.ts"

const capacity = 100
const grace = "5 seconds"

/**
 * Work that goes on after its request was answered.
 */
export class Background extends Context.Service<Background, {
  /**
   * Begins the work and returns. Fails with `TryLater` if there is too much of it already. What the work fails with is
   * logged, by the name.
   */
  readonly run: <E extends Error, R>(
    name: string,
    work: Effect.Effect<void, E, R>
  ) => Effect.Effect<void, TryLater, R>
}>()("@entegre/example-backend/Background") {
  static readonly layer = Layer.effect(
    Background,
    Effect.gen(function*() {
      const underway = yield* FiberSet.make<void>()
      yield* Effect.addFinalizer(() =>
        FiberSet.awaitEmpty(underway).pipe(Effect.interruptible, Effect.timeoutOption(grace))
      )
      return Background.of({
        run: Effect.fnUntraced(function*(name, work) {
          if ((yield* FiberSet.size(underway)) >= capacity) return yield* new TryLater({})
          yield* work.pipe(
            Effect.catch((error) => Effect.logWarning(`${name}: ${error.message}`)),
            // A defect may have anything in it.
            Effect.catchDefect(() => Effect.logError(`${name}: an unexpected error`)),
            FiberSet.run(underway)
          )
        })
      })
    })
  )
}
