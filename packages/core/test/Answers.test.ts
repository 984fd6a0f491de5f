import { assert, describe, it } from "@effect/vitest"
import * as Exchange from "@entegre/core/Exchange"
import * as Expiry from "@entegre/core/Expiry"
import { Arbitrary, Cause, DateTime, Duration, Effect, Exit, Redacted, Schema } from "effect"
import { Headers, HttpClientRequest } from "effect/http"
import { damage } from "../../testing/src/Damage.ts"
import { mockClient } from "./support/httpMock.ts"
import { hidden } from "./support/leaks.ts"

const request = HttpClientRequest.post("https://api.example.com/login")
const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

// -----------------------------------------------------------------------------
// Bodies
// -----------------------------------------------------------------------------

const secrets = ["Gizli7f3a9c2e51d8", "Yenile40b6ea17c93f"]

const Tokens = Schema.Struct({
  access: Schema.RedactedFromValue(Schema.NonEmptyString),
  refresh: Schema.optional(Schema.RedactedFromValue(Schema.NonEmptyString)),
  seconds: Schema.Union([Schema.Finite, Schema.FiniteFromString]),
  ends: Schema.optional(Schema.String),
  scopes: Schema.Array(Schema.Struct({ name: Schema.String, level: Schema.Int }))
})
const isTokens = Schema.is(Schema.toType(Tokens))
const decode = Exchange.decode(Tokens)

const undamaged = JSON.stringify({
  access: secrets[0],
  refresh: secrets[1],
  seconds: 3600,
  ends: "2026-01-15 23:59:59",
  scopes: [{ name: "İşyeri: Şöförler", level: 3 }, { name: "😀", level: -1 }]
})

/** Answers with these bytes, in pieces. */
const answering = (bytes: Uint8Array<ArrayBuffer>, size: number, headers?: Record<string, string>) =>
  Exchange.makeWith(
    mockClient(() => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let from = 0; from < bytes.length; from += size) controller.enqueue(bytes.subarray(from, from + size))
          controller.close()
        }
      })
      return new Response(body, { status: 200, ...(headers === undefined ? undefined : { headers }) })
    }).client
  )(request)

describe("an answer whose bytes are damaged", () => {
  it.effect("is read as it was when they are not", () =>
    Effect.gen(function*() {
      const answer = yield* answering(new TextEncoder().encode(undamaged), 7)
      const { access, scopes } = yield* decode(answer)
      assert.strictEqual(Redacted.value(access), secrets[0])
      assert.strictEqual(scopes[0]?.name, "İşyeri: Şöförler")
      hidden(secrets, answer)
    }))

  it.effect.prop(
    "is read as documented or fails with a typed error, is no defect, and tells no secret",
    { damage, size: between(1, 200) },
    ({ damage, size }) =>
      Effect.gen(function*() {
        const exit = yield* Effect.exit(Effect.flatMap(answering(damage(undamaged), size), decode))
        if (Exit.isSuccess(exit)) return assert.isTrue(isTokens(exit.value))
        const error = Cause.findErrorOption(exit.cause)
        assert(error._tag === "Some", Cause.pretty(exit.cause))
        assert.strictEqual(error.value._tag, "UnreadableAnswer")
        hidden(secrets, [error.value, Cause.pretty(exit.cause)])
      })
  )

  it.effect.prop(
    "says nothing that makes a token live for ever, or not at all",
    { damage },
    ({ damage }) =>
      Effect.gen(function*() {
        const answer = yield* answering(damage(undamaged), 64)
        const exit = yield* Effect.exit(decode(answer))
        if (Exit.isFailure(exit)) return
        const { ends, seconds } = exit.value
        const now = answer.receivedAt
        const said = [Expiry.relative(seconds), Expiry.absolute(ends, DateTime.zoneMakeNamedUnsafe("Europe/Istanbul"))]
        const { expiresAt } = Expiry.resolve(said, Exchange.timing(answer), now)
        assert.isAtLeast(expiresAt, now + 1_000)
        assert.isAtMost(expiresAt, now + Duration.toMillis(Duration.days(7)))
      })
  )
})

// -----------------------------------------------------------------------------
// Headers
// -----------------------------------------------------------------------------

