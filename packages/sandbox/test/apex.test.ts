import { assert, describe, it } from "@effect/vitest"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Effect, Redacted } from "effect"
import type { HttpMethod } from "effect/http"
import { TestClock } from "effect/testing"
import {
  bodyOf,
  call,
  isAlive,
  login,
  notFound,
  refresh,
  refused,
  requestLogin,
  requestRefresh,
  send,
  session
} from "./apexSupport.ts"
import { answerOf, transports } from "./support.ts"

const invalidApiKey = refused(401, "INVALID_API_KEY", "invalid api key or secret")
const refreshTokenExpired = refused(401, "REFRESH_TOKEN_EXPIRED", "refresh token expired")
const tokenDead = refused(401, "UNAUTHORIZED", "invalid or expired access token")
const tooManyRequests = refused(429, "RATE_LIMIT_EXCEEDED", "too many requests")

const other = { apiKey: Redacted.make("other-key"), secretKey: Redacted.make("other-secret") }

const documentedCalls: ReadonlyArray<readonly [HttpMethod.HttpMethod, string]> = [
  ["POST", "/nodes"],
  ["GET", "/nodes/1"],
  ["PUT", "/nodes/1"],
  ["DELETE", "/nodes/1"],
  ["GET", "/nodes/1/children"],
  ["POST", "/markets"],
  ["PUT", "/markets/1"],
  ["POST", "/distributors/nodes/1"],
  ["PUT", "/distributors/1"],
  ["POST", "/tokens/nodes/1/distributors/1"],
  ["POST", "/tokens/external/1"],
  ["GET", "/tokens/markets/1/all"],
  ["PUT", "/tokens/1/markets"],
  ["POST", "/tokens/1/kyc-tokens"],
  ["PUT", "/tokens/1/kyc-tokens/1"],
  ["POST", "/kyc-addresses/markets/1"],
  ["GET", "/kyc-addresses/markets/1"],
  ["PUT", "/kyc-addresses/1"]
]

