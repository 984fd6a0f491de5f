import { assert, describe, it } from "vitest"
import * as Spread from "../src/measure/Spread.ts"

describe("a spread", () => {
  it("has half of the measurements between its ends", () => {
    assert.deepStrictEqual(Spread.of([5, 1, 4, 2, 3]), { median: 3, low: 2, high: 4 })
  })

  it("lies between two measurements where none is in the middle", () => {
    assert.deepStrictEqual(Spread.of([1, 2]), { median: 1.5, low: 1.25, high: 1.75 })
  })

  it("is not moved by one measurement that went astray", () => {
    assert.strictEqual(Spread.of([1, 1, 1, 1, 1000]).median, 1)
  })

  it("has no width if there is one measurement", () => {
    assert.deepStrictEqual(Spread.of([7]), { median: 7, low: 7, high: 7 })
  })
})
