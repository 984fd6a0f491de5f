/**
 * When a token ends, as far as the provider's answer can be believed.
 *
 * Providers speak of the end of a token in different ways: seconds from now, a date and time with or without an offset,
 * a claim inside the token. Each of these is a {@link Statement}. {@link resolve} makes one instant on the local clock
 * out of them: the earliest that is plausible, or a short bounded life if nothing can be believed. It never fails, never
 * looks at the zone of the host, and never answers "for ever".
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as JsonWebToken from "./internal/jwt.ts"

// -----------------------------------------------------------------------------
// What a provider says
// -----------------------------------------------------------------------------

/**
 * What every statement tells. It reads itself, so that a program has the readers of the statements that it makes, and no
 * others.
 */
interface Ends {
  /**
   * When the token ends: milliseconds since the epoch on the local clock, of which that clock and the server's may give two.
   * What can not be read is not finite. `start` is the start of the request, `skew` the server's clock minus the local one.
   */
  readonly ends: (start: number, skew: number) => ReadonlyArray<number>
}

/**
 * A number of seconds, counted from the start of the request.
 *
 * The start, because the provider may have counted from any moment between the two; only the start is never too late.
 */
export interface Relative extends Ends {
  readonly _tag: "Relative"
  /** A number, or a number in quotes (`"3600"`). Negative, infinite, empty and everything else is unreadable. */
  readonly seconds: unknown
}

/**
 * A date and time on the provider's clock.
 */
export interface Absolute extends Ends {
  readonly _tag: "Absolute"
  /**
   * `2026-01-15 23:59:59` or `2026-01-15T23:59:59.999999Z`: ISO 8601 with a blank or a `T`, seconds and their fraction
   * optional, with `Z`, an offset or neither. A date that does not exist, a time after 23:59:59 and a date without a
   * time are unreadable.
   */
  readonly text: unknown
  /** Where the text was written, if it does not say so itself. Without it such a text is unreadable. */
  readonly zone: DateTime.TimeZone | undefined
}

/**
 * The `exp` claim of a token that is a JSON Web Token; its signature is not checked.
 *
 * If there is an `iat` claim too, the token's whole life, `exp - iat`, counts from the start of the request as well: that
 * reading needs no clock but the local one.
 */
export interface Jwt extends Ends {
  readonly _tag: "Jwt"
  /** The token. */
  readonly token: Redacted.Redacted<string>
}

/**
 * What the provider's documentation promises at most, counted from the start of the request. It shortens what another
 * statement says and is never believed alone.
 */
export interface AtMost extends Ends {
  readonly _tag: "AtMost"
  /** The documented life. */
  readonly life: Duration.Duration
}

/**
 * One thing that a provider says about the end of a token.
 */
export type Statement = Relative | Absolute | Jwt | AtMost

/**
 * The token ends so many seconds after the start of the request, as Ödeal's `expiresIn` and Apex's `expires_in` say
 * (their authentication pages). Takes the field as it came: what is not a number, or a number in quotes, is unreadable.
 */
export const relative = (seconds: unknown): Relative => ({
  _tag: "Relative",
  seconds,
  ends: (start) => [start + readSeconds(seconds)]
})

/**
 * The token ends at this date and time, as Apex's `expires_at` and Dükkango's `expiration_date` say (their authentication
 * pages; the latter has no offset). Takes the field as it came.
 *
 * `zone` is where a text without an offset was written. Default: none, and such a text is unreadable; the zone of the
 * host is never a guess.
 *
 * ```ts
 * Expiry.absolute("2025-01-03T12:00:00Z")
 * Expiry.absolute("2026-01-15 23:59:59", DateTime.zoneMakeNamedUnsafe("Europe/Istanbul"))
 * ```
 */
export const absolute = (text: unknown, zone?: DateTime.TimeZone): Absolute => ({
  _tag: "Absolute",
  text,
  zone,
  ends: (_, skew) => [readInstant(text, zone) - skew]
})

/**
 * The token is a JSON Web Token that says itself when it ends, as Paynkolay's does, which has no other field for it (its
 * authentication page).
 */
export const jwt = (token: Redacted.Redacted<string>): Jwt => ({
  _tag: "Jwt",
  token,
  ends: (start, skew) => {
    const claims = Option.getOrUndefined(JsonWebToken.claims(token))
    const end = readSeconds(claims?.exp)
    const issued = readSeconds(claims?.iat)
    return issued < end ? [end - skew, start + end - issued] : [end - skew]
  }
})

/**
 * The token ends no later than so long after the start of the request, whatever else is said: Dükkango's authentication
 * page promises 24 hours.
 */
export const atMost = (life: Duration.Input): AtMost => ({
  _tag: "AtMost",
  life: Duration.fromInputUnsafe(life),
  ends: (start) => [start + Duration.toMillis(life)]
})

// -----------------------------------------------------------------------------
// When it was said
// -----------------------------------------------------------------------------

/**
 * When the request left, when the answer came, and what the server's clock showed. Instants are milliseconds since the
 * epoch.
 */
