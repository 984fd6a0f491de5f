/**
 * Paynkolay's hash rules: Base64 of the SHA-512 of fields that are joined by `|`.
 *
 * Every rule is a function of what it signs and of nothing else, over Web Crypto. What comes out authorises a call, so it
 * is `Redacted`. A field that contains the separator could be moved into its neighbour without changing the hash; it is
 * refused with {@link SeparatorInField}. Only the SX keys contain it, by nature.
 *
 * Sources: pages 33 (hashes) and 05 (result of a payment) of the provider's documentation, in the versions that were
 * public in September 2026. None of its published examples can be reproduced from its published keys.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Currency } from "./Currency.ts"
import { sha512 } from "./internal/digest.ts"
import type { LocalDate } from "./LocalDate.ts"
import * as Money from "./Money.ts"
import type { ApiSecretKey, CancelApiSecretKey, MerchantSecretKey } from "./Secrets.ts"

/**
 * A field that is to be hashed contains the separator `|`.
 *
 * What to do: leave the `|` out of the field. In a callback: answer 400 and change nothing.
 */
export class SeparatorInField extends Schema.TaggedError<SeparatorInField>("@entegre/paynkolay/SeparatorInField")(
  "SeparatorInField",
  {
    /** The field's name. */
    field: Schema.String
  }
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return `${this.field} must not contain "|", which separates the fields of a hash`
  }
}

/**
 * A hash in Base64, 88 characters.
 */
export type Hash = Redacted.Redacted<string>

// -----------------------------------------------------------------------------
// What is sent
// -----------------------------------------------------------------------------

/**
 * The two published forms of the payment hash.
 *
 * - `"sixFields"`: keys, transaction code, amount, currency and type, as the present page says. The default everywhere.
 * - `"twoFields"`: the two keys only, as an older rendition of the page said and as the sample for Masterpass still does.
 *   It is the same for every payment.
 *
 * Which one the service wants could not be tried; `POST /calculate-hash/payment` of the provider tells.
 */
export type PaymentRule = "sixFields" | "twoFields"

/**
 * What the hash of a payment covers.
 */
export interface PaymentFields {
  /** The SX value. */
  readonly apiSecretKey: ApiSecretKey
  /** The key that is only hashed. */
  readonly merchantSecretKey: MerchantSecretKey
  /** The marketplace's own code of the transaction. */
  readonly trxCode: string
  /** What the card is charged: including taxes and commission, says the page. */
  readonly totalTrxAmount: Money.Money
  /** The currency. */
  readonly trxCurrency: Currency
  /** The type of the transaction, `"SALES"`. */
  readonly trxType: "SALES"
}

/**
 * The `apiKey` of a payment. `rule` is which of the two published forms; default `"sixFields"`.
 *
 * ```ts
 * const apiKey = yield* Hash.payment({
 *   apiSecretKey,
 *   merchantSecretKey,
 *   trxCode: "ORDER_12345",
 *   totalTrxAmount: Money.make("150.00"),
 *   trxCurrency: "TRY",
 *   trxType: "SALES"
 * })
 * ```
 */
export const payment = (
  fields: PaymentFields,
  rule: PaymentRule = "sixFields"
): Effect.Effect<Hash, SeparatorInField> =>
  hash(fields.apiSecretKey, [
    ["merchantSecretKey", Redacted.value(fields.merchantSecretKey)],
    ...(rule === "twoFields" ? [] : [
      ["trxCode", fields.trxCode],
      ["totalTrxAmount", Money.format(fields.totalTrxAmount)],
      ["trxCurrency", fields.trxCurrency],
      ["trxType", fields.trxType]
    ] as const)
  ])

/**
 * The `apiKey` of the list of stored cards.
 */
export const storedCardList = (fields: {
  /** The SX value. */
  readonly apiSecretKey: ApiSecretKey
  /** The key that is only hashed. */
  readonly merchantSecretKey: MerchantSecretKey
  /** The marketplace's own key of the customer; personal data. */
  readonly mpCustomerKey: Redacted.Redacted<string>
}): Effect.Effect<Hash, SeparatorInField> =>
  hash(fields.apiSecretKey, [
    ["mpCustomerKey", Redacted.value(fields.mpCustomerKey)],
    ["merchantSecretKey", Redacted.value(fields.merchantSecretKey)]
  ])

/**
 * What the hash of a cancel or refund covers.
 */
