import { assert, describe, it } from "vitest"
import { Rounds } from "../src/measure/Rounds.ts"

const row = (a: number, b: number) => new Map([["a", { cpu: a, wall: 2 * a }], ["b", { cpu: b, wall: b }]])

describe("rounds", () => {
  it("compare two subjects within each round, so that a slow round does not count for one of them", () => {
    const rounds = new Rounds([row(3, 1), row(300, 100), row(6, 2)])
    assert.deepStrictEqual(rounds.over("a", "b"), { median: 3, low: 3, high: 3 })
    assert.deepStrictEqual(rounds.over("a", "b", "wall"), { median: 6, low: 6, high: 6 })
  })

  it("tell what one subject takes", () => {
    assert.strictEqual(new Rounds([row(3, 1), row(5, 1), row(4, 1)]).of("a").median, 4)
  })

  it("count with those of other processes", () => {
    const rounds = new Rounds([row(3, 1)]).and(new Rounds([row(9, 1), row(5, 1)]))
    assert.strictEqual(rounds.of("a").median, 5)
  })

  it("know of no subject that was not measured", () => {
    assert.throws(() => new Rounds([row(1, 1)]).of("c"), /c was not measured/)
  })
})