export interface Timing {
  /** When the request left, on the local clock. */
  readonly requestedAt: number
  /** When the answer came, on the local clock. */
  readonly receivedAt: number
  /** The answer's `Date` header, if it had a readable one. */
  readonly serverDate: number | undefined
  /** The answer's `Age` header in seconds, if it had one: anything but 0 means that a cache answered. */
  readonly age: number | undefined
}

/**
 * How far a provider is believed. Every duration must be finite; one that is not counts as its default.
 */
export interface Limits {
  /** The life of a token of which nothing believable was said. Default: 60 seconds. */
  readonly fallbackLife?: Duration.Input | undefined
  /** The longest life that is believed; a longer one is cut to it. Default: 7 days. */
  readonly longestLife?: Duration.Input | undefined
  /** What a fresh token must have left to be believed; less would mean login upon login. Default: 1 second. */
  readonly shortestLife?: Duration.Input | undefined
  /** Up to which round trip a `Date` header tells the server's time. Default: 5 seconds. */
  readonly trustedRoundTrip?: Duration.Input | undefined
  /** Up to which difference the two clocks count as equal. `Date` has whole seconds. Default: 2 seconds. */
  readonly skewTolerance?: Duration.Input | undefined
}

// -----------------------------------------------------------------------------
// What is believed
// -----------------------------------------------------------------------------

/**
 * What was wrong with what the provider said. Carries no text of the provider, because that may be a token.
 *
 * - `Unreadable`: a statement that can not be read.
 * - `Implausible`: a statement that would make the fresh token expired, or as good as; `remaining` is what it would have
 *   left, in milliseconds. A wrong zone, or a wrong clock on either side.
 * - `TooLong`: the earliest statement is beyond the longest life that is believed; `life` is what it said, in
 *   milliseconds from the start of the request.
 * - `NothingSaid`: there was no statement, or nothing but `AtMost`.
 */
export type Problem =
  | { readonly _tag: "Unreadable"; readonly statement: Statement["_tag"] }
  | { readonly _tag: "Implausible"; readonly statement: Statement["_tag"]; readonly remaining: number }
  | { readonly _tag: "TooLong"; readonly life: number }
  | { readonly _tag: "NothingSaid" }

/**
 * When a token ends.
 */
export interface Resolved {
  /** The end, in milliseconds since the epoch on the local clock. Always finite and later than `now`. */
  readonly expiresAt: number
  /** Server clock minus local clock in milliseconds, if it was learnt and the clocks are not as good as equal. */
  readonly skew: number | undefined
  /** What was wrong with the statements. */
  readonly problems: ReadonlyArray<Problem>
}

/**
 * The end of a token that was asked for, and answered, just now.
 *
 * - The earliest plausible statement wins; one that can not be read or believed is passed over.
 * - `Relative` and `AtMost` count from the start of the request on the local clock. `Absolute` and `Jwt` are instants on
 *   the server's clock, converted by the skew that the `Date` header tells, if the round trip was small and no cache
 *   answered.
 * - If nothing remains, the token lives for `fallbackLife` from the start of the request, or for an `AtMost` below that.
 *
 * `now` is the local clock, in milliseconds since the epoch.
 *
 * ```ts
 * const { expiresAt } = Expiry.resolve(
 *   [Expiry.relative(3600), Expiry.absolute("2025-01-03T12:00:00Z")],
 *   { requestedAt: now - 80, receivedAt: now, serverDate: undefined, age: undefined },
 *   now
 * )
 * ```
 */
export const resolve = (
  statements: ReadonlyArray<Statement>,
  timing: Timing,
  now: number,
  limits: Limits = {}
): Resolved => {
  const fallbackLife = millisOf(limits, "fallbackLife")
  const longestLife = millisOf(limits, "longestLife")
  const shortestLife = Math.max(millisOf(limits, "shortestLife"), 1)
  const skew = learnSkew(timing, limits)
  // A clock that was set back during the request must not lengthen the token's life.
  const start = timing.requestedAt <= now ? timing.requestedAt : now

  const problems: Array<Problem> = []
  const ends: Array<number> = []
  const caps: Array<number> = []
  for (const statement of statements) {
    const read = statement.ends(start, skew ?? 0).filter(Number.isFinite)
    if (read.length === 0) {
      problems.push({ _tag: "Unreadable", statement: statement._tag })
    }
    for (const end of read) {
      if (end - now < shortestLife) {
        problems.push({ _tag: "Implausible", statement: statement._tag, remaining: end - now })
      } else if (statement._tag === "AtMost") {
        caps.push(end)
      } else {
        ends.push(end)
      }
    }
  }
  if (statements.every((statement) => statement._tag === "AtMost")) {
    problems.push({ _tag: "NothingSaid" })
  }

  const end = Math.min(...(ends.length > 0 ? ends : [start + fallbackLife]), ...caps)
  if (end - start > longestLife) {
    problems.push({ _tag: "TooLong", life: end - start })
  }
  const expiresAt = Math.max(Math.min(end, start + longestLife), now + shortestLife)
  return { expiresAt, skew, problems }
}

/**
 * A problem in one English sentence, for logs and events. Like the problem, it carries no text of the provider.
 */
