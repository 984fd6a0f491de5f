import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core"
import { Dukkango } from "@entegre/dukkango"
import { Fault, Sandbox } from "@entegre/sandbox"
import { ConfigProvider, DateTime, Duration, Effect, Exit, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { crowd, failureOf, provider, socketless, sockets } from "./support/stack.ts"

const list = Dukkango.use(({ restaurants }) => restaurants.list)
const counters = Effect.flatMap(provider, ({ counters }) => counters)
const token = Dukkango.use(({ tokens }) => tokens.get)
const status = Dukkango.use(({ tokens }) => tokens.status)
const zones = ["UTC", "Europe/Istanbul", "America/New_York", "Asia/Kathmandu"]

/** Runs an effect on a host in another zone. */
const onHostIn = (zone: string) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const before = process.env.TZ
      process.env.TZ = zone
      return before
    }),
    () => effect,
    (before) =>
      Effect.sync(() => {
        if (before === undefined) delete process.env.TZ
        else process.env.TZ = before
      })
  )

/** A login's answer with an end of the token that the provider wrote. */
const grant = (expirationDate: string) =>
  Fault.status(200, {
    on: "auth",
    body: JSON.stringify({ status: true, data: { access_token: "ab".repeat(32), expiration_date: expirationDate } })
  })

describe("the end of a token", () => {
  it.effect.each(zones)("is the same instant on a host in %s", (zone) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2026-01-15T08:00:00Z"))
      const { faults } = yield* provider
      // From the provider's authentication page.
      yield* faults.inject(grant("2026-01-15 23:59:59"))
      yield* token
      const { expiresAt } = yield* status
      assert.strictEqual(DateTime.formatIso(DateTime.makeUnsafe(expiresAt ?? 0)), "2026-01-15T20:59:59.000Z")
    }).pipe(Effect.provide(socketless()), onHostIn(zone)))

  it.effect("is read in the declared zone", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2026-01-15T08:00:00Z"))
      const { faults } = yield* provider
      yield* faults.inject(grant("2026-01-15 23:59:59"))
      yield* token
      const { expiresAt } = yield* status
      assert.strictEqual(DateTime.formatIso(DateTime.makeUnsafe(expiresAt ?? 0)), "2026-01-15T23:59:59.000Z")
    }).pipe(Effect.provide(socketless({ settings: { expiryZone: "UTC" } }))))

  it.effect("is corrected by the provider's clock", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2026-01-15T08:00:00Z"))
      yield* token
      const { expiresAt } = yield* status
      const hours = ((expiresAt ?? 0) - Date.parse("2026-01-15T08:00:00Z")) / Duration.toMillis("1 hour")
      assert.approximately(hours, 10, 0.01)
    }).pipe(Effect.provide(socketless({ sandbox: { clockSkew: "3 hours", tokenLifetime: "10 hours" } }))))

  it.effect("is never later than the documented 24 hours", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      yield* faults.inject(grant("2031-01-15 23:59:59"))
      yield* token
      assert.strictEqual((yield* status).expiresAt, Duration.toMillis("24 hours"))
    }).pipe(Effect.provide(socketless())))

  it.effect.each(["", "tomorrow", "2026-02-30 10:00:00", 5, null])(
    "is near if it is written as %j",
    (written) =>
      Effect.gen(function*() {
        const { faults } = yield* provider
        yield* faults.inject(Fault.status(200, {
          on: "auth",
          body: JSON.stringify({ status: true, data: { access_token: "ab".repeat(32), expiration_date: written } })
        }))
        yield* token
        const { expiresAt } = yield* status
        assert.isAtMost(expiresAt ?? Number.NaN, Duration.toMillis("1 minute"))
      }).pipe(Effect.provide(socketless()))
  )
})

