import { assert, describe, it } from "@effect/vitest"
import { Amount } from "@entegre/apex"
import { BigDecimal, Schema } from "effect"

const read = Schema.decodeUnknownSync(Amount.Amount)
const write = Schema.encodeUnknownSync(Amount.Amount)

describe("an amount", () => {
  it.each([
    [100.5, "100.5"],
    [1000000, "1000000"],
    [0.00044000000000000007, "0.00044000000000000007"],
    [1e-7, "0.0000001"],
    [1e21, "1000000000000000000000"],
    [0, "0"],
    ["100.50", "100.5"],
    ["123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789"]
  ])("keeps every digit of %j", (written, expected) => {
    assert.isTrue(BigDecimal.equals(read(written), Amount.make(expected)))
  })

  it.each([null, "", "abc", "1e5", "0x10", true, {}])("is not %j", (written) => {
    assert.throws(() => read(written))
  })

  it.each([["100.50", 100.5], ["0.1", 0.1], ["1000000", 1000000], ["-3", -3], ["9007199254740993", undefined], [
    "0.12345678901234567890",
    undefined
  ]])("%s is sent as %s, or not at all if a number can not hold it", (digits, expected) => {
    const amount = Amount.make(digits)
    if (expected === undefined) assert.throws(() => write(amount))
    else assert.strictEqual(write(amount), expected)
  })

  it.each([
    ["0.00044000000000000007", "0.00044"],
    ["0.30000000000000004", "0.3"],
    ["100.5", "100.5"],
    ["-0.30000000000000004", "-0.3"],
    ["123456789012345", "123456789012345"],
    ["0", "0"]
  ])("%s without what floats add to it is %s", (noisy, clean) => {
    assert.isTrue(BigDecimal.equals(Amount.withoutNoise(Amount.make(noisy)), Amount.make(clean)))
  })

  it.prop("of two digits after the point survives the arithmetic of floats", {
    cents: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000_000 }))
  }, ({ cents }) => {
    const noisy = Amount.make(String((cents / 100) * 3 / 3))
    assert.isTrue(BigDecimal.equals(Amount.withoutNoise(noisy), BigDecimal.make(BigInt(cents), 2)))
  })
})
