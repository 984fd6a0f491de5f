/**
 * Reports on transactions, sellers' earnings and debts, and the penalty that becomes a debt. `POST /transaction/…` and
 * `POST /penalty`.
 *
 * No list has pages. Days and times are those of Istanbul.
 *
 * Source: page 39 of the provider's documentation.
 */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { AnsweredCurrency } from "./Currency.ts"
import * as CardRules from "./internal/cardRules.ts"
import { Code, Decimal, maybe, Personal, PositiveAmountText, Text, word } from "./internal/fields.ts"
import { InstantFromString, LocalDate, LocalDateTime } from "./LocalDate.ts"
import { Done } from "./PaynkolaySchema.ts"
import { ApiSecretKey } from "./Secrets.ts"

const TransactionType = word(["SALES", "REFUND", "CANCEL"])
const TransactionStatus = word(["SUCCESS", "PENDING", "FAILED", "CANCELLED", "REFUNDED"])

// -----------------------------------------------------------------------------
// Transactions
// -----------------------------------------------------------------------------

/**
 * A seller's part of a transaction.
 */
export const SellerTransaction = Schema.Struct({
  /** The seller's name, which may be a person's: `Redacted`. */
  sellerName: maybe(Personal),
  /** The seller's part. */
  trxAmount: maybe(Decimal),
  /** The currency, by letters. */
  trxCurrency: maybe(AnsweredCurrency),
  /** How it stands. */
  trxStatus: maybe(TransactionStatus),
  /** What it was. */
  trxType: maybe(TransactionType),
  /** Paynkolay's commission in percent. */
  pfCommissionRate: maybe(Decimal),
  /** Paynkolay's commission. */
  pfCommissionAmount: maybe(Decimal),
  /** The marketplace's commission in percent. */
  mpCommissionRate: maybe(Decimal),
  /** The marketplace's commission. */
  mpCommissionAmount: maybe(Decimal),
  /** The marketplace's fee. */
  mpCost: maybe(Decimal),
  /** Withholding tax. */
  withholdingTax: maybe(Decimal),
  /** The marketplace's own code of the payment; in a payment's report, Paynkolay's. */
  trxCode: maybe(Schema.String),
  /** Paynkolay's code of the payment. */
  refCode: maybe(Schema.String)
})

/**
 * A seller's part of a transaction.
 */
export type SellerTransaction = typeof SellerTransaction.Type

/**
 * A payment with the parts of its sellers.
 */
export const ReportedPayment = Schema.Struct({
  /** The marketplace's code at Paynkolay. */
  mpCode: maybe(Schema.String),
  /** The marketplace's own code of the payment. */
  mpOrderCode: maybe(Schema.String),
  /** Paynkolay's code of the payment in the report's sample; the marketplace's own after a change of commission. */
  trxCode: maybe(Schema.String),
  /** Paynkolay's code of the payment; the report's sample leaves it out. */
  refCode: maybe(Schema.String),
  /** What it was. */
  trxType: maybe(TransactionType),
  /** When it was. */
  trxDatetime: maybe(InstantFromString),
  /** The currency: numeric in the report's sample, by letters after a change of commission. */
  trxCurrency: maybe(AnsweredCurrency),
  /** The amount. */
  trxAmount: maybe(Decimal),
  /** How it stands. */
  trxStatus: maybe(TransactionStatus),
  /** Paynkolay's commission in percent. */
  pfCommissionRate: maybe(Decimal),
  /** Paynkolay's commission. */
  pfCommissionAmount: maybe(Decimal),
  /** The parts of the sellers. */
  sellerTransactionList: maybe(Schema.Array(SellerTransaction))
})

/**
 * A payment with the parts of its sellers.
 */
export type ReportedPayment = typeof ReportedPayment.Type

const transactionQuery = {
  /** The marketplace's own code of the payment. */
  trxCode: Schema.optional(Code),
  /** Paynkolay's code of the payment. */
  refCode: Schema.optional(Code)
}

/**
 * Which payment to report on: by one of the two codes, or both.
 */
export const TransactionQuery = /* @__PURE__ */ Schema.Struct(transactionQuery).check(CardRules.oneCode)

/**
 * Which payment to report on.
 */
