import { Deferred, Effect, Exit } from "effect"
import type { Scope } from "effect"
import { readFileSync } from "node:fs"
import * as Http from "node:http"
import * as Https from "node:https"
import type { AddressInfo, Server, Socket } from "node:net"

/** A request as it arrived at the provider. */
interface Arrival {
  readonly method: string
  readonly url: string
  readonly headers: Http.IncomingHttpHeaders
  readonly body: string
}

/** A provider on loopback, and what has arrived there. */
export interface Provider {
  readonly url: string
  readonly arrivals: ReadonlyArray<Arrival>
  /** Waits for the first request. */
  readonly arrived: Effect.Effect<void>
  /** Waits until no connection is open. */
  readonly closed: Effect.Effect<void>
}

type Handler = (response: Http.ServerResponse, arrival: Arrival) => void

const listen = (make: (arrive: Http.RequestListener) => Server, scheme: string, handler: Handler) =>
  Effect.gen(function*() {
    const arrivals: Array<Arrival> = []
    const sockets = new Set<Socket>()
    const arrived = yield* Deferred.make<void>()
    const whenClosed = new Set<() => void>()
    const server = make((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString()
        const arrival = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body }
        arrivals.push(arrival)
        Deferred.doneUnsafe(arrived, Exit.void)
        handler(response, arrival)
      })
    })
    server.on("connection", (socket: Socket) => {
      sockets.add(socket)
      socket.on("error", () => {})
      socket.on("close", () => {
        sockets.delete(socket)
        if (sockets.size === 0) { for (const resume of whenClosed) resume() }
      })
    })
    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.void))
      }),
      () =>
        Effect.callback<void>((resume) => {
          server.close(() => resume(Effect.void))
          for (const socket of sockets) socket.destroy()
        })
    )
    const { port } = server.address() as AddressInfo
    return {
      url: `${scheme}://127.0.0.1:${port}`,
      arrivals,
      arrived: Deferred.await(arrived),
      closed: Effect.callback<void>((resume) => {
        if (sockets.size === 0) return resume(Effect.void)
        whenClosed.add(() => resume(Effect.void))
      })
    }
  })

/** A provider that answers with `handler`, for as long as the scope lives. */
export const serve = (handler: Handler): Effect.Effect<Provider, never, Scope.Scope> =>
  listen((arrive) => Http.createServer(arrive), "http", handler)

/** The same over TLS, with a certificate that nobody has signed. */
export const serveSelfSigned = (handler: Handler): Effect.Effect<Provider, never, Scope.Scope> =>
  listen(
    (arrive) =>
      Https.createServer({
        key: readFileSync(new URL("../fixtures/self-signed.key", import.meta.url)),
        cert: readFileSync(new URL("../fixtures/self-signed.crt", import.meta.url))
      }, arrive),
    "https",
    handler
  )

/** An address at which nobody listens. */
export const closedPort: Effect.Effect<string> = Effect.scoped(Effect.map(serve(() => {}), ({ url }) => url))
