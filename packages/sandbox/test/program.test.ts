import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, type PlatformError, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { ChildProcess } from "effect/process"
import { fileURLToPath } from "node:url"

const program = (...args: ReadonlyArray<string>) =>
  ChildProcess.make(process.execPath, [fileURLToPath(new URL("../src/bin.ts", import.meta.url)), ...args], {
    env: { NO_COLOR: "1" },
    extendEnv: true
  })

const lines = (bytes: Stream.Stream<Uint8Array, PlatformError.PlatformError>) =>
  bytes.pipe(Stream.decodeText(), Stream.splitLines)

/** Starts the program and waits until it has said everything. */
const started = Effect.fnUntraced(function*(...args: ReadonlyArray<string>) {
  const handle = yield* program("--port", "0", ...args)
  const said = yield* lines(handle.stdout).pipe(
    Stream.takeUntil((line) => line.includes("Ctrl-C")),
    Stream.runCollect
  )
  const exports = new Map(
    Array.from(said, (line) => /^export (\w+)=(.*)$/.exec(line)).flatMap((match) =>
      match?.[1] === undefined || match[2] === undefined ? [] : [[match[1], match[2]] as const]
    )
  )
  return { handle, said: Array.from(said), exports }
})

const Live = Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici)

describe("the program", () => {
  it.live("prints addresses and credentials that work, as lines for a shell", () =>
    Effect.gen(function*() {
      const { exports, said } = yield* started("--token-lifetime", "90 seconds")
      assert.includeMembers([...exports.keys()], [
        "DUKKANGO_BASE_URL",
        "DUKKANGO_APP_SECRET_KEY",
        "DUKKANGO_REST_SECRET_KEY",
        "APEX_BASE_URL",
        "APEX_API_KEY",
        "APEX_SECRET_KEY",
        "ODEAL_BASE_URL",
        "ODEAL_API_KEY",
        "ODEAL_SECRET_KEY"
      ])
      assert.isTrue(said.every((line) => line.startsWith("# ") || line.startsWith("export ")))
      const login = yield* HttpClientRequest.post(`${exports.get("DUKKANGO_BASE_URL")}/auth/login`).pipe(
        HttpClientRequest.bodyJsonUnsafe({
          app_secret_key: exports.get("DUKKANGO_APP_SECRET_KEY"),
          rest_secret_key: exports.get("DUKKANGO_REST_SECRET_KEY")
        }),
        HttpClient.execute
      )
      assert.strictEqual(login.status, 200)
      const controls = said.flatMap((line) => /control address: (.*)$/.exec(line)?.slice(1) ?? [])
      assert.deepStrictEqual(controls.map((control) => control.split("/").at(-1)), [
        "apex",
        "dukkango",
        "odeal",
        "paynkolay"
      ])
      for (const control of controls) {
        const settings = yield* Effect.flatMap(HttpClient.get(`${control}/settings`), ({ text }) => text)
        assert.include(settings, "\"tokenLifetime\":90000")
      }
    }).pipe(Effect.provide(Live)))

  it.live.each(["SIGINT", "SIGTERM"] as const)("stops with exit code 0 on %s", (signal) =>
    Effect.gen(function*() {
      const { exports, handle } = yield* started()
      yield* handle.kill({ killSignal: signal })
      assert.strictEqual(yield* handle.exitCode, 0)
      const error = yield* Effect.flip(HttpClient.get(`${exports.get("DUKKANGO_BASE_URL")}`))
      assert.strictEqual(error.reason._tag, "TransportError")
    }).pipe(Effect.provide(Live)))

  it.live("says in one line that its port is taken", () =>
    Effect.gen(function*() {
      const { exports } = yield* started()
      const { port } = new URL(exports.get("DUKKANGO_BASE_URL") ?? "")
      const second = yield* program("--port", port)
      const said = yield* Stream.runCollect(lines(second.stderr))
      assert.strictEqual(yield* second.exitCode, 1)
      assert.include(Array.from(said).join("\n"), `Port ${port} of 127.0.0.1`)
      assert.notInclude(Array.from(said).join("\n"), "node:net")
    }).pipe(Effect.provide(Live)))

  it.live.each([["--port", "99999"], ["--token-lifetime", "soon"]])(
    "refuses %s %s",
    (args) =>
      Effect.gen(function*() {
        const handle = yield* program(...args)
        const said = yield* Stream.runCollect(lines(handle.stderr))
        assert.strictEqual(yield* handle.exitCode, 1)
        assert.include(Array.from(said).join("\n"), String(args[0]))
      }).pipe(Effect.provide(Live))
  )
})
