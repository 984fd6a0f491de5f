import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { HttpServerError } from "effect/http/HttpServerError"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Answer, Dripped, Reset, SandboxRequest, Truncated } from "./exchange.ts"
import type { Provider } from "./provider.ts"

/** A provider and the first path segment of all its addresses. */
export interface Hosted {
  readonly prefix: string
  readonly provider: Provider
}

/** How a transport breaks off an exchange. */
export type BreakOff<E> = (
  reply: Reset | Truncated
) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, HttpServerRequest>

type App<E> = Effect.Effect<HttpServerResponse.HttpServerResponse, E, HttpServerRequest | Scope.Scope>

/** The prefix of the control address. */
export const controlPrefix = "/_sandbox"

/** All providers and the control address, whatever transport is around them. */
export const make = <E>(options: {
  readonly providers: ReadonlyArray<Hosted>
  readonly control: App<HttpServerError>
  readonly breakOff: BreakOff<E>
}): App<E | HttpServerError> =>
  Effect.gen(function*() {
    const request = yield* HttpServerRequest
    const url = new URL(request.url, "http://sandbox")
    if (isBelow(controlPrefix, url.pathname)) return yield* options.control
    const hosted = options.providers.find(({ prefix }) => isBelow(prefix, url.pathname))
    if (hosted === undefined) return HttpServerResponse.text("No provider lives here.", { status: 404 })
    const body = yield* request.text
    const reply = yield* exchange(hosted.provider, toSandboxRequest(request, url, hosted.prefix, body))
    switch (reply._tag) {
      case "Answer":
        return answered(reply)
      case "Dripped":
        return dripped(reply)
      case "Reset":
      case "Truncated":
        return yield* options.breakOff(reply)
    }
  })

/** Over when the provider has decided what to send; one that hangs lasts until the caller leaves. */
const exchange = (provider: Provider, request: SandboxRequest) =>
  provider.handle(request).pipe(
    Effect.filterOrElse((reply) => reply._tag !== "Hang", () => Effect.never),
    Effect.scoped
  )

const isBelow = (prefix: string, path: string) => path.startsWith(`${prefix}/`)

const toSandboxRequest = (
  request: Context.Service.Shape<typeof HttpServerRequest>,
  url: URL,
  prefix: string,
  body: string
): SandboxRequest => ({
  method: request.method,
  path: url.pathname.slice(prefix.length),
  query: url.searchParams,
  headers: { ...request.headers },
  body
})

const answered = ({ body, headers, status }: Answer) => HttpServerResponse.uint8Array(body, { status, headers })

const dripped = ({ chunks, headers, interval, status }: Dripped) =>
  HttpServerResponse.stream(
    Stream.fromIterable(chunks).pipe(
      Stream.zipWithIndex,
      Stream.mapEffect(([chunk, index]) =>
        index === 0 ? Effect.succeed(chunk) : Effect.delay(Effect.succeed(chunk), interval)
      )
    ),
    { status, headers, contentLength: chunks.reduce((length, chunk) => length + chunk.length, 0) }
  )
