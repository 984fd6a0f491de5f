/**
 * How Apex writes times, durations and enumerations.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** What may be missing from an answer, or be `null`. */
export const optional = Schema.OptionFromOptionalNullOr

/**
 * A moment, as RFC 3339 writes it: `2025-12-24T02:16:10.419696+03:00` or `2025-12-11T14:00:26.023564Z`. Without an offset
 * it names no moment, and is refused. What is finer than a millisecond is cut off.
 */
export const Instant = Schema.String.pipe(
  Schema.decodeTo(
    Schema.DateTimeUtc,
    SchemaTransformation.transformEffect<DateTime.Utc, string>({
      decode: (text, options) =>
        Effect.fromOption(
          readInstant(text),
          () => new SchemaIssue.InvalidValue({ message: "Expected a date and time with an offset" }, text, options)
        ),
      encode: (instant) => Effect.succeed(DateTime.formatIso(instant))
    })
  )
)

const rfc3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/i

const readInstant = (text: string): Option.Option<DateTime.Utc> => {
  const [, date = "", time = "", fraction = "", offset = ""] = rfc3339.exec(text) ?? []
  const millis = fraction.padEnd(3, "0").slice(0, 3)
  return DateTime.make(`${date}T${time}Z`).pipe(
    // 30 February would silently become 2 March.
    Option.filter((written) => DateTime.formatIso(written).startsWith(`${date}T${time}`)),
    Option.andThen(() => DateTime.make(`${date}T${time}.${millis}${offset.toUpperCase()}`)),
    Option.map(DateTime.toUtc)
  )
}

/** Whole seconds. */
export const Seconds = Schema.Int.pipe(
  Schema.decodeTo(
    Schema.Duration,
    SchemaTransformation.transform<Duration.Duration, number>({
      decode: (seconds) => Duration.seconds(seconds),
      encode: (duration) => Duration.toSeconds(duration)
    })
  )
)

/** A list that may be `null` where it is empty. */
export const nullableList = <S extends Schema.Constraint>(item: S) =>
  Schema.NullOr(Schema.Array(item)).pipe(
    Schema.decodeTo(
      Schema.toType(Schema.Array(item)),
      SchemaTransformation.transform<ReadonlyArray<S["Type"]>, ReadonlyArray<S["Type"]> | null>({
        decode: (list) => list ?? [],
        encode: (list) => list
      })
    )
  )

/** A list that may be missing, or `null`, where it is empty. */
export const list = <S extends Schema.Constraint>(item: S) =>
  Schema.optionalKey(Schema.NullOr(Schema.Array(item))).pipe(
    Schema.decodeTo(
      Schema.toType(Schema.Array(item)),
      SchemaTransformation.transformOptional<ReadonlyArray<S["Type"]>, ReadonlyArray<S["Type"]> | null>({
        decode: (list) => Option.some(Option.getOrNull(list) ?? []),
        encode: (list) => list
      })
    )
  )

/**
 * An enumeration that is sent as a number and may come back as its name, in any case. Numbers and names that are not
 * documented are kept.
 */
export const enumeration = <const Names extends Readonly<Record<string, number>>>(names: Names) => {
  const numberOf = new Map<string | number, number>(Object.entries(names))
  const nameOf = new Map<string | number, string>(
    Object.entries(names).flatMap(([name, number]) => [[number, name], [name.toUpperCase(), name]])
  )
  return Schema.Union([Schema.Int, Schema.String]).pipe(
    Schema.decodeTo(
      Schema.Union([Schema.Int, Schema.String]),
      SchemaTransformation.transform<string | number, string | number>({
        decode: (written) => nameOf.get(typeof written === "string" ? written.toUpperCase() : written) ?? written,
        encode: (value) => numberOf.get(value) ?? value
      })
    )
  )
}
