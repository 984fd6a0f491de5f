import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import * as App from "./app.ts"
import type { Carrier } from "./outgoing.ts"

/** The address of a sandbox without sockets. */
export const origin = "http://127.0.0.1"

/** What Node says when the other end resets the connection. */
const connectionReset = () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })

/** What Node says when nobody listens. */
const connectionRefused = () => Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })

const transportError = (request: HttpClientRequest.HttpClientRequest, cause: Error) =>
  new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })

/** Breaks off the way a client sees it: no answer at all, or a body that fails half way. */
const breakOff: App.BreakOff<Error> = (reply) =>
  reply._tag === "Reset"
    ? Effect.fail(connectionReset())
    : Effect.succeed(HttpServerResponse.stream(
      Stream.concat(Stream.succeed(reply.body.subarray(0, reply.sent)), Stream.fail(connectionReset())),
      { status: reply.status, headers: reply.headers, contentLength: reply.body.length }
    ))

/** A client whose requests never leave the process. Only the sandbox can be reached. */
export const make = (site: App.Site): HttpClient.HttpClient => {
  const app = App.make(site, breakOff)
  return HttpClient.make((request, url) =>
    url.origin === origin
      ? app.pipe(
        Effect.provideService(HttpServerRequest.HttpServerRequest, HttpServerRequest.fromClientRequest(request)),
        Effect.scoped,
        Effect.mapError((cause) => transportError(request, cause)),
        Effect.map((response) => HttpServerResponse.toClientResponse(response, { request }))
      )
      : Effect.fail(transportError(request, connectionRefused()))
  )
}

/** Answers whatever providers send by themselves with 200, and carries it nowhere. */
export const postbox: HttpClient.HttpClient = HttpClient.make((request) =>
  Effect.succeed(HttpServerResponse.toClientResponse(HttpServerResponse.empty({ status: 200 }), { request }))
)

/** Carries what providers send by themselves to a client, wherever that leads. */
export const carrier = (client: HttpClient.HttpClient): Carrier => ({ client, mayReach: () => true })
