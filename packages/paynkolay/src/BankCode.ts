/**
 * What a bank answered to a payment: its two-digit response codes, with their meaning.
 *
 * They are not Paynkolay's own codes: of those, `"2"` and `"200"` say that a call succeeded. A bank's refusal is data, not
 * an error of the connection; the cardholder can be told what {@link BankCode.meaning} says.
 *
 * Source: page 43 of the provider's documentation, as it was public in May 2026.
 */
import * as Option from "effect/Option"

/**
 * What a response code of a bank comes down to, for a program to decide by.
 *
 * - `approved`: the bank paid.
 * - `declined`: without a reason, or for one that is nobody else's business.
 * - `cardData`: number, expiry, security code or PIN is wrong; another entry may help.
 * - `cardBlocked`: the card is lost, restricted, or closed to this kind of payment.
 * - `funds`: not enough money, or beyond a limit.
 * - `fraud`: the bank suspects something.
 * - `request`: amount, transaction or the shop's terminal is wrong; the cardholder can do nothing.
 * - `duplicate`: the bank saw this transaction before.
 * - `tryAgain`: the bank says so.
 * - `unavailable`: the bank did not answer, or something on the way is broken.
 */
export type Kind =
  | "approved"
  | "declined"
  | "cardData"
  | "cardBlocked"
  | "funds"
  | "fraud"
  | "request"
  | "duplicate"
  | "tryAgain"
  | "unavailable"

/**
 * A response code of a bank.
 */
export interface BankCode {
  /** The code, two digits. */
  readonly code: string
  /** What it comes down to. */
  readonly kind: Kind
  /** What it means, in English. */
  readonly meaning: string
}

const documented: ReadonlyArray<readonly [code: string, kind: Kind, meaning: string]> = [
  ["00", "approved", "approved"],
  ["03", "request", "the shop's POS is not defined at the bank"],
  ["05", "declined", "declined"],
  ["06", "declined", "declined"],
  ["09", "tryAgain", "try again"],
  ["12", "request", "invalid transaction"],
  ["13", "request", "invalid amount"],
  ["14", "cardData", "wrong card number"],
  ["19", "tryAgain", "try again"],
  ["30", "tryAgain", "try again"],
  ["41", "cardBlocked", "the card was reported lost"],
  ["43", "cardBlocked", "the card was reported lost"],
  ["51", "funds", "insufficient funds"],
  ["54", "cardData", "wrong expiry date, or the card has expired"],
  ["55", "cardData", "wrong PIN"],
  ["56", "cardData", "wrong card number"],
  ["57", "cardBlocked", "not permitted to this card"],
  ["58", "request", "the shop's POS is not defined at the bank"],
  ["59", "fraud", "suspicious transaction"],
  ["60", "cardBlocked", "not permitted to this card"],
  ["62", "cardBlocked", "restricted card"],
  ["65", "funds", "over a limit of the card"],
  ["76", "cardData", "wrong PIN"],
  ["80", "cardData", "wrong expiry date, or the card has expired"],
  ["82", "cardData", "wrong security code"],
  ["84", "cardData", "wrong security code"],
  ["90", "tryAgain", "try again"],
  ["91", "unavailable", "the card's bank does not answer"],
  ["92", "unavailable", "the card's bank does not answer"],
  ["93", "cardBlocked", "the card is closed to e-commerce"],
  ["94", "duplicate", "duplicate transaction"],
  ["96", "unavailable", "the card's bank does not answer"],
  ["98", "duplicate", "duplicate transaction"],
  ["99", "unavailable", "system error"]
]

/**
 * All documented codes, in their order.
 */
export const all: ReadonlyArray<BankCode> = documented.map(([code, kind, meaning]) => ({ code, kind, meaning }))

/**
 * A code with the zero that some answers leave out: `"0"` becomes `"00"`.
 */
export const pad = (code: string): string => /^\d$/.test(code) ? `0${code}` : code

/**
 * What a code means, with or without its leading zero. None if it is not documented.
 *
 * ```ts
 * Option.map(BankCode.find("51"), ({ meaning }) => meaning) // Option.some("insufficient funds")
 * ```
 */
export const find = (code: string): Option.Option<BankCode> =>
  Option.fromUndefinedOr(all.find((known) => known.code === pad(code)))
