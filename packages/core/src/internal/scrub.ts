/**
 * What a provider says ends up in errors. What it was sent in confidence, what looks like a secret or like somebody's data,
 * and what has no end do not.
 */
import * as Base64 from "effect/encoding/Base64"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Hex from "effect/encoding/Hex"
import * as Predicate from "effect/Predicate"

/** How much of a text is shown. */
const longest = 200

/** How much of a text is looked at. */
const most = 2_000

const mostEntries = 20
const deepest = 4

/** A text without these texts and their words, in whatever way they are written. */
export const text = (said: string, sensitive: ReadonlyArray<string>): string => {
  const words = without(beginning(said.normalize("NFC").replaceAll(lowerDotted, "i")), sensitive)
    .replace(
      shapes,
      (match, scheme: string | undefined) => uuid.test(match) ? match : scheme === undefined ? "…" : `${scheme} …`
    )
    .replace(/\p{Cc}+/gu, " ")
    .trim()
  return words.length > longest ? `${words.slice(0, longest)}…` : words
}

/** The same for JSON: its texts, the first entries of its lists and objects, and no more than some levels of them. */
export const data = (
  said: unknown,
  sensitive: ReadonlyArray<string>,
  isSensitiveField: (name: string) => boolean,
  depth = 0
): unknown => {
  if (typeof said === "string") return text(said, sensitive)
  if (typeof said === "number") return text(String(said), sensitive) === String(said) ? said : "…"
  if (said === null || typeof said === "boolean") return said
  if (depth >= deepest) return "…"
  if (Array.isArray(said)) {
    return said.slice(0, mostEntries).map((item) => data(item, sensitive, isSensitiveField, depth + 1))
  }
  if (!Predicate.isObject(said)) return undefined
  return Object.fromEntries(
    Object.entries(said).slice(0, mostEntries).map(([name, value]) => [
      text(name, sensitive),
      isSensitiveField(name) ? "…" : data(value, sensitive, isSensitiveField, depth + 1)
    ])
  )
}

// What some languages make of "İ" in lower case.
const lowerDotted = "i\u0307"

// Half a secret is none that could be recognised.
const beginning = (said: string): string => said.length > most ? said.slice(0, most).replace(/\S*$/, "") : said

// -----------------------------------------------------------------------------
// What was sent
// -----------------------------------------------------------------------------

const without = (said: string, sensitive: ReadonlyArray<string>): string => {
  const folded = fold(said)
  const cuts = spellingsOf(sensitive).flatMap((word) => placesOf(folded, word))
  if (cuts.length === 0) return said
  let end = 0
  let rest = ""
  for (const [from, to] of cuts.toSorted(([one], [other]) => one - other)) {
    if (from > end || rest === "") rest += `${said.slice(end, from)}…`
    end = Math.max(end, to)
  }
  return rest + said.slice(end)
}

/** One or two letters tell nothing about anybody. */
const shortest = 3

/** A word of up to this length is cut where it stands alone; within another word it is none of the request's. */
const short = 5

const placesOf = (folded: string, word: string): ReadonlyArray<readonly [from: number, to: number]> => {
  const places: Array<readonly [number, number]> = []
  for (let from = folded.indexOf(word); from >= 0; from = folded.indexOf(word, from + 1)) {
    const to = from + word.length
    if (word.length > short || !(isLetter(folded, from - 1) || isLetter(folded, to))) places.push([from, to])
  }
  return places
}

const isLetter = (text: string, at: number): boolean => /[\p{L}\p{N}]/u.test(text.charAt(at))

/** The texts, their words, and both as they may come back: in Base64, in a URL, in JSON, and a date in its other form. */
const spellingsOf = (sensitive: ReadonlyArray<string>): ReadonlyArray<string> => {
  const spellings = new Set<string>()
  for (const text of sensitive) {
    for (const part of [text, ...text.split(/\s+/)]) {
      const word = part.normalize("NFC").trim()
      if (word.length < shortest) continue
      for (const spelling of [word, ...otherDates(word), ...encodings(word)]) spellings.add(fold(spelling))
    }
  }
  return [...spellings]
}

const encodings = (word: string): ReadonlyArray<string> => {
  const inUrl = encodeURIComponent(word.replace(/\p{Surrogate}/gu, ""))
  return [
    ...base64(word),
    Hex.encode(word),
    inUrl,
    inUrl.replaceAll("%20", "+"),
    inJson(word),
    inJson(inJson(word)),
    word.replaceAll("\\", "\\\\")
  ].filter((written) => written.length > short)
}

const inJson = (word: string): string => JSON.stringify(word).slice(1, -1)

// What stands before a text in the same Base64 shifts it by up to two bytes; the letters at both ends are the neighbours'.
const base64 = (word: string): ReadonlyArray<string> => {
  const bytes = new TextEncoder().encode(word)
  return [0, 1, 2].flatMap((before) => {
    const shifted = new Uint8Array(before + bytes.length)
    shifted.set(bytes, before)
    const whole = shifted.subarray(0, shifted.length - shifted.length % 3)
    const edge = before === 0 ? 0 : 4
    return [Base64.encode(whole).slice(edge), Base64Url.encode(whole).slice(edge)]
  })
}

const otherDates = (word: string): ReadonlyArray<string> => {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(word) ?? []
  if (year !== undefined) return [`${day}.${month}.${year}`]
  const [, ofMonth, inYear, ofYear] = /^(\d\d)\.(\d\d)\.(\d{4})$/.exec(word) ?? []
  return ofMonth === undefined ? [] : [`${ofYear}-${inYear}-${ofMonth}`]
}

// Keeps the length. Turkish names come back in capitals of either kind, and from banks without their marks, which a letter
// is decomposed into but for the one that "ı" lacks.
const fold = (text: string): string =>
  text.replace(/[çğıöşüÇĞİÖŞÜ]/g, (letter) => letter === "ı" ? "i" : letter.normalize("NFD").charAt(0)).toLowerCase()

// -----------------------------------------------------------------------------
// What looks like it
// -----------------------------------------------------------------------------

const shapes = new RegExp(
  [
    // A UUID names a thing and stays; anything else of that length may be a key.
    "(?<![\\w+/=.-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\\w+/=-])",
    "(basic|bearer)\\s+[^\\s\"']+",
    // An e-mail address, an IBAN, a JWT, a key or a hash.
    "[^\\s@]+@[^\\s@]+",
    "\\bTR\\d{2}(?: ?\\d){20,}",
    "\\beyJ[\\w-]+(?:\\.[\\w-]+)+",
    "[\\w+/=.-]{24,}",
    // A card number, a long number or a phone number, in groups or not.
    "(?<![\\p{L}\\d])\\d{4}(?:[ -]?[\\d*]{4}){2}[ -]?[\\d*]{1,7}(?!\\d)",
    "(?<![\\p{L}\\d])\\+?\\d(?:[ *]?[\\d*]){8,}",
    "(?<![\\p{L}\\d])\\(?0?5\\d{2}[ )-]*\\d{3}[ -]*\\d{2}[ -]*\\d{2}(?!\\d)"
  ].join("|"),
  "giu"
)

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
