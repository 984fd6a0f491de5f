import { assert, describe, it } from "@effect/vitest"
import * as Expiry from "@entegre/core/Expiry"
import { Arbitrary, DateTime, Duration, Redacted, Schema } from "effect"

const arbitrary = { seed: "laws", runs: 1_000 }
const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

const now = Date.parse("2026-01-15T12:00:00Z")
const day = 86_400_000
const seconds = between(-2 * 86_400, 30 * 86_400)

/** What a provider may say: sense, nonsense, in every notation and on either side of now. */
const statement = Arbitrary.map(
  Arbitrary.schema(Schema.Union([
    Schema.TaggedStruct("Relative", { seconds: Schema.Union([seconds, Schema.Finite, Schema.String]) }),
    Schema.TaggedStruct("Absolute", { seconds, zone: Schema.Literals(["Europe/Istanbul", "America/New_York"]) }),
    Schema.TaggedStruct("Jwt", { seconds, life: Schema.UndefinedOr(between(-60, 90_000)) }),
    Schema.TaggedStruct("AtMost", { seconds }),
    Schema.TaggedStruct("Text", { text: Schema.String })
  ])),
  (said): Expiry.Statement => {
    switch (said._tag) {
      case "Relative":
        return Expiry.relative(said.seconds)
      case "Absolute": {
        const written = new Date(now + said.seconds * 1000).toISOString().slice(0, 19)
        return Expiry.absolute(written, DateTime.zoneMakeNamedUnsafe(said.zone))
      }
      case "Jwt": {
        const exp = now / 1000 + said.seconds
        const claims = JSON.stringify({ exp, iat: said.life === undefined ? undefined : exp - said.life })
        return Expiry.jwt(Redacted.make(`e30.${Buffer.from(claims).toString("base64url")}.c2ln`))
      }
      case "AtMost":
        return Expiry.atMost(Duration.seconds(said.seconds))
      case "Text":
        return Expiry.absolute(said.text)
    }
  }
)
/** Longer than any round trip below, and not longer than the longest life. */
const believable = Arbitrary.map(Arbitrary.schema(between(120, 7 * 86_400)), Expiry.relative)
const statements = Arbitrary.array(statement, { maxLength: 5 })

const timing = Arbitrary.map(
  Arbitrary.all({
    roundTrip: Arbitrary.schema(between(-10_000, 90_000)),
    skew: Arbitrary.schema(Schema.UndefinedOr(between(-3 * 3_600_000, 3 * 3_600_000))),
    age: Arbitrary.schema(Schema.UndefinedOr(between(0, 3)))
  }),
  ({ age, roundTrip, skew }): Expiry.Timing => ({
    requestedAt: now - roundTrip,
    receivedAt: now,
    serverDate: skew === undefined ? undefined : now + skew,
    age
  })
)

const resolve = (said: ReadonlyArray<Expiry.Statement>, timing: Expiry.Timing) => Expiry.resolve(said, timing, now)
const startOf = (timing: Expiry.Timing) => Math.min(timing.requestedAt, now)
const isCap = (statement: Expiry.Statement) => statement._tag === "AtMost"

