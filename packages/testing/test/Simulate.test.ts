import { assert, describe, it } from "@effect/vitest"
import type { Rotation } from "@entegre/core/Issuer"
import { Candidate, Simulate } from "@entegre/testing"
import { Effect } from "effect"
import * as Wrong from "./support/wrong.ts"

const rotations: ReadonlyArray<Rotation> = ["reusable", "rotating", "singleActive"]

describe("the token cache of core", () => {
  for (const rotation of rotations) {
    for (const processes of [1, 3]) {
      it.effect(`keeps every law: ${rotation}, ${processes} on a store`, () =>
        Effect.gen(function*() {
          const { failure, renewals, seeds } = yield* Simulate.run({ rotation, processes, seeds: 200 })
          assert.isUndefined(failure, failure?.trace)
          assert.isAbove(renewals, seeds)
        }))
    }
  }
})

describe("the budget for refused credentials", () => {
  const options = { rotation: "reusable", laws: ["budget"], seeds: 500 } as const
  const quick = Candidate.tokenCache({ probes: ["2 seconds"] })

  it.effect("is the one that a candidate names", () =>
    Effect.gen(function*() {
      const { failure } = yield* Simulate.run({ ...options, candidate: quick })
      assert.isUndefined(failure, failure?.trace)
    }))

  it.effect("is broken by a candidate that tries again sooner than it says", () =>
    Effect.gen(function*() {
      const { failure } = yield* Simulate.run({ ...options, candidate: { ...quick, probes: ["1 minute"] } })
      assert.strictEqual(failure?.violations[0]?.law, "budget")
    }))
})

describe("a simulation", () => {
  it.effect("has several callers interrupted in most runs", () =>
    Effect.gen(function*() {
      const outcomes = yield* Effect.forEach(
        Array.from({ length: 200 }, (_, index) => index + 1),
        (seed) => Simulate.one({ rotation: "rotating" }, seed)
      )
      const interrupted = outcomes.map(({ history: { facts } }) =>
        facts.filter((fact) => fact._tag === "Ended" && fact.how === "interrupted").length
      )
      assert.isAbove(interrupted.filter((count) => count >= 3).length, outcomes.length / 2)
    }))

  it.effect("goes through the same twice", () =>
    Effect.gen(function*() {
      const options = { rotation: "rotating", processes: 2, seeds: 50, from: 7_000 } as const
      assert.deepStrictEqual(yield* Simulate.run(options), yield* Simulate.run(options))
    }))

  it.effect("tells how far it is", () =>
    Effect.gen(function*() {
      const told: Array<number> = []
      const onProgress = ({ seeds }: Simulate.Counts) => Effect.sync(() => void told.push(seeds))
      yield* Simulate.run({ rotation: "reusable", seeds: 3, onProgress })
      assert.deepStrictEqual(told, [1, 2, 3])
    }))

  it.effect("ends with the first seed that breaks a law, and the shortest beginning of it that does", () =>
    Effect.gen(function*() {
      const options = {
        rotation: "rotating",
        candidate: Wrong.letsTheFirstCallerRenew,
        laws: ["everyoneLeaves"]
      } as const
      const { failure, seeds, violations } = yield* Simulate.run({ ...options, from: 100 })
      assert(failure !== undefined)
      const { commands, trace, workload: { seed } } = failure
      assert.strictEqual(seed, 100 + seeds - 1)
      assert.isAbove(violations.everyoneLeaves, 0)
      assert.include(trace, "<-- everyoneLeaves")
      const whole = yield* Simulate.one(options, seed)
      assert.isBelow(commands, whole.workload.commands.length)
      assert.isNotEmpty((yield* Simulate.one(options, seed, commands)).violations)
      assert.isEmpty((yield* Simulate.one(options, seed, commands - 1)).violations)
    }))
})
