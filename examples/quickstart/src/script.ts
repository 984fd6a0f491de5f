/**
 * What happens to a provider's tokens while calls go on, and what it must cost.
 *
 * Each step says how many token sets it costs. Their sum is what the provider must have counted in the end: not more, which
 * would be a storm, and not less, which would mean that a step did not happen.
 */
import { Data, Effect, Schedule } from "effect"
import type { Stage } from "./Subject.ts"

interface Step {
  readonly title: string
  /** How many token sets the provider hands out because of it. */
  readonly issues: number
  readonly run: Effect.Effect<void, StepFailed>
}

/** A step did not come to its end in time. */
class StepFailed extends Data.TaggedError("StepFailed")<{ readonly title: string }> {}

export interface Actors {
  readonly stage: Stage
  /** Many callers at once. */
  readonly burst: Effect.Effect<void>
  /** Completes when the provider has handed out so many token sets in all. */
  readonly issued: (total: number) => Effect.Effect<void>
}

/** How long a token lives that is to end during the demonstration. It is renewed after at least half of that. */
export const shortLife = "6 seconds"

export const steps = ({ burst, issued, stage }: Actors): ReadonlyArray<Step> => {
  let total = 0
  const step = (title: string, issues: number, happen: Effect.Effect<void>): Step => {
    total += issues
    const after = total
    const over = stage.isQuiet.pipe(
      Effect.repeat({ until: (quiet) => quiet, schedule: Schedule.spaced("50 millis") }),
      Effect.andThen(issued(after))
    )
    return {
      title,
      issues,
      run: Effect.andThen(happen, over).pipe(
        Effect.timeout("30 seconds"),
        Effect.mapError(() => new StepFailed({ title }))
      )
    }
  }
  return [
    step("50 callers come at once, and there is no token", 1, burst),
    step("the token nears its end", 1, Effect.void),
    step(
      "the next one nears its end while the token endpoint is down",
      1,
      Effect.andThen(stage.tokenLifetime("1 hour"), stage.tokenEndpointFails(2))
    ),
    step("the provider revokes every token", 1, stage.revokeTokens),
    step("reads are answered 503", 0, stage.readsFail(2)),
    step(
      "the provider revokes every token, and takes a second for the next one",
      1,
      Effect.andThen(stage.tokenEndpointIsSlow("1 second"), stage.revokeTokens)
    )
  ]
}

/** How many token sets the whole script costs. */
export const cost = (script: ReadonlyArray<Step>): number => script.reduce((sum, { issues }) => sum + issues, 0)