export type TransactionQuery = typeof TransactionQuery.Type

/**
 * The body of `/transaction/report`.
 */
export const TransactionReportBody = Schema.Struct({ ...transactionQuery, apiSecretKey: ApiSecretKey }).check(
  CardRules.oneCode
)

/**
 * The answer of `/transaction/report`.
 */
export const TransactionReport = Schema.Struct({
  /** The payment. */
  data: Schema.Array(ReportedPayment),
  /** When the report was made. The provider writes no offset; it is taken for Istanbul's. */
  reportTime: maybe(InstantFromString)
})

/**
 * The answer of `/transaction/report`.
 */
export type TransactionReport = typeof TransactionReport.Type

// -----------------------------------------------------------------------------
// Sellers
// -----------------------------------------------------------------------------

const isPeriod = Schema.makeFilter<{ readonly from: string; readonly to: string }>(({ from, to }) =>
  from <= to ? undefined : { path: ["to"], issue: "Expected no earlier than from" }
)

const days = {
  /** The first day. */
  from: LocalDate.schema,
  /** The last day. */
  to: LocalDate.schema,
  /** The marketplace's own identifier of the seller. */
  sellerExternalId: Text
}

/** What the marketplace's layer adds to a report on a seller. */
const credentials = {
  /** The SX value. */
  apiSecretKey: ApiSecretKey,
  /** The marketplace's code at Paynkolay. */
  marketplaceCode: Text
}

const sellerQuery = {
  ...days,
  /** Only these. */
  trxType: Schema.optional(Schema.Literals(["SALES", "REFUND", "CANCEL"])),
  /** Only those that stand so. */
  trxStatus: Schema.optional(Schema.Literals(["SUCCESS", "PENDING", "FAILED"]))
}

/**
 * Which transactions of a seller to report on.
 */
export const SellerQuery = /* @__PURE__ */ Schema.Struct(sellerQuery).check(isPeriod)

/**
 * Which transactions of a seller to report on.
 */
export type SellerQuery = typeof SellerQuery.Type

/**
 * The body of `/transaction/seller/report`.
 */
export const SellerReportBody = Schema.Struct({ ...sellerQuery, ...credentials }).check(isPeriod)

/**
 * The answer of `/transaction/seller/report`.
 */
export const SellerReport = Schema.Struct({
  /** How many succeeded. */
  countSuccessTransaction: maybe(Schema.Int),
  /** How many failed. */
  countFailedTransaction: maybe(Schema.Int),
  /** How many sales succeeded. */
  countSuccessSalesTransaction: maybe(Schema.Int),
  /** How many refunds succeeded. */
  countSuccessRefundTransaction: maybe(Schema.Int),
  /** How many cancels succeeded. */
  countSuccessCancelTransaction: maybe(Schema.Int),
  /** What was charged to cards. */
  totalAuthAmount: maybe(Decimal),
  /** Paynkolay's commission. */
  totalPfCommissionAmount: maybe(Decimal),
  /** The marketplace's commission. */
  totalMpCommissionAmount: maybe(Decimal),
  /** What remains for the seller. */
  totalSellerAmount: maybe(Decimal),
  /** The transactions. */
  data: Schema.Array(SellerTransaction),
  /** When the report was made. The provider writes no offset; it is taken for Istanbul's. */
  reportTime: maybe(InstantFromString)
})

/**
 * The answer of `/transaction/seller/report`.
 */
export type SellerReport = typeof SellerReport.Type

/**
 * Which transfers to a seller to report on.
 */
export const SellerPaymentQuery = /* @__PURE__ */ Schema.Struct(days).check(isPeriod)

/**
 * Which transfers to a seller to report on.
 */
export type SellerPaymentQuery = typeof SellerPaymentQuery.Type

/**
 * The body of `/transaction/seller/payment-report`.
 */
export const SellerPaymentReportBody = Schema.Struct({ ...days, ...credentials }).check(isPeriod)

/**
 * A transfer to a seller.
 */
