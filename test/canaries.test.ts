/**
 * No secret and no person's data leaves the process but on a request to its provider: whatever a provider does, at whatever
 * log level, in logs, spans, metrics, events, errors, printed values, files, or the last words of a process that crashes.
 */
import { NodeRedis } from "@effect/platform-node"
import { Fault } from "@entegre/sandbox"
import { Context, Effect, Layer, Schema } from "effect"
import { Redis } from "effect/persistence"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import * as Server from "../packages/core/test/redis/support/server.ts"
import { parseJson } from "../scripts/packages.ts"
import * as Canaries from "./canaries/canaries.ts"
import { names } from "./canaries/channels.ts"
import * as Journeys from "./canaries/journeys.ts"
import * as Wire from "./canaries/wire.ts"

const probe = fileURLToPath(new URL("./canaries/probe.ts", import.meta.url))

const Report = Schema.Struct({
  canaries: Schema.Array(Schema.String),
  report: Schema.Struct({
    operations: Schema.optional(Schema.Array(Schema.String)),
    done: Schema.optional(Schema.Array(Schema.String)),
    failures: Schema.optional(Schema.Finite)
  })
})

let folder = ""
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "canaries-"))
})
afterAll(() => fs.rmSync(folder, { recursive: true }))

/** Runs the probe, and gives all that it let out: its two streams, every file that it wrote, and what it sent to Redis. */
const observe = async (scenario: string, provider: string, wire?: Wire.Wire) => {
  const overRedis = wire === undefined ? [] : [`redis://127.0.0.1:${wire.port}`]
  const within = path.join(folder, `${scenario}-${provider}-${overRedis.length}`)
  const streams = { stdout: "", stderr: "" }
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn(process.execPath, [probe, scenario, provider, within, ...overRedis], {
      stdio: ["ignore", "pipe", "pipe"]
    })
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        streams[name] += text
      })
    }
    child.on("close", resolve)
  })
  assert.isTrue(fs.existsSync(`${within}.json`), streams.stderr)
  const { canaries, report } = parseJson(Report, fs.readFileSync(`${within}.json`, "utf8"))
  const outlets: { [outlet: string]: string } = { ...streams, ...wire === undefined ? {} : { redis: wire.text() } }
  for (const name of fs.readdirSync(within)) outlets[name] = fs.readFileSync(path.join(within, name), "utf8")
  const all = [...Canaries.fixed, ...canaries]
  const search = Canaries.search(new Set(all.flatMap((text) => [text, ...text.split(/\s+/)])))
  return {
    code,
    report,
    canaries,
    outlets,
    findings: Object.entries(outlets).flatMap(([outlet, text]) => search(text).map((found) => ({ outlet, ...found })))
  }
}

const strings = Schema.decodeUnknownEffect(Schema.Array(Schema.String))

/** The same, where tokens are in a Redis, and all that is in it afterwards. */
const observeOverRedis = (scenario: string, provider: string) =>
  Effect.gen(function*() {
    const { port, url } = yield* Server.started()
    const wire = yield* Wire.to(port)
    const observed = yield* Effect.promise(() => observe(scenario, provider, wire))
    const { send } = Context.get(yield* Layer.build(NodeRedis.layer({ url })), Redis.Redis)
    const keys = yield* Effect.flatMap(send("KEYS", "*:tokens"), strings)
    const held = yield* Effect.forEach(keys, (key) => send("HGETALL", key))
    return { ...observed, held: JSON.stringify(held) }
  }).pipe(Effect.scoped, Effect.runPromise)

