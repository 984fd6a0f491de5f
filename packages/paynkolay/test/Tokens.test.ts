import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core"
import { Paynkolay } from "@entegre/paynkolay"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Clock, Context, Duration, Effect, Exit, Fiber, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { Buffer } from "node:buffer"
import { counters, crowd, failureOf, provider, socketless, sockets } from "./support/stack.ts"
import { type Answer, baseUrl, credentials, granted, jwt, keys, mockClient } from "./support/wire.ts"
import { onHostIn, zones } from "./support/zones.ts"

const list = Paynkolay.use(({ profiles }) => profiles.list())
const token = Paynkolay.use(({ tokens }) => tokens.get)
const status = Paynkolay.use(({ tokens }) => tokens.status)
const start = Date.parse("2026-01-15T08:00:00Z")

/** A Paynkolay whose token endpoint answers by `login`. */
const loggingIn = (login: (now: number) => Answer, settings: object = {}) => {
  const { client, sent } = mockClient(({ path }) =>
    path === "/authenticate"
      ? Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const answer = login(now)
        return Effect.isEffect(answer) ? answer : Effect.succeed(answer)
      })
      : Response.json({ success: true, responseCode: "200", data: [] })
  )
  const layer = Paynkolay.layer({ baseUrl, credentials, keys, ...settings }).pipe(
    Layer.provideMerge(TokenCache.layer),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
  )
  return { layer: Layer.orDie(layer), logins: () => sent.filter(({ path }) => path === "/authenticate").length }
}

describe("the end of a token", () => {
  it.effect.each(zones)("is what its exp says, on a host in %s", (zone) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(start)
      yield* token
      assert.strictEqual((yield* status).expiresAt, start + Duration.toMillis("30 minutes"))
    }).pipe(Effect.provide(socketless()), onHostIn(zone)))

  // `atob` knows neither `-` nor `_`, and gives bytes where there is text.
  const claims = [
    ["letters beyond ASCII", { name: "Işıltılı Çarşı" }],
    ["what Base64 writes with + and /", { note: "???>>>~~~ÿÿÿ" }],
    ["lengths of every remainder, 1", { a: "" }],
    ["lengths of every remainder, 2", { a: "b" }],
    ["lengths of every remainder, 3", { a: "bc" }]
  ] as const
  it.effect.each(claims)("is read from claims with %s", ([, claims]) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(start)
      const { layer } = loggingIn((now) => granted(jwt(now, 1_800, claims)))
      const { expiresAt } = yield* Effect.provide(Effect.andThen(token, status), layer)
      assert.strictEqual(expiresAt, start + Duration.toMillis("30 minutes"))
    }))

  it("is in claims that break the page's own sample", () => {
    const payload = jwt(start, 1_800, { note: "???>>>~~~ÿÿÿ" }).split(".")[1] ?? ""
    assert.match(payload, /[-_]/)
    assert.throws(() => atob(payload))
    assert.isTrue(Buffer.from(payload, "base64url").toString().includes("exp"))
  })

  it.effect("is near if the token is no JWT", () =>
    Effect.gen(function*() {
      const { layer } = loggingIn(() => granted("opaque"))
      const { expiresAt } = yield* Effect.provide(Effect.andThen(token, status), layer)
      assert.isAtMost(expiresAt ?? Number.NaN, Duration.toMillis("1 minute"))
    }))

  const lives = [["30 minutes", "25 minutes"], ["4 minutes", "2 minutes"]] as const
  it.effect.each(lives)(
    "of %s is not waited for: renewal starts after %s, or some time later",
    ([life, window]) =>
      Effect.gen(function*() {
        const { layer, logins } = loggingIn((now) => granted(jwt(now, Duration.toSeconds(life))))
        yield* Effect.gen(function*() {
          yield* list
          yield* TestClock.adjust(window)
          assert.strictEqual(logins(), 1)
          yield* list
          yield* TestClock.adjust(Duration.subtract(Duration.fromInputUnsafe(life), Duration.fromInputUnsafe(window)))
          assert.strictEqual(logins(), 2)
        }).pipe(Effect.provide(layer))
      })
  )
})

