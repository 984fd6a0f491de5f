import { assert, describe, it } from "@effect/vitest"
import * as Currency from "@entegre/paynkolay/Currency"
import * as Money from "@entegre/paynkolay/Money"
import { Arbitrary, BigDecimal, Effect, Option, Schema } from "effect"

const greatest = 999_999_999_999_999n
const minor = Arbitrary.schema(Schema.BigInt.check(Schema.isBetweenBigInt({ minimum: 0n, maximum: greatest })))
const money = Arbitrary.map(minor, (minor) => Option.getOrThrow(Money.fromMinor(minor)))

describe("an amount", () => {
  it.effect.prop("is the same amount as a JSON number and as text", { money }, ({ money }) =>
    Effect.sync(() => {
      const inBody = JSON.stringify(Money.toNumber(money))
      assert.match(inBody, /^\d+(\.\d{1,2})?$/)
      assert.match(Money.format(money), /^\d+\.\d{2}$/)
      assert.isTrue(BigDecimal.equals(
        BigDecimal.fromStringUnsafe(inBody),
        BigDecimal.fromStringUnsafe(Money.format(money))
      ))
    }))

  it.effect.prop(
    "comes back from every form in which it is written",
    { minor, money },
    ({ minor, money }) =>
      Effect.sync(() => {
        for (
          const read of [
            Money.fromString(Money.format(money)),
            Money.fromNumber(Money.toNumber(money)),
            Money.fromMinor(Money.toMinor(money)),
            Money.fromBigDecimal(money)
          ]
        ) {
          assert.strictEqual(Money.toMinor(Option.getOrThrow(read)), Money.toMinor(money))
        }
        assert.strictEqual(Money.toMinor(Option.getOrThrow(Money.fromMinor(minor))), minor)
      })
  )

  it.effect.prop(
    "is written the same way whatever it was calculated from",
    { money },
    ({ money }) =>
      Effect.sync(() => {
        const longWay = BigDecimal.make(
          BigDecimal.normalize(money).value * 1_000n,
          BigDecimal.normalize(money).scale + 3
        )
        assert.strictEqual(Money.format(Option.getOrThrow(Money.fromBigDecimal(longWay))), Money.format(money))
      })
  )

  it.each([
    ["150.00", "150.00", 150],
    ["150", "150.00", 150],
    ["150.5", "150.50", 150.5],
    ["0.01", "0.01", 0.01],
    ["0", "0.00", 0],
    ["9999999999999.99", "9999999999999.99", 9999999999999.99]
  ])("%s is hashed as %s and sent as %d", (text, hashed, sent) => {
    const money = Money.make(text)
    assert.strictEqual(Money.format(money), hashed)
    assert.strictEqual(Money.toNumber(money), sent)
  })

  it.each([
    ["a comma", "1,5"],
    ["separated thousands", "1.500"],
    ["three decimals", "1.505"],
    ["a sign", "-1.00"],
    ["another sign", "+1.00"],
    ["an exponent", "1e3"],
    ["a leading zero", "01.00"],
    ["a leading blank", " 1.00"],
    ["a trailing line break", "1.00\n"],
    ["no digits after the point", "1."],
    ["no digits before the point", ".50"],
    ["digits of another script", "١٥٠.00"],
    ["nothing", ""],
    ["a currency", "150.00 TRY"],
    ["more than a JSON number can hold", "10000000000000.00"]
  ])("is not read from a text with %s", (_, text) => {
    assert.deepStrictEqual(Money.fromString(text), Option.none())
  })

  it.each([0.1 + 0.2, 1.005, 2.675, -0.01, Number.NaN, Infinity, 1e21, 1e-7, Number.MAX_VALUE, 10 ** 13])(
    "is not taken over from the number %d",
    (number) => {
      assert.deepStrictEqual(Money.fromNumber(number), Option.none())
    }
  )

  it.each([
    ["a third decimal", BigDecimal.make(1n, 3)],
    ["a sign", BigDecimal.make(-1n, 2)],
    ["a monstrous scale", BigDecimal.make(1n, -1_000_000_000)],
    ["a monstrous fraction", BigDecimal.make(1n, 1_000_000_000)]
  ])("is not made of a calculation with %s", (_, amount) => {
    assert.deepStrictEqual(Money.fromBigDecimal(amount), Option.none())
  })

  it("that stands in the code and is none throws, without repeating it", () => {
    assert.throws(() => Money.make("1,5"), /^Money\.make: expected an amount such as "150\.00"$/)
  })

  it.effect("says what it should be, without repeating what it was", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Schema.decodeEffect(Money.MoneyFromNumber)(150.123))
      assert.strictEqual(error.message, "Expected an amount from 0.00 to 9999999999999.99 with at most two decimals")
    }))

  it("needs no brand to be tried: a calculation is not money until it was looked at", () => {
    const price = Money.make("19.99")
    const total = BigDecimal.multiply(price, BigDecimal.fromStringUnsafe("3"))
    // @ts-expect-error a calculation may have any number of decimals
    const hashed: string = Money.format(total)
    assert.strictEqual(hashed, "59.97")
  })
})

describe("a currency", () => {
  it.each([["949", "TRY"], ["840", "USD"], ["978", "EUR"]])("%s is %s in an answer", (numeric, currency) => {
    assert.strictEqual(Schema.decodeSync(Currency.AnsweredCurrency)(numeric), currency)
    assert.strictEqual(Schema.decodeSync(Currency.AnsweredCurrency)(currency), currency)
  })

  it("that is not settled in stays as it came in an answer, and is refused in a request", () => {
    assert.strictEqual(Schema.decodeSync(Currency.AnsweredCurrency)("826"), "826")
    assert.isTrue(Option.isNone(Schema.decodeUnknownOption(Currency.Currency)("GBP")))
  })
})