describe.each(transports)("Apex %s", (_, transport) => {
  it.live("answers a login as its page shows, with its keys in the body or in headers", () =>
    Effect.gen(function*() {
      const { apex: { credentials } } = yield* Sandbox
      const { api_key, secret_key } = bodyOf(credentials)
      for (
        const response of [
          yield* requestLogin({ api_key, secret_key }),
          yield* requestLogin(undefined, { "Api-Key": api_key, "Api-Secret": secret_key }),
          yield* requestLogin({ api_key, secret_key }, { "Api-Key": "wrong", "Api-Secret": "wrong" })
        ]
      ) {
        const { body, status } = yield* answerOf(response)
        assert.strictEqual(status, 200)
        assert.hasAllKeys(body, ["access_token", "refresh_token", "token_type", "expires_in", "expires_at"])
        assert.deepInclude(body, { token_type: "Bearer", expires_in: 3600 })
      }
      const { access_token, expires_at, refresh_token } = yield* login()
      assert.match(access_token, /^eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\.[\w-]+\.[\w-]{43}$/)
      assert.match(refresh_token, /^[0-9a-f]{64}$/)
      assert.match(expires_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    }).pipe(Effect.provide(transport)))

  it.live("refuses wrong keys, whichever of the two is wrong and wherever they are", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      const right = bodyOf(apex.credentials)
      for (const wrong of [{ api_key: "wrong" }, { secret_key: "wrong" }]) {
        const { api_key, secret_key } = { ...right, ...wrong }
        assert.deepStrictEqual(yield* answerOf(yield* requestLogin({ api_key, secret_key })), invalidApiKey)
        const headers = { "Api-Key": api_key, "Api-Secret": secret_key }
        assert.deepStrictEqual(yield* answerOf(yield* requestLogin(undefined, headers)), invalidApiKey)
      }
      yield* apex.settings.update({ credentialsAccepted: false })
      assert.deepStrictEqual(yield* answerOf(yield* requestLogin(right)), invalidApiKey)
      assert.strictEqual((yield* requestLogin({ api_key: right.api_key })).status, 400)
    }).pipe(Effect.provide(transport)))

  it.live("gives a new access token for the same refresh token, as often as it comes", () =>
    Effect.gen(function*() {
      const first = yield* login()
      const second = yield* refresh(first.refresh_token)
      const third = yield* refresh(first.refresh_token)
      const all = [first, second, third]
      assert.strictEqual(new Set(all.map(({ refresh_token }) => refresh_token)).size, 1)
      assert.strictEqual(new Set(all.map(({ access_token }) => access_token)).size, 3)
      for (const { access_token } of all) assert.isTrue(yield* isAlive(access_token))
      assert.deepStrictEqual(yield* answerOf(yield* requestRefresh(first.access_token)), refreshTokenExpired)
    }).pipe(Effect.provide(transport)))

  it.live("ends the former access token where it is told to have one only", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      yield* apex.settings.update({ singleActiveToken: true })
      const first = yield* login()
      const second = yield* refresh(first.refresh_token)
      assert.isFalse(yield* isAlive(first.access_token))
      assert.isTrue(yield* isAlive(second.access_token))
    }).pipe(Effect.provide(transport)))

  it.live("refuses every request that names no server, or the wrong one", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      yield* apex.settings.update({ rateLimit: 1000 })
      const { access_token: token } = yield* login()
      const auth = ["/auth/authenticate", "/auth/refresh"].map((path) => ["POST", path, "authentication"] as const)
      const calls = documentedCalls.map(([method, path]) => [method, path, "integration"] as const)
      for (const [method, path, expected] of [...auth, ...calls]) {
        for (
          const target of [undefined, expected === "integration" ? "authentication" : "integration", "INTEGRATION"]
        ) {
          assert.deepStrictEqual(
            yield* answerOf(yield* send(method, path, { token, target })),
            refused(400, "INVALID_TARGET_SERVER", "missing or wrong X-Target-Server header", { expected })
          )
        }
      }
      yield* apex.settings.update({ wrongTargetStatus: 421 })
      assert.strictEqual((yield* send("GET", "/nodes/1", { token })).status, 421)
      assert.strictEqual((yield* apex.counters).logins, 1)
    }).pipe(Effect.provide(transport)))

  it.live("refuses every call without a token, and with one it does not know", () =>
    Effect.gen(function*() {
      const { refresh_token } = yield* login()
      for (const [method, path] of documentedCalls) {
        for (const token of [undefined, "not-a-token", refresh_token]) {
          assert.deepStrictEqual(
            yield* answerOf(yield* send(method, path, { token, target: "integration" })),
            tokenDead
          )
        }
      }
    }).pipe(Effect.provide(transport)))

  it.live("knows no other address and no other method than the documented ones", () =>
    Effect.gen(function*() {
      const { ask } = yield* session()
      for (
        const [method, path] of [
          ["GET", "/nodes"],
          ["DELETE", "/markets/1"],
          ["GET", "/markets/1"],
          ["GET", "/auth/refresh"],
          ["POST", "/tokens/nodes/1/distributors/"],
          ["GET", "/nodes/1/children/2"]
        ] as const
      ) {
        assert.deepStrictEqual(yield* ask(method, path), notFound("resource"))
      }
    }).pipe(Effect.provide(transport)))

  it.live("answers 50 requests of an API key in a minute, logins included, and no more", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      yield* apex.registerAccount(other)
      const { access_token: token } = yield* login()
      const calls = yield* Effect.replicateEffect(call(token, "GET", "/nodes/none"), 50)
      assert.deepStrictEqual(calls.map(({ status }) => status), [...Array.from({ length: 49 }, () => 404), 429])
      assert.deepStrictEqual(yield* answerOf(calls[49] ?? (yield* call(token, "GET", "/nodes/none"))), tooManyRequests)
      assert.isUndefined(calls[49]?.headers["retry-after"])
      assert.deepStrictEqual(yield* answerOf(yield* requestLogin(bodyOf(apex.credentials))), tooManyRequests)
      yield* login(other)
      assert.strictEqual((yield* apex.counters).cooldownRefusals, 1)
    }).pipe(Effect.provide(transport)))

  it.live("leaves logins out of its limit where it is told to", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      yield* apex.settings.update({ rateLimit: 1, rateLimitsLogins: false, retryAfter: true })
      yield* login()
      const { access_token: token } = yield* login()
      assert.strictEqual((yield* call(token, "GET", "/nodes/none")).status, 404)
      const refusal = yield* call(token, "GET", "/nodes/none")
      assert.strictEqual(refusal.status, 429)
      assert.match(refusal.headers["retry-after"] ?? "", /^\d+$/)
      yield* login()
    }).pipe(Effect.provide(transport)))

  it.live("ends all tokens, or the access tokens only, when told to", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      const first = yield* login()
      yield* apex.revokeAccessTokens
      assert.isFalse(yield* isAlive(first.access_token))
      const second = yield* refresh(first.refresh_token)
      yield* apex.revokeTokens
      assert.isFalse(yield* isAlive(second.access_token))
      assert.deepStrictEqual(yield* answerOf(yield* requestRefresh(first.refresh_token)), refreshTokenExpired)
    }).pipe(Effect.provide(transport)))

  it.live("changes the keys of an account, whose tokens stay", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      const { access_token } = yield* login()
      yield* apex.changeCredentials(other)
      assert.deepStrictEqual(yield* answerOf(yield* requestLogin(bodyOf(apex.credentials))), invalidApiKey)
      assert.isTrue(yield* isAlive(access_token))
      yield* login(other)
    }).pipe(Effect.provide(transport)))

  it.live("counts a refresh as a renewal, and sees that it overlaps with a login of the same account", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      yield* apex.registerAccount(other)
      const { refresh_token } = yield* login()
      yield* apex.faults.inject(Fault.latency("500 millis", { on: "auth", times: 3 }))
      yield* Effect.all([refresh(refresh_token), login(), login(other)], { concurrency: "unbounded" })
      const { logins, overlaps, peakLogins, renewals } = yield* apex.counters
      assert.deepStrictEqual(
        { logins, overlaps, peakLogins, renewals },
        { logins: 3, overlaps: 1, peakLogins: 3, renewals: 1 }
      )
    }).pipe(Effect.provide(transport)))

  it.live("puts a status that is asked for into its own envelope", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      const { ask } = yield* session()
      for (
        const [status, expected] of [
          [401, tokenDead],
          [404, notFound("resource")],
          [429, tooManyRequests],
          [503, refused(503, "INTERNAL_ERROR", "internal error")]
        ] as const
      ) {
        yield* apex.faults.inject(Fault.status(status, { on: "nodes.get" }))
        assert.deepStrictEqual(yield* ask("GET", "/nodes/1"), expected)
      }
    }).pipe(Effect.provide(transport)))
})

