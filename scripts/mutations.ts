/**
 * Spoils the token cache in one place at a time, and requires that the simulation or core's tests notice each time.
 *
 * Works in temporary copies, two at a time. `pnpm mutations` tries all of them, `pnpm mutations lease` those with the word in
 * their name. Each is looked at first by what the list says notices it soonest; only if that does not, all simulations and
 * all tests are asked. What a simulation finds must not be found in the cache as it is. Ends with 1 if one goes unnoticed, or
 * can not be made any more because the line has changed.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { asking } from "./mutations/asking.ts"
import { Bench, type Broken, type Finding, type Wrong } from "./mutations/bench.ts"
import { forgetting } from "./mutations/forgetting.ts"
import { keeping } from "./mutations/keeping.ts"
import type { Mutation } from "./mutations/mutation.ts"
import { serving } from "./mutations/serving.ts"
import { root, withTemporaryDirectory } from "./packages.ts"

/** How many seeds of each kind the cache as it is must pass, and are tried where the list is wrong. */
const fewSeeds = 250

/** How many seeds are tried where the list says that a simulation notices. */
const mostSeeds = 10_000

const wanted = process.argv.slice(2).join(" ")
const chosen = [...serving, ...asking, ...keeping, ...forgetting].filter(({ name }) => name.includes(wanted))

const stale = chosen.filter(({ file, from }) =>
  fs.readFileSync(path.join(root, "packages/core/src", file), "utf8").split(from).length !== 2
)
for (const { file, from, name } of stale) console.error(`${name}: this does not stand in ${file} once:\n${from}\n`)
if (stale.length > 0 || chosen.length === 0) {
  console.error(`${stale.length} of ${chosen.length} mutations can not be made`)
  process.exit(1)
}

const start = performance.now()
const tell = (since: number, ...lines: ReadonlyArray<string>): void => {
  const seconds = ((performance.now() - since) / 1000).toFixed(1).padStart(6)
  console.log(`${seconds} s  ${lines.join(`\n${" ".repeat(21)}`)}`)
}

await withTemporaryDirectory(async (directory) => {
  const [one, two, unspoilt] = ["one", "two", "unspoilt"].map((name) => new Bench(path.join(directory, name)))
  if (one === undefined || two === undefined || unspoilt === undefined) return

  /** The first that finds something which is not in the cache as it is. */
  const firstOf = async (looks: ReadonlyArray<() => Promise<Finding>>): Promise<Wrong | Broken | undefined> => {
    for (const look of looks) {
      const finding = await look()
      if (finding._tag === "Broken" || (finding._tag === "Wrong" && !(await isThereAnyway(finding)))) return finding
    }
    return undefined
  }

  const isThereAnyway = async ({ seed }: Wrong): Promise<boolean> =>
    seed !== undefined && seed.seed > fewSeeds && (await unspoilt.simulate(seed, 1, seed.seed))._tag !== "Right"

  const notice = (bench: Bench, mutation: Mutation) => {
    const { noticedBy } = mutation
    return bench.spoilt(mutation, () =>
      firstOf([
        () => "test" in noticedBy ? bench.test([noticedBy]) : bench.simulate(noticedBy, mostSeeds),
        () => bench.simulate(undefined, fewSeeds),
        () => bench.test(undefined)
      ]))
  }

  const tests = chosen.flatMap(({ noticedBy }) => "test" in noticedBy ? [noticedBy] : [])
  const wrong = await firstOf([
    () => unspoilt.simulate(undefined, fewSeeds),
    ...tests.length > 0 ? [() => unspoilt.test(tests)] : []
  ])
  if (wrong !== undefined) {
    throw new Error(`before anything is spoilt: ${wrong._tag === "Wrong" ? wrong.what : wrong.output}`)
  }
  tell(start, "right      before anything is spoilt")

  const left = [...chosen]
  const unnoticed: Array<string> = []
  const work = async (bench: Bench): Promise<void> => {
    for (let mutation = left.shift(); mutation !== undefined; mutation = left.shift()) {
      const { name } = mutation
      const began = performance.now()
      const finding = await notice(bench, mutation)
      if (finding?._tag === "Wrong") {
        tell(began, `noticed    ${name}`, finding.what)
      } else {
        unnoticed.push(name)
        tell(began, `UNNOTICED  ${name}`, finding?.output ?? "by nothing")
      }
    }
  }
  await Promise.all([work(one), work(two)])
  tell(start, `${chosen.length - unnoticed.length} of ${chosen.length} mutations were noticed`)
  for (const name of unnoticed) console.log(`unnoticed: ${name}`)
  process.exitCode = unnoticed.length > 0 ? 1 : 0
})
