import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Expiry from "@entegre/core/Expiry"
import { DateTime, Redacted, Schema } from "effect"

const arbitrary = { seed: "expiry", runs: 300 }

const istanbul = DateTime.zoneMakeNamedUnsafe("Europe/Istanbul")
const newYork = DateTime.zoneMakeNamedUnsafe("America/New_York")
const kathmandu = DateTime.zoneMakeNamedUnsafe("Asia/Kathmandu")
const utc = DateTime.zoneMakeOffset(0)

/** Resolves at `now`, by an answer that took no time and showed no clock. */
const resolveAt = (now: number, statements: ReadonlyArray<Expiry.Statement>, limits?: Expiry.Limits) =>
  Expiry.resolve(statements, { requestedAt: now, receivedAt: now, serverDate: undefined, age: undefined }, now, limits)

const hour = 3_600_000
const now = Date.parse("2026-01-15T12:00:00Z")

const jwt = (claims: object) =>
  Expiry.jwt(Redacted.make(`e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`))

/** Reads a text an hour before the instant that it is meant to be, so that the instant is plausible. */
const instantOf = (expected: string, text: unknown, zone?: DateTime.TimeZone) => {
  const { expiresAt, problems } = resolveAt(Date.parse(expected) - hour, [Expiry.absolute(text, zone)])
  assert.deepStrictEqual(problems, [])
  return new Date(expiresAt).toISOString()
}

describe.each([
  ["UTC", 0],
  ["Europe/Istanbul", -180],
  ["America/New_York", 300],
  ["Asia/Kathmandu", -345]
])("on a host in %s", (hostZone, offset) => {
  const before = process.env.TZ
  beforeAll(() => {
    process.env.TZ = hostZone
  })
  afterAll(() => {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  })

  it("the host's zone is really another one", () => {
    assert.strictEqual(new Date(now).getTimezoneOffset(), offset)
  })

  it.each([
    ["2026-01-15 23:59:59", istanbul, "2026-01-15T20:59:59.000Z"],
    ["2026-01-15 23:59:59", utc, "2026-01-15T23:59:59.000Z"],
    ["2026-01-15 23:59:59", newYork, "2026-01-16T04:59:59.000Z"],
    ["2026-07-15 23:59:59", newYork, "2026-07-16T03:59:59.000Z"],
    ["2026-01-15 23:59:59", kathmandu, "2026-01-15T18:14:59.000Z"],
    ["2026-01-15 00:00:00", istanbul, "2026-01-14T21:00:00.000Z"],
    ["2028-02-29 12:00:00", istanbul, "2028-02-29T09:00:00.000Z"],
    ["2026-01-15 23:59", istanbul, "2026-01-15T20:59:00.000Z"],
    ["2026-01-15T23:59:59", istanbul, "2026-01-15T20:59:59.000Z"],
    ["2026-01-15 23:59:59.123456", istanbul, "2026-01-15T20:59:59.123Z"],
    ["  2026-01-15 23:59:59\n", istanbul, "2026-01-15T20:59:59.000Z"]
  ])("%s is read where it was written, in %s", (text, zone, expected) => {
    assert.strictEqual(instantOf(expected, text, zone), expected)
  })

  it.each([
    ["2025-01-03T12:00:00Z", "2025-01-03T12:00:00.000Z"],
    ["2025-01-03t12:00:00z", "2025-01-03T12:00:00.000Z"],
    ["2025-01-03 12:00:00 Z", "2025-01-03T12:00:00.000Z"],
    ["2025-01-03T12:00:00.9Z", "2025-01-03T12:00:00.900Z"],
    ["2025-01-03T12:00:00,987654321Z", "2025-01-03T12:00:00.987Z"],
    ["2025-01-03T12:00:00+03:00", "2025-01-03T09:00:00.000Z"],
    ["2025-01-03T12:00:00+0300", "2025-01-03T09:00:00.000Z"],
    ["2025-01-03T12:00:00+03", "2025-01-03T09:00:00.000Z"],
    ["2025-01-03T12:00:00-05:30", "2025-01-03T17:30:00.000Z"],
    ["2025-01-03 12:00 -05:30", "2025-01-03T17:30:00.000Z"]
  ])("%s keeps its own offset", (text, expected) => {
    assert.strictEqual(instantOf(expected, text), expected)
    assert.strictEqual(instantOf(expected, text, kathmandu), expected)
  })

  it("where clocks are set back, the earlier of the two readings counts", () => {
    assert.strictEqual(
      instantOf("2025-11-02T05:30:00.000Z", "2025-11-02 01:30:00", newYork),
      "2025-11-02T05:30:00.000Z"
    )
  })

  it("where clocks are set forward, a time that was left out is read as the earlier one", () => {
    assert.strictEqual(
      instantOf("2025-03-09T06:30:00.000Z", "2025-03-09 02:30:00", newYork),
      "2025-03-09T06:30:00.000Z"
    )
  })

  it.prop(
    "every second that the provider can write is read as that second",
    { second: Schema.Int.check(Schema.isBetween({ minimum: 1_483_228_800, maximum: 2_208_988_800 })) },
    ({ second }) => {
      for (const [zone, offsetMinutes] of [[istanbul, 180], [kathmandu, 345], [utc, 0]] as const) {
        const written = new Date((second + offsetMinutes * 60) * 1000).toISOString().slice(0, 19).replace("T", " ")
        const expected = new Date(second * 1000).toISOString()
        assert.strictEqual(instantOf(expected, written, zone), expected)
      }
    },
    { arbitrary }
  )

  it.each([
    ["seconds", Expiry.relative(3600)],
    ["seconds in quotes", Expiry.relative("3600")],
    ["a JSON Web Token", jwt({ exp: now / 1000 + 3600 })]
  ])("%s mean the same", (_, statement) => {
    assert.deepStrictEqual(resolveAt(now, [statement]), { expiresAt: now + hour, skew: undefined, problems: [] })
  })
})