describe("Apex's time", () => {
  it.effect("lets an access token live for an hour, and says when that ends", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2025-01-03T11:00:00.750Z"))
      const { access_token, expires_at } = yield* login()
      assert.strictEqual(expires_at, "2025-01-03T12:00:00Z")
      yield* TestClock.adjust("3599999 millis")
      assert.isTrue(yield* isAlive(access_token))
      yield* TestClock.adjust("1 millis")
      assert.isFalse(yield* isAlive(access_token))
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("lets a refresh token live for 7 days from the login, however often it is used", () =>
    Effect.gen(function*() {
      const { refresh_token } = yield* login()
      yield* TestClock.adjust("604799999 millis")
      assert.strictEqual((yield* refresh(refresh_token)).refresh_token, refresh_token)
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(yield* answerOf(yield* requestRefresh(refresh_token)), refreshTokenExpired)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("lets tokens live as long as it is told to", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      yield* apex.settings.update({ tokenLifetime: "90 seconds", refreshLifetime: "2 minutes" })
      const { access_token, expires_in, refresh_token } = yield* login()
      assert.strictEqual(expires_in, 90)
      yield* TestClock.adjust("90 seconds")
      assert.isFalse(yield* isAlive(access_token))
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(yield* answerOf(yield* requestRefresh(refresh_token)), refreshTokenExpired)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("tells the time by a clock that may be wrong, and keeps it by one that is right", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      yield* TestClock.setTime(Date.parse("2025-01-03T11:00:00Z"))
      yield* apex.settings.update({ clockSkew: "-3 hours" })
      const { access_token, expires_at } = yield* login()
      assert.strictEqual(expires_at, "2025-01-03T09:00:00Z")
      const response = yield* call(access_token, "GET", "/nodes/none")
      assert.strictEqual(response.headers["date"], "Fri, 03 Jan 2025 08:00:00 GMT")
      assert.strictEqual(response.status, 404)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("has room again as soon as the oldest request of the last minute is a minute old", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      yield* apex.settings.update({ rateLimit: 3, retryAfter: true })
      const { access_token: token } = yield* login()
      const ask = call(token, "GET", "/nodes/none")
      yield* TestClock.adjust("20 seconds")
      yield* ask
      yield* ask
      const refusal = yield* ask
      assert.deepStrictEqual([refusal.status, refusal.headers["retry-after"]], [429, "40"])
      yield* TestClock.adjust("39999 millis")
      assert.strictEqual((yield* ask).status, 429)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* ask).status, 404)
      assert.strictEqual((yield* ask).status, 429)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))
})
