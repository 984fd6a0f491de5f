/**
 * A server that does as little as it can: what is measured is the client.
 *
 * It speaks as much HTTP as the clients need, keeps connections open and answers from memory. It looks at the token of each
 * call, and refuses those that were revoked.
 */
import * as Schema from "effect/Schema"
import { createServer, type Server as NetServer, type Socket } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import { answer } from "./order.ts"
import { certificate, certificateKey, Command, type Counts, type Ready } from "./Server.ts"

const response = (status: string, body: unknown): Buffer => {
  const content = Buffer.from(JSON.stringify(body))
  const head = [
    `HTTP/1.1 ${status}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${content.length}`,
    "connection: keep-alive",
    // Longer than it takes until a subject has its next turn: some clients give a connection up after four seconds of rest.
    "keep-alive: timeout=600",
    "\r\n"
  ]
  return Buffer.concat([Buffer.from(head.join("\r\n")), content])
}

const answered = response("200 OK", answer)
const refused = response("401 Unauthorized", { error: { message: "the token has ended" } })

const decodeCommand = Schema.decodeUnknownSync(Schema.Union([Command, Schema.Literal("stop")]))

const counts = { logins: 0, answers: 0, refusals: 0 }
let life = 3600
let revokedUpTo = 0

// As long as a token of many providers, and with its number where it is found quickly.
const tokenOf = (generation: number): string => `${generation}.${"t".repeat(240)}`

const login = (): Buffer => {
  counts.logins++
  const accessToken = tokenOf(counts.logins)
  return response("200 OK", {
    result: { accessToken, refreshToken: `refresh-${accessToken}` },
    expiresIn: life
  })
}

const call = (head: string): Buffer => {
  const token = /\r\nauthorization: *Bearer (\d+)\./i.exec(head)
  if (token === null || Number(token[1]) <= revokedUpTo) {
    counts.refusals++
    return refused
  }
  counts.answers++
  return answered
}

const serve = (socket: Socket): void => {
  socket.setNoDelay(true)
  // A client that is interrupted closes its connection in whatever way it likes.
  socket.on("error", () => socket.destroy())
  let received = ""
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1")
    for (;;) {
      const headEnd = received.indexOf("\r\n\r\n")
      if (headEnd < 0) return
      const head = received.slice(0, headEnd)
      const isGet = head.startsWith("GET ")
      const bodyLength = isGet ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
      const end = headEnd + 4 + bodyLength
      if (received.length < end) return
      received = received.slice(end)
      socket.write(isGet ? call(head) : login())
    }
  })
}

const listen = (server: NetServer): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      if (address === null || typeof address === "string") throw new Error("the server has no port")
      resolve(address.port)
    })
  })

const plainPort = await listen(createServer(serve))
const tlsPort = await listen(createTlsServer({ cert: certificate, key: certificateKey }, serve))

process.on("message", (message) => {
  const command = decodeCommand(message)
  if (command === "stop") {
    process.send?.(counts satisfies Counts)
    return
  }
  life = command.life ?? life
  if (command.revoke === true) revokedUpTo = counts.logins
})
process.on("disconnect", () => process.exit())

process.send?.({ plainPort, tlsPort } satisfies typeof Ready.Type)
