/**
 * The kinds of fields that the wire schemas are made of.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { MoneyFromNumber, MoneyFromString } from "../Money.ts"

// -----------------------------------------------------------------------------
// Requests
// -----------------------------------------------------------------------------

/** Text that must not be empty. */
export const Text = Schema.NonEmptyString

/** A code that goes into hashes, or may come back in one: without their separator. */
export const Code = Schema.NonEmptyString.check(
  Schema.isPattern(/^[^|]*$/, { expected: "a code without \"|\", which separates the fields of a hash" })
)

/** An amount that may be nothing, as a JSON number. */
export const Amount = MoneyFromNumber

const isPositive = Schema.makeFilter<BigDecimal.BigDecimal>(BigDecimal.isPositive, {
  expected: "an amount greater than 0.00"
})

/** An amount that is more than nothing, as a JSON number. */
export const PositiveAmount = MoneyFromNumber.check(isPositive)

/** An amount that is more than nothing, as text. */
export const PositiveAmountText = MoneyFromString.check(isPositive)

const isRate = (rate: BigDecimal.BigDecimal): boolean =>
  BigDecimal.normalize(rate).scale <= 4 &&
  BigDecimal.between(rate, { minimum: BigDecimal.fromBigInt(0n), maximum: BigDecimal.fromBigInt(100n) })

/** A rate in percent, as a JSON number. Four decimals is the most that the provider's pages show. */
export const Rate = Schema.Finite.pipe(
  Schema.decodeTo(
    Schema.BigDecimal.check(
      Schema.makeFilter(isRate, { expected: "a rate in percent from 0 to 100 with at most four decimals" })
    ),
    SchemaTransformation.transform({ decode: BigDecimal.fromNumberUnsafe, encode: BigDecimal.toNumberUnsafe })
  )
)

/** A secret of which something is known; a problem with it is a problem of the field, not of what the field wraps. */
export const secret = (isValid: (text: string) => boolean, expected: string) =>
  Schema.RedactedFromValue(Schema.String).check(
    Schema.makeFilter((secret) => isValid(Redacted.value(secret)), { expected })
  )

/** Secret text that must not be empty. */
export const SecretText = secret((text) => text !== "", "a text that is not empty")

/** A secret {@link Code}. */
export const SecretCode = secret(
  (text) => /^[^|]+$/.test(text),
  "a code without \"|\", which separates the fields of a hash"
)

// -----------------------------------------------------------------------------
// Answers
// -----------------------------------------------------------------------------

/** A field that an answer may leave out or have as `null`; both are the same to the provider, and `undefined` here. */
export const maybe = <S extends Schema.Constraint>(schema: S) =>
  Schema.optional(Schema.NullOr(schema)).pipe(
    Schema.decodeTo(
      Schema.optional(Schema.toType(schema)),
      SchemaTransformation.transformOptional<S["Type"] | undefined, S["Type"] | null | undefined>({
        decode: Option.filter(Predicate.isNotNullish),
        encode: (value) => value
      })
    )
  )

/** A text about a person, which is not to be printed. */
export const Personal = Schema.RedactedFromValue(Schema.String)

/** A number in an answer, in quotes or not, with as many decimals as it has. */
export const Decimal = Schema.Union([Schema.Finite, Schema.String]).pipe(
  Schema.decodeTo(
    Schema.BigDecimal,
    SchemaTransformation.transformEffect({
      decode: (written, options) =>
        Effect.fromOption(
          BigDecimal.fromString(String(written)),
          () => new SchemaIssue.InvalidValue({ expected: "a number" }, written, options)
        ),
      encode: (decimal) => Effect.succeed(BigDecimal.format(decimal))
    })
  )
)

/** A word of the provider's, of which these are documented. */
export const word = <const Known extends ReadonlyArray<string>>(known: Known) =>
  Schema.Union([Schema.StringForLiteralAutocomplete, Schema.Literals(known)])
