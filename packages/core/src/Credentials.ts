/**
 * Where a provider's credentials come from: for the makers of provider packages.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/**
 * Credentials as a layer is given them: as they are, or as an effect that obtains them. The effect runs when the layer is
 * built, then at every login, and every few seconds while they stand refused, so that a secrets manager can replace them.
 */
export type Source<Credentials extends object, E = never, R = never> = Credentials | Effect.Effect<Credentials, E, R>

/**
 * The effect that obtains the credentials and checks them, in the context in which the layer is built. It fails with what
 * obtaining them, or the check, fails with.
 *
 * ```ts
 * const credentials = yield* Credentials.capture(options.credentials, Settings.credentials)
 * const key = tokenKey(yield* credentials)
 * ```
 */
export const capture = <Credentials extends object, E, R, Invalid>(
  source: Source<Credentials, E, R>,
  check: (credentials: Credentials) => Effect.Effect<Credentials, Invalid>
): Effect.Effect<Effect.Effect<Credentials, E | Invalid>, never, R> =>
  Effect.map(
    Effect.context<R>(),
    (context) =>
      Effect.provideContext(Effect.flatMap(Effect.isEffect(source) ? source : Effect.succeed(source), check), context)
  )

const Text = Schema.String.check(
  Schema.isNonEmpty(),
  Schema.isPattern(/^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u, { expected: "a text without white space around it" })
)

/**
 * A setting that is not a secret, such as a user name: not empty, no white space around it. Fails with a `ConfigError` that
 * names the variable.
 */
export const text = (name: string): Config.Config<string> => Config.schema(Text, name)

/**
 * A setting that is a secret: not empty, no white space around it. Fails with a `ConfigError` that names the variable and
 * does not show its value.
 *
 * ```ts
 * const credentials = Config.all({ apiKey: Credentials.secret("ACME_API_KEY") })
 * ```
 */
export const secret = (name: string): Config.Config<Redacted.Redacted<string>> =>
  Config.schema(Schema.RedactedFromValue(Text), name)