const answer = (headers: Record<string, string>, receivedAt = 0): Exchange.Answer => ({
  status: 200,
  headers: Headers.fromInput(headers),
  text: "<html>",
  requestedAt: receivedAt,
  receivedAt
})

const instant = between(0, 4_102_444_799)
const httpDate = (second: number) => new Date(second * 1000).toUTCString()

/** Sense, nearly sense and nonsense. */
const value = Arbitrary.map(
  Arbitrary.all({
    kind: Arbitrary.schema(Schema.Literals(["date", "damaged date", "number", "text", "list"])),
    second: Arbitrary.schema(instant),
    number: Arbitrary.schema(Schema.Union([Schema.Finite, between(-10, 1_000_000)])),
    text: Arbitrary.schema(Schema.String),
    damage
  }),
  ({ damage, kind, number, second, text }) => {
    switch (kind) {
      case "date":
        return httpDate(second)
      case "damaged date":
        return new TextDecoder().decode(damage(httpDate(second)))
      case "number":
        return `${number}`
      case "text":
        return text
      case "list":
        return `${number}, ${text}, ${httpDate(second)}`
    }
  }
)

describe("headers", () => {
  it.prop("show the server's clock to the second", { instant }, ({ instant }) => {
    assert.strictEqual(Exchange.timing(answer({ date: httpDate(instant) })).serverDate, instant * 1000)
  })

  it.prop("of any kind are read, or are as good as none", { date: value, age: value }, ({ age, date }) => {
    const timing = Exchange.timing(answer({ date, age }))
    assert.isTrue(timing.serverDate === undefined || Number.isFinite(timing.serverDate))
    assert.isTrue(timing.age === undefined || timing.age >= 0)
  })

  it.prop(
    "of any kind ask for no wait that is negative or longer than is kept",
    { retryAfter: value, date: value, receivedAt: instant },
    ({ date, receivedAt, retryAfter }) => {
      const headers = { date, "retry-after": retryAfter }
      const wait = Exchange.retryAfter(answer(headers, receivedAt * 1000), "2 minutes")
      if (wait === undefined) return
      assert.isAtLeast(Duration.toMillis(wait), 0)
      assert.isAtMost(Duration.toMillis(wait), 120_000)
    }
  )

  it.prop("ask for so many seconds", { seconds: between(0, 300) }, ({ seconds }) => {
    const wait = Exchange.retryAfter(answer({ "retry-after": `${seconds}` }))
    assert.strictEqual(wait === undefined ? undefined : Duration.toSeconds(wait), seconds)
  })

  it.prop(
    "ask for a wait until an instant on the provider's clock, however wrong that is",
    { instant, seconds: between(0, 300), receivedAt: instant },
    ({ instant, receivedAt, seconds }) => {
      const headers = { date: httpDate(instant), "retry-after": httpDate(instant + seconds) }
      const wait = Exchange.retryAfter(answer(headers, receivedAt * 1000))
      assert.strictEqual(wait === undefined ? undefined : Duration.toSeconds(wait), seconds)
    }
  )

  it.prop("do not make an error long, whatever they say of the content", { type: value }, ({ type }) => {
    const result = Exchange.json(answer({ "content-type": type }))
    assert(result._tag === "Failure")
    assert.match(result.failure.problem, /^not JSON(?: \([a-z]+\/[a-z0-9.+-]{1,40}\))?$/i)
  })

  it.effect.prop(
    "that lie about the body do not make it a defect",
    { length: between(0, 20_000_000), encoding: Schema.Literals(["identity", "gzip", "br", "none"]) },
    ({ encoding, length }) =>
      Effect.gen(function*() {
        const headers = { "content-length": `${length}`, "content-encoding": encoding }
        const exit = yield* Effect.exit(answering(new TextEncoder().encode(undamaged), 50, headers))
        if (Exit.isSuccess(exit)) return assert.strictEqual(exit.value.text, undamaged)
        const error = Cause.findErrorOption(exit.cause)
        assert(error._tag === "Some", Cause.pretty(exit.cause))
        assert.strictEqual(error.value._tag, "UnreadableAnswer")
      })
  )
})
