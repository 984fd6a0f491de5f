/**
 * Runs one case in a process of its own, so that none disturbs another: `worker.ts hit quick`.
 */
import type { CaseName, FiguresOf } from "./Figures.ts"
import type { Case } from "./measure/Case.ts"
import type { Message } from "./process.ts"

/** A case is only loaded where it is run: what it needs is not to be in the memory of another. */
const load: { readonly [Name in CaseName]: () => Promise<{ readonly run: Case<Name> }> } = {
  hit: () => import("./cases/hit.ts"),
  call: () => import("./cases/call.ts"),
  storm: () => import("./cases/storm.ts"),
  tenants: () => import("./cases/tenants.ts"),
  soak: () => import("./cases/soak.ts"),
  start: () => import("./cases/start.ts"),
  size: () => import("./cases/size.ts"),
  types: () => import("./cases/types.ts")
}

const isCaseName = (name: string | undefined): name is CaseName => name !== undefined && name in load

const tell = (message: Message): void => {
  process.send?.(message)
}

/** Nobody is there any more to tell. */
const leave = () => process.exit(1)
process.on("disconnect", leave)

const [name, pace] = process.argv.slice(2)
if (!isCaseName(name)) throw new Error(`no such case: ${name}`)
const { run } = await load[name]()
const figures: FiguresOf<CaseName> = await run({
  quick: pace === "quick",
  report: (doing) => tell({ _tag: "Doing", doing })
})
process.removeListener("disconnect", leave)
tell({ _tag: "Done", figures })
process.disconnect()
