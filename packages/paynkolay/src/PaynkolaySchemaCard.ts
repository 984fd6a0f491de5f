/**
 * Cards: those that customers stored, and the instalments that a card can pay in.
 *
 * Source: page 36 of the provider's documentation.
 */
import * as Schema from "effect/Schema"
import { AnsweredCurrency } from "./Currency.ts"
import { CardPrefix } from "./Identifiers.ts"
import { Decimal, maybe, Personal, PositiveAmount, SecretCode, SecretText, Text } from "./internal/fields.ts"
import { Data } from "./PaynkolaySchema.ts"
import { ApiSecretKey } from "./Secrets.ts"

// -----------------------------------------------------------------------------
// Stored cards
// -----------------------------------------------------------------------------

const customerQuery = {
  /** The marketplace's own key of the customer; personal data, and hashed. */
  mpCustomerKey: SecretCode
}

/**
 * Whose cards to list.
 */
export const StoredCardQuery = Schema.Struct(customerQuery)

/**
 * Whose cards to list.
 */
export type StoredCardQuery = typeof StoredCardQuery.Type

/**
 * The body of `/payment/storedCardList`.
 */
export const StoredCardListBody = Schema.Struct({
  ...customerQuery,
  /** The marketplace's code at Paynkolay. */
  mpCode: Text,
  /** The SX value. */
  apiSecretKey: ApiSecretKey,
  /** The hash of this list. */
  apiKey: SecretText
})

/**
 * A card that a customer stored. What pays with it is `Redacted`, and so is the name that the customer gave it.
 */
export const StoredCard = Schema.Struct({
  /** The card, by its token. */
  cardToken: maybe(Schema.RedactedFromValue(Schema.String)),
  /** The card, by its transaction. */
  cardTranId: maybe(Schema.RedactedFromValue(Schema.String)),
  /** The number with most digits hidden: `454671******7894`. */
  cardMaskedPan: maybe(Schema.String),
  /** The bank that issued it. */
  cardIssuer: maybe(Schema.String),
  /** The kind of the card. */
  cardType: maybe(Schema.String),
  /** The brand of the card. */
  cardBrand: maybe(Schema.String),
  /** The customer's name for it, which may have the customer's own in it. */
  cardAlias: maybe(Personal)
})

/**
 * A card that a customer stored.
 */
export type StoredCard = typeof StoredCard.Type

/**
 * The cards that a customer stored.
 */
export const StoredCardList = Schema.Struct({
  /** How many there are. */
  cardTotalCount: maybe(Schema.Int),
  /** The cards. */
  storedCardList: Schema.Array(StoredCard)
})

/**
 * The cards that a customer stored.
 */
export type StoredCardList = typeof StoredCardList.Type

/**
 * The answer of `/payment/storedCardList`.
 */
export const StoredCardListAnswer = Data(StoredCardList)

// -----------------------------------------------------------------------------
// Instalments
// -----------------------------------------------------------------------------

const instalmentQuery = {
  /** The first 6 to 8 digits of the card, or all. */
  cardNumber: CardPrefix.schema,
  /** What is to be paid. */
  amount: PositiveAmount,
  /** Whether the card is looked at too. */
  isCardValid: Schema.optional(Schema.Boolean)
}

/**
 * What to ask for instalments with.
 */
export const FetchInstalments = /* @__PURE__ */ Schema.Struct(instalmentQuery)

/**
 * What to ask for instalments with.
 */
export type FetchInstalments = typeof FetchInstalments.Type

/**
 * The body of `/payment/fetchInstallments`.
 */
export const FetchInstalmentsBody = Schema.Struct({ ...instalmentQuery, mpCode: Text, apiSecretKey: ApiSecretKey })

/**
 * A way to pay in instalments.
 */
export const Instalment = Schema.Struct({
  /** How many; 1 is none. */
  installment: Schema.Int,
  /** Each of them. */
  installmentAmount: maybe(Decimal),
  /** Their sum, with commission. */
  trxAmount: maybe(Decimal),
  /** The kind of the card. */
  cardTrxType: maybe(Schema.String),
  /** The bank that pays. */
  bankCode: maybe(Schema.String),
  /** The commission. */
  commissionAmount: maybe(Decimal),
  /** The commission in percent. */
  commissionRate: maybe(Decimal),
  /** The currency by letters. */
  currencyCode: maybe(AnsweredCurrency),
  /** The numeric code of the currency. */
  currencyNumber: maybe(Schema.String),
  /** The card's programme. */
  program: maybe(Schema.String),
  /** The bank that issued the card. */
  cardBankNo: maybe(Schema.String),
  /** Instalments that the bank adds. */
  plusInstallment: maybe(Schema.Int),
  /** What to start the payment with, to get this. */
  encodedValue: maybe(Schema.String)
})

/**
 * A way to pay in instalments.
 */
export type Instalment = typeof Instalment.Type

/**
 * The instalments that a card can pay in.
 */
export const Instalments = Schema.Struct({
  /** The card's programme. */
  cardScope: maybe(Schema.String),
  /** The ways to pay. */
  paymentInstallments: Schema.Array(Instalment)
})

/**
 * The instalments that a card can pay in.
 */
export type Instalments = typeof Instalments.Type

/**
 * The answer of `/payment/fetchInstallments`.
 */
export const InstalmentsAnswer = Data(Instalments)
