import { assert, describe, it } from "@effect/vitest"
import * as Expiry from "@entegre/core/Expiry"
import { Redacted, Schema } from "effect"

const arbitrary = { seed: "clock", runs: 500 }
const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

const hour = 3_600_000

/** The true time at which the request leaves. */
const sentAt = Date.parse("2026-01-15T12:00:00.250Z")

const jwt = (claims: object) =>
  Expiry.jwt(Redacted.make(`e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`))

/** The first whole second that is no earlier: a provider writes whole seconds. */
const endOfLife = (life: number) => Math.ceil((sentAt + life) / 1000) * 1000

const statementsOf = {
  Absolute: (end: number) => Expiry.absolute(new Date(end).toISOString()),
  Jwt: (end: number) => jwt({ exp: end / 1000 })
}

/** A login as a client sees it whose clock is `ahead` of the provider's. */
const seen = (options: { readonly ahead: number; readonly up?: number; readonly down?: number }) => {
  const { ahead, down = 0, up = 0 } = options
  const requestedAt = sentAt + ahead
  const receivedAt = requestedAt + up + down
  return { requestedAt, receivedAt, serverDate: Math.floor((sentAt + up) / 1000) * 1000, age: undefined }
}

const resolve = (timing: Expiry.Timing, ...statements: ReadonlyArray<Expiry.Statement>) =>
  Expiry.resolve(statements, timing, timing.receivedAt)

describe("a clock that differs from the provider's", () => {
  it.prop(
    "by up to three hours costs no more than the inaccuracy of the Date header",
    {
      ahead: between(-3 * hour, 3 * hour),
      way: between(0, 5_000),
      back: Schema.Boolean,
      life: between(60_000, 24 * hour),
      shape: Schema.Literals(["Absolute", "Jwt"])
    },
    ({ ahead, back, life, shape, way }) => {
      const [up, down] = back ? [0, way] : [way, 0]
      const end = endOfLife(life)
      const { expiresAt, problems, skew } = resolve(seen({ ahead, up, down }), statementsOf[shape](end))
      const inaccuracy = 500 + (up + down) / 2
      assert.deepStrictEqual(problems, [])
      assert.isAtMost(
        Math.abs(expiresAt - (end + ahead)),
        skew === undefined ? Math.max(2_000, inaccuracy) + inaccuracy : inaccuracy + 1
      )
    },
    { arbitrary }
  )

  it.each([["ahead", 3 * hour], ["behind", -3 * hour]])("by three hours %s is learnt and told", (_, ahead) => {
    const { expiresAt, problems, skew } = resolve(seen({ ahead }), jwt({ exp: endOfLife(hour) / 1000 }))
    assert.deepStrictEqual(problems, [])
    // The Date header was cut by 250 ms, and half a second stands for what was cut.
    assert.strictEqual(skew, -ahead + 250)
    assert.strictEqual(expiresAt, endOfLife(hour) + ahead - 250)
  })

  it.prop(
    "by less than the Date header can tell is none",
    { ahead: between(-1_400, 1_400), up: between(0, 100), down: between(0, 100) },
    ({ ahead, down, up }) => {
      assert.strictEqual(resolve(seen({ ahead, up, down }), Expiry.relative(3600)).skew, undefined)
    },
    { arbitrary }
  )

  it.prop(
    "is never learnt from a clock that is right",
    { way: between(0, 5_000), back: Schema.Boolean, fraction: between(0, 999) },
    ({ back, fraction, way }) => {
      const [up, down] = back ? [0, way] : [way, 0]
      const requestedAt = sentAt - sentAt % 1000 + fraction
      const serverDate = Math.floor((requestedAt + up) / 1000) * 1000
      const timing = { requestedAt, receivedAt: requestedAt + up + down, serverDate, age: undefined }
      assert.strictEqual(resolve(timing, Expiry.relative(3600)).skew, undefined)
    },
    { arbitrary }
  )

  it("is learnt when an older token of the same life is answered again", () => {
    const timing = seen({ ahead: 3 * hour })
    const exp = endOfLife(hour / 2) / 1000
    const { expiresAt, problems } = resolve(timing, jwt({ iat: exp - 3600, exp }))
    assert.deepStrictEqual(problems, [])
    assert.isAtMost(Math.abs(expiresAt - (exp * 1000 + 3 * hour)), 500)
  })

  it("does not touch what counts from the start of the request", () => {
    const timing = seen({ ahead: 3 * hour })
    assert.strictEqual(resolve(timing, Expiry.relative(3600)).expiresAt, timing.requestedAt + hour)
    const capped = resolve(timing, Expiry.relative(3600), Expiry.atMost("30 minutes"))
    assert.strictEqual(capped.expiresAt, timing.requestedAt + hour / 2)
  })

  it("is not learnt from an answer that a cache kept", () => {
    const timing = { ...seen({ ahead: 0 }), serverDate: sentAt - 3 * hour }
    assert.isDefined(resolve({ ...timing, age: 0 }, Expiry.relative(3600)).skew)
    assert.strictEqual(resolve({ ...timing, age: 1 }, Expiry.relative(3600)).skew, undefined)
    assert.strictEqual(resolve({ ...timing, age: 10_800 }, Expiry.relative(3600)).skew, undefined)
    assert.strictEqual(resolve({ ...timing, age: Number.NaN }, Expiry.relative(3600)).skew, undefined)
  })

  it("is not learnt from an answer that took long, or came before it was asked for", () => {
    assert.isDefined(resolve(seen({ ahead: hour, up: 5_000 }), Expiry.relative(3600)).skew)
    assert.strictEqual(resolve(seen({ ahead: hour, up: 5_001 }), Expiry.relative(3600)).skew, undefined)
    assert.strictEqual(resolve(seen({ ahead: hour, up: -1 }), Expiry.relative(3600)).skew, undefined)
  })

  it("is not learnt without a readable Date header", () => {
    const timing = seen({ ahead: hour })
    assert.strictEqual(resolve({ ...timing, serverDate: undefined }, Expiry.relative(3600)).skew, undefined)
    assert.strictEqual(resolve({ ...timing, serverDate: Number.NaN }, Expiry.relative(3600)).skew, undefined)
    assert.strictEqual(
      resolve({ ...timing, serverDate: Number.POSITIVE_INFINITY }, Expiry.relative(3600)).skew,
      undefined
    )
  })

  it("is learnt within the limits that were set", () => {
    const limits: Expiry.Limits = { trustedRoundTrip: "1 second", skewTolerance: "1 minute" }
    const skew = (timing: Expiry.Timing) => Expiry.resolve([], timing, timing.receivedAt, limits).skew
    assert.strictEqual(skew(seen({ ahead: 59_000 })), undefined)
    assert.isDefined(skew(seen({ ahead: 62_000 })))
    assert.strictEqual(skew(seen({ ahead: 62_000, up: 1_001 })), undefined)
  })
})