export const SellerPayment = Schema.Struct({
  /** The seller's name, which may be a person's: `Redacted`. */
  sellerName: maybe(Personal),
  /** The marketplace's own identifier of the seller. */
  sellerExternalId: maybe(Schema.String),
  /** What was transferred. */
  trxAmount: maybe(Decimal),
  /** What for. */
  description: maybe(Schema.String),
  /** The currency. */
  currency: maybe(AnsweredCurrency),
  /** The day of the transfer, as the provider writes it: `2025-01-20` in its sample. */
  transferDate: maybe(Schema.String),
  /** The day on which the money left, written likewise. */
  eftOutDate: maybe(Schema.String)
})

/**
 * A transfer to a seller.
 */
export type SellerPayment = typeof SellerPayment.Type

/**
 * The answer of `/transaction/seller/payment-report`.
 */
export const SellerPaymentReport = Schema.Struct({
  /** The transfers. */
  data: Schema.Array(SellerPayment),
  /** When the report was made. The provider writes no offset; it is taken for Istanbul's. */
  reportTime: maybe(InstantFromString)
})

/**
 * The answer of `/transaction/seller/payment-report`.
 */
export type SellerPaymentReport = typeof SellerPaymentReport.Type

// -----------------------------------------------------------------------------
// Debts
// -----------------------------------------------------------------------------

const debtQuery = {
  /** The first minute. */
  from: LocalDateTime.schema,
  /** The last minute. */
  to: LocalDateTime.schema,
  /** The marketplace's own identifier of the seller. */
  sellerExternalId: Text
}

/**
 * Which debts of a seller to report on.
 */
export const DebtQuery = /* @__PURE__ */ Schema.Struct(debtQuery).check(isPeriod)

/**
 * Which debts of a seller to report on.
 */
export type DebtQuery = typeof DebtQuery.Type

/**
 * The body of `/transaction/seller/debt-report`, the only report whose bounds have a time.
 */
export const DebtReportBody = Schema.Struct({ ...debtQuery, ...credentials }).check(isPeriod)

/**
 * A debt of a seller.
 */
export const Debt = Schema.Struct({
  /** The seller's name, which may be a person's: `Redacted`. */
  sellerName: maybe(Personal),
  /** How much is owed. */
  debtAmount: Decimal,
  /** The currency. */
  trxCurrency: maybe(AnsweredCurrency),
  /** Since when. The provider writes no offset; it is taken for Istanbul's. */
  debtCreateDate: maybe(InstantFromString),
  /** When it was last changed, written likewise. */
  debtUpdateDate: maybe(InstantFromString),
  /** Whether it is still owed. */
  debtStatus: maybe(Schema.Boolean)
})

/**
 * A debt of a seller.
 */
export type Debt = typeof Debt.Type

const debtReport = Schema.Struct({
  /** The debts. */
  data: Schema.Array(Debt),
  /** When the report was made. The provider writes no offset; it is taken for Istanbul's. */
  reportTime: maybe(InstantFromString)
})

/**
 * The answer of `/transaction/seller/debt-report`: as the other reports, or, as one rendition of the page shows it, the list
 * of debts alone.
 */
export const DebtReport = Schema.Union([
  debtReport,
  Schema.Array(Debt).pipe(
    Schema.decodeTo(
      Schema.toType(debtReport),
      SchemaTransformation.transform({ decode: (data) => ({ data }), encode: ({ data }) => data })
    )
  )
])

/**
 * The answer of `/transaction/seller/debt-report`.
 */
export type DebtReport = typeof DebtReport.Type

const penalty = {
  /** The marketplace's own identifier of the seller, who must be active. */
  sellerExternalId: Text,
  /** How much; text on the wire. */
  amount: PositiveAmountText,
  /** What for. */
  description: Text,
  /** The day of the debt. */
  debtDate: LocalDate.schema
}

/**
 * A penalty for a seller, which becomes a debt.
 */
export const Penalty = /* @__PURE__ */ Schema.Struct(penalty)

/**
 * A penalty for a seller.
 */
export type Penalty = typeof Penalty.Type

/**
 * The body of `/penalty`.
 */
export const PenaltyBody = Schema.Struct({ ...penalty, apiSecretKey: ApiSecretKey })

/**
 * The answer of `/penalty`. A seller who is not active is refused with HTTP 400.
 */
export const PenaltyAnswer = Done