describe("the search", () => {
  it("knows every way in which a text is written", () => {
    for (const canary of Canaries.fixed) {
      const bytes = Buffer.from(`user:${canary}:rest`)
      const written = [
        canary,
        JSON.stringify({ a: canary }),
        JSON.stringify(JSON.stringify(canary)),
        `https://a.example/?a=${encodeURIComponent(canary)}`,
        new URLSearchParams({ a: canary }).toString(),
        ...[0, 1, 2].flatMap((from) => [
          bytes.subarray(from).toString("base64"),
          bytes.subarray(from).toString("base64url")
        ]),
        Buffer.from(canary).toString("hex")
      ]
      const search = Canaries.search([canary])
      for (const text of written) assert.isNotEmpty(search(`before ${text} after`), text)
      assert.isEmpty(search(canary.slice(1)))
    }
  })

  it("finds what is leaked, by way of every channel", async () => {
    const { findings } = await observe("leak", "apex")
    const leaked = Object.entries(Canaries.leaked).filter(([channel]) => channel !== "redis")
    for (const [channel, canary] of leaked) {
      const found = findings.filter((finding) => finding.canary === canary).map(({ outlet }) => outlet)
      assert.include(found, channel)
    }
    const channels = leaked.map(([channel]) => channel)
    assert.deepStrictEqual(channels.toSorted(), ["files", "stderr", "stdout", ...names].toSorted())
  })

  it.skipIf(Server.cannotStart)("finds what is leaked to Redis", async () => {
    const { findings } = await observeOverRedis("leak", "apex")
    const found = findings.filter(({ outlet }) => outlet === "redis").map(({ canary }) => canary)
    assert.include(found, Canaries.leaked.redis)
  })
})

describe("the journeys", () => {
  it("have every fault in them that the sandbox knows", () => {
    const tags = new Set(Journeys.faults("calls").map(({ _tag }) => _tag))
    assert.deepStrictEqual([...tags].toSorted(), Object.keys(Fault.Fault.cases).toSorted())
  })
})

// Seven processes at once, on machines that may have little to give.
describe("no secret and no person's data is to be found", { timeout: 300_000 }, () => {
  it.concurrent.each(["dukkango", "apex", "odeal", "paynkolay"])(
    "in anything that %s lets out, through success, faults and refusals that repeat what was sent",
    async (provider) => {
      const { canaries, code, findings, outlets, report } = await observe("tour", provider)
      assert.strictEqual(code, 0, outlets.stderr?.slice(-2_000))
      assert.deepStrictEqual(findings, [])
      // There was something to be found, and everything was done.
      assert.isAbove(canaries.length, 10)
      assert.isAbove(report.failures ?? 0, 100)
      for (const operation of report.operations ?? []) assert.include(report.done ?? [], operation)
      for (const [outlet, text] of Object.entries(outlets)) assert.isNotEmpty(text, outlet)
    }
  )

  it.concurrent.each(["crash", "rejection", "defect"])("in the last words of a process: %s", async (scenario) => {
    const { code, findings, outlets } = await observe(scenario, "paynkolay")
    assert.notStrictEqual(code, 0)
    assert.include(outlets.stderr, scenario)
    assert.include(outlets.stderr, "CredentialsRefused")
    assert.deepStrictEqual(findings, [])
  })
})

describe.skipIf(Server.cannotStart)("no secret and no person's data is to be found", { timeout: 300_000 }, () => {
  it.concurrent.each(["dukkango", "apex", "odeal", "paynkolay"])(
    "in what %s sends to a Redis that processes share, nor in anything that it lets out beside it",
    async (provider) => {
      const { canaries, code, findings, held, outlets, report } = await observeOverRedis("tour", provider)
      assert.strictEqual(code, 0, outlets.stderr?.slice(-2_000))
      assert.deepStrictEqual(findings, [])
      assert.isAbove(canaries.length, 4)
      for (const operation of report.operations ?? []) assert.include(report.done ?? [], operation)
      // Token sets were written, and refusals of the credentials, with what the provider says of them.
      for (const field of ["tokens", "lockout"]) assert.include(held, `"${field}"`)
      for (const [outlet, text] of Object.entries(outlets)) assert.isNotEmpty(text, outlet)
    }
  )
})