describe("a date and time", () => {
  it.each([
    ["30 February", "2026-02-30 12:00:00"],
    ["29 February of a common year", "2026-02-29 12:00:00"],
    ["31 April", "2026-04-31 12:00:00"],
    ["day 0", "2026-01-00 12:00:00"],
    ["month 0", "2026-00-15 12:00:00"],
    ["month 13", "2026-13-15 12:00:00"],
    ["24:61", "2026-01-15 24:61:00"],
    ["hour 24", "2026-01-15 24:00:00"],
    ["minute 60", "2026-01-15 12:60:00"],
    ["second 60", "2026-01-15 12:59:60"],
    ["an offset of 24 hours", "2026-01-15 23:59:59+24:00"],
    ["an offset of 60 minutes", "2026-01-15 23:59:59+03:60"],
    ["no time", "2026-01-15"],
    ["no seconds after the colon", "2026-01-15 23:59:"],
    ["the Turkish order", "15.01.2026 23:59:59"],
    ["the American order", "01/15/2026 23:59:59"],
    ["a year of two digits", "26-01-15 23:59:59"],
    ["the name of a zone", "2026-01-15 23:59:59 Europe/Istanbul"],
    ["the form of a mail header", "Thu, 15 Jan 2026 23:59:59 GMT"],
    ["words around it", "expires 2026-01-15 23:59:59"],
    ["an empty text", ""],
    ["a number", 1_768_510_799],
    ["a Date", new Date(now + hour)],
    ["null", null],
    ["nothing", undefined]
  ])("with %s can not be read", (_, text) => {
    const unreadable: ReadonlyArray<Expiry.Problem> = [{ _tag: "Unreadable", statement: "Absolute" }]
    assert.deepStrictEqual(resolveAt(now, [Expiry.absolute(text, istanbul)]), {
      expiresAt: now + 60_000,
      skew: undefined,
      problems: unreadable
    })
  })

  it("without an offset can not be read where no zone was declared", () => {
    const { problems } = resolveAt(now, [Expiry.absolute("2026-01-15 23:59:59")])
    assert.deepStrictEqual(problems, [{ _tag: "Unreadable", statement: "Absolute" }])
  })
})

