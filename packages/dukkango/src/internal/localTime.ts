/**
 * Dates and times that are written without an offset.
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

const pattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?$/

/** `2026-01-16 15:10:54`, the seconds optional, as the clocks of a zone show it. */
export const parse = (text: string, zone: DateTime.TimeZone): Option.Option<DateTime.Zoned> => {
  const match = pattern.exec(text.trim())
  if (match === null) return Option.none()
  const [, date = "", time = "", seconds = ":00"] = match
  const written = `${date}T${time}${seconds}`
  return DateTime.make(`${written}Z`).pipe(
    // 30 February would silently become 2 March.
    Option.filter((utc) => DateTime.formatIso(utc).startsWith(written)),
    Option.map((utc) => DateTime.setZone(utc, zone, { adjustForTimeZone: true }))
  )
}

/** The clocks of the zone, as the provider writes them. */
export const format = (dateTime: DateTime.Zoned): string =>
  DateTime.formatIsoOffset(dateTime).slice(0, "2026-01-16T15:10:54".length).replace("T", " ")
