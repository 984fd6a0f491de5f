/**
 * An amount of money as Ödeal takes it: a decimal with two digits after the point, `100.00`, never a float.
 *
 * {@link Money} is an effect `BigDecimal`, so that everything in `effect/BigDecimal` works on it; what comes out of a
 * calculation is money again only after {@link fromBigDecimal} has looked at it.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

const digits = 2

// The largest amount with which every one survives as a JSON number: fifteen significant digits.
const greatest = BigDecimal.make(10n ** 15n - 1n, digits)

const isMoney = (amount: BigDecimal.BigDecimal): boolean =>
  BigDecimal.normalize(amount).scale <= digits &&
  !BigDecimal.isNegative(amount) &&
  BigDecimal.isLessThanOrEqualTo(amount, greatest)

/**
 * The schema of an amount that can be sent: from 0.00 to 9,999,999,999,999.99, in steps of 0.01. A `BigDecimal` on both
 * sides.
 */
export const Money = Schema.BigDecimal.check(
  Schema.makeFilter(isMoney, { expected: "an amount from 0.00 to 9999999999999.99 with at most two decimals" })
).pipe(Schema.brand("@entegre/odeal/Money"))

/**
 * An amount that can be sent.
 */
export type Money = typeof Money.Type

/**
 * {@link Money} as a JSON number (`100.5`). A number that is not exactly an amount (`0.1 + 0.2`) is refused, not rounded.
 */
export const MoneyFromNumber = Schema.Finite.pipe(
  Schema.decodeTo(
    Money,
    SchemaTransformation.transform({ decode: BigDecimal.fromNumberUnsafe, encode: BigDecimal.toNumberUnsafe })
  )
)

/**
 * {@link Money} as text with two decimals (`"100.00"`). A comma, separated thousands, a sign and an exponent are refused.
 */
export const MoneyFromString = Schema.String.check(
  Schema.isPattern(/^(?:0|[1-9]\d{0,12})(?:\.\d{1,2})?$/, { expected: "an amount such as 100.00, with a point" })
).pipe(
  Schema.decodeTo(
    Money,
    SchemaTransformation.transform({ decode: BigDecimal.fromStringUnsafe, encode: (amount) => write(amount) })
  )
)

/**
 * Reads an amount: digits, and a point with one or two digits more. None for everything else.
 */
export const fromString: (text: string) => Option.Option<Money> = Schema.decodeOption(MoneyFromString)

/**
 * Like {@link fromString} for an amount that stands in the code. Throws if it is none.
 *
 * ```ts
 * const fee = Money.make("29.90")
 * ```
 */
export const make = (text: string): Money =>
  Option.getOrThrowWith(fromString(text), () => new RangeError("Money.make: expected an amount such as \"100.00\""))

/**
 * Takes over the result of a calculation. None if it is negative, too large or has more than two decimals: rounding is a
 * decision, to be taken with `BigDecimal.round` by whoever knows the rule.
 */
export const fromBigDecimal: (amount: BigDecimal.BigDecimal) => Option.Option<Money> = Schema.decodeOption(Money)

/**
 * The amount as text with two decimals: `"100.00"`.
 */
export const format = (amount: Money): string => write(amount)

const write = (amount: BigDecimal.BigDecimal): string => {
  const minor = BigDecimal.scale(amount, digits).value.toString().padStart(digits + 1, "0")
  return `${minor.slice(0, -digits)}.${minor.slice(-digits)}`
}
