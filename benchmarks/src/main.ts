/**
 * Measures what the packages cost: `pnpm bench`, or `pnpm bench hit call` for some of the cases.
 *
 * - `--quick`: less time, at the price of a wider spread. Two cases run at a time.
 * - `--json`: nothing on standard output but one line of JSON, the medians of all figures.
 * - `--check`: ends with 1 if a figure is beyond its bound in `bounds.json`.
 * - `--write`: writes the figures into the documentation and redraws its plots. What was not measured now stays as it is, if
 *   it was measured on the same machine.
 *
 * Progress goes to standard error.
 */
import { parseArgs } from "node:util"
import * as Bounds from "./bounds.ts"
import { type CaseName, caseNames, type Figures, type FiguresByCase } from "./Figures.ts"
import { machine } from "./machine.ts"
import { runCase } from "./process.ts"
import * as Progress from "./Progress.ts"
import * as Documentation from "./report/documentation.ts"
import * as Terminal from "./report/terminal.ts"
import * as Summary from "./Summary.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    write: { type: "boolean", default: false }
  }
})

const refuse = (problem: string): never => {
  console.error(problem)
  process.exit(2)
}

const wanted = positionals.length === 0 ? caseNames : caseNames.filter((name) => positionals.includes(name))
const unknown = positionals.filter((name) => !caseNames.some((one) => one === name))
if (unknown.length > 0) refuse(`no such case: ${unknown.join(", ")}; there are ${caseNames.join(", ")}`)
if (values.write && values.quick) {
  refuse("--write is not for --quick: the documentation shows what was measured with care")
}

// -----------------------------------------------------------------------------
// The cases
// -----------------------------------------------------------------------------

/** Those whose figures do not depend on what else the machine does: with `--quick` they run beside the others. */
const besides: ReadonlySet<CaseName> = new Set(["soak", "size", "types", "start"])

const results: Partial<FiguresByCase> = {}
const doing = new Map<CaseName, string>()

const measure = async <Name extends CaseName>(name: Name): Promise<void> => {
  const began = performance.now()
  results[name] = await runCase(name, values.quick, (what) => {
    doing.set(name, `${name}: ${what}`)
    Progress.tell([...doing.values()].join(" | "))
  })
  doing.delete(name)
  Progress.settle(`${name}: done in ${((performance.now() - began) / 1000).toFixed(1)} s`)
}

const inOrder = async (names: ReadonlyArray<CaseName>): Promise<void> => {
  for (const name of names) await measure(name)
}

if (values.quick) {
  await Promise.all([
    inOrder(wanted.filter((name) => !besides.has(name))),
    inOrder(wanted.filter((name) => besides.has(name)))
  ])
} else {
  await inOrder(wanted)
}

// -----------------------------------------------------------------------------
// What came of them
// -----------------------------------------------------------------------------

const figures: Figures = { machine: machine(values.quick), ...results }
const summary = Object.fromEntries(wanted.map((name) => [name, Summary.of(results[name])]))

if (!values.json) console.log(`\n${Terminal.print(figures)}`)
if (values.write) Documentation.write(wanted.length < caseNames.length ? Documentation.updated(figures) : figures)
if (values.check) {
  const findings = Bounds.check(summary, Bounds.read())
  console.error(`\n${Terminal.printFindings(findings)}\n`)
  if (findings.some(({ holds }) => !holds)) process.exitCode = 1
}
if (values.json) console.log(JSON.stringify(summary))
