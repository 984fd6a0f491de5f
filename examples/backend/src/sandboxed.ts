/**
 * The service as a process of its own, with the sandbox in the place of the providers: for the demonstration and the tests.
 */
import { Sandbox } from "@entegre/sandbox"
import { Data, Deferred, Effect, Fiber, Redacted, Ref, Schedule, Stream } from "effect"
import { HttpApiClient } from "effect/http-api"
import { ChildProcess } from "effect/process"
import { fileURLToPath } from "node:url"
import { Api } from "./Api.ts"
import { ApiKey } from "./ApiKey.ts"

const main = fileURLToPath(new URL("main.ts", import.meta.url))

/** What the service is told beside what the sandbox says. */
export const secrets = {
  API_KEY: "key-of-this-service",
  APEX_WEBHOOK_USERNAME: "entegre",
  APEX_WEBHOOK_PASSWORD: "password-of-webhooks",
  APEX_WEBHOOK_TOKEN: "token-of-webhooks"
}

/** The service ended, and should not have. */
export class Ended extends Data.TaggedError("Ended")<{ readonly message: string }> {}

/** Asks until the answer will do, for as long as that may take. */
export const eventually = <A, E, R>(ask: Effect.Effect<A, E, R>, until: (answer: A) => boolean) =>
  Effect.repeat(ask, { until, schedule: Schedule.spaced("50 millis") }).pipe(Effect.timeout("10 seconds"))

/**
 * Starts the service at a free port, and waits until it listens. It is stopped when the scope closes.
 */
export const start = Effect.fnUntraced(function*(settings: Readonly<Record<string, string>> = {}) {
  const { environment } = yield* Sandbox
  const child = yield* ChildProcess.make(process.execPath, [main], {
    env: { ...Redacted.value(environment), ...secrets, PORT: "0", DUKKANGO_COOLDOWN: "1 second", ...settings },
    extendEnv: false
  })
  const said = yield* Ref.make<ReadonlyArray<string>>([])
  const listening = yield* Deferred.make<string, Ended>()
  const listener = yield* child.all.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runForEach((line) => {
      const address = /Listening on (http:\/\/[\w.:]+)/.exec(line)?.[1]
      return Effect.andThen(
        Ref.update(said, (lines) => [...lines, line]),
        address === undefined ? Effect.void : Deferred.succeed(listening, address)
      )
    }),
    Effect.ensuring(
      Effect.flatMap(Ref.get(said), (lines) => Deferred.fail(listening, new Ended({ message: lines.join("\n") })))
    ),
    Effect.forkScoped
  )
  const url = yield* Deferred.await(listening)
  const client = yield* HttpApiClient.make(Api, { baseUrl: url }).pipe(
    Effect.provide(ApiKey.layerClient(Redacted.make(secrets.API_KEY)))
  )
  return {
    url,
    client,
    /** All that it wrote so far. */
    said: Ref.get(said),
    /** Waits until it writes something. */
    says: (words: string) => eventually(Ref.get(said), (lines) => lines.some((line) => line.includes(words))),
    /** Tells it to stop, as whoever runs it does. Completes with its exit code when it has ended. */
    stop: child.kill({ killSignal: "SIGTERM" }).pipe(
      Effect.andThen(child.exitCode),
      Effect.tap(Fiber.await(listener)),
      Effect.map(Number)
    )
  }
})
