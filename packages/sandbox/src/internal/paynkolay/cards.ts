import * as Base64 from "effect/encoding/Base64"
import * as Schema from "effect/Schema"
import * as Answers from "./answers.ts"
import type { Marketplace, StoredCard } from "./state.ts"
import { cents, maybeText, reading } from "./step.ts"

/** The card of a payment: a new one, or with `isThreeD` and `registerCard` only, a stored one. */
export const BankCard = Schema.Struct({
  cardHolder: maybeText,
  cardNumber: maybeText,
  cvv: maybeText,
  expiryMonth: maybeText,
  expiryYear: maybeText,
  isThreeD: Schema.Boolean,
  registerCard: Schema.Boolean
})

/** The customer of a stored card. */
export const CustomerCardInfo = Schema.Struct({
  mpCustomerKey: maybeText,
  cardAlias: maybeText,
  cardTranId: maybeText,
  cardToken: maybeText
})

/** The first field that a new card lacks. */
export const lackingField = (card: typeof BankCard.Type) =>
  (["cardHolder", "cardNumber", "cvv", "expiryMonth", "expiryYear"] as const).find((name) => !card[name])

/** What is kept of a card that is stored: never its number. */
export const stored = (
  { cardNumber }: typeof BankCard.Type,
  { cardAlias, mpCustomerKey }: typeof CustomerCardInfo.Type,
  nonce: string
): StoredCard => ({
  mpCustomerKey: mpCustomerKey ?? "",
  cardToken: nonce,
  cardTranId: nonce.slice(0, 12),
  cardMaskedPan: `${(cardNumber ?? "").slice(0, 6)}******${(cardNumber ?? "").slice(-4)}`,
  cardIssuer: "Deneme Bankası",
  cardType: "CREDIT",
  cardBrand: "VISA",
  cardAlias: cardAlias ?? ""
})

export const isStored = (marketplace: Marketplace, customer: typeof CustomerCardInfo.Type): boolean =>
  marketplace.cards.some(({ cardToken, cardTranId, mpCustomerKey }) =>
    mpCustomerKey === customer.mpCustomerKey && cardToken === customer.cardToken && cardTranId === customer.cardTranId
  )

export const list = reading(
  Schema.Struct({ mpCustomerKey: Schema.NonEmptyString }),
  (marketplace, { mpCustomerKey }, call) => {
    if (!call.isSigned) return [Answers.wrongHash(call.settings), marketplace]
    const cards = marketplace.cards
      .filter((card) => card.mpCustomerKey === mpCustomerKey)
      .map(({ mpCustomerKey: _, ...card }) => card)
    return [Answers.ok({ cardTotalCount: cards.length, storedCardList: cards }), marketplace]
  }
)

/** Made up: in how many parts a card can pay, and what it costs in percent. */
const plans = [[1, 0], [2, 2.5], [3, 3.75], [6, 7.5]] as const

const encodedValue = (installment: number, trxAmount: number) =>
  Base64.encode(JSON.stringify({ installment, trxAmount }))

const planned = (amount: number, installment: number, rate: number) => {
  const commissionAmount = cents((amount * rate) / 100)
  const trxAmount = cents(amount + commissionAmount)
  return {
    installment,
    installmentAmount: cents(trxAmount / installment),
    cardTrxType: "CREDIT",
    bankCode: "62",
    commissionAmount,
    commissionRate: rate,
    trxAmount,
    currencyCode: "TRY",
    currencyNumber: "949",
    program: "BONUS",
    cardBankNo: "62",
    plusInstallment: 0,
    encodedValue: encodedValue(installment, trxAmount)
  }
}

/** Whether a payment is by one of the plans that were offered for its amount. */
export const isOffered = (chosen: string | null | undefined, installment: number, trxAmount: number): boolean =>
  plans.some(([count]) => count === installment) && chosen === encodedValue(installment, trxAmount)

export const fetchInstallments = reading(
  Schema.Struct({
    cardNumber: Schema.String.check(Schema.isPattern(/^\d{6,19}$/)),
    amount: Schema.Finite.check(Schema.isGreaterThan(0)),
    isCardValid: Schema.optional(Schema.NullOr(Schema.Boolean))
  }),
  (marketplace, { amount }) => [
    Answers.ok({
      cardScope: "DOMESTIC",
      paymentInstallments: plans.map(([installment, rate]) => planned(amount, installment, rate))
    }),
    marketplace
  ]
)
