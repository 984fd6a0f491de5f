/**
 * What Paynkolay's part of the sandbox is made of: operations, settings,
 * accounts, payment profiles, sellers, payments and callbacks.
 *
 * Field names are the provider's. Sources are the provider's public pages on
 * its marketplace; what those pages leave open is a setting, or marked as made
 * up.
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { DurationFromInput, Fault, type FaultOn, Target } from "./Fault.ts"

/**
 * The operations of Paynkolay: the documented path, dots for slashes.
 */
export const PaynkolayOperation = Schema.Literals([
  "authenticate",
  "paymentprofile",
  "paymentprofile.get",
  "paymentprofile.update",
  "paymentprofile.delete",
  "paymentprofile.list",
  "seller",
  "seller.get",
  "seller.update",
  "seller.delete",
  "seller.sellers",
  "seller.sellers.byPaymentProfile",
  "payment.create",
  "payment.create.MASTERPASS",
  "payment.status",
  "payment.storedCardList",
  "payment.fetchInstallments",
  "payment.updateCommission",
  "payment.completePaymentExternal",
  "payment.refund",
  "payment.cancel",
  "transaction.update-delivery",
  "transaction.report",
  "transaction.seller.report",
  "transaction.seller.payment-report",
  "transaction.seller.debt-report",
  "penalty",
  "calculate-hash.payment",
  "calculate-hash.refund-cancel"
])

/**
 * The operations of Paynkolay: the documented path, dots for slashes.
 */
export type PaynkolayOperation = typeof PaynkolayOperation.Type

const targets: ReadonlySet<string> = new Set([...Target.literals, ...PaynkolayOperation.literals])

/**
 * A fault of Paynkolay: one that is meant for `"auth"`, `"calls"`, `"all"` or
 * an operation that Paynkolay has.
 */
export const PaynkolayFault = Fault.pipe(
  Schema.refine((fault): fault is FaultOn<PaynkolayOperation | Target> => targets.has(fault.on), {
    expected: `"on" to be one of ${[...targets].join(", ")}`
  })
)

/**
 * How Paynkolay behaves. Every field can be changed while it runs.
 *
 * - `tokenLifetime`: how long a new token lives. Default 30 minutes, as in the
 *   sample on the authentication page. A JWT counts whole seconds, so that a
 *   token may live up to a second less.
 * - `clockSkew`: how far the provider's clock is ahead (or, when negative,
 *   behind): in the `Date` header, in `exp` and `iat`, in every date that it
 *   writes, and in what it takes for today. Default 0.
 * - `latency`: how long every answer takes. Default 0.
 * - `credentialsAccepted`: false refuses every login as if its credentials were
 *   wrong. Default true.
 * - `loginRefusalStatus`: the HTTP status of a refused login. Default 401; no
 *   page shows one.
 * - `refusalStatus`: the HTTP status of a refusal in the common envelope.
 *   Default 200: the pages warn that failures may come with it.
 * - `paymentHash`: which of the two published rules the `apiKey` of a payment
 *   must follow. Default `"sixFields"`, the present page's; `"twoFields"` is an
 *   older one.
 * - `reversalErrorIn`: where the code stands with which a refund or cancel is
 *   refused. Default `"responseMessage"`, where the page's sample looks for it.
 * - `uniqueTrxCodes`: true refuses a second payment with the same `trxCode`.
 *   Default false: no page says that a repeated payment is noticed.
 * - `bankCode`: the bank's answer to payments that are created from now on, two
 *   digits; `"00"` approves. Default `"00"`.
 * - `autoComplete`: false makes the callback of a payment the first of two
 *   steps: upper-case fields, then `completePaymentExternal`. Default true.
 * - `completionCurrency`: what becomes of `CURRENCY_CODE` in such a callback
 *   and its hash, on which the sources differ: it is `"present"`, or absent and
 *   an `"emptyField"` of the hash, or absent and `"leftOut"` of it. Default
 *   `"present"`.
 * - `callbacks`: false sends no callback but those asked for; payments with 3D
 *   Secure stay `PENDING` until then. Default true.
 * - `callbackFormat`: whether callbacks are forms or JSON. Default `"form"`; no
 *   page shows a whole one.
 * - `callbackDelay`: how long after the payment the automatic callback is sent.
 *   Default 0.
 */