describe("a number of seconds", () => {
  it.prop(
    "counts from the start of the request, quoted or not, however long the answer took",
    {
      seconds: Schema.Int.check(Schema.isBetween({ minimum: 60, maximum: 604_800 })),
      roundTrip: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 30_000 })),
      skew: Schema.Int.check(Schema.isBetween({ minimum: -3 * hour, maximum: 3 * hour }))
    },
    ({ roundTrip, seconds, skew }) => {
      const timing = { requestedAt: now, receivedAt: now + roundTrip, serverDate: now + skew, age: undefined }
      for (const written of [seconds, `${seconds}`, ` ${seconds}.0 `]) {
        const { expiresAt } = Expiry.resolve([Expiry.relative(written)], timing, now + roundTrip)
        assert.strictEqual(expiresAt, now + seconds * 1000)
      }
    },
    { arbitrary }
  )

  it("may have a fraction", () => {
    assert.strictEqual(resolveAt(now, [Expiry.relative("90.5")]).expiresAt, now + 90_500)
  })

  it.each([
    ["not a number", Number.NaN],
    ["infinite", Number.POSITIVE_INFINITY],
    ["infinite in milliseconds", Number.MAX_VALUE],
    ["negative", -3600],
    ["negative in quotes", "-3600"],
    ["empty", ""],
    ["blank", " "],
    ["a word", "Infinity"],
    ["hexadecimal", "0x10"],
    ["two numbers", "3600 3600"],
    ["with a unit", "3600s"],
    ["a duration", "PT1H"],
    ["true", true],
    ["a list", [3600]],
    ["null", null],
    ["absent", undefined]
  ])("that is %s can not be read", (_, seconds) => {
    const { expiresAt, problems } = resolveAt(now, [Expiry.relative(seconds)])
    assert.deepStrictEqual(problems, [{ _tag: "Unreadable", statement: "Relative" }])
    assert.strictEqual(expiresAt, now + 60_000)
  })
})

describe("of several statements", () => {
  it("the earliest wins", () => {
    const both = [Expiry.relative(3600), Expiry.absolute("2026-01-15T12:30:00Z")]
    assert.deepStrictEqual(resolveAt(now, both), { expiresAt: now + hour / 2, skew: undefined, problems: [] })
    assert.strictEqual(resolveAt(now, [...both, Expiry.relative(600)]).expiresAt, now + 600_000)
  })

  it("one that can not be read gives way to another, and is told", () => {
    assert.deepStrictEqual(resolveAt(now, [Expiry.absolute("soon"), Expiry.relative(3600)]), {
      expiresAt: now + hour,
      skew: undefined,
      problems: [{ _tag: "Unreadable", statement: "Absolute" }]
    })
  })

  it("one by which the fresh token has ended gives way to another, and is told", () => {
    assert.deepStrictEqual(resolveAt(now, [Expiry.absolute("2026-01-15T11:00:00Z"), Expiry.relative(3600)]), {
      expiresAt: now + hour,
      skew: undefined,
      problems: [{ _tag: "Implausible", statement: "Absolute", remaining: -hour }]
    })
  })

  it("a cap shortens the others", () => {
    // Dükkango's page: tokens live for 24 hours. Text of Istanbul that is taken for UTC would come to 27.
    const written = [Expiry.absolute("2026-01-16 15:00:00", utc), Expiry.atMost("24 hours")]
    assert.deepStrictEqual(resolveAt(now, written), { expiresAt: now + 24 * hour, skew: undefined, problems: [] })
  })

  it("a cap does not lengthen the others", () => {
    assert.strictEqual(resolveAt(now, [Expiry.atMost("24 hours"), Expiry.relative(3600)]).expiresAt, now + hour)
  })

  it("a cap is never believed alone", () => {
    assert.deepStrictEqual(resolveAt(now, [Expiry.atMost("24 hours"), Expiry.absolute("soon", istanbul)]), {
      expiresAt: now + 60_000,
      skew: undefined,
      problems: [{ _tag: "Unreadable", statement: "Absolute" }]
    })
    assert.deepStrictEqual(resolveAt(now, [Expiry.atMost("24 hours")]), {
      expiresAt: now + 60_000,
      skew: undefined,
      problems: [{ _tag: "NothingSaid" }]
    })
  })

  it("a cap shortens the bounded life too", () => {
    assert.strictEqual(resolveAt(now, [Expiry.atMost("20 seconds")]).expiresAt, now + 20_000)
  })

  it("a cap without end is told", () => {
    const { expiresAt, problems } = resolveAt(now, [Expiry.atMost("Infinity"), Expiry.relative(3600)])
    assert.strictEqual(expiresAt, now + hour)
    assert.deepStrictEqual(problems, [{ _tag: "Unreadable", statement: "AtMost" }])
  })

  it("a token whose own end has passed lives as long as it was issued for", () => {
    const { expiresAt, problems } = resolveAt(now, [jwt({ iat: now / 1000 - 9000, exp: now / 1000 - 7200 })])
    assert.strictEqual(expiresAt, now + hour / 2)
    assert.deepStrictEqual(problems, [{ _tag: "Implausible", statement: "Jwt", remaining: -2 * hour }])
  })
})