describe("a clock that differs, without a clock to compare with", () => {
  const blind = (ahead: number): Expiry.Timing => ({ ...seen({ ahead }), serverDate: undefined })
  const exp = endOfLife(hour / 2) / 1000
  const iat = exp - 1800

  it("three hours ahead makes the end of a token implausible", () => {
    const timing = blind(3 * hour)
    const { expiresAt, problems } = resolve(timing, jwt({ exp }))
    assert.strictEqual(expiresAt, timing.requestedAt + 60_000)
    assert.strictEqual(problems[0]?._tag, "Implausible")
  })

  it.each([["ahead", 3 * hour], ["behind", -3 * hour]])(
    "three hours %s does not matter when the token says when it was issued",
    (_, ahead) => {
      const timing = blind(ahead)
      assert.strictEqual(resolve(timing, jwt({ iat, exp })).expiresAt, timing.requestedAt + hour / 2)
    }
  )

  it("three hours behind is bounded by a documented life", () => {
    const timing = blind(-3 * hour)
    const { expiresAt } = resolve(timing, jwt({ exp }), Expiry.atMost("30 minutes"))
    assert.strictEqual(expiresAt, timing.requestedAt + hour / 2)
  })

  it("set back during the request does not lengthen the life", () => {
    const timing = { requestedAt: sentAt, receivedAt: sentAt - 3 * hour, serverDate: sentAt, age: undefined }
    const { expiresAt, skew } = resolve(timing, Expiry.relative(3600))
    assert.strictEqual(skew, undefined)
    assert.strictEqual(expiresAt, timing.receivedAt + hour)
  })

  it("set forward during the request leaves a moment, not nothing", () => {
    const timing = { requestedAt: sentAt, receivedAt: sentAt + 3 * hour, serverDate: sentAt, age: undefined }
    assert.strictEqual(resolve(timing, Expiry.relative(3600)).expiresAt, timing.receivedAt + 1_000)
  })
})