describe("logins stay few, and no call fails, over three days", () => {
  const cases = [
    ["agree", "0 hours"],
    ["differ: the provider's is 3 hours ahead", "3 hours"],
    ["differ: the provider's is 3 hours behind", "-3 hours"]
  ] as const
  it.effect.each(cases)("if the clocks %s", ([, skew]) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(start)
      const { layer, logins } = loggingIn((now) => {
        const there = now + Duration.toMillis(skew)
        return granted(jwt(there), { date: new Date(there).toUTCString() })
      })
      yield* Effect.gen(function*() {
        for (let round = 0; round < 432; round++) {
          yield* list
          yield* TestClock.adjust("10 minutes")
        }
      }).pipe(Effect.provide(layer))
      // One in 25 minutes at the most, of 72 hours.
      assert.isAtMost(logins(), 173)
    }))
})

describe("a storm", () => {
  it.effect("of 10,000 callers on a cold cache costs one login", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      yield* faults.inject(Fault.latency("1 second", { on: "auth" }))
      const callers = yield* Effect.forkChild(crowd(10_000, list))
      yield* TestClock.adjust("1 second")
      assert.lengthOf(yield* Fiber.join(callers), 10_000)
      const { calls, logins, peakLogins } = yield* counters
      assert.deepStrictEqual({ calls, logins, peakLogins }, { calls: 10_000, logins: 1, peakLogins: 1 })
    }).pipe(Effect.provide(socketless())))

  it.effect("of 1,000 rejections of the same token costs one login", () =>
    Effect.gen(function*() {
      const { faults, revokeTokens } = yield* provider
      yield* list
      yield* revokeTokens
      yield* faults.inject(Fault.latency("1 second", { on: "calls", times: 1_000 }))
      const callers = yield* Effect.forkChild(crowd(1_000, list))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(callers)
      const { calls, logins, refused } = yield* counters
      assert.deepStrictEqual({ calls, logins, refused }, { calls: 1_001, logins: 2, refused: 1_000 })
    }).pipe(Effect.provide(socketless())))

  it.live("of 200 callers costs no more over sockets, cold or revoked", () =>
    Effect.gen(function*() {
      const { revokeTokens } = yield* provider
      yield* crowd(200, list)
      assert.strictEqual((yield* counters).logins, 1)
      yield* revokeTokens
      yield* crowd(200, list)
      const { calls, logins, overlaps } = yield* counters
      assert.deepStrictEqual({ calls, logins, overlaps }, { calls: 400, logins: 2, overlaps: 0 })
    }).pipe(Effect.provide(sockets())))
})

describe("a dead token endpoint", () => {
  it.effect("is not noticed while the token is good", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(start)
      let isDead = false
      let granting = 0
      const { layer, logins } = loggingIn((now) => {
        if (isDead) return new Response(null, { status: 503 })
        granting++
        return granted(jwt(now))
      })
      yield* Effect.gen(function*() {
        yield* list
        isDead = true
        for (let minute = 0; minute < 29; minute++) {
          yield* list
          yield* TestClock.adjust("1 minute")
        }
        assert.isAbove(logins(), 1)
        isDead = false
        yield* TestClock.adjust("5 minutes")
        yield* list
        assert.strictEqual(granting, 2)
      }).pipe(Effect.provide(layer))
    }))

  it.effect("keeps a call without a token waiting no longer than its callers can bear, and says why", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      yield* faults.inject(Fault.hang({ on: "auth", times: "unlimited" }))
      const call = yield* Effect.forkChild(failureOf(list))
      yield* TestClock.adjust("2 minutes")
      const { isRetryable, reason } = yield* Fiber.join(call)
      assert.strictEqual(reason._tag, "IssuerUnavailable")
      assert.isTrue(isRetryable)
      yield* faults.clear
      yield* TestClock.adjust("2 minutes")
      assert.isTrue(Exit.isSuccess(yield* Effect.exit(list)))
    }).pipe(Effect.provide(socketless())))
})

