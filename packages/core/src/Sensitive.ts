/**
 * What of a provider's exchanges is sensitive: credentials and tokens, card data, and what is about a person.
 *
 * A provider package declares it once, by the names of headers, of fields in bodies and of parameters in queries. From the
 * declaration follows what keeps it in: the headers are redacted wherever a request is printed, requests go to the
 * provider's own origin and follow no redirect, the provider's words are freed of what it was sent before they stand in an
 * error, and a test can ask what to look for in logs, spans and everything else that leaves the process.
 *
 * Names are compared without regard to case, `-` and `_`: `cardNumber`, `card_number` and `Card-Number` are one.
 */
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as UrlParams from "effect/http/UrlParams"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"

/**
 * The names under which sensitive data stands in a provider's exchanges, beside those of {@link everywhere}.
 */
export interface Sensitive {
  /** Names of headers, of requests and of answers. */
  readonly headers: ReadonlyArray<string>
  /** Names of fields, however deep they stand in a body. Everything beneath them is sensitive too. */
  readonly fields: ReadonlyArray<string>
  /** Names of parameters in a query. */
  readonly query: ReadonlyArray<string>
}

/**
 * Declares what of a provider's exchanges is sensitive. What is left out is empty.
 *
 * ```ts
 * export const sensitive = Sensitive.make({ headers: ["access-token"], fields: ["app_secret_key", "customer"] })
 * ```
 */
export const make = (names: Partial<Sensitive>): Sensitive => ({
  headers: (names.headers ?? []).map((name) => name.toLowerCase()),
  fields: names.fields ?? [],
  query: names.query ?? []
})

/**
 * A provider without names of its own.
 */
export const none: Sensitive = make({})

/**
 * What is sensitive whoever the provider is: secrets, card data (PCI DSS), and what is about a person (KVKK). Every
 * declaration includes it.
 */
export const everywhere: Sensitive = make({
  headers: ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"],
  fields: [
    // Secrets.
    "password",
    "secret",
    "apiKey",
    "apiSecret",
    "secretKey",
    "accessToken",
    "refreshToken",
    "token",
    // Card data.
    "pan",
    "cardNumber",
    "cardNo",
    "cardHolder",
    "cardHolderName",
    "cardToken",
    "cvv",
    "cvv2",
    "cvc",
    "cvc2",
    "expiryDate",
    "expireDate",
    // A person.
    "tckn",
    "vkn",
    "identityNumber",
    "nationalId",
    "taxNumber",
    "iban",
    "nameSurname",
    "firstName",
    "lastName",
    "surname",
    "fullName",
    "birthDate",
    "phone",
    "phoneNumber",
    "gsm",
    "gsmNumber",
    "msisdn",
    "email",
    "address"
  ],
  query: [
    "password",
    "secret",
    "apiKey",
    "accessToken",
    "refreshToken",
    "token",
    "tckn",
    "vkn",
    "iban",
    "phone",
    "email"
  ]
})

/**
 * A declaration with the names of several.
 */
export const combine = (...declarations: ReadonlyArray<Sensitive>): Sensitive => ({
  headers: [...new Set(declarations.flatMap(({ headers }) => headers))],
  fields: [...new Set(declarations.flatMap(({ fields }) => fields))],
  query: [...new Set(declarations.flatMap(({ query }) => query))]
})

/**
 * Redacts what is declared in whatever the application itself prints or traces of requests: in headers and in the queries
 * of URLs. This library's own requests need it not.
 *
 * ```ts
 * const Main = Providers.pipe(Layer.provideMerge(Sensitive.layer(Dukkango.sensitive, Apex.sensitive)))
 * ```
 */
export const layer = (...declarations: ReadonlyArray<Sensitive>): Layer.Layer<never> => {
  const { headers, query } = combine(everywhere, ...declarations)
  return Layer.mergeAll(
    Layer.effect(
      Headers.CurrentRedactedNames,
      Effect.map(Headers.CurrentRedactedNames, (names) => [...names, ...headers])
    ),
    Layer.effect(
      UrlParams.CurrentRedactedNames,
      Effect.map(UrlParams.CurrentRedactedNames, (names) => [...names, ...query.map(spelling)])
    )
  )
}

/** A name in any of its spellings, as the name of a parameter. */
const spelling = (name: string): RegExp => new RegExp(`^${plain(name).split("").join("[-_]?")}$`, "i")

/**
 * One request or answer, as far as it is known.
 */
export interface Message {
  /** Its headers, by name. */
  readonly headers?: { readonly [name: string]: string | undefined } | undefined
  /** The parameters of its query. */
  readonly query?: Iterable<readonly [name: string, value: string]> | undefined
  /** Its body: JSON that was parsed, or what it is written from. */
  readonly body?: unknown
}

/**
 * The sensitive texts of a message: what stands under a declared name, and whatever is `Redacted`. This is what must be
 * found nowhere.
 */
export const textsOf = (declaration: Sensitive): (message: Message) => ReadonlyArray<string> => {
  const { fields, headers, query } = combine(everywhere, declaration)
  const inHeaders = new Set(headers)
  const inFields = new Set(fields.map(plain))
  const inQuery = new Set(query.map(plain))

  const within = (value: unknown, isSensitive: boolean, depth = 0): ReadonlyArray<string> => {
    if (depth > deepest) return []
    if (Redacted.isRedacted(value)) return within(Redacted.value(value), true, depth + 1)
    if (typeof value === "string") return isSensitive ? [value] : []
    if (typeof value === "number") return isSensitive ? [String(value)] : []
    if (Array.isArray(value)) return value.flatMap((item) => within(item, isSensitive, depth + 1))
    return Predicate.isObject(value)
      ? Object.entries(value).flatMap(([name, value]) =>
        within(value, isSensitive || inFields.has(plain(name)), depth + 1)
      )
      : []
  }

  return (message) => [
    ...Object.entries(message.headers ?? {}).flatMap(([name, value = ""]) =>
      inHeaders.has(name.toLowerCase()) ? [withoutScheme(value)] : []
    ),
    ...Array.from(message.query ?? []).flatMap(([name, value]) => inQuery.has(plain(name)) ? [value] : []),
    ...within(message.body, false)
  ]
}

/**
 * Whether a field of this name is sensitive: declared, or called like a secret.
 */
export const isSensitiveField = (declaration: Sensitive): (name: string) => boolean => {
  const names = new Set(combine(everywhere, declaration).fields.map(plain))
  return (name) => names.has(plain(name)) || calledSecret.test(name)
}

const calledSecret = /pass|secret|token$|key$|authorization|credential/i

/** Deep enough for any provider, and an end for a body that has none. */
const deepest = 32

const plain = (name: string): string => name.replace(/[-_]/g, "").toLowerCase()

const withoutScheme = (value: string): string => value.replace(/^(?:basic|bearer)\s+/i, "")
