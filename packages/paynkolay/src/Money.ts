/**
 * An amount of money as Paynkolay takes it: a decimal with at most two digits after the point, never a float.
 *
 * The same amount goes into a request twice: as a JSON number into the body (`150.5`) and as text into the hash
 * (`"150.50"`). {@link Money} is the one type that feeds both, by {@link toNumber} and {@link format}, so that they can
 * not differ. It is an effect `BigDecimal`, so that everything in `effect/BigDecimal` works on it; what comes out of a
 * calculation is money again only after {@link fromBigDecimal} has looked at it.
 */
import * as BigDecimal from "effect/BigDecimal"
import type * as Brand from "effect/Brand"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

// -----------------------------------------------------------------------------
// The type
// -----------------------------------------------------------------------------

/**
 * An amount that can be sent: from 0.00 to 9,999,999,999,999.99, in steps of 0.01.
 *
 * The limit is the largest with which every amount survives as a JSON number: fifteen significant digits.
 */
export type Money = BigDecimal.BigDecimal & Brand.Brand<"@entegre/paynkolay/Money">

const digits = 2
const hundredths = 10n ** BigInt(digits)
const greatestMinor = 10n ** 15n - 1n

const isMoney = (amount: BigDecimal.BigDecimal): boolean => {
  const minor = minorOf(amount)
  return minor !== undefined && minor >= 0n && minor <= greatestMinor
}

/** The amount in hundredths, if it is a whole number of them. */
const minorOf = (amount: BigDecimal.BigDecimal): bigint | undefined => {
  const { scale, value } = BigDecimal.normalize(amount)
  // A number that is too large anyway is not written out: a scale of minus a million would be a million digits.
  return scale > digits || scale < -15 ? undefined : value * 10n ** BigInt(digits - scale)
}

/**
 * The schema of {@link Money}: a `BigDecimal` on both sides.
 *
 * ```ts
 * Money.Money.make(BigDecimal.fromStringUnsafe("150.00"))
 * ```
 */
export const Money = Schema.BigDecimal.pipe(
  Schema.check(
    Schema.makeFilter(isMoney, { expected: "an amount from 0.00 to 9999999999999.99 with at most two decimals" })
  ),
  Schema.brand("@entegre/paynkolay/Money")
)

const asMoney = /* @__PURE__ */ Schema.decodeOption(Money)

/**
 * {@link Money} as a JSON number, as request bodies want it.
 *
 * A number that is not exactly an amount (`0.1 + 0.2`, `1.005`) is refused, not rounded.
 */
export const MoneyFromNumber = Schema.Finite.pipe(
  Schema.decodeTo(
    Money,
    SchemaTransformation.transform({
      decode: BigDecimal.fromNumberUnsafe,
      encode: BigDecimal.toNumberUnsafe
    })
  )
)

/**
 * {@link Money} as text with two decimals (`"150.00"`), as hashes and the penalty call want it.
 */
export const MoneyFromString = Schema.String.check(
  Schema.isPattern(/^(?:0|[1-9]\d*)(?:\.\d{1,2})?$/, { expected: "an amount such as 150.00, with a point" })
).pipe(
  Schema.decodeTo(
    Money,
    SchemaTransformation.transform({
      decode: BigDecimal.fromStringUnsafe,
      encode: (amount) => formatDecimal(amount)
    })
  )
)

// -----------------------------------------------------------------------------
// Constructors
// -----------------------------------------------------------------------------

/**
 * Reads an amount: digits, and a point with one or two digits more. None for everything else: a comma (`"1,5"`),
 * separated thousands (`"1.500"` is fifteen hundred to a Turkish reader), a sign, an exponent, blanks.
 *
 * ```ts
 * Money.fromString("150.00")
 * ```
 */
export const fromString: (text: string) => Option.Option<Money> = /* @__PURE__ */ Schema.decodeOption(MoneyFromString)

/**
 * Like {@link fromString} for an amount that stands in the code. Throws if it is none.
 *
 * ```ts
 * const shipping = Money.make("29.90")
 * ```
 */
export const make = (text: string): Money =>
  Option.getOrThrowWith(fromString(text), () => new RangeError("Money.make: expected an amount such as \"150.00\""))

/**
 * Takes over a JavaScript number that is an amount. None if it has more than two decimals, as a float that was
 * calculated has: `0.1 + 0.2` is 0.30000000000000004 and is nobody's price.
 */
export const fromNumber: (amount: number) => Option.Option<Money> = /* @__PURE__ */ Schema.decodeUnknownOption(
  MoneyFromNumber
)

/**
 * Takes over the result of a calculation. None if it is negative, too large or has more than two decimals: rounding is a
 * decision, to be taken with `BigDecimal.round` by whoever knows the rule.
 *
 * ```ts
 * Money.fromBigDecimal(BigDecimal.round(BigDecimal.multiply(price, rate), { scale: 2, mode: "half-even" }))
 * ```
 */
export const fromBigDecimal: (amount: BigDecimal.BigDecimal) => Option.Option<Money> = asMoney

/**
 * An amount in hundredths: `15000n` is 150.00. None if it is negative or too large.
 */
export const fromMinor = (minor: bigint): Option.Option<Money> => asMoney(BigDecimal.make(minor, digits))

// -----------------------------------------------------------------------------
// Destructors
// -----------------------------------------------------------------------------

/**
 * The amount in hundredths: 150.00 is `15000n`.
 */
export const toMinor = (amount: Money): bigint => minorOf(amount) ?? 0n

/**
 * The amount as text with two decimals, `"150.00"`: what Paynkolay's hashes are made of.
 */
export const format = (amount: Money): string => formatDecimal(amount)

/**
 * The amount as a JSON number: what Paynkolay's request bodies hold. It always denotes the same amount as {@link format}.
 */
export const toNumber = (amount: Money): number => BigDecimal.toNumberUnsafe(amount)

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

const formatDecimal = (amount: BigDecimal.BigDecimal): string => {
  const minor = minorOf(amount) ?? 0n
  return `${minor / hundredths}.${(minor % hundredths).toString().padStart(digits, "0")}`
}
