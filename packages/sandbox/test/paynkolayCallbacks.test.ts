import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Sandbox } from "@entegre/sandbox"
import { DateTime, Deferred, Effect, Fiber, Inspectable, Layer, Redacted, Schema } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { ask, callbackHash, card, fieldsOf, hashOf, inside, keys, ok, pay, post } from "./paynkolaySupport.ts"
import { answerOf, transports } from "./support.ts"

const secure = { bankCard: { ...card, isThreeD: true } }

const decodeFields = Schema.decodeSync(Schema.fromJsonString(Schema.Record(Schema.String, Schema.String)))

const takeFields = Effect.gen(function*() {
  const { paynkolay } = yield* Sandbox
  return fieldsOf(yield* paynkolay.callbacks.take)
})

const statusOf = (refCode: string) =>
  Effect.map(ask("/payment/status", { refCode }), ({ body }) => inside(body, "data", 0, "trxStatus"))

const isSigned = Effect.fnUntraced(function*(fields: Record<string, string>) {
  const { sx } = yield* keys
  return fields["hash"] === callbackHash(sx, fields)
})

describe.each(transports)("Paynkolay's callbacks %s", (_, transport) => {
  it.live("report a payment to the address given, signed, with every value as text", () =>
    Effect.gen(function*() {
      const { origin, paynkolay, strays } = yield* Sandbox
      const { refCode } = yield* pay(secure)
      const sent = yield* paynkolay.callbacks.take
      assert.deepStrictEqual([sent.method, sent.url], ["POST", `${origin}/shop/callback`])
      assert.strictEqual(Redacted.value(sent.headers)["content-type"], "application/x-www-form-urlencoded")
      const { timestamp, ...fields } = fieldsOf(sent)
      assert.deepStrictEqual(fields, {
        statusCode: "2",
        responseCode: "2",
        responseMessage: "Onaylandı",
        bankMessage: "Onaylandı",
        refCode,
        authCode: refCode.slice(-6),
        trxCode: "ORDER_12345",
        commissionRate: "1.3000",
        commissionAmount: "1.95",
        installment: "1",
        trxAmount: "150.00",
        authAmount: "150.00",
        currencyCode: "949",
        cardType: "CREDIT",
        issuerBankCode: "62",
        installmentFeeRate: "0.0000",
        installmentFeeAmount: "0.00",
        paymentSystem: "V",
        hash: fields["hash"] ?? ""
      })
      assert.match(timestamp ?? "", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+0300$/)
      assert.isTrue(yield* isSigned({ ...fields, timestamp: timestamp ?? "" }))
      assert.strictEqual(yield* statusOf(refCode), "SUCCESS")
      // Over a socket nobody serves that address, but the sandbox itself received what was posted there.
      for (const stray of yield* strays) {
        assert.deepStrictEqual(
          [stray.method, stray.path, Redacted.value(stray.body)],
          ["POST", "/shop/callback", Redacted.value(sent.body)]
        )
      }
    }).pipe(Effect.provide(transport)))

  it.live("are JSON where they are told to be, amounts still as text", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* paynkolay.settings.update({ callbackFormat: "json" })
      yield* pay()
      const sent = yield* paynkolay.callbacks.take
      assert.strictEqual(Redacted.value(sent.headers)["content-type"], "application/json")
      const fields = decodeFields(Redacted.value(sent.body))
      assert.deepInclude(fields, { commissionRate: "1.3000", trxAmount: "150.00", installment: "1" })
      assert.isTrue(yield* isSigned(fields))
    }).pipe(Effect.provide(transport)))

  it.live("report what the bank declined, without an authorisation", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* paynkolay.settings.update({ bankCode: "51" })
      const { refCode } = yield* pay(secure)
      const fields = yield* takeFields
      assert.deepInclude(fields, {
        statusCode: "0",
        responseCode: "51",
        bankMessage: "Yetersiz bakiye",
        authCode: "",
        authAmount: "0.00"
      })
      assert.isTrue(yield* isSigned(fields))
      assert.strictEqual(yield* statusOf(refCode), "FAILED")
    }).pipe(Effect.provide(transport)))

  it.live("come again as they were: by number, later, in any order", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* paynkolay.settings.update({ callbacks: false })
      const [first, second] = [yield* pay(secure), yield* pay({ ...secure, trxCode: "ORDER_2" })]
      assert.deepStrictEqual(yield* Effect.forEach([first, second], ({ refCode }) => statusOf(refCode)), [
        "PENDING",
        "PENDING"
      ])
      yield* paynkolay.callbacks.send("ORDER_2")
      yield* paynkolay.callbacks.send(first.refCode, { copies: 2 })
      yield* paynkolay.callbacks.send("ORDER_2", { delay: "20 millis" })
      const sent = yield* paynkolay.callbacks.sent
      assert.deepStrictEqual(sent.map((entry) => fieldsOf(entry)["trxCode"]), [
        "ORDER_2",
        "ORDER_12345",
        "ORDER_12345",
        "ORDER_2"
      ])
      const [once, one, two, again] = sent.map(({ body }) => Redacted.value(body))
      assert.strictEqual(again, once)
      assert.strictEqual(two, one)
      assert.deepStrictEqual(yield* Effect.forEach([first, second], ({ refCode }) => statusOf(refCode)), [
        "SUCCESS",
        "SUCCESS"
      ])
    }).pipe(Effect.provide(transport)))

  it.live("are forged, tampered with and misdirected on demand", () =>
    Effect.gen(function*() {
      const { origin, paynkolay } = yield* Sandbox
      yield* paynkolay.settings.update({ callbacks: false })
      const { refCode } = yield* pay()
      const send = (change: Parameters<typeof paynkolay.callbacks.send>[1]) =>
        Effect.map(paynkolay.callbacks.send(refCode, change), ([sent]) => sent)
      const right = yield* Effect.map(paynkolay.callbacks.send(refCode), ([sent]) => sent && fieldsOf(sent))
      assert.isTrue(yield* isSigned(right ?? {}))
      const forged = yield* send({ forged: true })
      assert.notStrictEqual(forged && fieldsOf(forged)["hash"], right?.["hash"])
      assert.lengthOf((forged && fieldsOf(forged)["hash"]) ?? "", 88)
      const tampered = yield* send({ fields: { trxAmount: "1.00", extra: "ş|+&" }, to: `${origin}/elsewhere` })
      assert.strictEqual(tampered?.url, `${origin}/elsewhere`)
      assert.deepStrictEqual(tampered && fieldsOf(tampered), { ...right, trxAmount: "1.00", extra: "ş|+&" })
      const error = yield* Effect.flip(paynkolay.callbacks.send("ORDER_3"))
      assert.strictEqual(error.message, "there is no payment ORDER_3")
    }).pipe(Effect.provide(transport)))

  it.live("are the first of two steps where payments are not completed by themselves", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const { merchantNo, secret, sx } = yield* keys
      yield* paynkolay.settings.update({ autoComplete: false })
      const { refCode } = yield* pay(secure)
      const fields = yield* takeFields
      assert.deepInclude(fields, {
        MERCHANT_NO: merchantNo,
        CLIENT_REFERENCE_CODE: "ORDER_12345",
        AUTH_CODE: "",
        RESPONSE_CODE: "2",
        USE_3D: "true",
        INSTALLMENT: "1",
        AUTHORIZATION_AMOUNT: "150.00",
        CURRENCY_CODE: "949"
      })
      const value = (name: string) => fields[name] ?? assert.fail(name)
      assert.strictEqual(
        value("hashDataV2"),
        hashOf(
          merchantNo,
          value("REFERENCE_CODE"),
          "",
          "2",
          "true",
          value("RND"),
          "1",
          "150.00",
          "949",
          secret
        )
      )
      assert.match(value("REFERENCE_CODE"), /^[A-Za-z0-9+/]+=*$/)
      assert.strictEqual(yield* statusOf(refCode), "PENDING")

      const complete = Effect.fnUntraced(function*(referenceCode: string, apiSecretKey: string) {
        return yield* answerOf(yield* post("/payment/completePaymentExternal", { referenceCode, apiSecretKey }))
      })
      const notCompleted = {
        status: 200,
        body: {
          success: false,
          message: "Referans kodu geçersiz veya kullanılmış",
          responseCode: "0",
          responseMessage: "İşlem Başarısız"
        }
      }
      assert.deepStrictEqual(yield* complete(refCode, sx), notCompleted)
      assert.deepStrictEqual(yield* complete(value("REFERENCE_CODE"), "wrong"), notCompleted)
      const { body, status } = yield* complete(value("REFERENCE_CODE"), sx)
      assert.strictEqual(status, 200)
      assert.deepInclude(body, {
        success: true,
        responseCode: "2",
        trxCode: "ORDER_12345",
        referenceCode: refCode,
        commissionRate: "1.3000",
        trxAmount: "150.00"
      })
      const answered = Object.fromEntries(Object.entries(body ?? {}).map(([name, value]) => [name, String(value)]))
      assert.isTrue(yield* isSigned({ ...answered, statusCode: "2", refCode }))
      assert.strictEqual(yield* statusOf(refCode), "SUCCESS")
      assert.deepStrictEqual(yield* complete(value("REFERENCE_CODE"), sx), notCompleted)
    }).pipe(Effect.provide(transport)))

  it.live("leave out the currency of a first step where they are told to, with or without its place in the hash", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const { merchantNo, secret } = yield* keys
      for (const [completionCurrency, end] of [["emptyField", ["", secret]], ["leftOut", [secret]]] as const) {
        yield* paynkolay.settings.update({ autoComplete: false, completionCurrency })
        yield* pay()
        const fields = yield* takeFields
        assert.notProperty(fields, "CURRENCY_CODE")
        const { RND = "", REFERENCE_CODE = "" } = fields
        assert.strictEqual(
          fields["hashDataV2"],
          hashOf(merchantNo, REFERENCE_CODE, "", "2", "false", RND, "1", "150.00", ...end)
        )
      }
    }).pipe(Effect.provide(transport)))
})

