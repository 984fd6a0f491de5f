/**
 * A real Redis for tests: the one at `REDIS_URL`, or a `redis-server` of this machine, started for the occasion.
 *
 * Where there is none, tests that need one are skipped, and say so; under CI they fail instead.
 */
import { Data, Effect, Schedule } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as net from "node:net"
import * as path from "node:path"

const binary = (process.env["PATH"] ?? "").split(path.delimiter)
  .map((directory) => path.join(directory, "redis-server"))
  .find((file) => fs.existsSync(file))

const given = process.env["REDIS_URL"]

const howTo = "install redis-server (Debian: apt-get install redis-server)"

const missing = `there is no redis-server on this machine: ${howTo}`

/** Under CI nothing is skipped: what has no Redis fails. */
const maySkip = (process.env["CI"] ?? "") === ""

if (binary === undefined && maySkip) process.stderr.write(`\nSKIPPED: tests with Redis: ${missing}\n\n`)

/** Whether tests are skipped that start, freeze and kill a Redis of their own. */
export const cannotStart = binary === undefined && maySkip

/** Whether tests are skipped that use a Redis as it is. */
export const hasNone = cannotStart && given === undefined

/** The server does not do what it should. */
export class NoRedis extends Data.TaggedError("NoRedis")<{ readonly message: string }> {}

/** A server that can be taken away, and comes back empty. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Starts it with more arguments than it always has, and waits until it answers. */
  readonly start: (...args: ReadonlyArray<string>) => Effect.Effect<void, NoRedis>
  /** Takes it away with everything that is in it. */
  readonly kill: Effect.Effect<void>
  /** It takes connections and commands, and does nothing. */
  readonly freeze: Effect.Effect<void>
  readonly thaw: Effect.Effect<void>
}

/** A server that is not running yet, on a free port. It is killed when the scope ends. */
export const make = Effect.gen(function*() {
  const port = yield* freePort
  let running: ChildProcess | undefined
  const kill = Effect.callback<void>((resume) => {
    const child = running
    running = undefined
    if (child === undefined || child.exitCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })
  const killNow = () => {
    running?.kill("SIGKILL")
  }
  process.once("exit", killNow)
  yield* Effect.addFinalizer(() => Effect.andThen(kill, Effect.sync(() => process.off("exit", killNow))))

  const server: RedisServer = {
    port,
    url: `redis://127.0.0.1:${port}`,
    start: (...args) =>
      Effect.andThen(
        Effect.suspend(() => {
          if (binary === undefined) return Effect.fail(new NoRedis({ message: missing }))
          const always = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
          running = spawn(binary, [...always, ...args], { stdio: "ignore" })
          return Effect.void
        }),
        Effect.retry(ping(port), { schedule: Schedule.spaced("20 millis"), times: 500 })
      ),
    kill,
    freeze: Effect.sync(() => {
      running?.kill("SIGSTOP")
    }),
    thaw: Effect.sync(() => {
      running?.kill("SIGCONT")
    })
  }
  return server
})

/** The same, running. */
export const started = Effect.fnUntraced(function*(...args: ReadonlyArray<string>) {
  const server = yield* make
  yield* server.start(...args)
  return server
})

/** The address of a server that is there to be used. */
export const anyUrl = given === undefined ? Effect.map(started(), ({ url }) => url) : Effect.succeed(given)

/** What a server is sent from now on, as it prints it. */
export interface Monitor {
  readonly text: () => string
}

/** Listens to everything that a server is sent. */
export const monitor = Effect.fnUntraced(function*(port: number) {
  let seen = ""
  const socket = yield* Effect.acquireRelease(
    Effect.sync(() => net.connect(port, "127.0.0.1")),
    (socket) => Effect.sync(() => socket.destroy())
  )
  const listening = Effect.callback<void>((resume) => {
    socket.setEncoding("utf8")
    socket.on("data", (text: string) => {
      seen += text
      resume(Effect.void)
    })
    socket.write("MONITOR\r\n")
  })
  yield* listening
  const monitor: Monitor = { text: () => seen }
  return monitor
})

const freePort = Effect.callback<number>((resume) => {
  const server = net.createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0)))
  })
})

const ping = (port: number) =>
  Effect.callback<void, NoRedis>((resume) => {
    const fail = () => resume(Effect.fail(new NoRedis({ message: "redis-server does not answer" })))
    const socket = net.connect(port, "127.0.0.1", () => socket.write("PING\r\n"))
    socket.once("error", fail)
    socket.once("close", fail)
    socket.once("data", () => resume(Effect.void))
    return Effect.sync(() => socket.destroy())
  })