describe("logins stay few, and no call fails, over three days", () => {
  const cases = [
    ["the clocks agree", { sandbox: {} }],
    ["the client's clock is 3 hours behind", { sandbox: { clockSkew: "3 hours" } }],
    ["the client's clock is 3 hours ahead", { sandbox: { clockSkew: "-3 hours" } }],
    ["the provider writes dates in UTC", { sandbox: { expiryZone: "UTC" } }],
    ["the provider writes dates in Kathmandu", { sandbox: { expiryZone: "Asia/Kathmandu" } }],
    ["a login ends earlier tokens", { sandbox: { singleActiveToken: true } }]
  ] as const
  it.effect.each(cases)("if %s", ([, options]) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2026-01-15T08:00:00Z"))
      for (let hour = 0; hour < 72; hour++) {
        yield* list
        yield* TestClock.adjust("1 hour")
      }
      const { calls, logins, refused } = yield* counters
      assert.strictEqual(calls, 72)
      assert.strictEqual(refused, 0)
      assert.isAtMost(logins, 5)
    }).pipe(Effect.provide(socketless(options))))
})

describe("a storm", () => {
  it.effect("of 10,000 callers on a cold cache costs one login", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      yield* faults.inject(Fault.latency("1 second", { on: "auth" }))
      const callers = yield* Effect.forkChild(crowd(10_000, list))
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(callers)).length, 10_000)
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

  it.live("costs no more over sockets", () =>
    Effect.gen(function*() {
      const { revokeTokens } = yield* provider
      yield* crowd(500, list)
      assert.strictEqual((yield* counters).logins, 1)
      yield* revokeTokens
      yield* crowd(500, list)
      const { calls, logins, overlaps } = yield* counters
      assert.deepStrictEqual({ calls, logins, overlaps }, { calls: 1_000, logins: 2, overlaps: 0 })
    }).pipe(Effect.provide(sockets())))
})

describe("refused keys", () => {
  it.effect("cost one login, however many ask, until they are replaced", () =>
    Effect.gen(function*() {
      const { credentials } = yield* provider
      const wrong = { ...credentials, restSecretKey: Redacted.make("wrong") }
      let keys = wrong
      const layer = Dukkango.layer({
        baseUrl: (yield* provider).baseUrl,
        credentials: Effect.sync(() => keys)
      })
      yield* Effect.gen(function*() {
        const errors = yield* crowd(1_000, failureOf(list))
        assert.isTrue(errors.every(({ reason }) => reason._tag === "CredentialsRefused"))
        yield* TestClock.adjust("50 seconds")
        yield* crowd(1_000, failureOf(list))
        assert.strictEqual((yield* counters).loginsRefused, 1)

        keys = credentials
        yield* TestClock.adjust("4 seconds")
        yield* list
        assert.strictEqual((yield* counters).loginsRefused, 1)
      }).pipe(Effect.provide(layer))
    }).pipe(Effect.provide(Layer.provideMerge(TokenCache.layer, Sandbox.layerHttpClient))))

  it.effect("that were replaced in the environment are picked up within seconds", () =>
    Effect.gen(function*() {
      const { baseUrl, changeCredentials } = yield* provider
      const environment: Record<string, string> = {
        DUKKANGO_BASE_URL: baseUrl,
        DUKKANGO_APP_SECRET_KEY: "sandbox-app-secret-key",
        DUKKANGO_REST_SECRET_KEY: "sandbox-rest-secret-key"
      }
      const layer = Layer.provide(
        Dukkango.layerConfig(),
        ConfigProvider.layer(ConfigProvider.fromEnvRecord(environment))
      )
      yield* Effect.gen(function*() {
        yield* list
        yield* changeCredentials({ appSecretKey: Redacted.make("next-app"), restSecretKey: Redacted.make("next-rest") })
        const { revokeTokens } = yield* provider
        yield* revokeTokens
        assert.strictEqual((yield* failureOf(list)).reason._tag, "CredentialsRefused")
        environment.DUKKANGO_APP_SECRET_KEY = "next-app"
        environment.DUKKANGO_REST_SECRET_KEY = "next-rest"
        yield* TestClock.adjust("4 seconds")
        yield* list
        const { logins, loginsRefused } = yield* counters
        assert.deepStrictEqual({ logins, loginsRefused }, { logins: 2, loginsRefused: 1 })
      }).pipe(Effect.provide(layer))
    }).pipe(Effect.provide(Layer.provideMerge(TokenCache.layer, Sandbox.layerHttpClient))))

  const refusals = [
    ["401", 401, { status: false, error: "yetkisiz erişim", message: "Invalid credentials" }],
    ["422 eksik alan", 422, { status: false, error: "eksik alan", message: "Missing required credentials" }],
    ["400 eksik alan", 400, { status: false, error: "eksik alan" }],
    ["401 without a body", 401, undefined]
  ] as const
  it.effect.each(refusals)("are told by %s", ([, code, body]) =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      yield* faults.inject(Fault.status(code, { on: "auth", body: body === undefined ? "" : JSON.stringify(body) }))
      const { operation, reason, retryAfter } = yield* failureOf(list)
      assert.strictEqual(operation, "restaurants.list")
      if (reason._tag !== "CredentialsRefused") return assert.fail(reason.message)
      assert.strictEqual(reason.attempts, 1)
      assert.strictEqual(reason.providerCode, body?.error)
      assert.strictEqual(retryAfter, reason.retryAfter)
      assert.isTrue(Duration.isGreaterThan(reason.retryAfter, Duration.seconds(30)))
    }).pipe(Effect.provide(socketless())))
})

