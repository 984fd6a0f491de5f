import * as Arbitrary from "effect/Arbitrary"

/** Every change is tried with the same cases; the long run sets how many, and finds new ones. */
const runs = process.env.ENTEGRE_RUNS

Arbitrary.configureGlobal({ check: runs === undefined ? { runs: 500, seed: "entegre" } : { runs: Number(runs) } })