export const PaynkolaySettings = Schema.Struct({
  tokenLifetime: DurationFromInput,
  clockSkew: DurationFromInput,
  latency: DurationFromInput,
  credentialsAccepted: Schema.Boolean,
  loginRefusalStatus: Schema.Literals([401, 400, 200]),
  refusalStatus: Schema.Literals([200, 400]),
  paymentHash: Schema.Literals(["sixFields", "twoFields", "either"]),
  reversalErrorIn: Schema.Literals(["responseMessage", "responseCode"]),
  uniqueTrxCodes: Schema.Boolean,
  bankCode: Schema.String.check(Schema.isPattern(/^\d\d$/, { expected: "two digits" })),
  autoComplete: Schema.Boolean,
  completionCurrency: Schema.Literals(["present", "emptyField", "leftOut"]),
  callbacks: Schema.Boolean,
  callbackFormat: Schema.Literals(["form", "json"]),
  callbackDelay: DurationFromInput
})

/**
 * How Paynkolay behaves.
 */
export type PaynkolaySettings = typeof PaynkolaySettings.Type

/**
 * A change of some settings.
 */
export const PaynkolaySettingsChange = PaynkolaySettings.mapFields(Struct.map(Schema.optionalKey))

/**
 * A change of some settings, with durations in any form.
 */
export type PaynkolaySettingsPatch = {
  readonly [K in keyof PaynkolaySettings]?:
    | (PaynkolaySettings[K] extends Duration.Duration ? Duration.Input : PaynkolaySettings[K])
    | undefined
}

/**
 * The documented behaviour, and the assumptions where nothing is documented.
 */
export const defaultSettings: PaynkolaySettings = {
  tokenLifetime: Duration.minutes(30),
  clockSkew: Duration.zero,
  latency: Duration.zero,
  credentialsAccepted: true,
  loginRefusalStatus: 401,
  refusalStatus: 200,
  paymentHash: "sixFields",
  reversalErrorIn: "responseMessage",
  uniqueTrxCodes: false,
  bankCode: "00",
  autoComplete: true,
  completionCurrency: "present",
  callbacks: true,
  callbackFormat: "form",
  callbackDelay: Duration.zero
}

const Secret = Schema.RedactedFromValue(Schema.NonEmptyString)

/**
 * What a marketplace was given: its login, and three keys.
 *
 * - `merchantNo`: also the marketplace's code in requests and answers, which is
 *   made up.
 * - `apiSecretKey`: the SX value.
 * - `merchantSecretKey`: the key that is only hashed.
 * - `cancelApiSecretKey`: the SX value for cancels and refunds.
 */
export const PaynkolayCredentials = Schema.Struct({
  username: Schema.NonEmptyString,
  password: Secret,
  merchantNo: Schema.NonEmptyString,
  apiSecretKey: Secret,
  merchantSecretKey: Secret,
  cancelApiSecretKey: Secret
})

/**
 * What a marketplace was given: its login, and three keys.
 */
export type PaynkolayCredentials = typeof PaynkolayCredentials.Type

/**
 * How the days to a seller's money are counted: weekly, half-monthly, monthly,
 * from the transaction, from the delivery.
 */
export const ValorCalculationType = Schema.Literals(["W", "H", "M", "T", "D"])

/**
 * A payment profile as the provider keeps it. Its answers leave
 * `valorCalculationType` out and have a word for `paymentDay`.
 */
export const PaynkolayProfile = Schema.Struct({
  profileExternalId: Schema.String,
  marketplaceCode: Schema.String,
  name: Schema.NullOr(Schema.String),
  mpCommissionRate: Schema.Finite,
  mpCost: Schema.NullOr(Schema.Finite),
  paymentDay: Schema.NullOr(Schema.Int),
  valorDateCount: Schema.Int,
  valorCalculationType: ValorCalculationType,
  active: Schema.Boolean,
  createDate: Schema.String,
  updateDate: Schema.String
})

/**
 * A payment profile as the provider keeps it.
 */
export type PaynkolayProfile = typeof PaynkolayProfile.Type

const text = Schema.NullOr(Schema.String)

/**
 * A seller as the provider keeps it. Its answers have a text for `sellerType`
 * and the whole payment profile.
 */
