import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** Every date without an offset is taken for one of Istanbul; no page names a zone. */
const zone = DateTime.zoneMakeNamedUnsafe("Europe/Istanbul")

/** `2026-01-15T14:30:00.000+03:00` */
const written = (millis: number) => DateTime.formatIsoOffset(DateTime.setZone(DateTime.makeUnsafe(millis), zone))

/** `2026-01-15` */
export const day = (millis: number): string => written(millis).slice(0, 10)

/** `2026-01-15T14:30` */
export const minute = (millis: number): string => written(millis).slice(0, 16)

/** `2026-01-15T14:30:00.000` */
export const withoutOffset = (millis: number): string => written(millis).slice(0, 23)

/** `2026-01-15 14:30:00+0300` */
export const timestamp = (millis: number): string => {
  const iso = written(millis)
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${iso.slice(23).replace(":", "")}`
}

/** `2026-01-15T11:30:00.000Z` */
export const instant = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))

/** `2026-01-15T11:30:00.000000Z`: reports count microseconds. */
export const preciseInstant = (millis: number): string => instant(millis).replace("Z", "000Z")

/** Whether a text is a day of the calendar, `yyyy-MM-dd`. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) &&
  // A day that does not exist becomes another one.
  Option.exists(DateTime.make(`${text}T00:00:00Z`), (parsed) => DateTime.formatIso(parsed).startsWith(text))

/** `15.01.2026` as `2026-01-15`; undefined where there is no such day. */
export const fromDotted = (text: string): string | undefined => {
  const [, day, month, year] = /^(\d\d)\.(\d\d)\.(\d{4})$/.exec(text) ?? []
  const iso = `${year}-${month}-${day}`
  return isDay(iso) ? iso : undefined
}

/** A day in a body. */
export const Day = Schema.String.check(Schema.makeFilter((text: string) => isDay(text) || "a day"))

/** Whether a day is in a period, or a minute in one of minutes; both ends are. */
export const isWithin = (day: string, { from, to }: { readonly from: string; readonly to: string }): boolean =>
  from <= day && day <= to
