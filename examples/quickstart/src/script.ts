/**
 * What happens to a provider's tokens while calls go on, and what it must cost.
 *
 * Each step says how many logins and renewals it costs. Their sum is what the provider must have counted in the end: not
 * more, which would be a storm, and not less, which would mean that a step did not happen.
 */
import { Data, Effect, Schedule } from "effect"
import type { RenewedBy, Stage } from "./Subject.ts"

/** What a step costs, as the provider counts it. */
export interface Cost {
  readonly logins: number
  readonly renewals: number
}

interface Step {
  readonly title: string
  readonly cost: Cost
  readonly run: Effect.Effect<void, StepFailed>
}

/** A step did not come to its end in time. */
class StepFailed extends Data.TaggedError("StepFailed")<{ readonly title: string }> {}

export interface Actors {
  readonly stage: Stage
  readonly renewedBy: RenewedBy
  /** Many callers at once. */
  readonly burst: Effect.Effect<void>
  /** Completes when the provider has handed out so many token sets in all. */
  readonly issued: (total: number) => Effect.Effect<void>
}

/** How long a token lives that is to end during the demonstration. It is renewed after at least half of that. */
export const shortLife = "6 seconds"

/**
 * Between two steps the calls of the last one end. A call is sent twice at most, so one that meets two dead tokens fails, and
 * must: whoever revokes every token twice in a tenth of a second means it.
 */
const breath = "500 millis"

const nothing: Cost = { logins: 0, renewals: 0 }
const login: Cost = { logins: 1, renewals: 0 }
const renewal: Cost = { logins: 0, renewals: 1 }

const plus = (one: Cost, other: Cost): Cost => ({
  logins: one.logins + other.logins,
  renewals: one.renewals + other.renewals
})

export const steps = ({ burst, issued, renewedBy, stage }: Actors): ReadonlyArray<Step> => {
  const renewed = renewedBy === "login" ? login : renewal
  // A refusal does not say whether a refresh token was spent. One that can be spent once is not sent again.
  const renewedAfterOutage = renewedBy === "refreshToken" ? renewal : login

  let before = nothing
  const step = (title: string, cost: Cost, happen: Effect.Effect<void>): Step => {
    before = plus(before, cost)
    const total = before.logins + before.renewals
    const over = stage.isQuiet.pipe(
      Effect.repeat({ until: (quiet) => quiet, schedule: Schedule.spaced("50 millis") }),
      Effect.andThen(issued(total)),
      Effect.andThen(Effect.sleep(breath))
    )
    return {
      title,
      cost,
      run: Effect.andThen(happen, over).pipe(
        Effect.timeout("30 seconds"),
        Effect.mapError(() => new StepFailed({ title }))
      )
    }
  }
  return [
    step("50 callers come at once, and there is no token", login, burst),
    step("the token nears its end", renewed, Effect.void),
    step(
      "the next one nears its end while the token endpoint is down",
      renewedAfterOutage,
      Effect.andThen(stage.tokenLifetime("1 hour"), stage.tokenEndpointFails(2))
    ),
    step("the provider revokes the token", renewed, stage.revokeTokens),
    step("reads are answered 503", nothing, stage.readsFail(2)),
    step(
      "the provider revokes the token, and takes a second for the next one",
      renewed,
      Effect.andThen(stage.tokenEndpointIsSlow("1 second"), stage.revokeTokens)
    )
  ]
}

/** What the whole script costs. */
export const costOf = (script: ReadonlyArray<Step>): Cost => script.map(({ cost }) => cost).reduce(plus, nothing)
