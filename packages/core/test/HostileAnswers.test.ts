import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { transports } from "./support/httpTransports.ts"

const server = fileURLToPath(new URL("./support/hostileServer.ts", import.meta.url))
const client = fileURLToPath(new URL("./support/hostileClient.ts", import.meta.url))

const Outcome = Schema.fromJsonString(Schema.Struct({
  path: Schema.String,
  outcome: Schema.String,
  millis: Schema.Finite,
  peakMebibytes: Schema.Finite
}))
const decodeOutcome = Schema.decodeUnknownEffect(Outcome)

/** A process that is ended with the scope, and its lines. */
const start = (args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
      child.stdout.setEncoding("utf8")
      return child
    }),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

class Hostile extends Context.Service<Hostile, string>()("@entegre/core/test/HostileAnswers.test/Hostile") {
  /** The provider's address. */
  static readonly layer = Layer.effect(
    Hostile,
    Effect.flatMap(start([server]), (child) =>
      Effect.callback<string>((resume) => {
        child.stdout.once("data", (text: string) => resume(Effect.succeed(text.trim())))
      }))
  )
}

/** What a client with little memory says about each path, and what it took of memory for the first, which is a good one. */
const ask = (transport: string, paths: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const origin = yield* Hostile
    const child = yield* start(["--max-old-space-size=96", client, origin, transport, "/good", ...paths])
    const output = yield* Effect.callback<string>((resume) => {
      let text = ""
      child.stdout.on("data", (more: string) => {
        text += more
      })
      child.on("close", () => resume(Effect.succeed(text)))
    })
    return yield* Effect.forEach(output.trim().split("\n"), (line) => decodeOutcome(line))
  })

const tooLarge = "UnreadableAnswer: larger than 8388608 bytes"
const unreadable = "UnreadableAnswer: not JSON"
const lost = "Unanswered: connectionLost"

const expected: ReadonlyArray<readonly [path: string, ...outcomes: ReadonlyArray<string>]> = [
  ["/declared", tooLarge],
  ["/chunked", tooLarge],
  ["/refusal", tooLarge],
  ["/redirect", "Redirected: 302"],
  // Two transports do not decompress, and bring the bomb as it is: some bytes that are no JSON.
  ["/gzip", tooLarge, unreadable],
  ["/brotli", tooLarge, unreadable],
  ["/header", lost],
  ["/headers", lost],
  ["/drip", "Unanswered: timedOut"]
]

/** The limit of a body, as bytes and as text, and what garbage of it the collector has not come to yet. */
const bound = 128

layer(Hostile.layer, { excludeTestServices: true, timeout: "1 minute" })("an answer that means harm", (it) => {
  it.effect.each(transports.map(([name]) => name))(
    "ends in a typed error and takes bounded memory, over %s",
    (transport) =>
      Effect.gen(function*() {
        const [good, ...outcomes] = yield* ask(transport, expected.map(([path]) => path))
        assert(good?.outcome === "{}")
        for (const { millis, outcome, path, peakMebibytes } of outcomes) {
          const more = peakMebibytes - good.peakMebibytes
          console.log(`${transport} ${path}: ${outcome}, ${millis} ms, ${more} MiB more than before`)
        }
        assert.deepStrictEqual(outcomes.map(({ path }) => path), expected.map(([path]) => path))
        for (const [index, [path, ...endings]] of expected.entries()) {
          assert.include(endings, outcomes[index]?.outcome, path)
        }
        assert.isBelow((outcomes.at(-1)?.peakMebibytes ?? Infinity) - good.peakMebibytes, bound)
      }),
    60_000
  )
})
