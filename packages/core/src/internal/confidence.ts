/**
 * What an exchange keeps to itself, compiled once.
 */
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Sensitive from "../Sensitive.ts"
import * as Sources from "./sources.ts"

export interface Confidence {
  readonly sensitive: Sensitive.Sensitive
  readonly isSensitiveField: (name: string) => boolean
  /** The sensitive texts of a request. */
  readonly textsOf: (request: HttpClientRequest.HttpClientRequest) => ReadonlyArray<string>
}

export const make = (sensitive: Sensitive.Sensitive, secrets: () => unknown = () => undefined): Confidence => {
  const textsOf = Sensitive.textsOf(sensitive)
  return {
    sensitive,
    isSensitiveField: Sensitive.isSensitiveField(sensitive),
    textsOf: (request) => [
      ...textsOf({ headers: request.headers, query: queryOf(request), body: bodyOf(request) }),
      ...textsOf({ body: Sources.of(request) }),
      ...textsOf({ body: Redacted.make(secrets()) })
    ]
  }
}

const queryOf = ({ url, urlParams }: HttpClientRequest.HttpClientRequest): Iterable<readonly [string, string]> => [
  ...new URLSearchParams(url.replace(/^[^?]*\??/, "").replace(/#.*$/s, "")),
  ...urlParams.params.map(([name, value]) =>
    [name, Redacted.isRedacted(value) ? Redacted.value(value) : value] as const
  )
]

const readJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): unknown => {
  if (body._tag !== "Uint8Array" && body._tag !== "Raw") return undefined
  const text = body.body instanceof Uint8Array ? new TextDecoder().decode(body.body) : body.body
  if (typeof text !== "string") return undefined
  return body.contentType?.includes("x-www-form-urlencoded") === true
    ? Object.fromEntries(new URLSearchParams(text))
    : Option.getOrUndefined(readJson(text))
}
