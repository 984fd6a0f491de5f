/**
 * Dates and times as Paynkolay reads them: local ones, in Istanbul, whatever the zone of the machine.
 *
 * Which date it is decides money: a payment is cancelled on its own day and refunded after it, and the hash of a refund
 * contains the date. At 01:00 in Istanbul it is still yesterday on a machine that runs in UTC. So there is no reading of
 * the machine's zone in here: "today" comes from the `Clock` and the zone `Europe/Istanbul`.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * The zone in which the provider reads and writes dates without an offset. No page says so; it is where the provider is,
 * and its timestamps have that zone's offset.
 */
export const zone: DateTime.TimeZone.Named = DateTime.zoneMakeNamedUnsafe("Europe/Istanbul")

// -----------------------------------------------------------------------------
// Dates
// -----------------------------------------------------------------------------

const isDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) &&
  // 30 February would silently become 2 March.
  Option.exists(DateTime.make(`${text}T00:00:00Z`), (midnight) => DateTime.formatIsoDateUtc(midnight) === text)

/**
 * A date of the calendar as `yyyy-MM-dd`: `trxDate`, `debtDate` and the bounds of reports. Later dates are greater
 * strings.
 *
 * ```ts
 * LocalDate.LocalDate.make("2026-01-15")
 * ```
 */
export const LocalDate = Schema.String.check(
  Schema.makeFilter(isDate, { expected: "a date of the calendar as yyyy-MM-dd" })
).pipe(Schema.brand("@entegre/paynkolay/LocalDate"))

/**
 * A date of the calendar as `yyyy-MM-dd`.
 */
export type LocalDate = typeof LocalDate.Type

/**
 * A {@link LocalDate} that is written `dd.MM.yyyy`: `birthDate` and `deliveryDate` of requests.
 */
export const LocalDateFromDotted = Schema.String.check(
  Schema.isPattern(/^\d\d\.\d\d\.\d{4}$/, { expected: "a date as dd.MM.yyyy" })
).pipe(
  Schema.decodeTo(
    LocalDate.schema,
    SchemaTransformation.transform({
      decode: (dotted) => dotted.split(".").toReversed().join("-"),
      encode: (date) => date.split("-").toReversed().join(".")
    })
  ),
  Schema.brand("@entegre/paynkolay/LocalDate")
)

/**
 * The date in Istanbul at an instant.
 */
export const fromInstant = (instant: DateTime.DateTime): LocalDate =>
  LocalDate.make(DateTime.formatIsoDate(DateTime.setZone(instant, zone)))

/**
 * The date in Istanbul now, by the `Clock`.
 */
export const today: Effect.Effect<LocalDate> = Effect.map(DateTime.now, fromInstant)

/**
 * Whether it is still the day on which something happened, in Istanbul. On that day a payment is cancelled and its
 * commission can be changed; from the next day on it is refunded.
 *
 * ```ts
 * const reversal = (yield* LocalDate.isToday(paidAt)) ? "cancel" : "refund"
 * ```
 */
export const isToday = (instant: DateTime.DateTime): Effect.Effect<boolean> =>
  Effect.map(today, (date) => date === fromInstant(instant))

// -----------------------------------------------------------------------------
// Times
// -----------------------------------------------------------------------------

/**
 * A date and time in Istanbul as `yyyy-MM-ddTHH:mm`: the bounds of the debt report.
 */
export const LocalDateTime = Schema.String.check(
  Schema.makeFilter((text) => isDate(text.slice(0, 10)) && /^T(?:[01]\d|2[0-3]):[0-5]\d$/.test(text.slice(10)), {
    expected: "a date and time as yyyy-MM-ddTHH:mm"
  })
).pipe(Schema.brand("@entegre/paynkolay/LocalDateTime"))

/**
 * A date and time in Istanbul as `yyyy-MM-ddTHH:mm`.
 */
export type LocalDateTime = typeof LocalDateTime.Type

/**
 * The date and time in Istanbul at an instant; seconds are cut off.
 */
export const dateTimeFromInstant = (instant: DateTime.DateTime): LocalDateTime =>
  LocalDateTime.make(DateTime.formatIsoOffset(DateTime.setZone(instant, zone)).slice(0, 16))

const instantPattern =
  /^(\d{4}-\d\d-\d\d)[T ]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)(?:(Z)|([+-](?:[01]\d|2[0-3])):?([0-5]\d))?$/

/**
 * Reads an instant that is written with an offset (`2026-01-15 14:30:00+0300`, `2026-01-15T11:30:00.204156Z`) or without
 * one, and then in Istanbul (`2026-01-15T14:30:00`, as the time of a report is).
 */
export const readInstant = (text: string): Option.Option<DateTime.Utc> => {
  const [, date = "", time = "", utc, hours, minutes] = instantPattern.exec(text) ?? []
  if (!isDate(date)) return Option.none()
  if (utc === undefined && hours === undefined) {
    // Written as if in UTC first: a text without an offset would be read in the machine's zone.
    return Option.map(
      DateTime.makeZoned(`${date}T${time}Z`, { timeZone: zone, adjustForTimeZone: true }),
      DateTime.toUtc
    )
  }
  return Option.map(DateTime.make(`${date}T${time}${utc ?? `${hours}:${minutes}`}`), DateTime.toUtc)
}

/**
 * The schema of {@link readInstant}. An instant is written back in UTC.
 */
export const InstantFromString = Schema.String.pipe(
  Schema.decodeTo(
    Schema.DateTimeUtc,
    SchemaTransformation.transformEffect({
      decode: (text, options) =>
        Effect.fromOption(
          readInstant(text),
          () => new SchemaIssue.InvalidValue({ expected: "a date and time" }, text, options)
        ),
      encode: (instant) => Effect.succeed(DateTime.formatIso(instant))
    })
  )
)
