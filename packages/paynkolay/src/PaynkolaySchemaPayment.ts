/**
 * Payments: by card, by stored card and by Masterpass, their status and their completion. `POST /payment/…`.
 *
 * Sources: pages 36 and 38 of the provider's documentation.
 */
import * as Schema from "effect/Schema"
import { AnsweredCurrency, Currency } from "./Currency.ts"
import { CardNumber, Cvv, Gsm } from "./Identifiers.ts"
import * as CardRules from "./internal/cardRules.ts"
import { Amount, Code, Decimal, maybe, PositiveAmount, Rate, SecretText, Text, word } from "./internal/fields.ts"
import { Data } from "./PaynkolaySchema.ts"
import { ApiSecretKey } from "./Secrets.ts"

// -----------------------------------------------------------------------------
// Payment
// -----------------------------------------------------------------------------

/**
 * A seller's part of a payment.
 *
 * Without `commissionRate` and `commissionAmount` the seller's payment profile decides; the two exclude each other.
 */
export const SellerShare = Schema.Struct({
  /** The marketplace's own identifier of the seller. */
  sellerExternalId: Text,
  /** The seller's part of the amount. */
  trxAmount: PositiveAmount,
  /** Another commission than the profile's, in percent. */
  commissionRate: Schema.optional(Rate),
  /** Another commission than the profile's, as an amount. */
  commissionAmount: Schema.optional(Amount),
  /** Another fee than the profile's. */
  mpCost: Schema.optional(Amount),
  /** Withholding tax: 1 % of the part without value added tax, says the page (80.00 without tax: 0.80). */
  withholdingTax: Schema.optional(Amount),
  /** The discount that the seller gives. */
  sellerDiscountAmount: Schema.optional(Amount)
}).check(CardRules.oneCommission)

/**
 * The card of a payment. A new card needs all of its data; a stored one only says `isThreeD` and `registerCard` here and
 * stands in `customerCardInfo`. Everything that is printed on the card is `Redacted`.
 */
export const BankCard = Schema.Struct({
  /** The name on the card. */
  cardHolder: Schema.optional(SecretText),
  /** The number of the card. */
  cardNumber: Schema.optional(CardNumber.schema),
  /** The security code. */
  cvv: Schema.optional(Cvv.schema),
  /** The month in which the card expires, two digits: `"12"`. */
  expiryMonth: Schema.optional(CardRules.ExpiryMonth),
  /** The year in which the card expires, four digits: `"2026"`. */
  expiryYear: Schema.optional(CardRules.ExpiryYear),
  /** Whether the bank asks the cardholder (3D Secure). */
  isThreeD: Schema.Boolean,
  /** Whether the card is stored for the next time; only with 3D Secure. */
  registerCard: Schema.Boolean
})

/**
 * The customer of a stored card, or of one to be stored.
 */
export const CustomerCardInfo = Schema.Struct({
  /** The marketplace's own key of the customer: an identity number, a mobile number, a passport number. */
  mpCustomerKey: Schema.optional(SecretText),
  /** A name for the card that is stored. */
  cardAlias: Schema.optional(Schema.String),
  /** The stored card to pay with, by its transaction. */
  cardTranId: Schema.optional(SecretText),
  /** The stored card to pay with, by its token. */
  cardToken: Schema.optional(SecretText)
})

const payment = {
  /** The currency. */
  trxCurrency: Currency,
  /** What is paid. */
  trxAmount: PositiveAmount,
  /** The marketplace's own code of the payment. */
  trxCode: Code,
  /** Where the result is posted to, by the cardholder's browser. */
  callbackUrl: Schema.String.check(Schema.isPattern(/^https?:\/\/\S+$/, { expected: "an absolute address" })),
  /** Who sells, and how much of the amount is whose. */
  sellerList: Schema.NonEmptyArray(SellerShare),
  /** What shipping costs. */
  shippingCost: Schema.optional(Amount),
  /** What else is paid for. */
  otherAmount: Schema.optional(Amount),
  /** The discount that the marketplace gives. */
  mpDiscountAmount: Schema.optional(Amount),
  /** All discounts. */
  totalDiscountAmount: Schema.optional(Amount)
}

const byCard = {
  ...payment,
  /** The card. */
  bankCard: BankCard,
  /** How many instalments; 1 is none. */
  installment: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  /** Whether the instalments are those that Paynkolay offered; then `encodedValue` says which. */
  isFetchInstallments: Schema.Boolean,
  /** The `encodedValue` of the chosen instalment. */
  encodedValue: Schema.optional(Text),
  /** The customer of a stored card, or of one to be stored. */
  customerCardInfo: Schema.optional(CustomerCardInfo)
}

const byMasterpass = {
  ...payment,
  /** The customer's mobile number at Masterpass. */
  gsm: Gsm.schema
}

/** What the marketplace's layer adds to a payment. */
const credentials = {
  /** The hash of the payment. */
  apiKey: SecretText,
  /** The SX value. */
  apiSecretKey: ApiSecretKey,
  /** The marketplace's code at Paynkolay. */
  marketplaceCode: Text,
  /** The type of the transaction. */
  trxType: Schema.Literal("SALES")
}

/**
 * What to start a payment by card with.
 */
export const CreatePayment = Schema.Struct(byCard).check(CardRules.wholeCard, CardRules.chosenInstalment)

/**
 * What to start a payment by card with.
 */
export type CreatePayment = typeof CreatePayment.Type

