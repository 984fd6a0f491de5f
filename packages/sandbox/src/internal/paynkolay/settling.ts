import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Struct from "effect/Struct"
import type { PaynkolayPayment, PaynkolaySettings } from "../../PaynkolayModel.ts"
import * as Dates from "./dates.ts"
import * as Hash from "./hash.ts"
import type { Account } from "./state.ts"
import { cents } from "./step.ts"

/** Made up: what Paynkolay takes of every payment, in percent. */
export const commissionRate = 1.3

/** What Paynkolay takes of an amount. */
export const commissionOf = (amount: number): number => cents((amount * commissionRate) / 100)

export const currencyNumbers = { TRY: "949", USD: "840", EUR: "978" }

/** A bank's code as a text to show. Made up but for the meaning. */
export const bankMessage = (code: string): string => {
  switch (code) {
    case "00":
      return "Onaylandı"
    case "51":
      return "Yetersiz bakiye"
    default:
      return "İşlem onaylanmadı"
  }
}

const isApproved = ({ bankCode }: PaynkolayPayment) => bankCode === "00"

/** The fields of a result, all of them texts, with as many decimals as the provider writes. */
const resultOf = (payment: PaynkolayPayment, now: number) => ({
  statusCode: isApproved(payment) ? "2" : "0",
  responseCode: isApproved(payment) ? "2" : payment.bankCode,
  responseMessage: bankMessage(payment.bankCode),
  bankMessage: bankMessage(payment.bankCode),
  refCode: payment.refCode,
  authCode: isApproved(payment) ? payment.refCode.slice(-6) : "",
  trxCode: payment.trxCode,
  commissionRate: commissionRate.toFixed(4),
  commissionAmount: commissionOf(payment.trxAmount).toFixed(2),
  installment: `${payment.installment}`,
  trxAmount: payment.trxAmount.toFixed(2),
  authAmount: (isApproved(payment) ? payment.trxAmount : 0).toFixed(2),
  timestamp: Dates.timestamp(now),
  currencyCode: currencyNumbers[payment.trxCurrency],
  cardType: "CREDIT",
  issuerBankCode: "62",
  installmentFeeRate: "0.0000",
  installmentFeeAmount: "0.00",
  paymentSystem: payment.paymentSystem
})

/** The fields of the first of two steps. Beyond those that the pages name they are the sister product's. */
const firstStepOf = (
  payment: PaynkolayPayment,
  merchantNo: string,
  completionCode: string,
  now: number,
  settings: PaynkolaySettings
): Readonly<Record<string, string>> => ({
  MERCHANT_NO: merchantNo,
  REFERENCE_CODE: completionCode,
  CLIENT_REFERENCE_CODE: payment.trxCode,
  AUTH_CODE: "",
  RESPONSE_CODE: isApproved(payment) ? "2" : payment.bankCode,
  RESPONSE_DATA: bankMessage(payment.bankCode),
  USE_3D: `${payment.isThreeD}`,
  RND: `${now}`,
  INSTALLMENT: `${payment.installment}`,
  AUTHORIZATION_AMOUNT: payment.trxAmount.toFixed(2),
  ...(settings.completionCurrency === "present" && { CURRENCY_CODE: currencyNumbers[payment.trxCurrency] }),
  TIMESTAMP: Dates.timestamp(now)
})

/**
 * What the cardholder and the bank make of a payment, once. After the first of two steps it waits for the second, unless
 * the bank declined.
 */
export const settle = (
  payment: PaynkolayPayment,
  account: Account,
  settings: PaynkolaySettings,
  now: number,
  nonce: string
): PaynkolayPayment => {
  if (payment.callback !== null) return payment
  const trxStatus = !isApproved(payment) ? "FAILED" : payment.twoSteps ? "PENDING" : "SUCCESS"
  if (!payment.twoSteps) return { ...payment, trxStatus, callback: resultOf(payment, now) }
  const completionCode = Base64.encode(`${payment.refCode}:${nonce}`)
  return {
    ...payment,
    trxStatus,
    completionCode: isApproved(payment) ? completionCode : null,
    callback: firstStepOf(payment, account.credentials.merchantNo, completionCode, now, settings)
  }
}

/** The body of a payment's callback: its fields and their hash. */
export const signedCallback = (
  account: Account,
  { callback, twoSteps }: PaynkolayPayment,
  settings: PaynkolaySettings
): Effect.Effect<Readonly<Record<string, string>>> => {
  const fields = callback ?? {}
  return twoSteps
    ? Effect.map(
      Hash.sign(Hash.firstStep(account.credentials, fields, settings.completionCurrency)),
      (hashDataV2) => ({ ...fields, hashDataV2 })
    )
    : Effect.map(Hash.sign(Hash.callback(account.credentials, fields)), (hash) => ({ ...fields, hash }))
}

/** The answer of the second step: the fields of a result with their hash, one of them under another name. */
export const completion = (account: Account, payment: PaynkolayPayment, now: number) => {
  const fields = resultOf(payment, now)
  return Effect.map(Hash.sign(Hash.callback(account.credentials, fields)), (hash) => ({
    ...Struct.omit(fields, ["refCode", "statusCode"]),
    message: fields.responseMessage,
    referenceCode: fields.refCode,
    hash
  }))
}
