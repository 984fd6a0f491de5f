import { assert, describe, it } from "@effect/vitest"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Effect, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { ask, bodyOf, isAlive, login, refresh, refused, requestLogin, requestRefresh, send } from "./odealSupport.ts"
import { answerOf, transports } from "./support.ts"

const invalidKeys = refused(401, "Geçersiz kimlik bilgileri")
const tokenDead = refused(401, "Geçersiz veya süresi dolmuş token")
const refreshTokenDead = refused(401, "Geçersiz veya süresi dolmuş refresh token")

const other = { apiKey: Redacted.make("other-key"), secretKey: Redacted.make("other-secret") }

const Claims = Schema.fromJsonString(Schema.Struct({ iat: Schema.Int, exp: Schema.Int, jti: Schema.String }))

const claimsOf = (token: string) =>
  Schema.decodeEffect(Claims)(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"))

describe.each(transports)("Ödeal %s", (_, transport) => {
  it.live("answers a login as its page shows, with two JWTs and the lifetime beside them", () =>
    Effect.gen(function*() {
      const { odeal: { credentials } } = yield* Sandbox
      const { body, status } = yield* answerOf(yield* requestLogin(bodyOf(credentials)))
      assert.strictEqual(status, 200)
      assert.hasAllKeys(body, ["result", "tokenType", "expiresIn"])
      assert.deepInclude(body, { tokenType: "Bearer", expiresIn: 3600 })
      assert.nestedProperty(body, "result.accessToken")
      const { accessToken, refreshToken } = yield* login()
      for (const [token, lifetime] of [[accessToken, 3600], [refreshToken, 86_400]] as const) {
        assert.match(token, /^eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\.[\w-]+\.[\w-]{43}$/)
        const { exp, iat } = yield* claimsOf(token)
        assert.strictEqual(exp - iat, lifetime)
      }
    }).pipe(Effect.provide(transport)))

  it.live("refuses wrong keys, whichever of the two is wrong", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const right = bodyOf(odeal.credentials)
      for (const wrong of [{ apiKey: "wrong" }, { secretKey: "wrong" }]) {
        assert.deepStrictEqual(yield* answerOf(yield* requestLogin({ ...right, ...wrong })), invalidKeys)
      }
      yield* odeal.settings.update({ credentialsAccepted: false })
      assert.deepStrictEqual(yield* answerOf(yield* requestLogin(right)), invalidKeys)
    }).pipe(Effect.provide(transport)))

  it.live("answers 400 to a login or a refresh that lacks a field", () =>
    Effect.gen(function*() {
      for (const keys of [{}, { apiKey: "a" }, { apiKey: "", secretKey: "s" }, []]) {
        assert.strictEqual((yield* requestLogin(keys)).status, 400)
      }
      assert.strictEqual((yield* requestRefresh("")).status, 400)
    }).pipe(Effect.provide(transport)))

  it.live("has one pair for an account: a login ends the former access and refresh token", () =>
    Effect.gen(function*() {
      const former = yield* login()
      const { accessToken } = yield* login()
      assert.isFalse(yield* isAlive(former.accessToken))
      assert.deepStrictEqual(yield* answerOf(yield* requestRefresh(former.refreshToken)), refreshTokenDead)
      assert.isTrue(yield* isAlive(accessToken))
    }).pipe(Effect.provide(transport)))

  it.live("gives a new pair for a refresh token, once, and ends the former access token", () =>
    Effect.gen(function*() {
      const first = yield* login()
      const second = yield* refresh(first.refreshToken)
      assert.strictEqual(new Set([...Object.values(first), ...Object.values(second)]).size, 4)
      assert.isFalse(yield* isAlive(first.accessToken))
      assert.isTrue(yield* isAlive(second.accessToken))
      assert.deepStrictEqual(yield* answerOf(yield* requestRefresh(first.refreshToken)), refreshTokenDead)
      assert.isTrue(yield* isAlive(second.accessToken))
      yield* refresh(second.refreshToken)
    }).pipe(Effect.provide(transport)))

  it.live("leaves the pairs of other accounts alone", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.registerAccount(other)
      const mine = yield* login()
      const theirs = yield* login(other)
      yield* refresh(theirs.refreshToken)
      assert.isTrue(yield* isAlive(mine.accessToken))
    }).pipe(Effect.provide(transport)))

  it.live("takes no token for what it is not meant for, and none from anywhere but the header", () =>
    Effect.gen(function*() {
      const { accessToken, refreshToken } = yield* login()
      assert.deepStrictEqual(yield* answerOf(yield* requestRefresh(accessToken)), refreshTokenDead)
      assert.isFalse(yield* isAlive(refreshToken))
      const status = "/made-up/payments/status?id=1"
      for (const path of [status, `${status}&token=${accessToken}`]) {
        assert.deepStrictEqual(yield* answerOf(yield* send("GET", path)), tokenDead)
      }
    }).pipe(Effect.provide(transport)))

  it.live("puts the message of an error into either documented place", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.settings.update({ errorPlace: "error" })
      const message = "Geçersiz veya süresi dolmuş token"
      assert.deepStrictEqual(yield* answerOf(yield* send("GET", "/anything")), {
        status: 401,
        body: { error: { message } }
      })
      yield* odeal.faults.inject(Fault.status(503))
      assert.deepStrictEqual(yield* answerOf(yield* send("GET", "/anything")), {
        status: 503,
        body: { error: { message: "Sistem hatası" } }
      })
    }).pipe(Effect.provide(transport)))

  it.live("answers 404 to a path that it does not have, once the token is good", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* ask("GET", "/no/such/path"), refused(404, "Kaynak bulunamadı"))
      assert.deepStrictEqual(yield* ask("GET", "/authenticate/credential/v2"), refused(404, "Kaynak bulunamadı"))
    }).pipe(Effect.provide(transport)))

  it.live("ends all tokens, or the access tokens only, when told to", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const first = yield* login()
      yield* odeal.revokeAccessTokens
      assert.isFalse(yield* isAlive(first.accessToken))
      const second = yield* refresh(first.refreshToken)
      yield* odeal.revokeTokens
      assert.isFalse(yield* isAlive(second.accessToken))
      assert.deepStrictEqual(yield* answerOf(yield* requestRefresh(second.refreshToken)), refreshTokenDead)
    }).pipe(Effect.provide(transport)))

  it.live("changes the keys of an account, whose tokens stay", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const { accessToken } = yield* login()
      yield* odeal.changeCredentials(other)
      assert.deepStrictEqual(yield* answerOf(yield* requestLogin(bodyOf(odeal.credentials))), invalidKeys)
      assert.isTrue(yield* isAlive(accessToken))
      yield* login(other)
      assert.isFalse(yield* isAlive(accessToken))
    }).pipe(Effect.provide(transport)))

  it.live("counts a refresh as a renewal and a login as a login", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const { refreshToken } = yield* login()
      yield* refresh(refreshToken)
      yield* requestRefresh(refreshToken)
      const { logins, loginsRefused, operations, overlaps, renewals } = yield* odeal.counters
      assert.deepStrictEqual({ logins, loginsRefused, operations, overlaps, renewals }, {
        logins: 1,
        loginsRefused: 1,
        operations: {
          "authenticate.credential.v2": { received: 1, done: 1 },
          "authenticate.refresh-token.v2": { received: 2, done: 1 }
        },
        overlaps: 0,
        renewals: 1
      })
    }).pipe(Effect.provide(transport)))

  it.live("sees that renewals of one account overlap, by whatever they are asked for", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.registerAccount(other)
      const dead = yield* login()
      const { refreshToken } = yield* login()
      yield* odeal.faults.inject(Fault.latency("500 millis", { on: "auth", times: 4 }))
      yield* Effect.all([
        requestRefresh(refreshToken),
        requestRefresh(dead.refreshToken),
        requestLogin({ ...bodyOf(odeal.credentials), secretKey: "wrong" }),
        login(other)
      ], { concurrency: "unbounded" })
      const { overlaps, peakLogins } = yield* odeal.counters
      assert.deepStrictEqual({ overlaps, peakLogins }, { overlaps: 2, peakLogins: 4 })
    }).pipe(Effect.provide(transport)))

  it.live("has rotated where only the answer was lost, and not where the request was", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const { accessToken, refreshToken } = yield* login()
      yield* odeal.faults.inject(Fault.reset({ on: "authenticate.refresh-token.v2" }))
      assert.strictEqual((yield* Effect.exit(requestRefresh(refreshToken)))._tag, "Failure")
      assert.isTrue(yield* isAlive(accessToken))
      yield* odeal.faults.inject(Fault.lostReply({ on: "authenticate.refresh-token.v2" }))
      assert.strictEqual((yield* Effect.exit(requestRefresh(refreshToken)))._tag, "Failure")
      assert.isFalse(yield* isAlive(accessToken))
      assert.deepStrictEqual(yield* answerOf(yield* requestRefresh(refreshToken)), refreshTokenDead)
    }).pipe(Effect.provide(transport)))
})