/**
 * The body of `/payment/create`.
 */
export const CreatePaymentBody = Schema.Struct({ ...byCard, ...credentials }).check(
  CardRules.wholeCard,
  CardRules.chosenInstalment
)

/**
 * What to start a payment by Masterpass with.
 */
export const CreateMasterpassPayment = Schema.Struct(byMasterpass)

/**
 * What to start a payment by Masterpass with.
 */
export type CreateMasterpassPayment = typeof CreateMasterpassPayment.Type

/**
 * The body of `/payment/create/MASTERPASS`.
 */
export const CreateMasterpassPaymentBody = Schema.Struct({ ...byMasterpass, ...credentials })

/**
 * A payment that was started.
 */
export const CreatedPayment = Schema.Struct({
  /** Paynkolay's code of the payment. */
  refCode: Schema.String,
  /** The marketplace's own code of the payment. */
  trxCode: Schema.String,
  /** With 3D Secure, the page to show to the cardholder: HTML in Base64. `Redacted`, because banks put card data in it. */
  form: maybe(Schema.RedactedFromValue(Schema.String))
})

/**
 * A payment that was started.
 */
export type CreatedPayment = typeof CreatedPayment.Type

/**
 * The answer of `/payment/create` and `/payment/create/MASTERPASS`.
 */
export const CreatedPaymentAnswer = Data(CreatedPayment)

// -----------------------------------------------------------------------------
// Status
// -----------------------------------------------------------------------------

/**
 * Which payment to ask about, and the body of `/payment/status`: Paynkolay's code of the payment, the marketplace's own, or
 * both.
 */
export const StatusBody = Schema.Struct({
  /** Paynkolay's code of the payment. */
  refCode: Schema.optional(Code),
  /** The marketplace's own code of the payment. */
  trxCode: Schema.optional(Code)
}).check(CardRules.oneCode)

/**
 * Which payment to ask about.
 */
export type StatusQuery = typeof StatusBody.Type

/**
 * How a payment stands.
 */
export const TransactionStatus = word(["SUCCESS", "PENDING", "FAILED", "CANCELLED", "REFUNDED"])

/**
 * A transaction of a payment, and how it stands.
 */
export const PaymentStatus = Schema.Struct({
  /** How it stands. */
  trxStatus: TransactionStatus,
  /** The marketplace's own code of the payment. */
  trxCode: maybe(Schema.String),
  /** Paynkolay's code of the payment. */
  refCode: maybe(Schema.String),
  /** The type of the transaction. */
  trxType: maybe(word(["SALES", "REFUND", "CANCEL"])),
  /** The amount. */
  trxAmount: maybe(Decimal),
  /** The currency. */
  trxCurrency: maybe(AnsweredCurrency)
})

/**
 * A transaction of a payment, and how it stands.
 */
export type PaymentStatus = typeof PaymentStatus.Type

/**
 * The answer of `/payment/status`.
 */
export const StatusAnswer = Data(Schema.Array(PaymentStatus))

// -----------------------------------------------------------------------------
// Completion
// -----------------------------------------------------------------------------

/**
 * The body of `/payment/completePaymentExternal`. It is the only call without a token.
 */
export const CompletePaymentBody = Schema.Struct({
  /** The reference code of the callback, unchanged. It can be used once. */
  referenceCode: Text,
  /** The SX value. */
  apiSecretKey: ApiSecretKey
})

/**
 * The answer of `/payment/completePaymentExternal`, which has no `data` around it. Its fields are those of a callback and
 * are kept as text, exactly as they were received, so that `Callback.verify` can look at their `hash`.
 */
export const CompletedPayment = Schema.Struct({
  /** The marketplace's own code of the payment. */
  trxCode: Schema.String,
  /** Paynkolay's code of the payment. */
  referenceCode: Schema.String,
  /** Paynkolay's own code: `"2"` is success. */
  responseCode: Schema.String,
  /** Paynkolay's message. */
  responseMessage: maybe(Schema.String),
  /** The bank's authorisation code. */
  authCode: maybe(Schema.String),
  /** When it was completed: `2026-07-27 16:43:47+0300`. */
  timestamp: maybe(Schema.String),
  /** The numeric code of the currency. */
  currencyCode: maybe(Schema.String),
  /** The hash over the fields of a callback. */
  hash: maybe(Schema.String),
  /** Paynkolay's commission in percent: `"1.3000"`. */
  commissionRate: maybe(Schema.String),
  /** Paynkolay's commission. */
  commissionAmount: maybe(Schema.String),
  /** How many instalments. */
  installment: maybe(Schema.String),
  /** The amount of the payment. */
  trxAmount: maybe(Schema.String),
  /** What was charged to the card. */
  authAmount: maybe(Schema.String),
  /** The bank's message. */
  bankMessage: maybe(Schema.String),
  /** The bank that issued the card. */
  issuerBankCode: maybe(Schema.String),
  /** The rate of the instalment fee. */
  installmentFeeRate: maybe(Schema.String),
  /** The instalment fee. */
  installmentFeeAmount: maybe(Schema.String),
  /** The kind of the card: `"CreditCard"`. */
  cardType: maybe(Schema.String),
  /** `"V"` for Visa, `"MASTERPASS"`, … */
  paymentSystem: maybe(Schema.String)
})

/**
 * The answer of `/payment/completePaymentExternal`.
 */
export type CompletedPayment = typeof CompletedPayment.Type
