/**
 * What is wrong with the options that a layer was given, told before anything is sent.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as BaseUrl from "./BaseUrl.ts"

/**
 * An option can not be used. The layer that was given it fails with this when it is built.
 *
 * What to do: correct the option; the layer can not be built.
 */
export class InvalidOptions extends Schema.TaggedError<InvalidOptions>("@entegre/core/InvalidOptions")(
  "InvalidOptions",
  {
    /** The option's name, as the user wrote it: `"appSecretKey"`. */
    option: Schema.String,
    /** What is wrong with it, in words that do not repeat its value. */
    problem: Schema.String
  }
) {
  override get message(): string {
    return `${this.option} ${this.problem}`
  }
}

const invalid = (option: string, problem: string): Effect.Effect<never, InvalidOptions> =>
  Effect.fail(new InvalidOptions({ option, problem }))

/**
 * A secret that is there and can be sent: not empty, and without the white space or the line break that a file or a
 * copied value brings along.
 */
export const nonEmptySecret = (
  option: string,
  secret: Redacted.Redacted<string>
): Effect.Effect<Redacted.Redacted<string>, InvalidOptions> => {
  const value = Redacted.value(secret)
  if (value === "") return invalid(option, "is empty")
  if (value !== value.trim()) return invalid(option, "begins or ends with white space")
  return /\p{Cc}/u.test(value) ? invalid(option, "has a control character in it") : Effect.succeed(secret)
}

/**
 * A duration that is finite and longer than nothing.
 */
export const positiveDuration = (
  option: string,
  input: Duration.Input
): Effect.Effect<Duration.Duration, InvalidOptions> => {
  const duration = Option.getOrUndefined(Duration.fromInput(input))
  if (duration === undefined) return invalid(option, "is not a duration")
  if (!Duration.isFinite(duration)) return invalid(option, "must be finite")
  return Duration.isPositive(duration) ? Effect.succeed(duration) : invalid(option, "must be positive")
}

/**
 * A base address that {@link BaseUrl.make} accepts.
 */
export const baseUrl = (option: string, text: string): Effect.Effect<BaseUrl.BaseUrl, InvalidOptions> =>
  Effect.fromResult(Result.mapError(BaseUrl.make(text), (problem) => new InvalidOptions({ option, problem })))