export const PaynkolaySeller = Schema.Struct({
  sellerExternalId: Schema.String,
  marketplaceCode: Schema.String,
  nameSurname: Schema.String,
  sellerType: Schema.Literals([1, 2, 3]),
  tckn: text,
  vkn: text,
  birthDate: text,
  taxOffice: text,
  contactPerson: text,
  email: text,
  phoneNumber: text,
  city: text,
  address: text,
  iban: Schema.String,
  accountHolder: text,
  active: Schema.Boolean,
  mpPaymentProfileExternalId: Schema.String,
  createDate: Schema.String,
  updateDate: Schema.String
})

/**
 * A seller as the provider keeps it.
 */
export type PaynkolaySeller = typeof PaynkolaySeller.Type

const TransactionStatus = Schema.Literals(["SUCCESS", "PENDING", "FAILED", "CANCELLED", "REFUNDED"])

/**
 * A refund or cancel of a payment.
 *
 * - `at`: when, in milliseconds of the provider's clock.
 */
export const PaynkolayReversal = Schema.Struct({
  trxType: Schema.Literals(["REFUND", "CANCEL"]),
  refCode: Schema.String,
  amount: Schema.Finite,
  sellerList: Schema.Array(Schema.Struct({ sellerExternalId: Schema.String, trxAmount: Schema.Finite })),
  at: Schema.Finite
})

/**
 * A refund or cancel of a payment.
 */
export type PaynkolayReversal = typeof PaynkolayReversal.Type

/**
 * A seller's part of a payment, with the commission that holds.
 */
export const PaynkolayShare = Schema.Struct({
  sellerExternalId: Schema.String,
  trxAmount: Schema.Finite,
  commissionRate: Schema.Finite,
  commissionAmount: Schema.Finite,
  mpCost: Schema.Finite,
  withholdingTax: Schema.Finite,
  deliveryDate: text
})

/**
 * A seller's part of a payment, with the commission that holds.
 */
export type PaynkolayShare = typeof PaynkolayShare.Type

/**
 * A payment as the provider keeps it: without the card.
 *
 * - `at`: when it was created, in milliseconds of the provider's clock.
 * - `bankCode`: what the bank answers.
 * - `completionCode`: the single-use code of a payment in two steps, while it
 *   waits for the second one.
 * - `callback`: the fields of its callback without the hash, once it had one.
 */
export const PaynkolayPayment = Schema.Struct({
  refCode: Schema.String,
  trxCode: Schema.String,
  paymentSystem: Schema.String,
  isThreeD: Schema.Boolean,
  installment: Schema.Int,
  trxAmount: Schema.Finite,
  trxCurrency: Schema.Literals(["TRY", "USD", "EUR"]),
  trxStatus: TransactionStatus,
  sellerList: Schema.Array(PaynkolayShare),
  callbackUrl: Schema.String,
  bankCode: Schema.String,
  twoSteps: Schema.Boolean,
  completionCode: text,
  callback: Schema.NullOr(Schema.Record(Schema.String, Schema.String)),
  reversals: Schema.Array(PaynkolayReversal),
  at: Schema.Finite
})

/**
 * A payment as the provider keeps it: without the card.
 */
export type PaynkolayPayment = typeof PaynkolayPayment.Type

/**
 * How a callback that is asked for differs from the payment's automatic one.
 * The first callback of a payment settles it; every further one has the same
 * fields and the same timestamp, whenever it is sent.
 *
 * - `copies`: how often it is sent, 1 to 100. Default 1.
 * - `delay`: how long to wait before. Default none.
 * - `forged`: true spoils the hash. Default false.
 * - `fields`: fields that are changed, or added, after the hash was made.
 *   Default none.
 * - `to`: where it is sent. Default: the payment's `callbackUrl`.
 */
export const PaynkolayCallbackChange = Schema.Struct({
  copies: Schema.optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))),
  delay: Schema.optional(DurationFromInput),
  forged: Schema.optional(Schema.Boolean),
  fields: Schema.optional(Schema.Record(Schema.String, Schema.String)),
  to: Schema.optional(Schema.NonEmptyString)
})

/**
 * How a callback that is asked for differs from the payment's automatic one,
 * with the delay in any form.
 */
export interface PaynkolayCallbackChange extends Omit<typeof PaynkolayCallbackChange.Type, "delay"> {
  readonly delay?: Duration.Input | undefined
}