const withClient = (client: HttpClient.HttpClient) =>
  Effect.provide(Sandbox.layerHttpClientWith({ callbackClient: client }))

describe("Paynkolay's callbacks", () => {
  it.effect("wait as long as they are told to, and carry the time when they were sent first", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* TestClock.setTime(DateTime.toEpochMillis(DateTime.makeUnsafe("2026-01-15T11:29:50Z")))
      yield* paynkolay.settings.update({ callbackDelay: "10 seconds" })
      const { refCode } = yield* pay(secure)
      yield* TestClock.adjust("9999 millis")
      assert.deepStrictEqual(yield* paynkolay.callbacks.sent, [])
      assert.strictEqual(yield* statusOf(refCode), "PENDING")
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* takeFields)["timestamp"], "2026-01-15 14:30:00+0300")
      const late = yield* Effect.forkChild(paynkolay.callbacks.send(refCode, { delay: "1 hour" }), {
        startImmediately: true
      })
      yield* TestClock.adjust("1 hour")
      const [sent] = yield* Fiber.join(late)
      assert.strictEqual(sent && fieldsOf(sent)["timestamp"], "2026-01-15 14:30:00+0300")
      assert.strictEqual(sent?.at, DateTime.toEpochMillis(DateTime.makeUnsafe("2026-01-15T12:30:00Z")))
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("are given up after ten seconds without an answer, and never tried again", () => {
    const arrived = Deferred.makeUnsafe<void>()
    return Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const { refCode } = yield* pay()
      // It is signed first, which no test clock waits for.
      yield* Deferred.await(arrived)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* paynkolay.callbacks.take).outcome, "TimedOut")
      yield* TestClock.adjust("1 hour")
      assert.lengthOf(yield* paynkolay.callbacks.sent, 1)
      assert.strictEqual(yield* statusOf(refCode), "SUCCESS")
    }).pipe(withClient(HttpClient.make(() => Effect.andThen(Deferred.succeed(arrived, undefined), Effect.never))))
  })

  it.effect("are sent once, whatever the answer", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* pay()
      assert.strictEqual((yield* paynkolay.callbacks.take).outcome, 503)
      yield* TestClock.adjust("1 day")
      assert.lengthOf(yield* paynkolay.callbacks.sent, 1)
    }).pipe(withClient(HttpClient.make((request) =>
      Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, { status: 503 })))
    ))))

  it.effect("are dropped where a thousand are underway", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* paynkolay.settings.update({ callbacks: false })
      const { refCode } = yield* pay()
      yield* Effect.forkChild(
        Effect.replicateEffect(paynkolay.callbacks.send(refCode, { copies: 100 }), 10, { concurrency: "unbounded" }),
        { startImmediately: true }
      )
      assert.deepStrictEqual(yield* paynkolay.callbacks.sent, [])
      const [dropped] = yield* paynkolay.callbacks.send(refCode)
      assert.strictEqual(dropped?.outcome, "Dropped")
    }).pipe(withClient(HttpClient.make(() => Effect.never))))

  it.live("reach this machine only, and say where nobody listened", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* paynkolay.settings.update({ callbacks: false })
      const { refCode } = yield* pay()
      for (
        const [to, outcome] of [
          ["https://shop.example.com/callback", "NotLoopback"],
          ["http://127.0.0.1.example.com/callback", "NotLoopback"],
          ["http://[::ffff:8.8.8.8]/callback", "NotLoopback"],
          ["http://127.0.0.1:1/callback", "Unreachable"],
          ["callback", "Unreachable"]
        ] as const
      ) {
        const [sent] = yield* paynkolay.callbacks.send(refCode, { to })
        assert.strictEqual(sent?.outcome, outcome, to)
      }
    }).pipe(Effect.provide(Layer.merge(Sandbox.layer, NodeHttpClient.layerUndici))))

  it.effect("show no secret when they are printed", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* pay()
      const sent = yield* paynkolay.callbacks.take
      const printed = `${JSON.stringify(sent)}${Inspectable.toStringUnknown(sent)}`
      assert.include(printed, "/shop/callback")
      assert.notInclude(printed, "ORDER_12345")
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("do not keep a payment from being answered", () =>
    Effect.gen(function*() {
      const { refCode } = yield* pay()
      assert.deepInclude(yield* ask("/seller/get", { sellerExternalId: "SELLER123" }), { status: ok(null).status })
      assert.match(refCode, /^IKSIRPF\d+$/)
    }).pipe(withClient(HttpClient.make(() => Effect.never))))
})
