/**
 * An answer that is there at once: the usual ones read their bodies by promises, which no seed decides.
 */
import * as Effect from "effect/Effect"
import * as Cookies from "effect/http/Cookies"
import * as Headers from "effect/http/Headers"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as UrlParams from "effect/http/UrlParams"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import { pipeArguments } from "effect/Pipeable"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

const decodeJson = Schema.decodeEffect(Schema.fromJsonString(Schema.Json))

export class ReadyResponse extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId] = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId] = HttpClientResponse.TypeId
  readonly request: HttpClientRequest.HttpClientRequest
  readonly status: number
  readonly headers: Headers.Headers
  readonly cookies = Cookies.empty
  readonly remoteAddress = Option.none<string>()
  readonly #body: string

  constructor(
    request: HttpClientRequest.HttpClientRequest,
    status: number,
    headers: Readonly<Record<string, string>>,
    body: string
  ) {
    super()
    this.request = request
    this.status = status
    this.headers = Headers.fromInput({ "content-length": String(this.#encode(body).length), ...headers })
    this.#body = body
  }

  get url(): string {
    return this.request.url
  }

  get text(): Effect.Effect<string> {
    return Effect.succeed(this.#body)
  }

  get json(): Effect.Effect<Schema.Json, HttpClientError.HttpClientError> {
    return Effect.mapError(decodeJson(this.#body), (cause) => this.#unreadable(cause))
  }

  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams> {
    return Effect.sync(() => UrlParams.fromInput(new URLSearchParams(this.#body)))
  }

  get arrayBuffer(): Effect.Effect<ArrayBuffer> {
    return Effect.sync(() => this.#encode(this.#body).buffer)
  }

  get stream(): Stream.Stream<Uint8Array> {
    return Stream.suspend(() => Stream.make(this.#encode(this.#body)))
  }

  get formData(): Effect.Effect<FormData, HttpClientError.HttpClientError> {
    return Effect.fail(this.#unreadable("no form data in a simulation"))
  }

  get upgrade(): Effect.Effect<never, HttpClientError.HttpClientError> {
    return Effect.fail(this.#unreadable("no sockets in a simulation"))
  }

  pipe() {
    return pipeArguments(this, arguments)
  }

  toJSON(): unknown {
    return { _id: "HttpClientResponse", status: this.status }
  }

  #encode(text: string): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(text)
  }

  #unreadable(cause: unknown): HttpClientError.HttpClientError {
    return new HttpClientError.HttpClientError({
      reason: new HttpClientError.DecodeError({ request: this.request, response: this, cause })
    })
  }
}
