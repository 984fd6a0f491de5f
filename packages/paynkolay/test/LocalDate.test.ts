import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as LocalDate from "@entegre/paynkolay/LocalDate"
import { Arbitrary, DateTime, Effect, Option, Schema } from "effect"
import { TestClock } from "effect/testing"

const hour = 3_600_000
const day = 24 * hour

/** From 2017 on, since when Istanbul has kept to three hours ahead of UTC. */
const instant = Arbitrary.map(
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({
    minimum: Date.parse("2017-01-01T00:00:00Z"),
    maximum: Date.parse("2099-12-31T00:00:00Z")
  }))),
  (millis) => DateTime.makeUnsafe(millis)
)

/** What a clock on a wall in Istanbul shows. */
const onTheWall = (instant: DateTime.DateTime) => new Date(DateTime.toEpochMillis(instant) + 3 * hour).toISOString()

const at = (iso: string) => DateTime.makeUnsafe(iso)

describe.each([
  ["UTC", 0],
  ["Europe/Istanbul", -180],
  ["America/New_York", 300],
  ["Asia/Kathmandu", -345]
])("on a machine in %s", (zone, offset) => {
  const before = process.env.TZ
  beforeAll(() => {
    process.env.TZ = zone
  })
  afterAll(() => {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  })

  it("the machine's zone is really another one", () => {
    assert.strictEqual(new Date("2026-01-15T12:00:00Z").getTimezoneOffset(), offset)
  })

  it.effect.prop(
    "the date and the time are those of a wall clock in Istanbul",
    { instant },
    ({ instant }) =>
      Effect.sync(() => {
        assert.strictEqual(LocalDate.fromInstant(instant), onTheWall(instant).slice(0, 10))
        assert.strictEqual(LocalDate.dateTimeFromInstant(instant), onTheWall(instant).slice(0, 16))
      })
  )

  it.effect.prop(
    "an instant is read back as it was written in Istanbul",
    { instant },
    ({ instant }) =>
      Effect.sync(() => {
        const seconds = DateTime.makeUnsafe(Math.floor(DateTime.toEpochMillis(instant) / 1000) * 1000)
        const wall = onTheWall(seconds)
        for (
          const text of [
            wall.slice(0, 19),
            wall.slice(0, 19).replace("T", " "),
            `${wall.slice(0, 19).replace("T", " ")}+0300`,
            `${wall.slice(0, 19)}+03:00`,
            DateTime.formatIso(seconds)
          ]
        ) {
          assert.deepStrictEqual(LocalDate.readInstant(text), Option.some(seconds), text)
        }
      })
  )

  it.effect.prop("a date is the same date with dots", { instant }, ({ instant }) =>
    Effect.gen(function*() {
      const date = LocalDate.fromInstant(instant)
      const dotted = yield* Schema.encodeEffect(LocalDate.LocalDateFromDotted)(date)
      const [year, month, day] = date.split("-")
      assert.strictEqual(dotted, `${day}.${month}.${year}`)
      assert.strictEqual(yield* Schema.decodeEffect(LocalDate.LocalDateFromDotted)(dotted), date)
    }))

  it.effect.each<readonly [now: string, date: string]>([
    ["2026-01-15T20:59:59.999Z", "2026-01-15"],
    ["2026-01-15T21:00:00.000Z", "2026-01-16"],
    ["2025-12-31T20:59:59.999Z", "2025-12-31"],
    ["2025-12-31T21:00:00.000Z", "2026-01-01"],
    ["2028-02-28T21:00:00.000Z", "2028-02-29"],
    ["2026-07-15T21:00:00.000Z", "2026-07-16"]
  ])("at %s today is %s", ([now, date]) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(DateTime.toEpochMillis(at(now)))
      assert.strictEqual(yield* LocalDate.today, date)
    }))

  it.effect("a payment is of today until midnight in Istanbul", () =>
    Effect.gen(function*() {
      const paidAt = at("2026-01-15T20:30:00Z")
      yield* TestClock.setTime(DateTime.toEpochMillis(paidAt))
      assert.isTrue(yield* LocalDate.isToday(paidAt))
      yield* TestClock.adjust("29 minutes")
      assert.isTrue(yield* LocalDate.isToday(paidAt))
      yield* TestClock.adjust("1 minute")
      assert.isFalse(yield* LocalDate.isToday(paidAt))
    }))

  it.effect.prop("two instants are of one day exactly if Istanbul shows one date", {
    instant,
    apart: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 * day })))
  }, ({ apart, instant }) =>
    Effect.gen(function*() {
      const later = DateTime.makeUnsafe(DateTime.toEpochMillis(instant) + apart)
      yield* TestClock.setTime(DateTime.toEpochMillis(later))
      assert.strictEqual(
        yield* LocalDate.isToday(instant),
        onTheWall(instant).slice(0, 10) === onTheWall(later).slice(0, 10)
      )
    }))
})

describe("a date", () => {
  it.each(["2026-01-15", "2028-02-29", "1985-05-15"])("is %s", (text) => {
    assert.strictEqual(LocalDate.LocalDate.make(text), text)
  })

  it.each([
    "2026-02-29",
    "2026-02-30",
    "2026-13-01",
    "2026-00-10",
    "2026-04-31",
    "26-01-15",
    "2026-1-5",
    "15.01.2026",
    ""
  ])(
    "is not %s",
    (text) => {
      assert.isTrue(Option.isNone(LocalDate.LocalDate.makeOption(text)))
    }
  )

  it.each(["30.02.2026", "2026-01-15", "1.1.2026", "15.13.2026"])("with dots is not %s", (text) => {
    assert.isTrue(Option.isNone(Schema.decodeOption(LocalDate.LocalDateFromDotted)(text)))
  })
})

describe("a date and time", () => {
  it.each(["2026-01-15T00:00", "2026-01-31T23:59"])("is %s", (text) => {
    assert.strictEqual(LocalDate.LocalDateTime.make(text), text)
  })

  it.each([
    "2026-01-15",
    "2026-01-15T24:00",
    "2026-01-15T12:60",
    "2026-02-30T12:00",
    "2026-01-15 12:00",
    "2026-01-15T12:00:00"
  ])(
    "is not %s",
    (text) => {
      assert.isTrue(Option.isNone(LocalDate.LocalDateTime.makeOption(text)))
    }
  )

  it.each([
    ["2025-01-20T14:30:15.204156Z", "2025-01-20T14:30:15.204Z"],
    ["2025-01-15T10:30:00Z", "2025-01-15T10:30:00.000Z"],
    ["2026-07-27 16:43:47+0300", "2026-07-27T13:43:47.000Z"],
    ["2025-01-20T15:00:00", "2025-01-20T12:00:00.000Z"],
    ["2010-07-01T12:00:00", "2010-07-01T09:00:00.000Z"],
    ["2010-01-01T12:00:00", "2010-01-01T10:00:00.000Z"]
  ])("%s is the instant %s", (text, iso) => {
    assert.deepStrictEqual(Option.map(LocalDate.readInstant(text), DateTime.formatIso), Option.some(iso))
  })

  it.each(["2026-02-30 12:00:00+0300", "2026-01-15 25:00:00+0300", "2026-01-15", "15.01.2026 12:00:00", "now", ""])(
    "%s is no instant",
    (text) => {
      assert.deepStrictEqual(LocalDate.readInstant(text), Option.none())
    }
  )
})