describe("a life that can not be believed", () => {
  it("is the bounded one when nothing was said", () => {
    assert.deepStrictEqual(resolveAt(now, []), {
      expiresAt: now + 60_000,
      skew: undefined,
      problems: [{ _tag: "NothingSaid" }]
    })
  })

  it.each([["in the past", "11:59:59"], ["now", "12:00:00"], ["in half a second", "12:00:00.500"]])(
    "is the bounded one when the fresh token ends %s",
    (_, time) => {
      const { expiresAt, problems } = resolveAt(now, [Expiry.absolute(`2026-01-15T${time}Z`)])
      assert.strictEqual(expiresAt, now + 60_000)
      assert.strictEqual(problems[0]?._tag, "Implausible")
    }
  )

  it("is the bounded one when a provider in UTC writes a one hour token and is taken to be in Istanbul", () => {
    const { expiresAt, problems } = resolveAt(now, [Expiry.absolute("2026-01-15 13:00:00", istanbul)])
    assert.strictEqual(expiresAt, now + 60_000)
    assert.deepStrictEqual(problems, [{ _tag: "Implausible", statement: "Absolute", remaining: -2 * hour }])
  })

  it("counts from the start of the request", () => {
    const timing = { requestedAt: now - 10_000, receivedAt: now, serverDate: undefined, age: undefined }
    assert.strictEqual(Expiry.resolve([], timing, now).expiresAt, now + 50_000)
  })

  it("is cut when it is too long, and told", () => {
    const week = 7 * 24 * hour
    assert.deepStrictEqual(resolveAt(now, [Expiry.relative(7 * 86_400)]).problems, [])
    assert.deepStrictEqual(resolveAt(now, [Expiry.relative(3_600_000)]), {
      expiresAt: now + week,
      skew: undefined,
      problems: [{ _tag: "TooLong", life: 3_600_000_000 }]
    })
  })

  it("follows the limits that were set", () => {
    const limits: Expiry.Limits = { fallbackLife: "2 minutes", longestLife: "1 hour", shortestLife: "30 seconds" }
    assert.strictEqual(resolveAt(now, [], limits).expiresAt, now + 120_000)
    assert.strictEqual(resolveAt(now, [Expiry.relative(7200)], limits).expiresAt, now + hour)
    assert.strictEqual(resolveAt(now, [Expiry.relative(30)], limits).expiresAt, now + 30_000)
    assert.strictEqual(resolveAt(now, [Expiry.relative(29)], limits).expiresAt, now + 120_000)
  })

  it("falls back to the default limits when the set ones are without end", () => {
    const limits: Expiry.Limits = { fallbackLife: "Infinity", longestLife: "Infinity", shortestLife: "Infinity" }
    assert.strictEqual(resolveAt(now, [], limits).expiresAt, now + 60_000)
    assert.strictEqual(resolveAt(now, [Expiry.relative(86_400_000)], limits).expiresAt, now + 7 * 24 * hour)
  })

  it("is described without the provider's text", () => {
    const { problems } = resolveAt(now, [Expiry.absolute("canary"), Expiry.relative("canary"), Expiry.atMost(0)])
    assert.deepStrictEqual(problems.map(Expiry.describe), [
      "The Absolute statement can not be read",
      "The Relative statement can not be read",
      "By the AtMost statement the fresh token would have 0 ms left"
    ])
  })
})
