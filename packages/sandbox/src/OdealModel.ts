/**
 * What Ödeal's part of the sandbox is made of: operations, settings, accounts
 * and payments.
 *
 * Sources are the provider's public pages on its virtual POS
 * (`https://docs.odeal.com/sanalpos/tr/guide/token-islemleri`,
 * `…/3d-odeme-baslat` and `…/callback`). No path beyond the two of
 * authentication is published there: the paths of payments are settings, and
 * their defaults are made up.
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { DurationFromInput, Fault, type FaultOn, Target } from "./Fault.ts"

/**
 * The operations of Ödeal: the documented path of the token endpoints, dots for
 * slashes, and made-up names for payments.
 */
export const OdealOperation = Schema.Literals([
  "authenticate.credential.v2",
  "authenticate.refresh-token.v2",
  "payments.start",
  "payments.status",
  "payments.cancel",
  "payments.refund"
])

/**
 * The operations of Ödeal.
 */
export type OdealOperation = typeof OdealOperation.Type

const targets: ReadonlySet<string> = new Set([...Target.literals, ...OdealOperation.literals])

/**
 * A fault of Ödeal: one that is meant for `"auth"`, `"calls"`, `"all"` or an
 * operation that Ödeal has.
 */
export const OdealFault = Fault.pipe(
  Schema.refine((fault): fault is FaultOn<OdealOperation | Target> => targets.has(fault.on), {
    expected: `"on" to be one of ${[...targets].join(", ")}`
  })
)

/**
 * The statuses of a payment, as the callback page has them. One is written with
 * a space.
 */
export const OdealPaymentStatus = Schema.Literals([
  "PENDING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "REFUND",
  "PARTIAL REFUND"
])

/**
 * The statuses of a payment.
 */
export type OdealPaymentStatus = typeof OdealPaymentStatus.Type

