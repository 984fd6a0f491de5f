/**
 * Webhooks: where Apex is to send its notices, and how it is to show that they are its own.
 *
 * A market has a webhook in its field `webhook`, a distributor one in its field `meta`. What Apex sends there is not
 * published, and neither is a signature: the only proof is the authentication configured here, which `WebhookVerifier`
 * checks.
 *
 * Facts are from the provider's pages `authentication`, `api/markets/create` and `api/distributors/create`.
 */
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Wire from "./internal/wire.ts"

// -----------------------------------------------------------------------------
// Authentication
// -----------------------------------------------------------------------------

/** What can stand in a header: no control character. */
const headerText = (text: string): boolean => !/\p{Cc}/u.test(text)

const Secret = Schema.RedactedFromValue(Schema.String).check(
  Schema.makeFilter((secret: Redacted.Redacted<string>) => {
    const text = Redacted.value(secret)
    return text !== "" && headerText(text)
  }, { expected: "a secret without control characters, and not an empty one" })
)

/**
 * HTTP Basic: Apex sends the user name and the password. Its `type` is 1.
 */
export const Basic = Schema.Struct({
  _tag: Schema.Literal(1).transform("Basic"),
  /** The user name. It can not have a colon in it, which is where Basic parts it from the password. */
  username: Schema.String.check(
    Schema.isNonEmpty(),
    Schema.makeFilter((name: string) => headerText(name) && !name.includes(":"), {
      expected: "a user name without colons and control characters"
    })
  ),
  /** The password. */
  password: Secret
}).pipe(Schema.encodeKeys({ _tag: "type" }))

/**
 * HTTP Basic: Apex sends the user name and the password.
 */
export interface Basic extends Schema.Schema.Type<typeof Basic> {}

/**
 * Token: Apex sends the token. Its `type` is 2. In which header is not published; see `WebhookVerifier`.
 */
export const Token = Schema.Struct({
  _tag: Schema.Literal(2).transform("Token"),
  /** The token. */
  token: Secret
}).pipe(Schema.encodeKeys({ _tag: "type" }))

/**
 * Token: Apex sends the token.
 */
export interface Token extends Schema.Schema.Type<typeof Token> {}

/**
 * How Apex is to show that a notice is its own. Written out, as it is sent to Apex, the secrets stand in the clear.
 */
export const Authentication = Schema.Union([Basic, Token])

/**
 * How Apex is to show that a notice is its own.
 */
export type Authentication = typeof Authentication.Type

/**
 * HTTP Basic.
 *
 * ```ts
 * Webhook.basic("entegre", Redacted.make("…"))
 * ```
 */
export const basic = (username: string, password: Redacted.Redacted<string>): Basic => ({
  _tag: "Basic",
  username,
  password
})

/**
 * Token authentication.
 *
 * ```ts
 * Webhook.token(Redacted.make("…"))
 * ```
 */
export const token = (token: Redacted.Redacted<string>): Token => ({ _tag: "Token", token })

// -----------------------------------------------------------------------------
// What is sent to Apex
// -----------------------------------------------------------------------------

/** The numbers of the HTTP methods that the provider's pages name. */
const methods = { GET: 1, POST: 2 }

/**
 * The HTTP method of a notice. The pages name two numbers, 1 and 2, and say "etc."; others can be given as numbers.
 */
export const Method = Schema.Union([Schema.Int, Schema.Literals([1, 2]).transform(["GET", "POST"])])

/**
 * The HTTP method of a notice.
 */
export type Method = typeof Method.Type

const wholeSeconds = Wire.Seconds.check(
  Schema.makeFilter((duration: Duration.Duration) => {
    const seconds = Duration.toSeconds(duration)
    return Number.isSafeInteger(seconds) && seconds > 0
  }, { expected: "a whole number of seconds, more than none" })
)

const address = {
  /** Where: `https://hooks.example.com`. */
  host: Schema.NonEmptyString,
  /** The path there: `/apex`. */
  path: Schema.NonEmptyString
}

const manner = {
  /** The HTTP method. What Apex takes without one is not published. */
  method: Schema.optional(Method),
  /** How Apex is to show that a notice is its own. Without it nobody can tell Apex from anybody else. */
  authentication: Schema.optional(Authentication)
}

const patience = {
  /** How long Apex is to wait for an answer: whole seconds. What it takes without one is not published. */
  timeout: Schema.optional(wholeSeconds)
}

/**
 * A market's webhook.
 */
export const Webhook = Schema.Struct({ ...address, ...manner, ...patience })

/**
 * A market's webhook.
 */
export interface Webhook extends Schema.Schema.Type<typeof Webhook> {}

/**
 * Changes to a market's webhook. Whether Apex keeps the fields that are left out is not published: send them all to be
 * sure.
 */
export const WebhookChanges = Schema.Struct({
  host: Schema.optional(address.host),
  path: Schema.optional(address.path),
  ...manner,
  ...patience
})

/**
 * Changes to a market's webhook.
 */
export interface WebhookChanges extends Schema.Schema.Type<typeof WebhookChanges> {}

/**
 * A distributor's webhook, which it calls `meta`: a market's without the timeout.
 */
export const Meta = Schema.Struct({ ...address, ...manner })

/**
 * A distributor's webhook, which it calls `meta`.
 */
export interface Meta extends Schema.Schema.Type<typeof Meta> {}

/**
 * Changes to a distributor's webhook. Whether Apex keeps the fields that are left out is not published: send them all to
 * be sure.
 */
export const MetaChanges = Schema.Struct({
  host: Schema.optional(address.host),
  path: Schema.optional(address.path),
  ...manner
})

/**
 * Changes to a distributor's webhook.
 */
export interface MetaChanges extends Schema.Schema.Type<typeof MetaChanges> {}

// -----------------------------------------------------------------------------
// What Apex answers
// -----------------------------------------------------------------------------

/** Nothing is kept of an authentication that the pages do not know: any of it may be secret. */
const Unknown = Schema.Record(Schema.String, Schema.Unknown).pipe(
  Schema.decodeTo(
    Schema.TaggedStruct("Unknown", {}),
    SchemaTransformation.transform<{ readonly _tag: "Unknown" }, { readonly [field: string]: unknown }>({
      decode: () => ({ _tag: "Unknown" }),
      encode: () => ({})
    })
  )
)

/**
 * A webhook as Apex has it. It repeats the secrets, which are redacted here.
 *
 * `method` is a name (`"GET"`): Apex takes a number and answers with the name. A number or a name that the pages do not
 * list is kept as it is, and an authentication that they do not list is `Unknown`.
 */
export const Configured = Schema.Struct({
  host: Schema.String,
  path: Schema.String,
  method: Wire.optional(Wire.enumeration(methods)),
  authentication: Wire.optional(Schema.Union([Basic, Token, Unknown])),
  timeout: Wire.optional(Wire.Seconds)
})

/**
 * A webhook as Apex has it.
 */
export interface Configured extends Schema.Schema.Type<typeof Configured> {}
