/**
 * Everything that is sent to a Redis, looked through for what must never reach it.
 */
import { Effect } from "effect"
import * as net from "node:net"

interface Wiretap {
  /** How many commands were seen so far. */
  readonly commands: Effect.Effect<number>
  /** How often one of these texts was seen, as it is, in Base64, in hexadecimal digits or as in a URL. */
  readonly seen: (texts: Iterable<string>) => Effect.Effect<number>
}

/** How much is kept, in characters; what comes after that is not looked through. */
const most = 256 * 1024 * 1024

const spellings = (text: string): ReadonlyArray<string> => [
  text,
  encodeURIComponent(text),
  Buffer.from(text).toString("base64").replace(/=+$/, ""),
  Buffer.from(text).toString("base64url"),
  Buffer.from(text).toString("hex")
]

/** Listens from now on for as long as the scope lives, also after the server came back. */
export const listen = Effect.fnUntraced(function*(port: number) {
  const heard: Array<string> = []
  let size = 0
  const tap = Effect.callback<void>((resume) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write("MONITOR\r\n"))
    socket.setEncoding("latin1")
    socket.on("data", (chunk: string) => {
      size += chunk.length
      if (size < most) heard.push(chunk)
    })
    socket.on("error", () => {})
    socket.on("close", () => resume(Effect.void))
    return Effect.sync(() => socket.destroy())
  })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(tap, Effect.sleep("20 millis"))))
  const wiretap: Wiretap = {
    commands: Effect.sync(() => heard.join("").split("\n").length - 1),
    seen: (texts) =>
      Effect.sync(() => {
        const everything = heard.join("")
        return [...texts].flatMap(spellings).filter((text) => everything.includes(text)).length
      })
  }
  return wiretap
})
