/**
 * A user's schedule as a question: how long until the next step?
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Environment } from "./environment.ts"

/** Steps the schedule and answers with its delay in milliseconds. */
export type Stepper<Input> = (input: Input) => Effect.Effect<number>

/** What a schedule that ends before its first step leaves, in milliseconds. */
const lastResort = 60_000

/**
 * A schedule of one key, begun at its first step. When it has ended its last delay stays: a provider that is down for
 * long is still asked, and never more often than before.
 */
export const makeStepper = <Input>(
  env: Environment,
  schedule: Schedule.Schedule<unknown, Input>
): Stepper<Input> => {
  let last = lastResort
  let begun: Stepper<Input> | undefined
  const begin = Effect.map(
    Schedule.toStep(schedule),
    (step): Stepper<Input> => (input) =>
      Effect.suspend(() => step(env.clock.currentTimeMillisUnsafe(), input)).pipe(
        Effect.map(([, delay]) => (last = Duration.toMillis(delay))),
        Effect.catchCause(() => Effect.succeed(last))
      )
  )
  return (input) =>
    Effect.suspend(() =>
      begun === undefined ? Effect.flatMap(begin, (stepper) => (begun = stepper)(input)) : begun(input)
    )
}
