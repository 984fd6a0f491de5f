/**
 * What Apex's part of the sandbox is made of: operations, settings, accounts
 * and webhooks.
 *
 * Sources are the provider's public pages below `https://docs.brokerstr.com`.
 * What those leave open is a setting, or marked as made up.
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { DurationFromInput, Fault, type FaultOn, Target } from "./Fault.ts"

/**
 * The operations of Apex: the provider's page about each, dots for slashes.
 */
export const ApexOperation = Schema.Literals([
  "auth.authenticate",
  "auth.refresh",
  "nodes.create",
  "nodes.get",
  "nodes.update",
  "nodes.delete",
  "nodes.children",
  "markets.create",
  "markets.update",
  "distributors.create",
  "distributors.update",
  "tokens.create",
  "tokens.create-external",
  "tokens.market-list",
  "tokens.update-tokens-market",
  "tokens.create-token-kyc-address",
  "tokens.update-token-kyc-address",
  "kyc-addresses.create",
  "kyc-addresses.list",
  "kyc-addresses.update"
])

/**
 * The operations of Apex.
 */
export type ApexOperation = typeof ApexOperation.Type

const targets: ReadonlySet<string> = new Set([...Target.literals, ...ApexOperation.literals])

/**
 * A fault of Apex: one that is meant for `"auth"`, `"calls"`, `"all"` or an
 * operation that Apex has.
 */
export const ApexFault = Fault.pipe(
  Schema.refine((fault): fault is FaultOn<ApexOperation | Target> => targets.has(fault.on), {
    expected: `"on" to be one of ${[...targets].join(", ")}`
  })
)

const HeaderName = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9-]+$/, { expected: "the name of a header" })
)

/**
 * How Apex behaves. Every field can be changed while it runs.
 *
 * - `tokenLifetime`: how long a new access token lives. Default 1 hour, as
 *   documented.
 * - `refreshLifetime`: how long a new refresh token lives. A refresh does not
 *   prolong it. Default 7 days, as documented.
 * - `clockSkew`: how far the provider's clock is ahead (or, when negative,
 *   behind) in what it tells: the `Date` header, `expires_at`, the claims of its
 *   tokens, and every other date. Default 0.
 * - `latency`: how long every answer takes. Default 0.
 * - `credentialsAccepted`: false refuses every login as if its keys were wrong.
 *   Default true.
 * - `singleActiveToken`: whether a new access token ends the account's former
 *   ones. Default false; the page does not say.
 * - `rateLimit`: how many requests an API key has in any 60 seconds. Default
 *   50, as documented.
 * - `rateLimitsLogins`: whether requests to the token endpoints count, and can
 *   be refused, too. Default true; the page just says "requests".
 * - `retryAfter`: whether a 429 says in a `Retry-After` header how many seconds
 *   to wait. Default false: the page shows no header.
 * - `wrongTargetStatus`: the status of a request without the `X-Target-Server`
 *   that it needs. Default 400, which is made up.
 * - `floatNoise`: whether a `value` that a binary fraction cannot hold comes
 *   back with the noise that the page shows (`0.00044000000000000007`). Default
 *   true.
 * - `webhookTokenHeader`, `webhookTokenScheme`: the header in which a webhook
 *   with token authentication carries its token, and the word before it (`""`
 *   for none). Default `authorization` and `Bearer`, which are made up.
 */
export const ApexSettings = Schema.Struct({
  tokenLifetime: DurationFromInput,
  refreshLifetime: DurationFromInput,
  clockSkew: DurationFromInput,
  latency: DurationFromInput,
  credentialsAccepted: Schema.Boolean,
  singleActiveToken: Schema.Boolean,
  rateLimit: Schema.Int.check(Schema.isGreaterThan(0)),
  rateLimitsLogins: Schema.Boolean,
  retryAfter: Schema.Boolean,
  wrongTargetStatus: Schema.Int.check(Schema.isBetween({ minimum: 400, maximum: 599 })),
  floatNoise: Schema.Boolean,
  webhookTokenHeader: HeaderName,
  webhookTokenScheme: Schema.String
})

/**
 * How Apex behaves.
 */
export type ApexSettings = typeof ApexSettings.Type

/**
 * A change of some settings.
 */
export const ApexSettingsChange = ApexSettings.mapFields(Struct.map(Schema.optionalKey))

/**
 * A change of some settings, with durations in any form.
 */
export type ApexSettingsPatch = {
  readonly [K in keyof ApexSettings]?:
    | (ApexSettings[K] extends Duration.Duration ? Duration.Input : ApexSettings[K])
    | undefined
}

/**
 * The documented behaviour.
 */
export const defaultSettings: ApexSettings = {
  tokenLifetime: Duration.hours(1),
  refreshLifetime: Duration.days(7),
  clockSkew: Duration.zero,
  latency: Duration.zero,
  credentialsAccepted: true,
  singleActiveToken: false,
  rateLimit: 50,
  rateLimitsLogins: true,
  retryAfter: false,
  wrongTargetStatus: 400,
  floatNoise: true,
  webhookTokenHeader: "authorization",
  webhookTokenScheme: "Bearer"
}

const Secret = Schema.RedactedFromValue(Schema.NonEmptyString)

/**
 * The two keys of an Apex account.
 */
export const ApexCredentials = Schema.Struct({ apiKey: Secret, secretKey: Secret })

/**
 * The two keys of an Apex account.
 */
export type ApexCredentials = typeof ApexCredentials.Type

/**
 * How a webhook shows whose it is, as it goes over the wire: `type` 1 is HTTP
 * Basic, 2 is a token.
 */
export const ApexWebhookAuthentication = Schema.Union([
  Schema.Struct({ type: Schema.Literal(1), username: Schema.NonEmptyString, password: Schema.NonEmptyString }),
  Schema.Struct({ type: Schema.Literal(2), token: Schema.NonEmptyString })
])

/**
 * How a webhook shows whose it is.
 */
export type ApexWebhookAuthentication = typeof ApexWebhookAuthentication.Type

/**
 * How a webhook differs from the one that is sent by default.
 *
 * - `copies`: how often it is sent, 1 to 100. Default 1.
 * - `delay`: how long to wait before. Default none.
 * - `fields`: fields of the body that are set to something else. The `id` of an
 *   earlier webhook makes a duplicate of it.
 * - `authentication`: what it carries instead of what is configured; null for
 *   nothing. That is what a forger has.
 * - `to`: where it goes. Default: what is configured.
 */
export const ApexWebhookChange = Schema.Struct({
  copies: Schema.optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))),
  delay: Schema.optional(DurationFromInput),
  fields: Schema.optional(Schema.JsonObject),
  authentication: Schema.optional(Schema.NullOr(ApexWebhookAuthentication)),
  to: Schema.optional(Schema.String)
})

/**
 * How a webhook differs from the one that is sent by default, with the delay in
 * any form.
 */
export interface ApexWebhookChange extends Omit<typeof ApexWebhookChange.Type, "delay"> {
  readonly delay?: Duration.Input | undefined
}

/**
 * The body of a webhook. All of it is made up: the pages show none.
 *
 * - `id`: the same for a duplicate.
 * - `subject_id`: the market, or the distributor, that it is about.
 */
export const ApexWebhook = Schema.Struct({
  id: Schema.String,
  event: Schema.String,
  subject_id: Schema.String,
  occurred_at: Schema.String,
  data: Schema.JsonObject
})

/**
 * The body of a webhook. All of it is made up.
 */
export type ApexWebhook = typeof ApexWebhook.Type
