/**
 * The rules of payments that span several fields.
 */
import * as Schema from "effect/Schema"
import { secret } from "./fields.ts"

type Maybe = unknown

interface CardPayment {
  readonly bankCard: {
    readonly cardHolder?: Maybe
    readonly cardNumber?: Maybe
    readonly cvv?: Maybe
    readonly expiryMonth?: Maybe
    readonly expiryYear?: Maybe
    readonly isThreeD: boolean
    readonly registerCard: boolean
  }
  readonly customerCardInfo?: {
    readonly mpCustomerKey?: Maybe
    readonly cardTranId?: Maybe
    readonly cardToken?: Maybe
  } | undefined
}

const printed = ["cardHolder", "cardNumber", "cvv", "expiryMonth", "expiryYear"] as const

/** A new card has all of its data; a stored one none of it, and a reference; one that is stored has an owner. */
export const wholeCard = Schema.makeFilter<CardPayment>(({ bankCard, customerCardInfo }) => {
  const missing = printed.filter((field) => bankCard[field] === undefined)
  if (missing.length > 0 && missing.length < printed.length) {
    return missing.map((field) => ({ path: ["bankCard", field], issue: "Expected with the other data of the card" }))
  }
  if (
    missing.length > 0 && customerCardInfo?.cardToken === undefined && customerCardInfo?.cardTranId === undefined
  ) {
    return {
      path: ["customerCardInfo"],
      issue: "Expected the cardToken or cardTranId of a stored card, because bankCard has no card data"
    }
  }
  if (bankCard.registerCard && customerCardInfo?.mpCustomerKey === undefined) {
    return { path: ["customerCardInfo", "mpCustomerKey"], issue: "Expected, because the card is to be stored" }
  }
  return bankCard.registerCard && !bankCard.isThreeD
    ? { path: ["bankCard", "registerCard"], issue: "Expected false without 3D Secure" }
    : undefined
})

/** Instalments that Paynkolay offered are told by their encoded value. */
export const chosenInstalment = Schema.makeFilter<{
  readonly isFetchInstallments: boolean
  readonly encodedValue?: string | undefined
}>(({ encodedValue, isFetchInstallments }) =>
  isFetchInstallments && encodedValue === undefined
    ? { path: ["encodedValue"], issue: "Expected that of the chosen instalment, because isFetchInstallments is true" }
    : undefined
)

/** A commission is a rate or an amount. */
export const oneCommission = Schema.makeFilter<{
  readonly commissionRate?: Maybe
  readonly commissionAmount?: Maybe
}>(({ commissionAmount, commissionRate }) =>
  commissionAmount !== undefined && commissionRate !== undefined
    ? { path: ["commissionAmount"], issue: "Expected none, because there is a commissionRate" }
    : undefined
)

/** A payment is asked for by one code at least. */
export const oneCode = Schema.makeFilter<{
  readonly refCode?: string | undefined
  readonly trxCode?: string | undefined
}>(({ refCode, trxCode }) =>
  refCode === undefined && trxCode === undefined
    ? { path: ["refCode"], issue: "Expected, or else a trxCode" }
    : undefined
)

/** A month as two digits, `Redacted`. */
export const ExpiryMonth = secret((text) => /^(?:0[1-9]|1[0-2])$/.test(text), "a month as two digits, 01 to 12")

/** A year as four digits, `Redacted`. */
export const ExpiryYear = secret((text) => /^20\d\d$/.test(text), "a year as four digits")
