/**
 * Runs every gate, fast to slow, and says which of them failed and what each of them cost.
 */
import { spawnSync } from "node:child_process"

const gates: ReadonlyArray<readonly [name: string, command: string]> = [
  ["format", "dprint check"],
  ["lint", "oxlint"],
  ["types and Effect diagnostics", "tsc -b"],
  ["circular imports", "madge --circular --no-spinner packages/*/src"],
  ["unused code and dependencies", "knip"],
  ["licences", "node scripts/licences.ts"],
  ["build", "pnpm run build"],
  ["package lint", "node scripts/lint-packages.ts"]
]

const results = gates.map(([name, command]) => {
  console.log(`\n— ${name}: ${command}`)
  const start = performance.now()
  const { status } = spawnSync(command, { shell: true, stdio: "inherit" })
  return { name, passed: status === 0, seconds: (performance.now() - start) / 1000 }
})

console.log()
for (const { name, passed, seconds } of results) {
  console.log(`${passed ? "ok    " : "FAILED"} ${seconds.toFixed(1).padStart(6)} s  ${name}`)
}
process.exitCode = results.every((result) => result.passed) ? 0 : 1
