import { assert, describe, it } from "@effect/vitest"
import type { Rotation } from "@entegre/core/Issuer"
import { type Candidate, Laws, Simulate } from "@entegre/testing"
import { Effect } from "effect"
import * as Wrong from "./support/wrong.ts"

/** For each law, what looks right and breaks it, and where. */
const wrong: Readonly<Record<Laws.Name, readonly [candidate: Candidate.Candidate, processes: number]>> = {
  oneInFlight: [Wrong.checksThenRenews, 1],
  noDoubleSpend: [Wrong.checksThenRenews, 1],
  storedBeforeShown: [Wrong.writesInTheBackground, 1],
  nothingLost: [Wrong.writesInTheCallersFiber, 1],
  monotonic: [Wrong.writesOnceMore, 3],
  noStale: [Wrong.remembersTheLastToken, 1],
  noCrossing: [Wrong.forgetsWhoAsks, 1],
  oneReplay: [Wrong.insists, 1],
  budget: [Wrong.triesCredentialsAgain, 1],
  everyoneLeaves: [Wrong.letsTheFirstCallerRenew, 1],
  recovers: [Wrong.remembersFailure, 1]
}

const rotation: Rotation = "rotating"

describe("the laws", () => {
  it.effect.each(Laws.names)("%s catches what looks right and is not", (law) =>
    Effect.gen(function*() {
      const [candidate, processes] = wrong[law]
      const { failure, seeds } = yield* Simulate.run({ rotation, processes, candidate, laws: [law], seeds: 10_000 })
      assert(failure !== undefined, `not within ${seeds} seeds`)
      assert.strictEqual(failure.violations[0]?.law, law)
    }))
})
