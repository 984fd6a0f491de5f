import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpServer from "effect/http/HttpServer"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
// @effect-diagnostics-next-line nodeBuiltinImport:off - the platform package leaves creating the server to its user
import * as Http from "node:http" // oxlint-disable-line import/no-nodejs-modules -- as above
import type { BreakOff } from "./app.ts"
import type { Carrier } from "./outgoing.ts"

/** The names that this machine has for itself. */
export type LoopbackHost = "127.0.0.1" | "::1" | "localhost"

/** A server that listens on loopback, and drops what is still open when its scope ends. */
export const listen = Effect.fnUntraced(function*(options: { readonly host: LoopbackHost; readonly port: number }) {
  const server = Http.createServer()
  const http = yield* NodeHttpServer.make(() => server, {
    host: options.host,
    port: options.port,
    disablePreemptiveShutdown: true
  })
  yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
  return { http, origin: HttpServer.formatAddress(http.address) }
})

/** Carries what providers send by themselves to addresses on this machine. Follows no redirect. */
export const carrier = Effect.map(Layer.build(NodeHttpClient.layerUndici), (context): Carrier => ({
  client: Context.get(context, HttpClient.HttpClient),
  mayReach: ({ hostname }) => hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname)
}))

/** Breaks off at the socket. The request's fiber ends when the connection is seen to be closed. */
export const breakOff: BreakOff<never> = (reply) =>
  Effect.flatMap(HttpServerRequest, (request) =>
    Effect.andThen(
      Effect.sync(() => {
        const response = NodeHttpServerRequest.toServerResponse(request)
        if (reply._tag === "Truncated" && response instanceof Http.ServerResponse) {
          response.writeHead(reply.status, { ...reply.headers, "content-length": reply.body.length })
          response.write(reply.body.subarray(0, reply.sent), () => response.destroy())
        } else {
          NodeHttpServerRequest.toIncomingMessage(request).socket.resetAndDestroy()
        }
      }),
      Effect.never
    ))
