import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Fault, NotFound, OdealModel, Sandbox } from "@entegre/sandbox"
import { Effect, Layer, Queue, Redacted } from "effect"
import { HttpClient, HttpClientResponse, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { createServer } from "node:http"
import { ask, fieldsOf, login, refused, send, start, startBody } from "./odealSupport.ts"
import { answerOf, transports } from "./support.ts"

const notFound = refused(404, "Ödeme bulunamadı")
const wrongState = refused(409, "Ödemenin durumu bu işleme uygun değil")

const statusOf = Effect.fnUntraced(function*(query: string) {
  const { body, status } = yield* ask("GET", `/made-up/payments/status?${query}`)
  assert.strictEqual(status, 200)
  assert.nestedProperty(body, "result.payment_status")
  return body
})

describe.each(transports)("payments at Ödeal %s", (_, transport) => {
  it.live("are started with card data, and give a form for the browser and an identifier", () =>
    Effect.gen(function*() {
      const { odeal, origin } = yield* Sandbox
      const first = yield* start()
      const second = yield* start({
        amount: 100,
        externalId: "siparis-124",
        successRedirectUrl: "https://shop.example/?a=1&b=\"><script>"
      })
      assert.strictEqual(second.id, first.id + 1)
      assert.match(first.threeDFormHtml, /^<form /)
      assert.notInclude(second.threeDFormHtml, "<script>")
      assert.deepInclude((yield* odeal.payments.list)[1], {
        id: second.id,
        externalId: "siparis-124",
        amount: "100.00",
        refunded: "0.00",
        returnUrl: `${origin}/shop/odeal`
      })
      assert.notInclude(JSON.stringify(yield* odeal.payments.list), "4546711234567894")
    }).pipe(Effect.provide(transport)))

  it.live("are refused where the amount or the address makes no sense", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const body = yield* startBody
      for (
        const [change, message] of [
          [{ amount: undefined }, "amount alanı zorunludur"],
          [{ amount: 0 }, "amount alanı geçersiz"],
          [{ amount: "100,00" }, "amount alanı geçersiz"],
          [{ amount: "1.001" }, "amount alanı geçersiz"],
          [{ amount: -5 }, "amount alanı geçersiz"],
          [{ returnUrl: "shop/odeal" }, "returnUrl alanı geçersiz"]
        ] as const
      ) {
        assert.deepStrictEqual(
          yield* ask("POST", "/made-up/payments/start", { ...body, ...change }),
          refused(400, message)
        )
      }
      assert.deepStrictEqual(yield* odeal.payments.list, [])
    }).pipe(Effect.provide(transport)))

  it.live("are refused under an externalId that was used before, by the same account", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const other = { apiKey: Redacted.make("other-key"), secretKey: Redacted.make("other-secret") }
      yield* odeal.registerAccount(other)
      yield* start()
      assert.deepStrictEqual(
        yield* ask("POST", "/made-up/payments/start", { ...yield* startBody, amount: "5.00" }),
        refused(409, "Bu externalId ile daha önce işlem yapılmış")
      )
      const { accessToken: token } = yield* login(other)
      assert.strictEqual(
        (yield* send("POST", "/made-up/payments/start", { token, body: yield* startBody })).status,
        200
      )
      yield* start({ externalId: undefined })
      yield* start({ externalId: undefined })
      assert.lengthOf(yield* odeal.payments.list, 4)
    }).pipe(Effect.provide(transport)))

  it.live("were made where only the answer was lost: their status is known by externalId", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.faults.inject(Fault.lostReply({ on: "payments.start" }))
      assert.strictEqual((yield* Effect.exit(start()))._tag, "Failure")
      const body = yield* statusOf("externalId=siparis-123")
      assert.deepNestedInclude(body, { "result.payment_status": "COMPLETED" })
    }).pipe(Effect.provide(transport)))

  it.live("are found by either name, and only by the account that made them", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const { id } = yield* start()
      assert.deepStrictEqual(yield* statusOf(`id=${id}`), yield* statusOf("externalId=siparis-123"))
      assert.deepStrictEqual(yield* ask("GET", "/made-up/payments/status?id=1"), notFound)
      assert.deepStrictEqual(yield* ask("GET", "/made-up/payments/status"), notFound)
      const other = { apiKey: Redacted.make("other-key"), secretKey: Redacted.make("other-secret") }
      yield* odeal.registerAccount(other)
      const { accessToken: token } = yield* login(other)
      assert.deepStrictEqual(
        yield* answerOf(yield* send("GET", `/made-up/payments/status?id=${id}`, { token })),
        notFound
      )
    }).pipe(Effect.provide(transport)))

  it.live("are refunded in parts until nothing is left", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const { id } = yield* start()
      const refund = (amount: unknown) => ask("POST", "/made-up/payments/refund", { id, amount })
      assert.deepNestedInclude(yield* refund("40.50"), { "body.result.payment_status": "PARTIAL REFUND" })
      assert.deepStrictEqual(yield* refund("60.00"), refused(400, "İade tutarı ödeme tutarını aşıyor"))
      assert.deepStrictEqual(yield* refund("-1"), refused(400, "amount alanı geçersiz"))
      assert.deepNestedInclude(yield* refund(undefined), { "body.result.payment_status": "REFUND" })
      assert.deepStrictEqual(yield* refund("1.00"), wrongState)
      assert.deepInclude((yield* odeal.payments.list)[0], { refunded: "100.00", status: "REFUND" })
    }).pipe(Effect.provide(transport)))

  it.live("are cancelled once", () =>
    Effect.gen(function*() {
      yield* start()
      const cancel = ask("POST", "/made-up/payments/cancel", { externalId: "siparis-123" })
      assert.deepNestedInclude(yield* cancel, { "body.result.payment_status": "CANCELLED" })
      assert.deepStrictEqual(yield* cancel, wrongState)
      assert.deepStrictEqual(yield* ask("POST", "/made-up/payments/cancel", { externalId: "nobody" }), notFound)
    }).pipe(Effect.provide(transport)))

  it.live("are at the paths that are set, and at no others", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const paymentPaths = { start: "/vpos/3d", status: "/vpos/check", cancel: "/vpos/void", refund: "/vpos/return" }
      yield* odeal.settings.update({ paymentPaths })
      assert.strictEqual((yield* ask("POST", "/vpos/3d", yield* startBody)).status, 200)
      assert.strictEqual((yield* ask("POST", "/made-up/payments/start", yield* startBody)).status, 404)
      assert.strictEqual((yield* ask("GET", "/vpos/check?externalId=siparis-123")).status, 200)
      const { "payments.start": started, unknown } = (yield* odeal.counters).operations
      assert.deepStrictEqual({ started, unknown }, {
        started: { received: 1, done: 1 },
        unknown: { received: 1, done: 0 }
      })
    }).pipe(Effect.provide(transport)))

  it.live("that succeed are called back as the page shows", () =>
    Effect.gen(function*() {
      const { odeal, origin } = yield* Sandbox
      const { id } = yield* start()
      const entry = yield* odeal.callbacks.take
      assert.deepInclude(entry, { method: "POST", url: `${origin}/shop/odeal` })
      assert.strictEqual(Redacted.value(entry.headers)["content-type"], "application/json")
      const fields = yield* fieldsOf(entry)
      assert.hasAllKeys(fields, [
        "externalId",
        "id",
        "payment_status",
        "reason",
        "authCode",
        "bankProvisionNumber",
        "provisionCode",
        "uniqueKey"
      ])
      assert.deepInclude(fields, { externalId: "siparis-123", id, payment_status: "COMPLETED", reason: null })
      assert.match(JSON.stringify(fields["authCode"]), /^"\d{6}"$/)
      assert.match(JSON.stringify(fields["uniqueKey"]), /^"PAY_[0-9A-F]{12}"$/)
    }).pipe(Effect.provide(transport)))

  it.live("that fail are called back with the reason and without the codes of a bank", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.settings.update({ paymentOutcome: "FAILED" })
      const { id } = yield* start()
      const { uniqueKey, ...fields } = yield* fieldsOf(yield* odeal.callbacks.take)
      assert.isString(uniqueKey)
      assert.deepStrictEqual(fields, {
        externalId: "siparis-123",
        id,
        payment_status: "FAILED",
        reason: "Yetersiz bakiye"
      })
    }).pipe(Effect.provide(transport)))

  it.live("call back after each change, under one uniqueKey or under one for each", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      for (const [keepsUniqueKey, keys] of [[true, 1], [false, 3]] as const) {
        yield* odeal.settings.update({ keepsUniqueKey })
        const { id } = yield* start({ externalId: undefined })
        const first = yield* fieldsOf(yield* odeal.callbacks.take)
        yield* ask("POST", "/made-up/payments/refund", { id, amount: 30 })
        const second = yield* fieldsOf(yield* odeal.callbacks.take)
        yield* ask("POST", "/made-up/payments/refund", { id })
        const third = yield* fieldsOf(yield* odeal.callbacks.take)
        const all = [first, second, third]
        assert.deepStrictEqual(all.map((fields) => fields["payment_status"]), [
          "COMPLETED",
          "PARTIAL REFUND",
          "REFUND"
        ])
        assert.isTrue(all.every((fields) => fields["externalId"] === null && fields["id"] === id))
        assert.strictEqual(new Set(all.map((fields) => fields["uniqueKey"])).size, keys)
      }
    }).pipe(Effect.provide(transport)))

  it.live("call nobody back who gave no address, or while callbacks are off", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* start({ externalId: "a", returnUrl: undefined })
      yield* odeal.settings.update({ callbacks: false })
      yield* start({ externalId: "b" })
      yield* odeal.settings.update({ callbacks: true })
      yield* start({ externalId: "c" })
      assert.deepInclude(yield* fieldsOf(yield* odeal.callbacks.take), { externalId: "c" })
      assert.lengthOf(yield* odeal.callbacks.sent, 1)
    }).pipe(Effect.provide(transport)))

  it.live("are advanced by others than the customer, and call back then too", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.settings.update({ paymentOutcome: "PENDING" })
      const { id } = yield* start()
      assert.deepNestedInclude(yield* statusOf(`id=${id}`), { "result.payment_status": "PENDING" })
      assert.deepInclude(yield* odeal.payments.advance(id, "CANCELLED", "Müşteri vazgeçti"), { status: "CANCELLED" })
      assert.deepInclude(yield* fieldsOf(yield* odeal.callbacks.take), {
        payment_status: "CANCELLED",
        reason: "Müşteri vazgeçti"
      })
      assert.deepStrictEqual(
        yield* Effect.flip(odeal.payments.advance(1, "COMPLETED")),
        new NotFound({ what: "payment", id: "1" })
      )
    }).pipe(Effect.provide(transport)))

  it.live("are called back on demand: again, out of order, forged, or somewhere else", () =>
    Effect.gen(function*() {
      const { odeal, origin } = yield* Sandbox
      const { id } = yield* start()
      const genuine = yield* fieldsOf(yield* odeal.callbacks.take)
      const copies = yield* Effect.flatMap(odeal.callbacks.send(id, { copies: 2 }), Effect.forEach(fieldsOf))
      assert.deepStrictEqual(copies, [genuine, genuine])
      const [early] = yield* Effect.flatMap(odeal.callbacks.send(id, { status: "PENDING" }), Effect.forEach(fieldsOf))
      assert.deepInclude(early, { payment_status: "PENDING", uniqueKey: genuine["uniqueKey"] })
      const [forged] = yield* Effect.flatMap(
        odeal.callbacks.send(id, { fields: { id: 7, extra: true }, to: `${origin}/elsewhere` }),
        Effect.forEach(fieldsOf)
      )
      assert.deepStrictEqual(forged, { ...genuine, id: 7, extra: true })
      assert.deepStrictEqual((yield* odeal.callbacks.sent).map(({ url }) => url.slice(origin.length)), [
        "/shop/odeal",
        "/shop/odeal",
        "/shop/odeal",
        "/shop/odeal",
        "/elsewhere"
      ])
      assert.deepInclude((yield* odeal.payments.list)[0], { id, status: "COMPLETED" })
    }).pipe(Effect.provide(transport)))

  it.live("are not called back where there is no payment or no address", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const { id } = yield* start({ returnUrl: undefined })
      for (const [payment, what] of [[1, "payment"], [id, "address"]] as const) {
        assert.deepStrictEqual(
          yield* Effect.flip(odeal.callbacks.send(payment)),
          new NotFound({ what, id: `${payment}` })
        )
      }
    }).pipe(Effect.provide(transport)))
})

