/**
 * Effect's own client by hand, with the token in a `Ref`: what one writes with Effect and without this library.
 *
 * From step to step it does more of what a provider package does, up to the same schema and the same spans.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, Redacted, Ref, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { Answer, orderPath } from "../server/order.ts"
import { certificate } from "../server/Server.ts"

/** The transport of every subject that is made with Effect. It trusts the server's certificate. */
export const transport = Layer.provide(
  NodeHttpClient.layerUndiciNoDispatcher,
  NodeHttpClient.layerDispatcherOptions({ connect: { ca: certificate } })
)

/** Without a span for the HTTP request. */
export const withoutHttpSpan = Layer.succeed(HttpClient.TracerDisabledWhen, () => true)

/** With a span for the HTTP request, and without headers that tell the provider about it: as provider packages have it. */
export const withHttpSpan = Layer.succeed(HttpClient.TracerPropagationEnabled, false)

const span = {
  kind: "client",
  attributes: { provider: "odeal", operation: "orders.get" },
  captureStackTrace: false
} as const

const decode = Schema.decodeUnknownEffect(Answer)

export const make = Effect.fnUntraced(function*(address: string, accessToken: string) {
  const client = yield* HttpClient.HttpClient
  const token = yield* Ref.make(Redacted.make(accessToken))
  const url = `${address}${orderPath}`

  const request = Effect.map(
    Ref.get(token),
    (token) => HttpClientRequest.get(url).pipe(HttpClientRequest.acceptJson, HttpClientRequest.bearerToken(token))
  )

  const json = request.pipe(
    Effect.flatMap(client.execute),
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.flatMap((response) => response.json)
  )
  const decoded = Effect.flatMap(json, decode)
  const spanned = Effect.withSpan(decoded, "orders.get", span)
  const bounded = Effect.withSpan(Effect.timeout(decoded, "30 seconds"), "orders.get", span)
  return {
    /** The body as JSON. */
    json,
    /** The body read by a schema. */
    decoded,
    /** With a span for the operation. */
    spanned,
    /** With a time limit. */
    bounded
  }
})