export const describe = (problem: Problem): string => {
  switch (problem._tag) {
    case "Unreadable":
      return `The ${problem.statement} statement can not be read`
    case "Implausible":
      return `By the ${problem.statement} statement the fresh token would have ${problem.remaining} ms left`
    case "TooLong":
      return `The provider promises ${problem.life} ms, longer than is believed`
    case "NothingSaid":
      return "The provider did not say when the token ends"
  }
}

// -----------------------------------------------------------------------------
// When to renew
// -----------------------------------------------------------------------------

/**
 * When the renewal of a token starts.
 */
export interface Renewal {
  /** The instant, in milliseconds since the epoch. */
  readonly at: number
  /** Whether the window was longer than half of the token's life, and was cut to that. */
  readonly clamped: boolean
}

/**
 * When to start renewing a token: in the first half of the `window` before its end. The window is never more than half of
 * the token's life, so that a short token is not renewed without pause.
 *
 * `jitter` is a number from 0 up to 1 that says where in that half the renewal starts, so that tokens that were born
 * together are not renewed together. Draw it once per token: drawn anew at each look, the earliest draw wins.
 *
 * ```ts
 * Expiry.renewAt({ issuedAt: 0, expiresAt: 3_600_000 }, "10 minutes", 0) // { at: 3_000_000, clamped: false }
 * Expiry.renewAt({ issuedAt: 0, expiresAt: 3_600_000 }, "10 minutes", 0.5) // { at: 3_150_000, clamped: false }
 * ```
 */
export const renewAt = (
  life: { readonly issuedAt: number; readonly expiresAt: number },
  window: Duration.Input,
  jitter: number
): Renewal => {
  const half = Math.max(life.expiresAt - life.issuedAt, 0) / 2
  const wanted = Math.max(Duration.toMillis(window), 0)
  const early = Math.min(wanted, half) * (1 - jitter / 2)
  return { at: Math.ceil(life.expiresAt - early), clamped: wanted > half }
}

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

const defaults = {
  fallbackLife: "60 seconds",
  longestLife: "7 days",
  shortestLife: "1 second",
  trustedRoundTrip: "5 seconds",
  skewTolerance: "2 seconds"
} as const

const millisOf = (limits: Limits, name: keyof Limits): number => {
  const millis = Duration.toMillis(limits[name] ?? defaults[name])
  return Number.isFinite(millis) ? millis : Duration.toMillis(defaults[name])
}

/** Seconds as whole milliseconds; NaN if they can not be read. */
const readSeconds = (seconds: unknown): number => {
  const number = typeof seconds === "string" && /^\s*\d+(?:\.\d+)?\s*$/.test(seconds) ? Number(seconds) : seconds
  return typeof number === "number" && number >= 0 ? Math.floor(number * 1000) : Number.NaN
}

const instantPattern =
  /^(\d{4}-\d\d-\d\d)[T ]((?:[01]\d|2[0-3]):[0-5]\d)(?:(:[0-5]\d)(?:[.,](\d{1,9}))?)? ?(Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?$/i

/** A date and time as milliseconds since the epoch; NaN if it can not be read. */
const readInstant = (text: unknown, zone: DateTime.TimeZone | undefined): number => {
  const match = typeof text === "string" ? instantPattern.exec(text.trim()) : null
  if (match === null) return Number.NaN
  const [, date, time, second = ":00", fraction = "", offset] = match
  const where = offset === undefined ? Option.fromUndefinedOr(zone) : readOffset(offset)
  const written = `${date}T${time}${second}.${fraction.padEnd(3, "0").slice(0, 3)}Z`
  return DateTime.make(written).pipe(
    // 30 February would silently become 2 March.
    Option.filter((read) => DateTime.formatIso(read) === written),
    // Of two readings, where clocks are set back, the earlier one is never too late.
    Option.zipWith(
      where,
      (read, zone) => DateTime.setZone(read, zone, { adjustForTimeZone: true, disambiguation: "earlier" })
    ),
    Option.match({ onNone: () => Number.NaN, onSome: DateTime.toEpochMillis })
  )
}

/** `Z`, `+03:00`, `+0300` or `+03`. */
const readOffset = (offset: string): Option.Option<DateTime.TimeZone> =>
  offset.length === 1
    ? Option.some(DateTime.zoneMakeOffset(0))
    : DateTime.zoneFromString(offset.length === 3 ? `${offset}:00` : offset)

const learnSkew = (timing: Timing, limits: Limits): number | undefined => {
  const { age = 0, receivedAt, requestedAt, serverDate = Number.NaN } = timing
  const roundTrip = receivedAt - requestedAt
  const trusted = age === 0 && roundTrip >= 0 && roundTrip <= millisOf(limits, "trustedRoundTrip")
  if (!trusted || !Number.isFinite(serverDate)) {
    return undefined
  }
  // `Date` is cut to the second, and was written at some moment of the round trip.
  const skew = Math.round(serverDate + 500 - (requestedAt + receivedAt) / 2)
  const tolerance = Math.max(millisOf(limits, "skewTolerance"), 500 + roundTrip / 2)
  return Math.abs(skew) > tolerance ? skew : undefined
}
