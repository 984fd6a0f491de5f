import { assert, describe, it } from "@effect/vitest"
import * as BankCode from "@entegre/paynkolay/BankCode"
import { Option } from "effect"

describe("a bank's response code", () => {
  it("is documented once, with two digits and a meaning", () => {
    const codes = BankCode.all.map(({ code }) => code)
    assert.deepStrictEqual(codes, [...new Set(codes)].toSorted())
    for (const { code, meaning } of BankCode.all) {
      assert.match(code, /^\d\d$/)
      assert.isNotEmpty(meaning)
    }
  })

  it.each([
    ["00", "approved"],
    ["0", "approved"],
    ["5", "declined"],
    ["51", "funds"],
    ["54", "cardData"],
    ["43", "cardBlocked"],
    ["59", "fraud"],
    ["3", "request"],
    ["94", "duplicate"],
    ["9", "tryAgain"],
    ["91", "unavailable"]
  ])("%s means %s", (code, kind) => {
    assert.deepStrictEqual(Option.map(BankCode.find(code), (found) => found.kind), Option.some(kind))
  })

  it("is padded only if it is a single digit", () => {
    assert.deepStrictEqual(["0", "7", "07", "510", "", "A"].map(BankCode.pad), ["00", "07", "07", "510", "", "A"])
  })

  it("that is not documented means nothing; Paynkolay's own success is no bank's code", () => {
    for (const code of ["2", "02", "200", "", "abc"]) assert.deepStrictEqual(BankCode.find(code), Option.none())
  })
})
