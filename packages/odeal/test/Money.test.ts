import { assert, describe, it } from "@effect/vitest"
import { Money } from "@entegre/odeal"
import { Arbitrary, BigDecimal, Effect, Option, Schema } from "effect"

describe("an amount", () => {
  for (
    const [text, written, number] of [
      ["100.00", "100.00", 100],
      ["100", "100.00", 100],
      ["0.1", "0.10", 0.1],
      ["0.05", "0.05", 0.05],
      ["0", "0.00", 0],
      ["9999999999999.99", "9999999999999.99", 9_999_999_999_999.99]
    ] as const
  ) {
    it.effect(`${text} is written ${written}, and sent as ${number}`, () =>
      Effect.gen(function*() {
        const amount = Money.make(text)
        assert.strictEqual(Money.format(amount), written)
        assert.strictEqual(yield* Schema.encodeEffect(Money.MoneyFromString)(amount), written)
        assert.strictEqual(yield* Schema.encodeEffect(Money.MoneyFromNumber)(amount), number)
      }))
  }

  for (const text of ["", " 1", "1,5", "1.500", "-1", "+1", "1e3", "01", ".5", "1.", "10000000000000.00", "NaN", "١"]) {
    it.effect(`is not ${JSON.stringify(text)}`, () =>
      Effect.sync(() => {
        assert.deepStrictEqual(Money.fromString(text), Option.none())
        assert.throws(() => Money.make(text), RangeError)
      }))
  }

  for (const number of [0.1 + 0.2, 1.005, -1, 1e13, Number.NaN, Number.POSITIVE_INFINITY]) {
    it.effect(`is not the number ${number}`, () =>
      Effect.sync(() => {
        assert.deepStrictEqual(Schema.decodeOption(Money.MoneyFromNumber)(number), Option.none())
      }))
  }

  it.effect("is what a calculation brings, once it is rounded", () =>
    Effect.sync(() => {
      const third = BigDecimal.divideUnsafe(Money.make("100.00"), BigDecimal.fromNumberUnsafe(3))
      assert.deepStrictEqual(Money.fromBigDecimal(third), Option.none())
      const rounded = Money.fromBigDecimal(BigDecimal.round(third, { scale: 2, mode: "half-even" }))
      assert.deepStrictEqual(Option.map(rounded, Money.format), Option.some("33.33"))
    }))

  it.effect("is not a number of a million digits", () =>
    Effect.sync(() => {
      assert.deepStrictEqual(Money.fromBigDecimal(BigDecimal.make(1n, -1_000_000)), Option.none())
    }))

  it.effect.prop(
    "is the same amount as text and as a number",
    { minor: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 999_999_999_999_999 }))) },
    ({ minor }) =>
      Effect.gen(function*() {
        const amount = yield* Effect.fromOption(Money.fromBigDecimal(BigDecimal.make(BigInt(minor), 2)))
        const number = yield* Schema.encodeEffect(Money.MoneyFromNumber)(amount)
        assert.strictEqual(Number(Money.format(amount)), number)
        assert.isTrue(BigDecimal.equals(yield* Schema.decodeEffect(Money.MoneyFromNumber)(number), amount))
        assert.isTrue(BigDecimal.equals(Money.make(Money.format(amount)), amount))
      })
  )
})