const overSockets = Layer.merge(Sandbox.layer, NodeHttpClient.layerUndici)

describe("callbacks of Ödeal", () => {
  it.live("reach a server on this machine, and are judged by what it answers", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const received = yield* Queue.unbounded<string>()
      const server = yield* NodeHttpServer.make(createServer, { port: 0, host: "127.0.0.1" })
      yield* server.serve(Effect.gen(function*() {
        const request = yield* HttpServerRequest.HttpServerRequest
        yield* Queue.offer(received, yield* request.text)
        return HttpServerResponse.empty({ status: request.url === "/moved" ? 302 : 204, headers: { location: "/" } })
      }))
      const origin = HttpServer.formatAddress(server.address)
      const { id } = yield* start({ returnUrl: `${origin}/odeal` })
      const entry = yield* odeal.callbacks.take
      assert.strictEqual(entry.outcome, 204)
      assert.strictEqual(yield* Queue.take(received), Redacted.value(entry.body))
      const [moved] = yield* odeal.callbacks.send(id, { to: `${origin}/moved` })
      assert.strictEqual(moved?.outcome, 302)
      assert.strictEqual(yield* Queue.size(received), 1)
    }).pipe(Effect.provide(overSockets)))

  it.live("leave this machine under no circumstances", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* start({ returnUrl: "https://shop.example/odeal" })
      assert.strictEqual((yield* odeal.callbacks.take).outcome, "NotLoopback")
    }).pipe(Effect.provide(overSockets)))

  it.effect("go over the client that they are given where there are no sockets", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* start({ returnUrl: "https://shop.example/odeal" })
      assert.deepInclude(yield* odeal.callbacks.take, { url: "https://shop.example/odeal", outcome: 418 })
    }).pipe(Effect.provide(Sandbox.layerHttpClientWith({
      callbackClient: HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, { status: 418 })))
      )
    }))))

  it.effect("come when the customer has confirmed, and as much later as they are told to", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.settings.update({ confirmAfter: "10 seconds", callbackDelay: "5 seconds" })
      yield* start()
      const stands = Effect.map(odeal.payments.list, (payments) => payments[0]?.status)
      yield* TestClock.adjust("9999 millis")
      assert.strictEqual(yield* stands, "PENDING")
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* stands, "COMPLETED")
      yield* TestClock.adjust("4999 millis")
      assert.lengthOf(yield* odeal.callbacks.sent, 0)
      yield* TestClock.adjust("1 millis")
      assert.lengthOf(yield* odeal.callbacks.sent, 1)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("report what happened then, also when they come after what happened next", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.settings.update({ callbackDelay: "1 minute" })
      const { id } = yield* start()
      yield* odeal.settings.update({ callbackDelay: "0 seconds" })
      yield* ask("POST", "/made-up/payments/refund", { id })
      yield* TestClock.adjust("1 minute")
      const statuses = yield* Effect.forEach(yield* odeal.callbacks.sent, fieldsOf)
      assert.deepStrictEqual(statuses.map((fields) => fields["payment_status"]), ["REFUND", "COMPLETED"])
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("never report a confirmation that was called off before it came", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.settings.update({ confirmAfter: "10 seconds" })
      const { id } = yield* start()
      yield* ask("POST", "/made-up/payments/cancel", { id })
      yield* TestClock.adjust("10 seconds")
      const statuses = yield* Effect.forEach(yield* odeal.callbacks.sent, fieldsOf)
      assert.deepStrictEqual(new Set(statuses.map((fields) => fields["payment_status"])), new Set(["CANCELLED"]))
      assert.strictEqual((yield* odeal.payments.list)[0]?.status, "CANCELLED")
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("name only statuses that the page names", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const { id } = yield* start()
      for (const status of OdealModel.OdealPaymentStatus.literals) yield* odeal.payments.advance(id, status)
      yield* TestClock.adjust("1 second")
      const statuses = yield* Effect.forEach(yield* odeal.callbacks.sent, fieldsOf)
      assert.deepStrictEqual(statuses.map((fields) => fields["payment_status"]), [
        "COMPLETED",
        "PENDING",
        "COMPLETED",
        "FAILED",
        "CANCELLED",
        "REFUND",
        "PARTIAL REFUND"
      ])
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))
})
