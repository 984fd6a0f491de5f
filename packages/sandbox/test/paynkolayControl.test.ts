import { assert, describe, it } from "@effect/vitest"
import { ControlApi, Counters, Fault, type PaynkolayModel, Sandbox } from "@entegre/sandbox"
import { Config, Duration, Effect, Inspectable, Redacted } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { card, fieldsOf, keys, pay, tokenOf } from "./paynkolaySupport.ts"
import { answerOf, transports } from "./support.ts"

const control = Effect.gen(function*() {
  const { origin } = yield* Sandbox
  return (yield* HttpApiClient.make(ControlApi, { baseUrl: origin })).paynkolay
})

/** Sends what a person would type. */
const send = Effect.fnUntraced(function*(method: "POST" | "PATCH", path: string, body: unknown) {
  const { origin } = yield* Sandbox
  return yield* HttpClientRequest.make(method)(`${origin}/_sandbox/paynkolay${path}`).pipe(
    HttpClientRequest.bodyJsonUnsafe(body),
    HttpClient.execute,
    Effect.flatMap(answerOf)
  )
})

const second: PaynkolayModel.PaynkolayCredentials = {
  username: "second",
  password: Redacted.make("second-password"),
  merchantNo: "400000906",
  apiSecretKey: Redacted.make("300000003|U0VDT05E"),
  merchantSecretKey: Redacted.make("_secondSecret"),
  cancelApiSecretKey: Redacted.make("300000003|U0VDT05E|Q0FOQ0VM")
}

const Environment = Config.all({
  baseUrl: Config.String("PAYNKOLAY_BASE_URL"),
  username: Config.String("PAYNKOLAY_USERNAME"),
  password: Config.Redacted("PAYNKOLAY_PASSWORD"),
  merchantNo: Config.String("PAYNKOLAY_MERCHANT_NO"),
  apiSecretKey: Config.Redacted("PAYNKOLAY_API_SECRET_KEY"),
  merchantSecretKey: Config.Redacted("PAYNKOLAY_MERCHANT_SECRET_KEY"),
  cancelApiSecretKey: Config.Redacted("PAYNKOLAY_CANCEL_API_SECRET_KEY")
})

