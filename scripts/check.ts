/**
 * Runs every gate, fast to slow, and says which of them failed and what each of them cost. Each is a script of
 * package.json, and can be run alone.
 */
import { spawnSync } from "node:child_process"
import { root } from "./packages.ts"

const gates = ["style", "lint", "types", "cycles", "unused", "licences", "build", "packages"]

const results = gates.map((name) => {
  const start = performance.now()
  const { status } = spawnSync("pnpm", ["run", name], { cwd: root, stdio: "inherit" })
  return { name, passed: status === 0, seconds: (performance.now() - start) / 1000 }
})

for (const { name, passed, seconds } of results) {
  console.log(`${passed ? "ok    " : "FAILED"} ${seconds.toFixed(1).padStart(6)} s  ${name}`)
}
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1
