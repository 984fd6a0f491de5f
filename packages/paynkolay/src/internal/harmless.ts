/**
 * What the provider says ends up in errors. Secrets, a person's data, what looks like either, and what has no end do not.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"

/** How much of a text is shown. */
const longest = 200

/** How much of a text is looked at. */
const most = 2_000

/**
 * A text of the provider without what was sent: its secrets and a person's data. What else looks like a token, a card, an
 * account, an identity number, a phone number or an address of e-mail is left out too.
 */
export const text = (said: string, sent: ReadonlyArray<unknown>): string => {
  const words = without(beginning(said.normalize("NFC")), sent.flatMap((value) => wordsOf(value, false)))
    .replace(looksPersonal, "…")
    .replace(/\p{Cc}+/gu, " ")
    .trim()
  return words.length > longest ? `${words.slice(0, longest)}…` : words
}

// Half a secret is none that could be recognised.
const beginning = (said: string): string => said.length > most ? said.slice(0, most).replace(/\S*$/, "") : said

// In this order: an e-mail address; an IBAN; a JWT; a hash; a long number or a phone number, in groups or not.
const looksPersonal =
  /[^\s@]+@[^\s@]+|\bTR\d{2}(?: ?\d){20,}|\beyJ[\w-]+(?:\.[\w-]+)+|[\w+/=-]{24,}|(?<![\p{L}\d])\+?\d(?:[ *]?[\d*]){8,}|(?<![\p{L}\d])\(?0?5\d{2}[ )-]*\d{3}[ -]*\d{2}[ -]*\d{2}(?!\d)/giu

/** The fields that are about a person, wherever they stand in a request. */
const personal: ReadonlySet<string> = new Set([
  "nameSurname",
  "tckn",
  "vkn",
  "birthDate",
  "contactPerson",
  "email",
  "phoneNumber",
  "address",
  "iban",
  "accountHolder",
  "gsm",
  "cardAlias"
])

/** The words of a request that are secret or about a person. */
const wordsOf = (value: unknown, isPersonal: boolean): ReadonlyArray<string> => {
  if (Redacted.isRedacted(value)) return wordsOf(Redacted.value(value), true)
  if (typeof value === "string") {
    return isPersonal
      ? [...value.normalize("NFC").split(/\s+/), dotted(value)].filter(isTelling)
      : []
  }
  if (Array.isArray(value)) return value.flatMap((item) => wordsOf(item, isPersonal))
  return Predicate.isObject(value) && !BigDecimal.isBigDecimal(value)
    ? Object.entries(value).flatMap(([field, value]) => wordsOf(value, isPersonal || personal.has(field)))
    : []
}

/** A date as it is written on the wire; another text as it is. */
const dotted = (text: string): string => text.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$3.$2.$1")

/** One or two letters tell nothing about anybody. */
const isTelling = (word: string): boolean => word.length > 2

// A short word is left out where it stands alone; within another word it is none of the request's. The longest come first:
// one may be a part of another.
const without = (said: string, words: ReadonlyArray<string>): string =>
  words.toSorted((one, other) => other.length - one.length).reduce(
    (said, word) =>
      said.replace(
        new RegExp(word.length > 5 ? escaped(word) : `(?<![\\p{L}\\p{N}])${escaped(word)}(?![\\p{L}\\p{N}])`, "giu"),
        "…"
      ),
    said
  )

// The capitals of the two Turkish letters are not those of other languages, and the provider may use either.
const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replace(/[iıİI]/g, "[iıİI]")
