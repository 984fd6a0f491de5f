/**
 * The server that calls are made to, in a process of its own.
 */
import * as Schema from "effect/Schema"
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as path from "node:path"

/** What the server says when it can be called. */
export const Ready = Schema.Struct({ plainPort: Schema.Int, tlsPort: Schema.Int })

/** How the server treats tokens. A command to it changes what it names. */
export const Command = Schema.Struct({
  /** What a login says about the life of its token, in seconds. Default: an hour. */
  life: Schema.optionalKey(Schema.Finite),
  /** Refuses the tokens that were handed out so far. */
  revoke: Schema.optionalKey(Schema.Literal(true))
})
export interface Command extends Schema.Schema.Type<typeof Command> {}

/** What the server has counted when it is asked to end. */
export const Counts = Schema.Struct({ logins: Schema.Int, answers: Schema.Int, refusals: Schema.Int })
export interface Counts extends Schema.Schema.Type<typeof Counts> {}

const fixtures = path.join(import.meta.dirname, "../../fixtures")

/** The certificate of the server's encrypted address, and the key to it, which is no secret. */
export const certificate = fs.readFileSync(path.join(fixtures, "localhost.crt"), "utf8")
export const certificateKey = fs.readFileSync(path.join(fixtures, "localhost.key"), "utf8")

const nextMessage = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => {
    child.once("message", resolve)
  })

/** A running server. */
export class Server {
  /** Its address without encryption. */
  readonly plain: string
  /** Its address with encryption, under {@link certificate}. */
  readonly tls: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, { plainPort, tlsPort }: typeof Ready.Type) {
    this.#child = child
    this.plain = `http://127.0.0.1:${plainPort}`
    this.tls = `https://127.0.0.1:${tlsPort}`
  }

  static async start(): Promise<Server> {
    const child = fork(path.join(import.meta.dirname, "main.ts"))
    return new Server(child, Schema.decodeUnknownSync(Ready)(await nextMessage(child)))
  }

  tell(command: Command): void {
    this.#child.send(command)
  }

  async stop(): Promise<Counts> {
    this.#child.send("stop")
    const counts = await nextMessage(this.#child)
    this.#child.disconnect()
    await once(this.#child, "exit")
    return Schema.decodeUnknownSync(Counts)(counts)
  }
}