const Path = Schema.String.check(
  Schema.isPattern(/^\/[^?#]*$/, { expected: "a path that begins with a slash" })
)

/**
 * Where payments are, below the base address. All four are made up by default;
 * give the real ones where you know them.
 *
 * - `start`, `cancel`, `refund`: taken with POST.
 * - `status`: taken with GET.
 */
export const OdealPaymentPaths = Schema.Struct({ start: Path, status: Path, cancel: Path, refund: Path })

/**
 * Where payments are, below the base address.
 */
export type OdealPaymentPaths = typeof OdealPaymentPaths.Type

/**
 * How Ödeal behaves. Every field can be changed while it runs.
 *
 * - `tokenLifetime`: how long a new access token lives. Default 1 hour, as
 *   documented.
 * - `refreshLifetime`: how long a new refresh token lives. Default 24 hours; the
 *   page does not say.
 * - `clockSkew`: how far the provider's clock is ahead (or, when negative,
 *   behind) in what it tells: the `Date` header and the claims of its tokens.
 *   Default 0.
 * - `latency`: how long every answer takes. Default 0.
 * - `credentialsAccepted`: false refuses every login as if its keys were wrong.
 *   Default true.
 * - `errorPlace`: which of the two documented places the message of an error
 *   stands in: `result.message` or `error.message`. Default `"result"`.
 * - `paymentPaths`: where payments are. Default `/made-up/payments/start`,
 *   `…/status`, `…/cancel` and `…/refund`.
 * - `paymentOutcome`: what becomes of payments that are started from now on.
 *   `"PENDING"` leaves them open. Default `"COMPLETED"`.
 * - `confirmAfter`: how long after the start a payment takes its outcome, as if
 *   the customer had confirmed it. Default 0.
 * - `callbackDelay`: how long after a change of a payment its callback goes out.
 *   Default 0: it may well be there before the answer to the call that caused
 *   it.
 * - `callbacks`: false sends no callback but those asked for. Default true.
 * - `keepsUniqueKey`: whether all callbacks of a payment carry one `uniqueKey`;
 *   false makes a new one for each change. Default true; the page does not say.
 */
export const OdealSettings = Schema.Struct({
  tokenLifetime: DurationFromInput,
  refreshLifetime: DurationFromInput,
  clockSkew: DurationFromInput,
  latency: DurationFromInput,
  credentialsAccepted: Schema.Boolean,
  errorPlace: Schema.Literals(["result", "error"]),
  paymentPaths: OdealPaymentPaths,
  paymentOutcome: Schema.Literals(["COMPLETED", "FAILED", "CANCELLED", "PENDING"]),
  confirmAfter: DurationFromInput,
  callbackDelay: DurationFromInput,
  callbacks: Schema.Boolean,
  keepsUniqueKey: Schema.Boolean
})

/**
 * How Ödeal behaves.
 */
export type OdealSettings = typeof OdealSettings.Type

/**
 * A change of some settings.
 */
export const OdealSettingsChange = OdealSettings.mapFields(Struct.map(Schema.optionalKey))

/**
 * A change of some settings, with durations in any form.
 */
export type OdealSettingsPatch = {
  readonly [K in keyof OdealSettings]?:
    | (OdealSettings[K] extends Duration.Duration ? Duration.Input : OdealSettings[K])
    | undefined
}

/**
 * The documented behaviour.
 */
export const defaultSettings: OdealSettings = {
  tokenLifetime: Duration.hours(1),
  refreshLifetime: Duration.hours(24),
  clockSkew: Duration.zero,
  latency: Duration.zero,
  credentialsAccepted: true,
  errorPlace: "result",
  paymentPaths: {
    start: "/made-up/payments/start",
    status: "/made-up/payments/status",
    cancel: "/made-up/payments/cancel",
    refund: "/made-up/payments/refund"
  },
  paymentOutcome: "COMPLETED",
  confirmAfter: Duration.zero,
  callbackDelay: Duration.zero,
  callbacks: true,
  keepsUniqueKey: true
}

const Secret = Schema.RedactedFromValue(Schema.NonEmptyString)

/**
 * The two keys of an Ödeal account.
 */
export const OdealCredentials = Schema.Struct({ apiKey: Secret, secretKey: Secret })

/**
 * The two keys of an Ödeal account.
 */
export type OdealCredentials = typeof OdealCredentials.Type

/**
 * A payment as the sandbox keeps it. Nothing of the card is in it.
 *
 * - `amount`, `refunded`: in lira with two digits, `"100.00"`.
 * - `status`, `reason`, `uniqueKey`: of its last change.
 */
export const OdealPayment = Schema.Struct({
  id: Schema.Int,
  externalId: Schema.NullOr(Schema.String),
  amount: Schema.String,
  refunded: Schema.String,
  returnUrl: Schema.NullOr(Schema.String),
  status: OdealPaymentStatus,
  reason: Schema.NullOr(Schema.String),
  uniqueKey: Schema.String
})

/**
 * A payment as the sandbox keeps it.
 */
export type OdealPayment = typeof OdealPayment.Type

/**
 * The body of a callback as the callback page shows it. The three codes are
 * there when the payment succeeded. A start without an `externalId` makes it
 * null, which is made up.
 */
export const OdealCallback = Schema.Struct({
  externalId: Schema.NullOr(Schema.String),
  id: Schema.Int,
  payment_status: OdealPaymentStatus,
  reason: Schema.NullOr(Schema.String),
  authCode: Schema.optionalKey(Schema.String),
  bankProvisionNumber: Schema.optionalKey(Schema.String),
  provisionCode: Schema.optionalKey(Schema.String),
  uniqueKey: Schema.String
})

/**
 * The body of a callback as the callback page shows it.
 */
export type OdealCallback = typeof OdealCallback.Type

/**
 * How a callback differs from the one that the payment's last change caused.
 *
 * - `copies`: how often it is sent, 1 to 100. Default 1.
 * - `delay`: how long to wait before. Default none.
 * - `status`: which status it reports, whatever the payment's own is. Default:
 *   the payment's.
 * - `fields`: fields of the body that are set to something else.
 * - `to`: where it goes. Default: the payment's `returnUrl`.
 */
export const OdealCallbackChange = Schema.Struct({
  copies: Schema.optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))),
  delay: Schema.optional(DurationFromInput),
  status: Schema.optional(OdealPaymentStatus),
  fields: Schema.optional(Schema.JsonObject),
  to: Schema.optional(Schema.String)
})

/**
 * How a callback differs from the one that the payment's last change caused,
 * with the delay in any form.
 */
export interface OdealCallbackChange extends Omit<typeof OdealCallbackChange.Type, "delay"> {
  readonly delay?: Duration.Input | undefined
}
