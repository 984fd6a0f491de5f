/**
 * A user's schedule as a question: how long until the next step?
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Schedule from "effect/Schedule"
import type { Environment } from "./environment.ts"

/** What a schedule that ends before its first step leaves, in milliseconds. */
const lastResort = 60_000

type Step<Input> = (now: number, input: Input) => Pull.Pull<[unknown, Duration.Duration], never, unknown>

/**
 * A schedule of one key, begun at its first step. When it has ended its last delay stays: a provider that is down for
 * long is still asked, and never more often than before.
 */
export class Stepper<Input> {
  #last = lastResort
  #step: Step<Input> | undefined

  /** Steps the schedule and answers with its delay in milliseconds. */
  next(env: Environment, schedule: Schedule.Schedule<unknown, Input>, input: Input): Effect.Effect<number> {
    return Effect.suspend(() => {
      if (this.#step !== undefined) return this.#take(env, this.#step, input)
      return Effect.flatMap(Schedule.toStep(schedule), (step) => {
        this.#step = step
        return this.#take(env, step, input)
      })
    })
  }

  #take(env: Environment, step: Step<Input>, input: Input): Effect.Effect<number> {
    return Effect.suspend(() => step(env.clock.currentTimeMillisUnsafe(), input)).pipe(
      Effect.map(([, delay]) => (this.#last = Duration.toMillis(delay))),
      Effect.catchCause(() => Effect.succeed(this.#last))
    )
  }
}