describe("whatever a provider says", () => {
  it.prop(
    "the end is finite, ahead, and no further than is believed",
    { statements, timing },
    ({ statements, timing }) => {
      const { expiresAt } = resolve(statements, timing)
      assert.isTrue(Number.isInteger(expiresAt))
      assert.isAtLeast(expiresAt, now + 1_000)
      assert.isAtMost(expiresAt, Math.max(startOf(timing) + 7 * day, now + 1_000))
    },
    { arbitrary }
  )

  it.prop("no order of the statements matters", { statements, timing }, ({ statements, timing }) => {
    assert.strictEqual(resolve(statements.toReversed(), timing).expiresAt, resolve(statements, timing).expiresAt)
  }, { arbitrary })

  it.prop("saying it twice changes nothing", { statements, timing }, ({ statements, timing }) => {
    assert.strictEqual(resolve([...statements, ...statements], timing).expiresAt, resolve(statements, timing).expiresAt)
  }, { arbitrary })

  it.prop(
    "another statement never lengthens a life that was believed",
    { statements, believed: believable, another: statement, timing },
    ({ another, believed, statements, timing }) => {
      const said = [believed, ...statements]
      assert.isAtMost(resolve([...said, another], timing).expiresAt, resolve(said, timing).expiresAt)
    },
    { arbitrary }
  )

  it.prop(
    "that can be believed, the end is that of the statement that ends first",
    { statements: Arbitrary.array(believable, { minLength: 1, maxLength: 4 }), timing },
    ({ statements, timing }) => {
      const ends = statements.map((statement) => startOf(timing) + Number(statement.seconds) * 1000)
      const { expiresAt, problems } = resolve(statements, timing)
      assert.strictEqual(expiresAt, Math.min(...ends))
      assert.deepStrictEqual(problems, [])
    },
    { arbitrary }
  )

  it.prop("caps alone are as good as nothing", { statements, timing }, ({ statements, timing }) => {
    const caps = statements.filter(isCap)
    const { expiresAt, problems } = resolve(caps, timing)
    assert.isAtMost(expiresAt, Math.max(startOf(timing) + 60_000, now + 1_000))
    assert.isTrue(problems.some(({ _tag }) => _tag === "NothingSaid"))
  }, { arbitrary })

  it.prop("the present does not matter, only the distance to it", {
    statements: Arbitrary.array(Arbitrary.map(Arbitrary.schema(seconds), Expiry.relative), { maxLength: 3 }),
    timing,
    later: Schema.Int.check(Schema.isBetween({ minimum: -50 * 365 * day, maximum: 50 * 365 * day }))
  }, ({ later, statements, timing }) => {
    const moved = {
      ...timing,
      requestedAt: timing.requestedAt + later,
      receivedAt: timing.receivedAt + later,
      serverDate: timing.serverDate === undefined ? undefined : timing.serverDate + later
    }
    const there = Expiry.resolve(statements, moved, now + later)
    const here = resolve(statements, timing)
    assert.deepStrictEqual({ ...there, expiresAt: there.expiresAt - later }, here)
  }, { arbitrary })
})

describe("a renewal", () => {
  const life = between(1_000, 30 * day)
  const window = between(10, day)
  const jitter = Arbitrary.map(Arbitrary.schema(between(0, 999_999)), (millionths) => millionths / 1_000_000)
  const renewAt = (life: number, window: number, jitter: number) =>
    Expiry.renewAt({ issuedAt: now, expiresAt: now + life }, Duration.millis(window), jitter)

  it.prop(
    "starts in the second half of the life, before its end",
    { life, window, jitter },
    ({ jitter, life, window }) => {
      const { at } = renewAt(life, window, jitter)
      assert.isAtLeast(at, now + life / 2)
      assert.isBelow(at, now + life)
    },
    { arbitrary }
  )

  it.prop(
    "starts a window before the end, unless that is more than half of the life",
    { life, window },
    ({ life, window }) => {
      assert.deepStrictEqual(
        renewAt(life, window, 0),
        window > life / 2
          ? { at: now + Math.ceil(life / 2), clamped: true }
          : { at: now + life - window, clamped: false }
      )
    },
    { arbitrary }
  )

  it.prop(
    "is moved by jitter to a later instant, within the first half of the window",
    { life, window, jitter },
    ({ jitter, life, window }) => {
      const plain = renewAt(life, window, 0)
      const moved = renewAt(life, window, jitter)
      assert.strictEqual(moved.clamped, plain.clamped)
      assert.isAtLeast(moved.at, plain.at)
      assert.isAtMost(moved.at, Math.ceil((plain.at + now + life) / 2))
    },
    { arbitrary }
  )

  it("is spread by jitter", () => {
    assert.strictEqual(renewAt(3_600_000, 300_000, 0).at, now + 3_300_000)
    assert.strictEqual(renewAt(3_600_000, 300_000, 0.5).at, now + 3_375_000)
    assert.strictEqual(renewAt(3_600_000, 300_000, 0.999).at, now + 3_449_850)
  })

  it.each([["without a window", 0], ["with a negative window", -1]])("%s waits for the end", (_, window) => {
    assert.deepStrictEqual(renewAt(3_600_000, window, 0.5), { at: now + 3_600_000, clamped: false })
  })

  it("with a window without end starts at half of the life", () => {
    const life = { issuedAt: now, expiresAt: now + 3_600_000 }
    assert.deepStrictEqual(Expiry.renewAt(life, "Infinity", 0.5), { at: now + 2_250_000, clamped: true })
  })
})
