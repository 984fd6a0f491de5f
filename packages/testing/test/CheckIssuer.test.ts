import { assert, describe, it } from "@effect/vitest"
import type { Rotation } from "@entegre/core/Issuer"
import { CheckIssuer, type Laws } from "@entegre/testing"
import { Effect } from "effect"
import * as Acme from "./support/acme.ts"

// Accounts that share a key also meet each other's requests, so either may show first.
const flaws: ReadonlyArray<readonly [flaw: Acme.Flaw, laws: ReadonlyArray<Laws.Name>, rotation: Rotation]> = [
  ["one key for all accounts", ["noCrossing", "oneInFlight"], "rotating"],
  ["a login is tried twice", ["budget"], "rotating"],
  ["refused credentials are told as trouble", ["budget"], "rotating"],
  ["a dead refresh token is told as too many requests", ["recovers"], "reusable"],
  ["a lost answer is told as a request that was not sent", ["noDoubleSpend"], "rotating"],
  ["the spent refresh token is kept", ["noDoubleSpend"], "rotating"],
  ["the life is read in minutes", ["noStale"], "rotating"]
]

const provider = (rotation: Rotation, flaw?: Acme.Flaw) => ({
  rotation,
  issuer: Acme.issuer(rotation, flaw),
  ...Acme.wire
})

describe("checking an issuer", () => {
  it.effect("finds nothing wrong with one that is right", () =>
    Effect.gen(function*() {
      const { renewals, seeds } = yield* CheckIssuer.check(provider("rotating"), { seeds: 300 })
      assert.strictEqual(seeds, 300)
      assert.isAbove(renewals, seeds)
    }))

  it.effect.each(flaws)("finds that %s, which breaks %j", ([flaw, laws, rotation]) =>
    Effect.gen(function*() {
      const broken = yield* Effect.flip(CheckIssuer.check(provider(rotation, flaw), { seeds: 10_000 }))
      assert.include(laws, broken.law, broken.message)
    }))

  it.effect("finds that a provider does not treat its tokens as the issuer says", () =>
    Effect.gen(function*() {
      const broken = yield* Effect.flip(CheckIssuer.check({ ...provider("reusable"), rotation: "rotating" }))
      assert.include(["noDoubleSpend", "oneInFlight"], broken.law)
    }))
})