export interface ReversalFields {
  /** The SX value for cancels and refunds. */
  readonly apiSecretKey: CancelApiSecretKey
  /** The key that is only hashed. */
  readonly merchantSecretKey: MerchantSecretKey
  /** Whether the whole payment is cancelled on its day, or refunded. */
  readonly trxType: "cancel" | "refund"
  /** The date that is sent as `trxDate`, in Istanbul. */
  readonly trxDate: LocalDate
  /** What goes back to the card. */
  readonly amount: Money.Money
  /** The currency of the payment. */
  readonly trxCurrency: Currency
  /** Paynkolay's code of the payment, `refCode`. */
  readonly referenceCode: string
}

/**
 * The `apiKey` of a cancel or refund.
 */
export const reversal = (fields: ReversalFields): Effect.Effect<Hash, SeparatorInField> =>
  hash(fields.apiSecretKey, [
    ["merchantSecretKey", Redacted.value(fields.merchantSecretKey)],
    ["trxType", fields.trxType],
    ["trxDate", fields.trxDate],
    ["amount", Money.format(fields.amount)],
    ["trxCurrency", fields.trxCurrency],
    ["referenceCode", fields.referenceCode]
  ])

// -----------------------------------------------------------------------------
// What is received
// -----------------------------------------------------------------------------

/**
 * The fields that the hash of a callback covers, in its order.
 */
export const callbackFields = [
  "statusCode",
  "refCode",
  "authCode",
  "trxCode",
  "commissionRate",
  "commissionAmount",
  "installment",
  "trxAmount",
  "authAmount",
  "timestamp",
  "currencyCode",
  "cardType",
  "issuerBankCode",
  "installmentFeeRate",
  "installmentFeeAmount",
  "paymentSystem"
] as const

/**
 * A field that the hash of a callback covers.
 */
export type CallbackField = (typeof callbackFields)[number]

/**
 * The `hash` that a callback should have, over its fields exactly as they were received: `1.3000` is not `1.3`. A field
 * that is missing counts as empty, as in the provider's sample. The merchant secret key is not part of it.
 */
export const callback = (
  apiSecretKey: ApiSecretKey,
  fields: { readonly [F in CallbackField]?: string | undefined }
): Effect.Effect<Hash, SeparatorInField> =>
  hash(apiSecretKey, callbackFields.map((field) => [field, fields[field] ?? ""] as const))

/**
 * The fields that `hashDataV2` covers, in its order, but for `CURRENCY_CODE` at its end.
 */
export const completionFields = [
  "MERCHANT_NO",
  "REFERENCE_CODE",
  "AUTH_CODE",
  "RESPONSE_CODE",
  "USE_3D",
  "RND",
  "INSTALLMENT",
  "AUTHORIZATION_AMOUNT"
] as const

/**
 * A field that `hashDataV2` covers.
 */
export type CompletionField = (typeof completionFields)[number] | "CURRENCY_CODE"

/**
 * The values that `hashDataV2` of an upper-case callback may have: one if the callback has a `CURRENCY_CODE`, two if not,
 * because the sources differ on whether an absent currency leaves an empty field.
 *
 * The rule is that of Paynkolay's product for single merchants, whose callbacks have these fields. That the marketplace's
 * upper-case callback is signed by it is an assumption.
 */
export const completion = (
  merchantSecretKey: MerchantSecretKey,
  fields: { readonly [F in CompletionField]?: string | undefined }
): Effect.Effect<ReadonlyArray<Hash>, SeparatorInField> => {
  const covered = completionFields.map((field) => [field, fields[field] ?? ""] as const)
  const withCurrency = [...covered, ["CURRENCY_CODE", fields.CURRENCY_CODE ?? ""] as const]
  const key = ["merchantSecretKey", Redacted.value(merchantSecretKey)] as const
  return Effect.forEach(
    fields.CURRENCY_CODE === undefined ? [withCurrency, covered] : [withCurrency],
    (fields) => hashFields([...fields, key])
  )
}

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

type Field = readonly [name: string, value: string]

const separator = "|"

const hash = (sx: ApiSecretKey | CancelApiSecretKey, fields: ReadonlyArray<Field>) =>
  hashFields(fields, [Redacted.value(sx)])

const hashFields = (
  fields: ReadonlyArray<Field>,
  before: ReadonlyArray<string> = []
): Effect.Effect<Hash, SeparatorInField> => {
  const ambiguous = fields.find(([, value]) => value.includes(separator))
  return ambiguous === undefined
    ? sha512([...before, ...fields.map(([, value]) => value)].join(separator))
    : Effect.fail(new SeparatorInField({ field: ambiguous[0] }))
}
