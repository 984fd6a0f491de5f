import { assert, describe, it } from "vitest"
import * as Bounds from "../src/bounds.ts"
import * as Summary from "../src/Summary.ts"

const spread = (median: number) => ({ median, low: median - 1, high: median + 1 })

const summary = {
  hit: Summary.of({ overAsync: spread(2.12345) }),
  call: Summary.of({ overPeers: { ky: spread(0.6), "@azure/core-rest-pipeline": spread(1.2) } }),
  storm: Summary.of({ cold: [{ callers: 1000, logins: 1 }, { callers: 10_000, logins: 2 }] })
}

const failures = (bounds: { readonly [path: string]: number }) =>
  Bounds.check(summary, bounds).filter(({ holds }) => !holds).map(({ path }) => path)

describe("a bound", () => {
  it("holds a figure's median, to four digits", () => {
    assert.deepStrictEqual(Bounds.check(summary, { "hit.overAsync": 2.5 }), [
      { path: "hit.overAsync", value: 2.123, atMost: 2.5, holds: true }
    ])
    assert.deepStrictEqual(failures({ "hit.overAsync": 2 }), ["hit.overAsync"])
  })

  it("holds all figures of a kind", () => {
    assert.deepStrictEqual(failures({ "call.overPeers.*": 1 }), ["call.overPeers.@azure/core-rest-pipeline"])
    assert.deepStrictEqual(failures({ "storm.cold.*.logins": 1 }), ["storm.cold.1.logins"])
  })

  it("on a figure that there is none of is an error, not a bound that holds", () => {
    assert.throws(() => Bounds.check(summary, { "hit.overSync": 1 }), /no figure hit\.overSync/)
  })

  it("is not looked at if its case was not run", () => {
    assert.deepStrictEqual(Bounds.check(summary, { "soak.handles": 0 }), [])
  })

  it("that is committed is on no time", () => {
    for (const path of Object.keys(Bounds.read())) {
      assert.notMatch(path, /(?:^|\.)(?:ns|micros|millis|seconds)|[a-z](?:Ns|Micros|Millis|Seconds)/)
    }
  })
})
