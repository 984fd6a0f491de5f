/**
 * Puts the token cache under the laws: `pnpm simulate --seeds 20000 --from 1 --policy rotating --processes 3 --json`.
 *
 * Each seed is run for each policy (default: all three) and for each number of processes (default: one, and three on one
 * store). What goes to standard output is the same for the same seeds; progress goes to standard error. Ends with 1 at the
 * first violation.
 */
import type { Rotation } from "@entegre/core/Issuer"
import { Laws, Simulate } from "@entegre/testing"
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"

const policies: ReadonlyArray<Rotation> = ["reusable", "rotating", "singleActive"]

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2000" },
    from: { type: "string", default: "1" },
    policy: { type: "string" },
    processes: { type: "string" },
    json: { type: "boolean", default: false }
  }
})

const number = (name: string, text: string, least: number): number => {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least) return value
  console.error(`--${name} must be a whole number of ${least} or more, not ${text}`)
  process.exit(2)
}

const policy = policies.find((one) => one === values.policy)
if (values.policy !== undefined && policy === undefined) {
  console.error(`--policy must be one of ${policies.join(", ")}, not ${values.policy}`)
  process.exit(2)
}
const seeds = number("seeds", values.seeds, 1)
const from = number("from", values.from, 0)
const processes = values.processes === undefined ? [1, 3] : [number("processes", values.processes, 1)]
const runs = (policy === undefined ? policies : [policy]).flatMap((rotation) =>
  processes.map((processes) => ({ rotation, processes }))
)

// -----------------------------------------------------------------------------
// Progress
// -----------------------------------------------------------------------------

const began = performance.now()
const interval = process.stderr.isTTY ? 500 : 10_000
let told = began

const duration = (millis: number): string => {
  const all = Math.round(millis / 1000)
  return all < 60 ? `${all} s` : `${Math.floor(all / 60)} min ${all % 60} s`
}

const progress = (done: number): void => {
  const now = performance.now()
  if (now - told < interval) return
  told = now
  const elapsed = now - began
  const all = seeds * runs.length
  const line = `${done} of ${all} runs, ${Math.round(done / elapsed * 1000)} a second, ${duration(elapsed)} elapsed, ${
    duration((all - done) * elapsed / done)
  } remaining`
  process.stderr.write(process.stderr.isTTY ? `\r\u001B[K${line}` : `${line}\n`)
}

const clear = () => process.stderr.isTTY && process.stderr.write("\r\u001B[K")

// -----------------------------------------------------------------------------
// The runs
// -----------------------------------------------------------------------------

const print = (line: string) => {
  if (!values.json) console.log(line)
}

const total = { steps: 0, renewals: 0, interruptions: 0 }
const violations = Object.fromEntries(Laws.names.map((law) => [law, 0]))
let done = 0
let failed = false

for (const { processes, rotation } of runs) {
  const report = Effect.runSync(Simulate.run({
    rotation,
    processes,
    seeds,
    from,
    onProgress: (counts) => Effect.sync(() => progress(done + counts.seeds))
  }))
  done += report.seeds
  total.steps += report.steps
  total.renewals += report.renewals
  total.interruptions += report.interruptions
  for (const law of Laws.names) violations[law] = (violations[law] ?? 0) + report.violations[law]
  clear()
  const caches = processes === 1 ? "one cache" : `${processes} caches on a store`
  print(
    `${rotation}, ${caches}: ${report.seeds} seeds, ${report.steps} steps, ${report.renewals} renewals, ${report.interruptions} interruptions`
  )
  if (report.failure === undefined) continue
  failed = true
  const { commands, trace, workload } = report.failure
  console.error(`\nThe first ${commands} commands of seed ${workload.seed}:\n\n${trace}\n`)
  console.error(
    `To see it again: npx --yes pnpm@12.21.0 simulate --seeds 1 --from ${workload.seed} --policy ${rotation} --processes ${processes}`
  )
  break
}

print("")
for (const law of Laws.names) print(`${law.padEnd(18)} ${violations[law]} violations`)
if (values.json) console.log(JSON.stringify({ seeds, ...total, violations }))
process.exitCode = failed ? 1 : 0
