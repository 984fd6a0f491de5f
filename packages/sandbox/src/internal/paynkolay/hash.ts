import { WebCrypto } from "effect/crypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Redacted from "effect/Redacted"
import type { PaynkolayCredentials, PaynkolaySettings } from "../../PaynkolayModel.ts"

/** The texts that a hash covers, in their order. */
export type Fields = ReadonlyArray<string>

/** Base64 of the SHA-512 of the fields in UTF-8, joined by `|`. */
export const sign = (fields: Fields): Effect.Effect<string> =>
  Effect.flatMap(WebCrypto, ({ subtle }) =>
    Effect.map(
      Effect.promise(() => subtle.digest("SHA-512", new TextEncoder().encode(fields.join("|")))),
      (digest) => Base64.encode(new Uint8Array(digest))
    ))

/** An amount as hashes have it: with two decimals. */
export const amount = (value: number): string => value.toFixed(2)

/** What is hashed of a payment: keys may come from a body, so that the provider's helper can use this too. */
export const payment = (fields: {
  readonly apiSecretKey: string
  readonly merchantSecretKey: string
  readonly trxCode: string
  readonly totalTrxAmount: string
  readonly trxCurrency: string
  readonly trxType: string
}): Fields => [
  fields.apiSecretKey,
  fields.merchantSecretKey,
  fields.trxCode,
  fields.totalTrxAmount,
  fields.trxCurrency,
  fields.trxType
]

/** Every form of the payment hash that the setting accepts. */
export const acceptedForPayment = (rule: PaynkolaySettings["paymentHash"], sixFields: Fields): ReadonlyArray<Fields> =>
  rule === "either" ? [sixFields, sixFields.slice(0, 2)] : [rule === "twoFields" ? sixFields.slice(0, 2) : sixFields]

export const storedCardList = (credentials: PaynkolayCredentials, mpCustomerKey: string): Fields => [
  Redacted.value(credentials.apiSecretKey),
  mpCustomerKey,
  Redacted.value(credentials.merchantSecretKey)
]

/** What is hashed of a cancel or refund. */
export const reversal = (fields: {
  readonly apiSecretKey: string
  readonly merchantSecretKey: string
  readonly trxType: string
  readonly trxDate: string
  readonly amount: string
  readonly trxCurrency: string
  readonly referenceCode: string
}): Fields => [
  fields.apiSecretKey,
  fields.merchantSecretKey,
  fields.trxType,
  fields.trxDate,
  fields.amount,
  fields.trxCurrency,
  fields.referenceCode
]

const callbackFields = [
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
]

/** What is hashed of a callback. A field that is missing is empty; the merchant secret key is not part of it. */
export const callback = (
  credentials: PaynkolayCredentials,
  fields: Readonly<Record<string, string>>
): Fields => [Redacted.value(credentials.apiSecretKey), ...callbackFields.map((name) => fields[name] ?? "")]

const firstStepFields = [
  "MERCHANT_NO",
  "REFERENCE_CODE",
  "AUTH_CODE",
  "RESPONSE_CODE",
  "USE_3D",
  "RND",
  "INSTALLMENT",
  "AUTHORIZATION_AMOUNT",
  "CURRENCY_CODE"
]

/**
 * What is hashed of an upper-case callback. The rule is that of the sister product for single merchants, whose callbacks
 * have these fields.
 */
export const firstStep = (
  credentials: PaynkolayCredentials,
  fields: Readonly<Record<string, string>>,
  currency: PaynkolaySettings["completionCurrency"]
): Fields => [
  ...firstStepFields
    .filter((name) => name !== "CURRENCY_CODE" || currency !== "leftOut")
    .map((name) => fields[name] ?? ""),
  Redacted.value(credentials.merchantSecretKey)
]
