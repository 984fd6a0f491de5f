/**
 * A Redis of one's own, which can be taken away and comes back empty.
 */
import { Data, Effect, Exit, Ref, Schedule, Scope } from "effect"
import { ChildProcess } from "effect/process"
import * as net from "node:net"

/** There is no Redis, and none can be started. */
export class NoRedis extends Data.TaggedError("NoRedis")<{ readonly message: string }> {}

const freePort = Effect.callback<number>((resume) => {
  const server = net.createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0)))
  })
})

const answers = (port: number) =>
  Effect.callback<void, NoRedis>((resume) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write("PING\r\n"))
    socket.once("data", () => {
      socket.destroy()
      resume(Effect.void)
    })
    socket.once("error", () => resume(Effect.fail(new NoRedis({ message: "redis-server does not answer" }))))
    return Effect.sync(() => socket.destroy())
  })

/** A server that is not running yet, on a port of its own. */
export const make = Effect.gen(function*() {
  const port = yield* freePort
  const parent = yield* Effect.scope
  const running = yield* Ref.make<Scope.Closeable | undefined>(undefined)

  const start = Effect.gen(function*() {
    const scope = yield* Scope.fork(parent)
    yield* Ref.set(running, scope)
    yield* ChildProcess.make(
      "redis-server",
      ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
      { stdin: "ignore", stdout: "ignore", stderr: "ignore", killSignal: "SIGKILL" }
    ).pipe(
      Effect.provideService(Scope.Scope, scope),
      Effect.mapError(() =>
        new NoRedis({
          message: "there is no redis-server on this machine: install it (Debian: apt install redis-server)"
        })
      )
    )
    yield* Effect.retry(answers(port), { schedule: Schedule.spaced("20 millis"), times: 250 })
  })

  /** Takes it away, with everything that is in it. */
  const kill = Effect.flatMap(
    Ref.getAndSet(running, undefined),
    (scope) => scope === undefined ? Effect.void : Scope.close(scope, Exit.void)
  )

  return { port, url: `redis://127.0.0.1:${port}`, start, kill }
})