describe("Ödeal's time", () => {
  it.effect("lets an access token live for an hour, and a refresh token for a day", () =>
    Effect.gen(function*() {
      const { accessToken, refreshToken } = yield* login()
      yield* TestClock.adjust("3599999 millis")
      assert.isTrue(yield* isAlive(accessToken))
      yield* TestClock.adjust("1 millis")
      assert.isFalse(yield* isAlive(accessToken))
      yield* TestClock.adjust("82799999 millis")
      const second = yield* refresh(refreshToken)
      yield* TestClock.adjust("24 hours")
      assert.deepStrictEqual(yield* answerOf(yield* requestRefresh(second.refreshToken)), refreshTokenDead)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("lets the pairs that follow live as long as it is told to, and says so", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.settings.update({ tokenLifetime: "90 seconds", refreshLifetime: "2 minutes" })
      const { body } = yield* answerOf(yield* requestLogin(bodyOf(odeal.credentials)))
      assert.deepInclude(body, { expiresIn: 90 })
      const { accessToken, refreshToken } = yield* login()
      yield* TestClock.adjust("90 seconds")
      assert.isFalse(yield* isAlive(accessToken))
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(yield* answerOf(yield* requestRefresh(refreshToken)), refreshTokenDead)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("tells the time by a clock that may be wrong, and keeps it by one that is right", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* TestClock.setTime(Date.parse("2026-01-15T12:00:00Z"))
      yield* odeal.settings.update({ clockSkew: "-3 hours" })
      const response = yield* requestLogin(bodyOf(odeal.credentials))
      assert.strictEqual(response.headers["date"], "Thu, 15 Jan 2026 09:00:00 GMT")
      const { accessToken } = yield* login()
      assert.strictEqual((yield* claimsOf(accessToken)).exp, Date.parse("2026-01-15T10:00:00Z") / 1000)
      yield* TestClock.adjust("59 minutes")
      assert.isTrue(yield* isAlive(accessToken))
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("takes no setting that makes no sense", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const paths = { start: "no-slash", status: "/b", cancel: "/c", refund: "/d" }
      assert.strictEqual((yield* Effect.exit(odeal.settings.update({ paymentPaths: paths })))._tag, "Failure")
      assert.strictEqual((yield* odeal.settings.get).paymentPaths.start, "/made-up/payments/start")
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))
})
