/**
 * A wire to a server, and everything that it is sent by way of it.
 */
import { Effect } from "effect"
import * as net from "node:net"

export interface Wire {
  readonly port: number
  /** What the server was sent so far. */
  readonly text: () => string
}

/** Leads to a port of this machine for as long as the scope lives. */
export const to = Effect.fnUntraced(function*(port: number) {
  const sent: Array<Buffer> = []
  const sockets = new Set<net.Socket>()
  const server = yield* Effect.acquireRelease(
    Effect.callback<net.Server>((resume) => {
      const server = net.createServer((near) => {
        const far = net.connect(port, "127.0.0.1")
        near.on("data", (bytes: Buffer) => sent.push(bytes))
        for (const [one, other] of [[near, far], [far, near]] as const) {
          sockets.add(one)
          one.on("error", () => other.destroy())
          one.pipe(other)
        }
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.sync(() => {
        server.close()
        for (const socket of sockets) socket.destroy()
      })
  )
  const address = server.address()
  const wire: Wire = {
    port: typeof address === "object" && address !== null ? address.port : 0,
    // As a whole: no letter is torn apart where one packet ends and the next begins.
    text: () => Buffer.concat(sent).toString("utf8")
  }
  return wire
})
