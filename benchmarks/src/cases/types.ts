/**
 * What the packages cost the compiler: a program that composes all four, beside one that has Effect alone.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import type { FiguresOf } from "../Figures.ts"
import type { Case } from "../measure/Case.ts"
import { compiler, execute, programs, withProject } from "../measure/installed.ts"
import * as Spread from "../measure/Spread.ts"

type Compilation = FiguresOf<"types">["baseline"]

/** An application's usual options. */
const settingsOf = (program: string) => ({
  files: [`${program}.ts`],
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: "es2023",
    module: "nodenext",
    skipLibCheck: true,
    types: []
  }
})

const read = (diagnostics: string, name: string): number => {
  const [, value] = new RegExp(`^${name}:\\s*([\\d.]+)`, "m").exec(diagnostics) ?? []
  if (value === undefined) throw new Error(`the compiler does not tell its ${name}`)
  return Number(value)
}

const diagnose = (project: string, program: string): string =>
  execute(project, compiler, "--project", `${program}.json`, "--extendedDiagnostics")

const compilation = (all: ReadonlyArray<string>): Compilation => {
  const [one = ""] = all
  return {
    seconds: Spread.of(all.map((diagnostics) => read(diagnostics, "Total time"))),
    instantiations: read(one, "Instantiations"),
    types: read(one, "Types")
  }
}

export const run: Case<"types"> = ({ quick, report }) =>
  withProject(async (project) => {
    for (const program of programs) {
      fs.writeFileSync(path.join(project, `${program}.json`), JSON.stringify(settingsOf(program)))
    }
    const baseline: Array<string> = []
    const composed: Array<string> = []
    const rounds = quick ? 2 : 10
    for (let round = 1; round <= rounds; round++) {
      report(`round ${round} of ${rounds}`)
      baseline.push(diagnose(project, "baseline"))
      composed.push(diagnose(project, "composed"))
    }
    return {
      baseline: compilation(baseline),
      composed: compilation(composed),
      overBaseline: Spread.of(
        composed.map((diagnostics, round) =>
          read(diagnostics, "Total time") / read(baseline[round] ?? "", "Total time")
        )
      )
    }
  })
