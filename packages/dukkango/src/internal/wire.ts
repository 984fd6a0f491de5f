/**
 * How the provider writes numbers, nothing, dates and blocks of fields.
 */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as LocalTime from "./localTime.ts"

/** A UUID, of any version. */
export const Uuid = Schema.String.check(
  Schema.isPattern(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, { expected: "a UUID" })
)

/** A number, or a number in quotes. */
export const Amount = Schema.Union([
  Schema.Finite,
  Schema.String.check(Schema.isPattern(/^-?\d+(?:\.\d+)?$/, { expected: "a number in quotes" })).pipe(
    Schema.decodeTo(Schema.Finite, SchemaTransformation.numberFromString)
  )
])

/** A whole number, or one in quotes. */
export const Integer = Amount.check(Schema.isInt())

/** Reads a field, `undefined` if it is missing, by a schema for what `prepare` makes of it. */
const prepared = <S extends Schema.Constraint>(schema: S, prepare: (value: unknown) => unknown) =>
  Schema.optionalKey(Schema.Unknown).pipe(
    Schema.decodeTo(
      Schema.Unknown,
      SchemaTransformation.transformOptional<unknown, unknown>({
        decode: (value) => Option.some(prepare(Option.getOrUndefined(value))),
        encode: (value) => value
      })
    ),
    Schema.decodeTo(schema, SchemaTransformation.passthrough({ strict: false }))
  )

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === "string" && value.trim() === "")

const optional = <S extends Schema.Constraint>(schema: S) =>
  prepared(Schema.OptionFromUndefinedOr(schema), (value) => isNothing(value) ? undefined : value)

/** A number, or a number in quotes; 0 for nothing. */
export const AmountOrZero = prepared(Amount, (value) => isNothing(value) ? 0 : value)

/** Text, if there is any. */
export const Text = optional(Schema.String)

/** A block of fields that need not be there: nothing is written in many ways. */
export const block = <S extends Schema.Constraint>(fields: S) =>
  prepared(fields, (value) => Predicate.isObject(value) ? value : {})

/** A date and time without an offset, as the clocks of a zone show it. */
export const dateTime = (zone: DateTime.TimeZone) =>
  Schema.String.pipe(
    Schema.decodeTo(
      Schema.DateTimeZoned,
      SchemaTransformation.transformEffect<DateTime.Zoned, string>({
        decode: (text, options) =>
          Effect.fromOption(
            LocalTime.parse(text, zone),
            () => new SchemaIssue.InvalidValue({ message: "Expected a date and time" }, text, options)
          ),
        encode: (dateTime) => Effect.succeed(LocalTime.format(dateTime))
      })
    )
  )

/** {@link dateTime}, if there is any. */
export const dateTimeOption = (zone: DateTime.TimeZone) => optional(dateTime(zone))

/** Lets a schema for an object see the whole object in its field `raw`. */
export const withRaw = <S extends Schema.Constraint>(schema: S) =>
  Schema.Unknown.pipe(
    Schema.decodeTo(
      Schema.Unknown,
      SchemaTransformation.transform<unknown, unknown>({
        decode: (value) => Predicate.isObject(value) ? { ...value, raw: value } : value,
        encode: (value) => Predicate.hasProperty(value, "raw") ? value.raw : value
      })
    ),
    Schema.decodeTo(schema, SchemaTransformation.passthrough({ strict: false }))
  )
