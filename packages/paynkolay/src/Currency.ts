/**
 * The currencies that Paynkolay's marketplace settles in. Requests name them by letters (`TRY`); reports and callbacks
 * also by the numeric code (`949`).
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * A currency, as requests name it.
 */
export const Currency = Schema.Literals(["TRY", "USD", "EUR"])

/**
 * A currency, as requests name it.
 */
export type Currency = typeof Currency.Type

/**
 * The numeric code of each currency, as reports and callbacks have it.
 */
export const numericCodes: { readonly [C in Currency]: string } = { TRY: "949", USD: "840", EUR: "978" }

/**
 * The currency of a numeric code. None if it is not one of the three.
 */
export const fromNumericCode = (code: string): Option.Option<Currency> =>
  Option.fromUndefinedOr(Currency.literals.find((currency) => numericCodes[currency] === code))

/**
 * A currency in an answer, by letters or by its numeric code. One that is not among the three stays as it came, so that a
 * report which has one can be read.
 */
export const AnsweredCurrency = Schema.String.pipe(
  Schema.decodeTo(
    Schema.Union([Schema.StringForLiteralAutocomplete, Currency]),
    SchemaTransformation.transform({
      decode: (text) => Option.getOrElse(fromNumericCode(text), () => text),
      encode: (currency) => currency
    })
  )
)

/**
 * A currency in an answer.
 */
export type AnsweredCurrency = typeof AnsweredCurrency.Type
