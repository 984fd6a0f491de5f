/**
 * What the callback of a payment reports, and what became of it.
 */
import * as Schema from "effect/Schema"
import { AnsweredCurrency } from "./Currency.ts"
import { Decimal } from "./internal/fields.ts"
import type { PaymentStatus } from "./PaynkolaySchemaPayment.ts"

const optionalText = Schema.optional(Schema.String)
const optionalDecimal = Schema.optional(Decimal)

/**
 * The bank paid, says the callback. Every field is signed. `Callback.confirm` it.
 */
export const Approved = Schema.TaggedStruct("Approved", {
  /** The marketplace's own code of the payment. */
  trxCode: Schema.String,
  /** Paynkolay's code of the payment. */
  refCode: Schema.String,
  /** The bank's authorisation code. */
  authCode: Schema.String,
  /** When it was signed. */
  timestamp: Schema.DateTimeUtcFromString,
  /** The amount of the payment. */
  trxAmount: Decimal,
  /** What was charged to the card. */
  authAmount: Decimal,
  /** The currency. */
  currency: AnsweredCurrency,
  /** How many instalments, as it was written. */
  installment: optionalText,
  /** Paynkolay's commission in percent. */
  commissionRate: optionalDecimal,
  /** Paynkolay's commission. */
  commissionAmount: optionalDecimal,
  /** The rate of the instalment fee. */
  installmentFeeRate: optionalDecimal,
  /** The instalment fee. */
  installmentFeeAmount: optionalDecimal,
  /** The kind of the card. */
  cardType: optionalText,
  /** The bank that issued the card. */
  issuerBankCode: optionalText,
  /** `"V"` for Visa, `"MASTERPASS"`, … */
  paymentSystem: optionalText
})

/**
 * The bank paid, says the callback.
 */
export type Approved = typeof Approved.Type

/** Always `verified`, but for a two-step callback without a signature that the options let pass. */
const Signature = Schema.Literals(["verified", "absent"])

/**
 * The bank did not pay, says the callback.
 */
export const Declined = Schema.TaggedStruct("Declined", {
  /** Paynkolay's code of the payment. */
  refCode: Schema.String,
  /** The marketplace's own code of the payment; upper-case callbacks do not sign one. */
  trxCode: optionalText,
  /** Paynkolay's own code: anything but `"2"` and `"200"`. */
  statusCode: Schema.String,
  /**
   * The code that the callback gives beside it, which is not signed. It may be the bank's, whose meaning `BankCode.find`
   * tells; show that rather than decide by it.
   */
  responseCode: optionalText,
  /** Whether it was signed. */
  signature: Signature
})

/**
 * The bank did not pay, says the callback.
 */
export type Declined = typeof Declined.Type

/**
 * Nothing was paid yet. The marketplace completes its payments itself (`autoComplete=false`): the payment waits for
 * `/payment/completePaymentExternal` with this reference code, which works once.
 */
export const CompletionRequired = Schema.TaggedStruct("CompletionRequired", {
  /** What to complete the payment with, unchanged. */
  referenceCode: Schema.String,
  /** Whether it was signed. */
  signature: Signature
})

/**
 * Nothing was paid yet: the payment waits for its completion.
 */
export type CompletionRequired = typeof CompletionRequired.Type

/**
 * What a callback reports. It can be encoded, to be handled elsewhere.
 */
export const Reported = Schema.Union([Approved, Declined, CompletionRequired]).pipe(Schema.toTaggedUnion("_tag"))

/**
 * What a callback reports.
 */
export type Reported = typeof Reported.Type

/**
 * A payment of which Paynkolay, when asked, said that it succeeded. The only thing to ship on.
 */
export interface Confirmed {
  readonly _tag: "Confirmed"
  /** What the callback reported. */
  readonly reported: Approved
  /** What Paynkolay said when asked. */
  readonly status: PaymentStatus
}
