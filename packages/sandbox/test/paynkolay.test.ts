import { assert, describe, it } from "@effect/vitest"
import { Fault, PaynkolayModel, Sandbox } from "@entegre/sandbox"
import { Effect, Redacted } from "effect"
import { HttpClient } from "effect/http"
import {
  ask,
  dataOf,
  inside,
  keys,
  ok,
  pay,
  paymentBody,
  post,
  refused,
  requestLogin,
  tokenOf
} from "./paynkolaySupport.ts"
import { answerOf, transports } from "./support.ts"

const unauthorized = {
  status: 401,
  body: { success: false, responseCode: "401", responseMessage: "Unauthorized", data: null }
}
const loginRefused = (status: number) => ({
  status,
  body: { success: false, responseCode: "401", responseMessage: "Kullanıcı adı veya şifre hatalı", data: null }
})

const other: PaynkolayModel.PaynkolayCredentials = {
  username: "other",
  password: Redacted.make("other-password"),
  merchantNo: "400000905",
  apiSecretKey: Redacted.make("200000002|T1RIRVI="),
  merchantSecretKey: Redacted.make("_otherSecret"),
  cancelApiSecretKey: Redacted.make("200000002|T1RIRVI=|Q0FOQ0VM")
}

const paths = PaynkolayModel.PaynkolayOperation.literals.map((name) => `/${name.replaceAll(".", "/")}`)

const segment = (token: string, index: number) => token.split(".")[index] ?? ""

const claimsOf = (token: string): unknown => JSON.parse(Buffer.from(segment(token, 1), "base64url").toString("utf8"))

