/**
 * No secret and no person's data leaves the process but on a request to its provider: whatever a provider does, at whatever
 * log level, in logs, spans, metrics, events, errors, printed values, files, or the last words of a process that crashes.
 */
import { Fault } from "@entegre/sandbox"
import { Schema } from "effect"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { parseJson } from "../scripts/packages.ts"
import * as Canaries from "./canaries/canaries.ts"
import { names } from "./canaries/channels.ts"
import * as Journeys from "./canaries/journeys.ts"

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

/** Runs the probe, and gives all that it let out: its two streams, and every file that it wrote. */
const observe = async (scenario: string, provider: string) => {
  const within = path.join(folder, `${scenario}-${provider}`)
  const streams = { stdout: "", stderr: "" }
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn(process.execPath, [probe, scenario, provider, within], { stdio: ["ignore", "pipe", "pipe"] })
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        streams[name] += text
      })
    }
    child.on("close", resolve)
  })
  assert.isTrue(fs.existsSync(`${within}.json`), streams.stderr)
  const { canaries, report } = parseJson(Report, fs.readFileSync(`${within}.json`, "utf8"))
  const outlets: { [outlet: string]: string } = { ...streams }
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
    for (const [channel, canary] of Object.entries(Canaries.leaked)) {
      const found = findings.filter((finding) => finding.canary === canary).map(({ outlet }) => outlet)
      assert.include(found, channel)
    }
    assert.deepStrictEqual(Object.keys(Canaries.leaked).toSorted(), ["files", "stderr", "stdout", ...names].toSorted())
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
