import * as NodeCrypto from "node:crypto"
import { merchantSecret, sx } from "./keys.ts"

export type Fields = Readonly<Record<string, string>>

/** The rule of every hash, by another implementation of the digest. */
export const hashOf = (...fields: ReadonlyArray<string>) =>
  NodeCrypto.createHash("sha512").update(fields.join("|"), "utf8").digest("base64")

/** A callback for an approved payment, without its hash. */
export const approved = {
  statusCode: "2",
  refCode: "IKSIRPF456012",
  authCode: "123456",
  trxCode: "ORDER_12345",
  commissionRate: "1.3000",
  commissionAmount: "1.95",
  installment: "1",
  trxAmount: "150.00",
  authAmount: "150.00",
  timestamp: "2026-01-15 14:30:00+0300",
  currencyCode: "949",
  cardType: "CREDIT",
  issuerBankCode: "62",
  installmentFeeRate: "0.0000",
  installmentFeeAmount: "0.00",
  paymentSystem: "V"
}

/** When it was signed, and received. */
export const now = Date.parse("2026-01-15T11:30:00Z")

const signedFields = Object.keys(approved)

/** Signs as the provider does; `signed` says what it signs where that is not what it sends. */
export const sign = (fields: Fields, signed: Fields = fields): Fields => ({
  ...fields,
  hash: hashOf(sx, ...signedFields.map((name) => signed[name] ?? ""))
})

/** A two-step callback, without its hash. */
export const twoStep = {
  MERCHANT_NO: "400000001",
  REFERENCE_CODE: "qv6UkBD2m1Ora+tS6UHTW36hm0s4+0RG1pU=",
  AUTH_CODE: "",
  RESPONSE_CODE: "2",
  USE_3D: "true",
  RND: "1768476600000",
  INSTALLMENT: "1",
  AUTHORIZATION_AMOUNT: "150.00",
  CURRENCY_CODE: "949"
}

/** Signs a two-step callback as the provider's product for single merchants does. */
export const signTwoStep = (fields: Fields, signed: ReadonlyArray<string> = Object.values(fields)): Fields => ({
  ...fields,
  hashDataV2: hashOf(...signed, merchantSecret)
})

export const form = (fields: Fields): string => new URLSearchParams(fields).toString()
