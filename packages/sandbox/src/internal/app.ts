import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { HttpServerError } from "effect/http/HttpServerError"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Exchange from "./exchange.ts"
import type { Log } from "./log.ts"
import type { Provider } from "./provider.ts"

/** A provider and the first path segment of all its addresses. */
interface Hosted {
  readonly prefix: string
  readonly provider: Provider
}

/** How a transport breaks off an exchange. */
export type BreakOff<E> = (
  reply: Exchange.Reset | Exchange.Truncated
) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, HttpServerRequest>

type App<E> = Effect.Effect<HttpServerResponse.HttpServerResponse, E, HttpServerRequest | Scope.Scope>

/** What there is to serve, whatever the transport. */
export interface Site {
  readonly providers: ReadonlyArray<Hosted>
  readonly control: App<HttpServerError>
  /** Requests that reached nobody. */
  readonly strays: Log
}

const controlPrefix = "/_sandbox"

/** All providers and the control address, with what only the transport can do. */
export const make = <E>(site: Site, breakOff: BreakOff<E>): App<E | HttpServerError> =>
  Effect.gen(function*() {
    const incoming = yield* HttpServerRequest
    const url = new URL(incoming.url, "http://sandbox")
    if (isBelow(controlPrefix, url.pathname)) {
      return isForLoopback(incoming) ? yield* site.control : HttpServerResponse.empty({ status: 403 })
    }
    const hosted = site.providers.find(({ prefix }) => isBelow(prefix, url.pathname))
    const request = toSandboxRequest(incoming, url, hosted?.prefix ?? "", yield* incoming.text)
    const reply = hosted === undefined ? yield* stray(site.strays, request) : yield* exchange(hosted.provider, request)
    switch (reply._tag) {
      case "Answer":
        return answered(reply)
      case "Dripped":
        return dripped(reply)
      case "Reset":
      case "Truncated":
        return yield* breakOff(reply)
    }
  })

const isBelow = (prefix: string, path: string) => path.startsWith(`${prefix}/`)

/** A page in a browser may make the machine's own name mean something else; then `Host` gives it away. */
const isForLoopback = ({ headers }: Context.Service.Shape<typeof HttpServerRequest>) =>
  headers["host"] === undefined || /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(headers["host"])

const toSandboxRequest = (
  request: Context.Service.Shape<typeof HttpServerRequest>,
  url: URL,
  prefix: string,
  body: string
): Exchange.SandboxRequest => ({
  method: request.method,
  path: url.pathname.slice(prefix.length),
  query: url.searchParams,
  headers: { ...request.headers },
  body
})

const nobodyHere = Exchange.answer(404, "text/plain; charset=utf-8", "No provider lives here.")

const stray = (strays: Log, request: Exchange.SandboxRequest) =>
  strays.arrived(request, "unknown").pipe(
    Effect.flatMap((finish) => finish(nobodyHere)),
    Effect.as(nobodyHere)
  )

/** Over when the provider has decided what to send; one that hangs lasts until the caller leaves. */
const exchange = (provider: Provider, request: Exchange.SandboxRequest) =>
  provider.handle(request).pipe(
    Effect.filterOrElse((reply) => reply._tag !== "Hang", () => Effect.never),
    Effect.scoped
  )

const answered = ({ body, headers, status }: Exchange.Answer) =>
  HttpServerResponse.uint8Array(body, { status, headers })

const dripped = ({ chunks, headers, interval, status }: Exchange.Dripped) =>
  HttpServerResponse.stream(
    Stream.fromIterable(chunks).pipe(
      Stream.zipWithIndex,
      Stream.mapEffect(([chunk, index]) =>
        index === 0 ? Effect.succeed(chunk) : Effect.delay(Effect.succeed(chunk), interval)
      )
    ),
    { status, headers, contentLength: chunks.reduce((length, chunk) => length + chunk.length, 0) }
  )
