/**
 * How a provider speaks: what the requests of an issuer ask for, and in which words the provider answers.
 *
 * With it, an issuer is simulated as it is, over an `HttpClient`, against a model that knows the provider's words.
 */
import type { Question, Reply } from "./Dialogue.ts"

/**
 * A request as it arrives at the provider.
 */
export interface Request {
  /** `"GET"`, `"POST"`, … */
  readonly method: string
  /** The path of the URL, `"/oauth/token"`, without the query. */
  readonly path: string
  /** The query of the URL. */
  readonly query: URLSearchParams
  /** The headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The body as text; empty if there is none. */
  readonly text: string
}

/**
 * What the provider has to say, as far as it says it in words of its own.
 */
export type Said = Extract<
  Reply,
  { readonly _tag: "Granted" } | { readonly _tag: "CredentialsRefused" } | { readonly _tag: "RefreshTokenRefused" }
>

/**
 * An answer as it leaves the provider.
 */
export interface Answer {
  /** The HTTP status. */
  readonly status: number
  /** The body as text. */
  readonly text: string
  /** Headers. Default: none but the length of the body. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/**
 * How a provider speaks.
 */
export interface Wire {
  /** What a request asks for; `undefined` if it is no login and no refresh: the provider then answers with 404. */
  readonly hear: (request: Request) => Question | undefined
  /** How the provider words what it says. */
  readonly say: (said: Said) => Answer
}
