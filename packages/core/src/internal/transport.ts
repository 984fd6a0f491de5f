/**
 * Reads what a transport says about a request that failed.
 *
 * Every runtime and every client spells it differently: a code on the error, on its cause or on each of the attempts that
 * it bundles, or nothing but words. What is found here is what was surely not sent; everything else may have been.
 */
import * as Predicate from "effect/Predicate"
import type { NotSent } from "../ExchangeError.ts"

/**
 * Why a request was surely not sent, or `undefined` if it may have been.
 */
export const notSent = (cause: unknown): NotSent["problem"] | undefined => read(cause, 0)

// Deep enough for fetch (TypeError > AggregateError > Error); an error that is its own cause ends here too.
const deepest = 4

const read = (error: unknown, depth: number): NotSent["problem"] | undefined => {
  if (!Predicate.isObject(error) || depth > deepest) return undefined
  const attempts = Predicate.hasProperty(error, "errors") && Array.isArray(error.errors) ? error.errors : []
  if (attempts.length > 0) return common(attempts.map((attempt) => read(attempt, depth + 1)))
  return byCode(text(error, "code"), text(error, "syscall")) ?? byWords(text(error, "message")) ??
    (Predicate.hasProperty(error, "cause") ? read(error.cause, depth + 1) : undefined)
}

// One attempt for each address of a name: the request went nowhere only if no attempt connected.
const common = (problems: ReadonlyArray<NotSent["problem"] | undefined>): NotSent["problem"] | undefined =>
  problems.includes(undefined) ? undefined : problems[0]

const text = (error: object, property: string): string => {
  const value = Predicate.hasProperty(error, property) ? error[property] : undefined
  return typeof value === "string" ? value : ""
}

const byCode = (code: string, syscall: string): NotSent["problem"] | undefined => {
  if (syscall === "connect") return "connectionRefused"
  if (syscall.startsWith("getaddrinfo") || syscall.startsWith("query")) return "unknownHost"
  if (tls.test(code)) return "tls"
  if (invalid.test(code)) return "invalidRequest"
  // Any other system call is one on an open connection, whatever its code.
  return syscall === "" ? codes[code] : undefined
}

const codes: { readonly [code: string]: NotSent["problem"] } = {
  ECONNREFUSED: "connectionRefused",
  EHOSTUNREACH: "connectionRefused",
  ENETUNREACH: "connectionRefused",
  EADDRNOTAVAIL: "connectionRefused",
  UND_ERR_CONNECT_TIMEOUT: "connectionRefused",
  ENOTFOUND: "unknownHost",
  EAI_AGAIN: "unknownHost",
  // Bun
  ConnectionRefused: "connectionRefused",
  FailedToOpenSocket: "connectionRefused"
}

// What OpenSSL answers to a certificate.
const tls = new RegExp(
  "^(?:"
    + [
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "SELF_SIGNED_CERT_IN_CHAIN",
      "UNABLE_TO_\\w+",
      "CERT_\\w+",
      "CRL_\\w+",
      "HOSTNAME_MISMATCH",
      "INVALID_(?:CA|PURPOSE)",
      "PATH_LENGTH_EXCEEDED",
      "ERR_TLS_CERT_\\w+"
    ].join("|")
    + ")$"
)

const invalid = new RegExp(
  "^(?:"
    + [
      "ERR_INVALID_(?:CHAR|HTTP_TOKEN|PROTOCOL|URL|ARG_TYPE|ARG_VALUE)",
      "ERR_UNESCAPED_CHARACTERS",
      "ERR_HTTP_INVALID_\\w+",
      "UND_ERR_INVALID_ARG"
    ].join("|")
    + ")$"
)

const byWords = (message: string): NotSent["problem"] | undefined =>
  phrases.find(([phrase]) => phrase.test(message))?.[1]

// The alerts and errors that can only come before the handshake is done; the many others may strike a connection that
// has carried the request.
const handshake = [
  "wrong.version.number",
  "unsupported.protocol",
  "http.request",
  "no.protocols.available",
  "no.shared.cipher",
  "packet.length.too.long",
  "alert.handshake.failure",
  "alert.protocol.version",
  "alert.insufficient.security",
  "(?:alert.|tlsv1.)unrecognized.name"
].join("|")

const phrases: ReadonlyArray<readonly [RegExp, NotSent["problem"]]> = [
  [new RegExp(`SSL routines:.*(?:${handshake})`, "i"), "tls"],
  // Node: the connection went away during the handshake
  [/before secure TLS connection was established/, "connectionRefused"],
  // fetch: what it refuses to send
  [/^(?:bad port|unknown scheme)$|invalid header (?:name|value)|ByteString/i, "invalidRequest"],
  // Deno: "client error (Connect): …" is said of a connection that was never made
  [/\(Connect\).*(?:certificate|tls|handshake)/i, "tls"],
  [/\(Connect\).*(?:dns error|failed to lookup)/i, "unknownHost"],
  [/\(Connect\)/, "connectionRefused"]
]
