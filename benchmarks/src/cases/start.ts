/**
 * What the packages add to a cold start: importing them and building their layers, in a process that has done nothing else.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import type { Case } from "../measure/Case.ts"
import { execute, programs, withProject } from "../measure/installed.ts"
import * as Spread from "../measure/Spread.ts"

/** Runs the program in a new process, and answers with the milliseconds that the process had of the processors. */
const wrapper = (program: string): string =>
  [
    `await import("./${program}.ts")`,
    `const { system, user } = process.cpuUsage()`,
    `console.log((system + user) / 1000)`
  ].join("\n")

export const run: Case<"start"> = ({ quick, report }) =>
  withProject(async (project) => {
    for (const program of programs) {
      fs.writeFileSync(path.join(project, `run-${program}.js`), wrapper(program))
    }
    const millis = (program: string) => Number(execute(project, process.execPath, `run-${program}.js`))
    const baseline: Array<number> = []
    const composed: Array<number> = []
    const rounds = quick ? 3 : 20
    for (let round = 0; round <= rounds; round++) {
      report(`round ${round} of ${rounds}`)
      const one = millis("baseline")
      const other = millis("composed")
      // The first one brings the files into memory.
      if (round === 0) continue
      baseline.push(one)
      composed.push(other)
    }
    return {
      baselineMillis: Spread.of(baseline),
      composedMillis: Spread.of(composed),
      overBaseline: Spread.of(composed.map((millis, round) => millis / (baseline[round] ?? Number.NaN)))
    }
  })
