/**
 * What happens to a payment afterwards: refund, cancel, a change of commission, the report of a delivery.
 *
 * A cancel takes back the whole payment on its own day, in Istanbul; from the next day on it is a refund, of all or a part.
 *
 * Sources: pages 36 and 37 of the provider's documentation.
 */
import * as Schema from "effect/Schema"
import { Currency } from "./Currency.ts"
import * as CardRules from "./internal/cardRules.ts"
import { Amount, Code, maybe, PositiveAmount, SecretText, Text, word } from "./internal/fields.ts"
import { LocalDate, LocalDateFromDotted } from "./LocalDate.ts"
import { Data, Done } from "./PaynkolaySchema.ts"
import { SellerShare } from "./PaynkolaySchemaPayment.ts"
import { ReportedPayment } from "./PaynkolaySchemaReport.ts"
import { ApiSecretKey, CancelApiSecretKey } from "./Secrets.ts"

// -----------------------------------------------------------------------------
// Refund and cancel
// -----------------------------------------------------------------------------

/**
 * What is refunded of a seller's part of a payment.
 */
export const RefundShare = Schema.Struct({
  /** The marketplace's own identifier of the seller. */
  sellerExternalId: Text,
  /** What goes back, before discounts. */
  trxAmount: PositiveAmount,
  /** How much of the commission goes back to the seller. */
  refundedCommissionAmount: Schema.optional(Amount),
  /** How much of the withholding tax goes back. */
  withholdingTax: Schema.optional(Amount),
  /** The discount that the seller gave. */
  sellerDiscountAmount: Schema.optional(Amount)
})

const reversed = {
  /** Paynkolay's code of the payment. */
  refCode: Code,
  /** What goes back to the card: of a refund, what is refunded, after discounts. */
  totalTrxAmount: PositiveAmount,
  /** The currency of the payment. */
  trxCurrency: Currency
}

/** What the marketplace's layer adds to a refund or cancel. */
const credentials = {
  /** The hash of the refund or cancel. */
  apiKey: SecretText,
  /** The SX value for refunds and cancels. */
  apiSecretKey: CancelApiSecretKey,
  /** The marketplace's code at Paynkolay. */
  mpCode: Text,
  /** The date that is also hashed; `yyyy-MM-dd` in Istanbul. */
  trxDate: LocalDate
}

const refund = {
  ...reversed,
  /** The sellers that give back; those that do not are left out. */
  sellerList: Schema.NonEmptyArray(RefundShare),
  /** The discount that the marketplace gave. */
  mpDiscountAmount: Schema.optional(Amount)
}

/**
 * What to refund, of a payment of an earlier day.
 */
export const Refund = Schema.Struct(refund)

/**
 * What to refund.
 */
export type Refund = typeof Refund.Type

/**
 * The body of `/payment/refund`.
 */
export const RefundBody = Schema.Struct({ ...refund, ...credentials, trxType: Schema.Literal("refund") })

/**
 * What to cancel: a payment of the same day, as a whole.
 */
export const Cancel = Schema.Struct(reversed)

/**
 * What to cancel.
 */
export type Cancel = typeof Cancel.Type

/**
 * The body of `/payment/cancel`, whose list of sellers is empty.
 */
export const CancelBody = Schema.Struct({
  ...reversed,
  ...credentials,
  trxType: Schema.Literal("cancel"),
  sellerList: Schema.Tuple([])
})

/**
 * A refund or cancel that was made.
 */
export const Reversal = Schema.Struct({
  /** How it stands: `"APPROVED"`. */
  trxStatus: word(["APPROVED"]),
  /** What it was. */
  trxType: maybe(word(["REFUND", "CANCEL"])),
  /** Its code for the marketplace. */
  mpReferenceCode: maybe(Schema.String),
  /** Its code at Paynkolay. */
  trxReferenceCode: maybe(Schema.String)
})

/**
 * A refund or cancel that was made.
 */
export type Reversal = typeof Reversal.Type

/**
 * The answer of `/payment/refund` and `/payment/cancel`.
 */
export const ReversalAnswer = Data(Reversal)

/**
 * The codes with which a refund or cancel is refused, as the page names them:
 *
 * - `ALREADY_REFUNDED`: it was refunded before.
 * - `INSUFFICIENT_BALANCE`: the seller's balance does not cover it; later it may.
 * - `INVALID_DATE`: `trxDate` is not a date.
 * - `TRANSACTION_NOT_FOUND`: there is no such `refCode`.
 * - `SAME_DAY_USE_CANCEL`: the payment is of today, cancel it.
 * - `INVALID_HASH`: the hash is wrong, or was made with another key than the cancel key.
 *
 * The page does not say whether they stand in `responseCode` or in the message; its sample looks for them in the message.
 */
export const RefusalCode = Schema.Literals([
  "ALREADY_REFUNDED",
  "INSUFFICIENT_BALANCE",
  "INVALID_DATE",
  "TRANSACTION_NOT_FOUND",
  "SAME_DAY_USE_CANCEL",
  "INVALID_HASH"
])

/**
 * A code with which a refund or cancel is refused.
 */
export type RefusalCode = typeof RefusalCode.Type

// -----------------------------------------------------------------------------
// Commission
// -----------------------------------------------------------------------------

const commission = {
  /** Paynkolay's code of the payment. */
  refCode: Schema.optional(Code),
  /** The marketplace's own code of the payment. */
  trxCode: Schema.optional(Code),
  /** The sellers with their new commission; withholding tax is to be said again. */
  sellerList: Schema.NonEmptyArray(SellerShare)
}

/**
 * What to change the commission of a payment to. Only on the day of the payment, in Istanbul.
 */
export const UpdateCommission = /* @__PURE__ */ Schema.Struct(commission).check(CardRules.oneCode)

/**
 * What to change the commission of a payment to.
 */
export type UpdateCommission = typeof UpdateCommission.Type

/**
 * The body of `/payment/updateCommission`. It has no key in it.
 */
export const UpdateCommissionBody = Schema.Struct({ ...commission, mpCode: Text }).check(CardRules.oneCode)

/**
 * The answer of `/payment/updateCommission`: the payment as reports have it.
 */
export const UpdateCommissionAnswer = Data(Schema.Array(ReportedPayment))

// -----------------------------------------------------------------------------
// Delivery
// -----------------------------------------------------------------------------

/**
 * A seller's delivery for a payment. Sellers with a payment profile of type `D` are not paid before it.
 */
export const Delivery = Schema.Struct({
  /** Paynkolay's code of the payment. */
  refCode: Code,
  /** The marketplace's own identifier of the seller. */
  sellerExternalId: Text,
  /** The day of the report, in Istanbul; `dd.MM.yyyy` on the wire. It is said once and can not be changed. */
  deliveryDate: LocalDateFromDotted.schema
})

/**
 * A seller's delivery for a payment.
 */
export type Delivery = typeof Delivery.Type

/**
 * Deliveries to report, one at least.
 */
export const Deliveries = Schema.NonEmptyArray(Delivery)

/**
 * Deliveries to report, one at least.
 */
export type Deliveries = typeof Deliveries.Type

/**
 * The body of `/transaction/update-delivery`.
 */
export const UpdateDeliveryBody = Schema.Struct({
  /** The SX value. */
  apiSecretKey: ApiSecretKey,
  /** Each seller's delivery. */
  sellerTransactionList: Deliveries
})

/**
 * The answer of `/transaction/update-delivery`. The codes of payments that could not be updated are in the message of the
 * refusal.
 */
export const UpdateDeliveryAnswer = Done