describe.each(transports)("Paynkolay's control address %s", (_, transport) => {
  it.live("injects faults, revokes tokens, counts and shows requests as the service does", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const api = yield* control
      yield* api.injectFault({ payload: Fault.status(503, { on: "payment.refund" }) })
      assert.deepStrictEqual(yield* api.pendingFaults(), yield* paynkolay.faults.pending)
      yield* api.clearFaults()
      assert.deepStrictEqual(yield* paynkolay.faults.pending, [])
      yield* pay()
      yield* api.revokeTokens()
      assert.deepStrictEqual(yield* api.counters(), yield* paynkolay.counters)
      yield* api.resetCounters()
      assert.deepStrictEqual(yield* paynkolay.counters, Counters.zero)
      assert.deepStrictEqual((yield* api.requests()).map(({ operation }) => operation), [
        "authenticate",
        "payment.create"
      ])
      const { body, status } = yield* send("POST", "/faults", { _tag: "Reset", on: "payment.refnud" })
      assert.strictEqual(status, 400)
      assert.include(JSON.stringify(body), "payment.refund")
    }).pipe(Effect.provide(transport)))

  it.live("changes settings, some at a time, and refuses those that make no sense", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const api = yield* control
      const before = yield* api.settings()
      const after = yield* api.updateSettings({
        payload: { paymentHash: "either", callbackDelay: Duration.seconds(3), autoComplete: false }
      })
      assert.deepStrictEqual(after, {
        ...before,
        paymentHash: "either",
        callbackDelay: Duration.seconds(3),
        autoComplete: false
      })
      assert.deepStrictEqual(yield* paynkolay.settings.get, after)
      for (const change of [{ bankCode: "5" }, { paymentHash: "oneField" }, { callbackFormat: "xml" }]) {
        assert.strictEqual((yield* send("PATCH", "/settings", change)).status, 400)
      }
      assert.deepStrictEqual(yield* paynkolay.settings.get, after)
    }).pipe(Effect.provide(transport)))

  it.live("opens marketplaces and changes their credentials", () =>
    Effect.gen(function*() {
      const api = yield* control
      yield* api.registerAccount({ payload: second })
      yield* tokenOf(second)
      const rotated = { ...second, password: Redacted.make("rotated") }
      yield* api.changeCredentials({ payload: { to: rotated, from: second } })
      assert.strictEqual((yield* Effect.exit(tokenOf(second)))._tag, "Failure")
      yield* tokenOf(rotated)
      yield* tokenOf()
    }).pipe(Effect.provide(transport)))

  it.live("shows profiles, sellers and payments, and sends callbacks", () =>
    Effect.gen(function*() {
      const { origin, paynkolay } = yield* Sandbox
      const api = yield* control
      yield* paynkolay.settings.update({ callbacks: false })
      const { refCode } = yield* pay({ bankCard: { ...card, isThreeD: true } })
      const params = { payment: "ORDER_12345" }
      const summaries = yield* api.sendCallback({ params, payload: { copies: 2, fields: { trxAmount: "1.00" } } })
      assert.deepStrictEqual(summaries, yield* api.callbacks())
      assert.deepStrictEqual(
        (yield* paynkolay.callbacks.sent).map((sent) => [sent.url, fieldsOf(sent)["trxAmount"]]),
        [[`${origin}/shop/callback`, "1.00"], [`${origin}/shop/callback`, "1.00"]]
      )
      assert.deepStrictEqual(yield* api.profiles(), yield* paynkolay.profiles.list)
      assert.deepStrictEqual(yield* api.sellers(), yield* paynkolay.sellers.list)
      const payments = yield* api.payments()
      assert.deepStrictEqual(payments, yield* paynkolay.payments.list)
      assert.deepStrictEqual(payments.map((payment) => [payment.refCode, payment.trxStatus]), [[refCode, "SUCCESS"]])
      const error = yield* Effect.flip(api.sendCallback({ params: { payment: "NONE" }, payload: {} }))
      assert.strictEqual(error._tag, "NotFound")
      assert.strictEqual((yield* send("POST", "/payments/NONE/callbacks", { delay: "a while" })).status, 400)
    }).pipe(Effect.provide(transport)))
})

describe.each(transports)("Paynkolay's credentials %s", (_, transport) => {
  it.live("are in the environment under the names that a provider's layer reads", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const { baseUrl, ...credentials } = yield* Environment
      assert.strictEqual(baseUrl, paynkolay.baseUrl)
      const inTheClear = (record: Readonly<Record<string, string | Redacted.Redacted>>) =>
        Object.entries(record).map(([name, value]) =>
          [name, Redacted.isRedacted(value) ? Redacted.value(value) : value] as const
        )
      assert.deepStrictEqual(inTheClear(credentials), inTheClear(paynkolay.credentials))
    }).pipe(Effect.provide(transport)))

  it.live("are three different keys, and printed nowhere", () =>
    Effect.gen(function*() {
      const { origin, paynkolay } = yield* Sandbox
      const { cancelSx, secret, sx } = yield* keys
      assert.strictEqual(new Set([sx, secret, cancelSx]).size, 3)
      assert.include(sx, "|")
      yield* pay()
      const token = yield* tokenOf()
      const shown = [
        Inspectable.toStringUnknown(paynkolay),
        JSON.stringify(paynkolay),
        Inspectable.toStringUnknown(yield* paynkolay.requests),
        ...yield* Effect.forEach(["requests", "callbacks", "payments", "settings"], (path) =>
          Effect.flatMap(HttpClient.get(`${origin}/_sandbox/paynkolay/${path}`), ({ text }) => text))
      ].join()
      assert.include(shown, "payment.create")
      for (const hidden of [sx, secret, cancelSx, token, card.cardNumber, "sandbox-password"]) {
        assert.notInclude(shown, hidden)
      }
    }).pipe(Effect.provide(transport)))
})