/** No page shows a refused login. */
describe("a refused login", () => {
  const wrong = { success: false, responseCode: "401", responseMessage: "Kullanıcı adı veya şifre hatalı", data: null }
  const other = { success: false, responseCode: "1001", responseMessage: "Üye işyeri bulunamadı" }
  const fault = { success: false, responseCode: "500", responseMessage: "Sistem hatası" }
  const rows = [
    ["401", "anyRefusal", 401, wrong, "CredentialsRefused"],
    ["401 without a body", "anyRefusal", 401, "", "CredentialsRefused"],
    ["400 in Paynkolay's form", "anyRefusal", 400, wrong, "CredentialsRefused"],
    ["200 and success: false", "anyRefusal", 200, wrong, "CredentialsRefused"],
    ["200 and another code", "anyRefusal", 200, other, "CredentialsRefused"],
    ["200 and success: false alone", "anyRefusal", 200, { success: false }, "CredentialsRefused"],
    ["200 and a fault", "anyRefusal", 200, fault, "IssuerUnavailable"],
    ["500 in Paynkolay's form", "anyRefusal", 500, wrong, "IssuerUnavailable"],
    ["429", "anyRefusal", 429, wrong, "IssuerUnavailable"],
    ["403 of a firewall", "anyRefusal", 403, "<html>", "IssuerUnavailable"],
    ["200 without a token", "anyRefusal", 200, { success: true, data: {} }, "IssuerUnavailable"],
    ["401", "unauthorized", 401, wrong, "CredentialsRefused"],
    ["200 and that code", "unauthorized", 200, wrong, "CredentialsRefused"],
    ["200 and another code", "unauthorized", 200, other, "IssuerUnavailable"],
    ["400 in Paynkolay's form", "unauthorized", 400, other, "IssuerUnavailable"]
  ] as const
  it.effect.each(rows)(
    "with %s, if %s counts, gives HTTP %i its meaning",
    ([_, wrongCredentials, status, body, tag]) =>
      Effect.gen(function*() {
        const { layer, logins } = loggingIn(
          () => new Response(typeof body === "string" ? body : JSON.stringify(body), { status }),
          { wrongCredentials }
        )
        const call = yield* Effect.forkChild(Effect.provide(failureOf(list), layer))
        yield* TestClock.adjust("2 minutes")
        assert.strictEqual((yield* Fiber.join(call)).reason._tag, tag)
        if (tag === "CredentialsRefused") assert.strictEqual(logins(), 1)
      })
  )

  it.effect("is tried once, however many ask, until the password is replaced", () =>
    Effect.gen(function*() {
      const { baseUrl, credentials } = yield* provider
      let present = { ...credentials, password: Redacted.make("wrong") }
      const layer = Paynkolay.layer({ baseUrl, credentials: Effect.sync(() => present), keys })
      yield* Effect.gen(function*() {
        const { tokens } = yield* Paynkolay
        const errors = yield* crowd(1_000, failureOf(list))
        assert.isTrue(errors.every(({ reason }) => reason._tag === "CredentialsRefused"))
        yield* TestClock.adjust("50 seconds")
        yield* crowd(1_000, failureOf(list))
        assert.strictEqual((yield* counters).loginsRefused, 1)

        present = credentials
        yield* TestClock.adjust("4 seconds")
        yield* tokens.get
        const { logins, loginsRefused } = yield* counters
        assert.deepStrictEqual({ logins, loginsRefused }, { logins: 1, loginsRefused: 1 })
      }).pipe(Effect.provide(layer))
    }).pipe(Effect.provide(Layer.provideMerge(TokenCache.layer, Sandbox.layerHttpClient))))

  const statuses = [401, 400, 200] as const
  it.effect.each(statuses)("of the sandbox with HTTP %i latches", (loginRefusalStatus) =>
    Effect.gen(function*() {
      yield* crowd(100, failureOf(list))
      assert.strictEqual((yield* failureOf(list)).reason._tag, "CredentialsRefused")
      assert.strictEqual((yield* counters).loginsRefused, 1)
    }).pipe(Effect.provide(socketless({ sandbox: { credentialsAccepted: false, loginRefusalStatus } }))))
})

describe("accounts", () => {
  it.effect("of two users of a marketplace have their own tokens, and of one user the same", () =>
    Effect.gen(function*() {
      const { layer } = loggingIn((now) => granted(jwt(now)))
      const { client } = mockClient(() => granted(jwt(0)))
      const build = (username: string) =>
        Effect.map(
          Layer.build(Layer.provide(
            Paynkolay.layer({ baseUrl, keys, credentials: { ...credentials, username } }),
            Layer.succeed(HttpClient.HttpClient, client)
          )),
          (context) => Context.get(context, Paynkolay).tokens
        )
      yield* Effect.gen(function*() {
        const [one, other, again] = yield* Effect.all([build("one"), build("other"), build("one")])
        yield* one.warmUp
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(
          (yield* Effect.all([one.status, other.status, again.status])).map(({ state }) => state),
          ["alive", "cold", "alive"]
        )
      }).pipe(Effect.provide(layer))
    }))
})
