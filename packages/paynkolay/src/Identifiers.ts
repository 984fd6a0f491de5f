/**
 * The identifiers that Turkish business documents carry a checksum in, and those with a fixed shape. A wrong one is found
 * here, before anything is sent, as the provider's page on sellers recommends.
 *
 * Each is a schema over its text, without blanks. Messages say what is expected and never repeat the value.
 */
import * as Schema from "effect/Schema"
import { secret } from "./internal/fields.ts"

const text = (isValid: (text: string) => boolean, expected: string) =>
  Schema.String.check(Schema.makeFilter(isValid, { expected }))

const digitsOf = (text: string): ReadonlyArray<number> => Array.from(text, Number)

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, number) => total + number, 0)

// -----------------------------------------------------------------------------
// Bank account
// -----------------------------------------------------------------------------

// ISO 13616: the first four characters go to the end, letters become 10 to 35, and the whole is 1 modulo 97.
const isIban = (text: string): boolean =>
  /^TR\d{24}$/.test(text) && Array.from(`${text.slice(4)}2927${text.slice(2, 4)}`, Number)
      .reduce((remainder, digit) => (remainder * 10 + digit) % 97, 0) === 1

/**
 * A Turkish IBAN: `TR` and 24 digits, with the check digits of ISO 13616.
 *
 * ```ts
 * Identifiers.Iban.make("TR330006100519786457841326")
 * ```
 */
export const Iban = text(isIban, "a Turkish IBAN: TR and 24 digits, whose check digits match").pipe(
  Schema.brand("@entegre/paynkolay/Iban")
)

/**
 * A Turkish IBAN.
 */
export type Iban = typeof Iban.Type

// -----------------------------------------------------------------------------
// Persons and companies
// -----------------------------------------------------------------------------

const isTckn = (text: string): boolean => {
  if (!/^[1-9]\d{10}$/.test(text)) return false
  const digits = digitsOf(text)
  const nine = digits.slice(0, 9)
  const odd = sum(nine.filter((_, index) => index % 2 === 0))
  const even = sum(nine.filter((_, index) => index % 2 === 1))
  // The even places may outweigh the odd ones, and a remainder must not be negative.
  return digits[9] === (odd * 7 + even * 9) % 10 && digits[10] === sum(digits.slice(0, 10)) % 10
}

/**
 * The identity number of a person in Turkey (TCKN): 11 digits, the last two of which are checksums.
 */
export const Tckn = text(isTckn, "a Turkish identity number (TCKN): 11 digits, whose checksums match").pipe(
  Schema.brand("@entegre/paynkolay/Tckn")
)

/**
 * The identity number of a person in Turkey.
 */
export type Tckn = typeof Tckn.Type

const isVkn = (text: string): boolean => {
  if (!/^\d{10}$/.test(text)) return false
  const digits = digitsOf(text)
  const weighed = digits.slice(0, 9).map((digit, index) => {
    const moved = (digit + 9 - index) % 10
    // Nine is kept, which modulo 9 would make nothing.
    return moved === 9 ? 9 : moved * 2 ** (9 - index) % 9
  })
  return digits[9] === (10 - sum(weighed) % 10) % 10
}

/**
 * The tax number of a company in Turkey (VKN): 10 digits, the last of which is a checksum.
 */
export const Vkn = text(isVkn, "a Turkish tax number (VKN): 10 digits, whose checksum matches").pipe(
  Schema.brand("@entegre/paynkolay/Vkn")
)

/**
 * The tax number of a company in Turkey.
 */
export type Vkn = typeof Vkn.Type

// -----------------------------------------------------------------------------
// Phone and place
// -----------------------------------------------------------------------------

/**
 * A mobile number in Turkey as Paynkolay wants it: 10 digits from the 5 on, without `+90` or `0`.
 */
export const Gsm = text((text) => /^5\d{9}$/.test(text), "a mobile number: 10 digits that start with 5").pipe(
  Schema.brand("@entegre/paynkolay/Gsm")
)

/**
 * A mobile number in Turkey.
 */
export type Gsm = typeof Gsm.Type

/**
 * A province of Turkey by the code on number plates, two digits from `01` to `81`: `34` is Istanbul.
 */
export const PlateCode = text(
  (text) => /^(?:0[1-9]|[1-7]\d|8[01])$/.test(text),
  "a plate code: two digits from 01 to 81"
).pipe(Schema.brand("@entegre/paynkolay/PlateCode"))

/**
 * A province of Turkey by its plate code.
 */
export type PlateCode = typeof PlateCode.Type

// -----------------------------------------------------------------------------
// Cards
// -----------------------------------------------------------------------------

// ISO/IEC 7812: from the right, every second digit counts twice.
const isCardNumber = (text: string): boolean =>
  /^\d{12,19}$/.test(text) && sum(
          digitsOf(text).toReversed().map((digit, index) =>
            index % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
          )
        ) % 10 === 0

/**
 * A card number: 12 to 19 digits, whose last is the checksum of ISO/IEC 7812 (Luhn). Always `Redacted`.
 *
 * ```ts
 * Identifiers.CardNumber.make(Redacted.make(form.cardNumber))
 * ```
 */
export const CardNumber = secret(isCardNumber, "a card number: 12 to 19 digits, whose checksum matches").pipe(
  Schema.brand("@entegre/paynkolay/CardNumber")
)

/**
 * A card number, `Redacted`.
 */
export type CardNumber = typeof CardNumber.Type

/**
 * The first 6 to 8 digits of a card number, which tell its issuer, or the whole number. Always `Redacted`.
 */
export const CardPrefix = secret(
  (text) => /^\d{6,8}$/.test(text) || isCardNumber(text),
  "the first 6 to 8 digits of a card number, or the whole of it"
).pipe(Schema.brand("@entegre/paynkolay/CardPrefix"))

/**
 * The first digits of a card number, or the whole of it, `Redacted`.
 */
export type CardPrefix = typeof CardPrefix.Type

/**
 * The security code of a card: 3 or 4 digits. Always `Redacted`.
 */
export const Cvv = secret((text) => /^\d{3,4}$/.test(text), "a security code: 3 or 4 digits").pipe(
  Schema.brand("@entegre/paynkolay/Cvv")
)

/**
 * The security code of a card, `Redacted`.
 */
export type Cvv = typeof Cvv.Type