describe.each(transports)("Paynkolay %s", (_, transport) => {
  it.live("answers a login as its page shows", () =>
    Effect.gen(function*() {
      const { paynkolay: { credentials } } = yield* Sandbox
      const { body, status } = yield* answerOf(
        yield* requestLogin({ ...credentials, password: Redacted.value(credentials.password) })
      )
      assert.strictEqual(status, 200)
      assert.deepInclude(body, { success: true, responseCode: "200", responseMessage: "SUCCESS" })
      assert.nestedProperty(body, "data.token")
    }).pipe(Effect.provide(transport)))

  it.live("gives a JWT of half an hour with claims that a naive reader stumbles over", () =>
    Effect.gen(function*() {
      const tokens = [yield* tokenOf(), yield* tokenOf()]
      assert.strictEqual(new Set(tokens).size, 2)
      for (const token of tokens) {
        assert.strictEqual(segment(token, 0), "eyJhbGciOiJIUzUxMiJ9")
        assert.lengthOf(Buffer.from(segment(token, 2), "base64url"), 64)
        const payload = segment(token, 1)
        assert.throws(() => atob(payload))
        assert.include(payload, "-")
        assert.include(payload, "_")
        assert.notStrictEqual(payload.length % 4, 0)
        assert.notInclude(payload, "=")
        const claims = claimsOf(token)
        assert.deepInclude(claims, { sub: "nkolay_marketplace", title: "Işıltılı Çarşı Pazaryeri ??? >>>" })
        assert.strictEqual(Number(inside(claims, "exp")) - Number(inside(claims, "iat")), 1800)
      }
    }).pipe(Effect.provide(transport)))

  it.live("refuses wrong credentials, whichever of the three is wrong or missing", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const { merchantNo, password, username } = paynkolay.credentials
      const right = { username, password: Redacted.value(password), merchantNo }
      for (const wrong of [{ username: "x" }, { password: "x" }, { merchantNo: "x" }, { password: undefined }]) {
        assert.deepStrictEqual(yield* answerOf(yield* requestLogin({ ...right, ...wrong })), loginRefused(401))
      }
      for (const status of [400, 200] as const) {
        yield* paynkolay.settings.update({ loginRefusalStatus: status })
        assert.deepStrictEqual(yield* answerOf(yield* requestLogin({})), loginRefused(status))
      }
      assert.strictEqual((yield* paynkolay.counters).loginsRefused, 6)
    }).pipe(Effect.provide(transport)))

  it.live("refuses every call without a token, and with one it does not know, but the one that takes none", () =>
    Effect.gen(function*() {
      for (const path of paths.filter((path) => path !== "/authenticate")) {
        const isOpen = path === "/payment/completePaymentExternal"
        for (const token of [undefined, "eyJhbGciOiJIUzUxMiJ9.e30.AA"]) {
          const { body, status } = yield* answerOf(yield* post(path, {}, token))
          assert.strictEqual(status, isOpen ? 200 : 401, path)
          assert.deepInclude(body, { success: false })
          if (!isOpen) assert.deepStrictEqual({ body, status }, unauthorized)
        }
      }
    }).pipe(Effect.provide(transport)))

  it.live("lets tokens live side by side until they are revoked", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const tokens = [yield* tokenOf(), yield* tokenOf()]
      const statuses = Effect.forEach(
        tokens,
        (token) => Effect.map(post("/seller/get", { sellerExternalId: "SELLER123" }, token), ({ status }) => status)
      )
      assert.deepStrictEqual(yield* statuses, [200, 200])
      yield* paynkolay.revokeTokens
      assert.deepStrictEqual(yield* statuses, [401, 401])
      assert.strictEqual((yield* ask("/seller/get", { sellerExternalId: "SELLER123" })).status, 200)
      const { logins, refused, renewals } = yield* paynkolay.counters
      assert.deepStrictEqual({ logins, refused, renewals }, { logins: 3, refused: 2, renewals: 0 })
    }).pipe(Effect.provide(transport)))

  it.live("refuses right credentials for as long as they are made wrong", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* paynkolay.settings.update({ credentialsAccepted: false })
      assert.strictEqual((yield* Effect.exit(tokenOf()))._tag, "Failure")
      yield* paynkolay.settings.update({ credentialsAccepted: true })
      const token = yield* tokenOf()
      const rotated = { ...paynkolay.credentials, password: Redacted.make("rotated") }
      yield* paynkolay.changeCredentials(rotated)
      assert.strictEqual((yield* Effect.exit(tokenOf()))._tag, "Failure")
      yield* tokenOf(rotated)
      const { status } = yield* post("/seller/get", { sellerExternalId: "SELLER123" }, token)
      assert.strictEqual(status, 200)
    }).pipe(Effect.provide(transport)))

  it.live("shows a marketplace nothing of another one", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* paynkolay.registerAccount(other)
      const { refCode } = yield* pay()
      const token = yield* tokenOf(other)
      for (
        const [path, body, message] of [
          ["/seller/get", { sellerExternalId: "SELLER123" }, "Satıcı bulunamadı"],
          ["/paymentprofile/get", { profileExternalId: "PROFILE1" }, "Ödeme profili bulunamadı"],
          ["/payment/status", { refCode }, "İşlem bulunamadı"]
        ] as const
      ) {
        assert.deepStrictEqual(yield* answerOf(yield* post(path, body, token)), refused(message))
      }
    }).pipe(Effect.provide(transport)))

  it.live("knows no other address and no other method than the documented ones", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const notFound = {
        status: 404,
        body: { success: false, responseCode: "404", responseMessage: "Not Found", data: null }
      }
      assert.deepStrictEqual(yield* ask("/payment/create/PAYPAL", {}), notFound)
      assert.deepStrictEqual(
        yield* answerOf(yield* HttpClient.get(`${paynkolay.baseUrl}/seller/sellers`)),
        notFound
      )
    }).pipe(Effect.provide(transport)))

  it.live("refuses with HTTP 200 what lacks a field or has another marketplace's key, or with 400 if told so", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const { sx } = yield* keys
      for (
        const [path, body, message] of [
          ["/seller/get", {}, "sellerExternalId alanı hatalı"],
          ["/seller/sellers", {}, "apiSecretKey alanı hatalı"],
          ["/seller/sellers", { apiSecretKey: "200000002|T1RIRVI=" }, "Geçersiz apiSecretKey"],
          ["/seller/get", { apiSecretKey: "wrong", sellerExternalId: "SELLER123" }, "Geçersiz apiSecretKey"],
          ["/payment/fetchInstallments", { apiSecretKey: sx, mpCode: "400000905" }, "mpCode alanı hatalı"],
          [
            "/payment/create",
            { ...yield* paymentBody(), sellerList: [{}] },
            "sellerList.0.sellerExternalId alanı hatalı"
          ]
        ] as const
      ) {
        assert.deepStrictEqual(yield* ask(path, body), refused(message))
      }
      yield* paynkolay.settings.update({ refusalStatus: 400 })
      assert.deepStrictEqual(yield* ask("/seller/get", {}), refused("sellerExternalId alanı hatalı", 400))
      const { calls, operations, rejected } = yield* paynkolay.counters
      assert.deepStrictEqual({ calls, rejected, get: operations["seller.get"] }, {
        calls: 0,
        rejected: 7,
        get: { received: 3, done: 0 }
      })
    }).pipe(Effect.provide(transport)))

  it.live("has paid where only the answer was lost, and not where the request was", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const token = yield* tokenOf()
      for (const [fault, done] of [[Fault.reset({ on: "payment.create" }), 0], [Fault.lostReply(), 1]] as const) {
        yield* paynkolay.faults.inject(fault)
        const error = yield* Effect.flip(post("/payment/create", yield* paymentBody(), token))
        assert.strictEqual(error.reason._tag, "TransportError")
        assert.lengthOf(yield* paynkolay.payments.list, done)
      }
      const { failed, operations } = yield* paynkolay.counters
      assert.deepStrictEqual([failed, operations["payment.create"]], [2, { received: 2, done: 1 }])
      const [{ refCode } = { refCode: "" }] = yield* paynkolay.payments.list
      assert.deepStrictEqual(yield* dataOf("/payment/status", { trxCode: "ORDER_12345" }), [{
        trxStatus: "SUCCESS",
        trxCode: "ORDER_12345",
        refCode,
        trxType: "SALES",
        trxAmount: 150,
        trxCurrency: "TRY"
      }])
    }).pipe(Effect.provide(transport)))

  it.live("puts a status that is asked for into its own envelope", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      for (const status of [503, 401, 200]) {
        yield* paynkolay.faults.inject(Fault.status(status, { on: "seller.get" }))
        assert.deepStrictEqual(
          yield* ask("/seller/get", { sellerExternalId: "SELLER123" }),
          status === 200 ? ok(null) : status === 401 ? unauthorized : {
            status,
            body: { success: false, responseCode: "503", responseMessage: "Sistem hatası", data: null }
          }
        )
      }
    }).pipe(Effect.provide(transport)))
})
