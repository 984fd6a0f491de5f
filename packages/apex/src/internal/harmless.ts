/**
 * What the provider says ends up in errors. Secrets, what looks like one, and what has no end do not.
 */
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"

const longestText = 200
const mostEntries = 20
const deepest = 4

/** A text without the secrets that went out with the request, and without what looks like a token. */
export const text = (said: string, secrets: ReadonlyArray<Redacted.Redacted<string>>): string => {
  const words = withoutSecrets(said.normalize("NFC"), secrets)
    .replace(afterScheme, "$1 …")
    .replace(looksLikeToken, (word) => uuid.test(word) ? word : "…")
    .replace(/\p{Cc}+/gu, " ")
    .trim()
  return words.length > longestText ? `${words.slice(0, longestText)}…` : words
}

// The longest first: a secret may be a part of another one.
const withoutSecrets = (said: string, secrets: ReadonlyArray<Redacted.Redacted<string>>): string =>
  secrets
    .map(Redacted.value)
    .filter((secret) => secret !== "")
    .toSorted((one, other) => other.length - one.length)
    .reduce((words, secret) => words.replaceAll(secret, "…"), said)

const afterScheme = /(basic|bearer)\s+[^\s"']+/gi

const looksLikeToken = /[\w+/=.-]{24,}/g

// A UUID names a thing; anything else of that length may be a key.
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The same for JSON: its texts, the first entries of its lists and objects, and no more than some levels of them. */
export const data = (
  said: unknown,
  secrets: ReadonlyArray<Redacted.Redacted<string>>,
  depth = 0
): unknown => {
  if (typeof said === "string") return text(said, secrets)
  if (said === null || typeof said === "boolean" || typeof said === "number") return said
  if (depth >= deepest) return "…"
  if (Array.isArray(said)) return said.slice(0, mostEntries).map((item) => data(item, secrets, depth + 1))
  if (!Predicate.isObject(said)) return undefined
  return Object.fromEntries(
    Object.entries(said).slice(0, mostEntries).map((
      [name, value]
    ) => [text(name, secrets), namesSecret.test(name) ? "…" : data(value, secrets, depth + 1)])
  )
}

const namesSecret = /pass|secret|token$|key$|authorization|credential/i