describe("a login that can not be had", () => {
  const troubles = [
    [
      "429 with Retry-After",
      Fault.status(429, { on: "auth", times: "unlimited", retryAfter: "40 seconds" }),
      "refused"
    ],
    ["500", Fault.status(500, { on: "auth", times: "unlimited" }), "refused"],
    ["503", Fault.status(503, { on: "auth", times: "unlimited" }), "refused"],
    ["403 URL hatalı", Fault.status(403, { on: "auth", times: "unlimited" }), "refused"],
    ["a page of a proxy", Fault.html({ on: "auth", times: "unlimited" }), "unreadableAnswer"],
    ["garbage", Fault.garbage({ on: "auth", times: "unlimited" }), "unreadableAnswer"],
    ["nothing", Fault.empty({ on: "auth", times: "unlimited" }), "unreadableAnswer"],
    ["another shape", Fault.wrongShape({ on: "auth", times: "unlimited" }), "unreadableAnswer"],
    ["half an answer", Fault.truncated({ on: "auth", times: "unlimited" }), "connectionLost"],
    ["a reset", Fault.reset({ on: "auth", times: "unlimited" }), "connectionLost"],
    ["silence", Fault.hang({ on: "auth", times: "unlimited" }), "timedOut"],
    ["a redirect", Fault.redirect("http://127.0.0.1/elsewhere", { on: "auth", times: "unlimited" }), "redirected"]
  ] as const

  it.effect.each(troubles)(
    "because of %s is a typed error that names the operation, and the next one works",
    ([, fault, problem]) =>
      Effect.gen(function*() {
        const { faults } = yield* provider
        yield* faults.inject(fault)
        const failing = yield* Effect.forkChild(failureOf(list))
        yield* TestClock.adjust("2 minutes")
        const { isRetryable, operation, reason } = yield* Fiber.join(failing)
        assert.strictEqual(operation, "restaurants.list")
        assert.isTrue(isRetryable)
        if (reason._tag !== "IssuerUnavailable") return assert.fail(reason.message)
        assert.strictEqual(reason.problem, problem)
        assert.strictEqual((yield* counters).calls, 0)

        yield* faults.clear
        yield* TestClock.adjust("6 minutes")
        assert.strictEqual((yield* list).length, 2)
      }).pipe(Effect.provide(socketless()))
  )

  it.effect("leaves a caller that is interrupted and its fellows in peace", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      yield* faults.inject(Fault.latency("2 seconds", { on: "auth" }))
      const first = yield* Effect.forkChild(list)
      const second = yield* Effect.forkChild(list)
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("1 second")
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(second)))
      assert.strictEqual((yield* counters).logins, 1)
    }).pipe(Effect.provide(socketless())))
})
