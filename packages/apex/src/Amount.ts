/**
 * Amounts: exact decimals, never floats.
 *
 * Apex writes amounts as JSON numbers, and reckons with floats: `0.00044000000000000007` stands in one of its answers. An
 * amount keeps every digit as it came. What to make of the noise is the application's decision, and {@link withoutNoise}
 * is one way.
 *
 * A JSON number passes through a float when it is read, so no more than 17 digits can be relied on. An amount that a
 * float can not hold is refused before it is sent.
 *
 * Facts are from the provider's pages `api/tokens/create` and `api/tokens/create-external`.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * An exact decimal.
 */
export type Amount = BigDecimal.BigDecimal

const numeral = Schema.Union([
  Schema.Finite,
  Schema.String.check(Schema.isPattern(/^-?\d+(?:\.\d+)?$/, { expected: "a number in quotes" }))
])

/**
 * The schema of an amount: a JSON number, or a number in quotes.
 */
export const Amount = numeral.pipe(
  Schema.decodeTo(
    Schema.BigDecimal,
    SchemaTransformation.transformEffect<BigDecimal.BigDecimal, string | number>({
      decode: (written, options) =>
        Effect.fromOption(
          typeof written === "number" ? BigDecimal.fromNumber(written) : BigDecimal.fromString(written),
          () => new SchemaIssue.InvalidValue({ message: "Expected a number" }, written, options)
        ),
      encode: (amount, options) =>
        Effect.fromOption(
          asNumber(amount),
          () =>
            new SchemaIssue.InvalidValue({ message: "Expected an amount that a JSON number can hold" }, amount, options)
        )
    })
  )
)

/**
 * {@link Amount}, and not below zero: what Apex is sent.
 */
export const NonNegative = Amount.check(
  Schema.isGreaterThanOrEqualToBigDecimal(BigDecimal.make(0n, 0), { expected: "an amount that is not negative" })
)

/**
 * Makes an amount from digits, such as `"100.50"`. For a constant in the program: throws if it is not a number. Read what
 * comes from outside with `BigDecimal.fromString`.
 */
export const make = (digits: string): Amount => BigDecimal.fromStringUnsafe(digits)

/**
 * An amount without what floats add to it: rounded to 15 significant digits, which every decimal of up to 15 digits
 * survives unchanged.
 *
 * ```ts
 * Amount.withoutNoise(Amount.make("0.00044000000000000007")) // 0.00044
 * ```
 */
export const withoutNoise = (amount: Amount): Amount => {
  const { scale, value } = BigDecimal.normalize(amount)
  const digits = `${value < 0n ? -value : value}`.length
  return BigDecimal.normalize(BigDecimal.round(amount, { scale: scale - (digits - significant), mode: "half-even" }))
}

const significant = 15

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

const asNumber = (amount: BigDecimal.BigDecimal): Option.Option<number> => {
  const number = BigDecimal.toNumberUnsafe(amount)
  return Option.as(
    Option.filter(BigDecimal.fromNumber(number), (held) => BigDecimal.equals(held, amount)),
    number
  )
}
