import { assert, describe, it } from "@effect/vitest"
import { DukkangoModel, Sandbox } from "@entegre/sandbox"
import { Effect, Redacted, Schema } from "effect"
import type { HttpMethod } from "effect/http"
import { answerOf, call, dataOf, login, requestLogin, tokenOf, transports } from "./support.ts"

const akat = "8f2b9ce2-04de-4712-842d-a39f64596fdf"
const halaskargazi = "0ca1d2b1-a199-4960-8617-83a659d890c8"
const nobody = "3e9caf87-5cb7-4c4e-adcb-fc2ec54cf24e"

const tokenDead = { status: false, error: "yetkisiz erişim", message: "Token expired or invalid" }
const missingKeys = { status: false, error: "eksik alan", message: "Missing required credentials" }
const wrongUrl = { status: 403, body: { status: false, error: "URL hatalı" } }
const noSuchOrder = { status: 404, body: { status: false, error: "sipariş bulunamadı" } }
const noSuchRestaurant = { status: 404, body: { status: false, error: "restoran bulunamadı" } }
const missing = (field: string) => ({
  status: 400,
  body: { status: false, error: "eksik alan", message: `${field} is required` }
})
const coolingDown = {
  status: 429,
  body: { status: false, error: "çok fazla istek", message: "Çok fazla istek. Lütfen 30 saniye bekleyin." }
}
const ok = (data: Schema.Json) => ({ status: 200, body: { status: true, data } })

const documentedCalls: ReadonlyArray<readonly [HttpMethod.HttpMethod, string]> = [
  ["GET", "/restaurants/get"],
  ["GET", `/restaurants/status/get/${akat}`],
  ["PUT", `/restaurants/status/open/${akat}`],
  ["PUT", `/restaurants/status/close/${akat}`],
  ["GET", "/foods/get-foods"],
  ["PUT", "/foods/status-active/1"],
  ["PUT", "/foods/status-passive/1"],
  ["GET", "/orders/get-current"],
  ["PUT", `/orders/accept/${nobody}`],
  ["PUT", `/orders/ontheway/${nobody}`],
  ["PUT", `/orders/complete/${nobody}`],
  ["PUT", `/orders/cancel/${nobody}`],
  ["GET", "/orders/variables"],
  ["GET", "/orders/cancel-reasons"]
]

/** Sends a call with a fresh token and gives what came back. */
const answer = (method: HttpMethod.HttpMethod, path: string, body?: unknown) =>
  Effect.gen(function*() {
    return yield* answerOf(yield* call(method, path, { token: yield* tokenOf(), body }))
  })

describe.each(transports)("Dükkango %s", (_, transport) => {
  it.live("gives a token of 64 hexadecimal digits and a date without an offset", () =>
    Effect.gen(function*() {
      const { access_token, expiration_date } = yield* login()
      assert.match(access_token, /^[0-9a-f]{64}$/)
      assert.match(expiration_date, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
      assert.notStrictEqual((yield* login()).access_token, access_token)
    }).pipe(Effect.provide(transport)))

  it.live("refuses wrong credentials, whichever of the two keys is wrong", () =>
    Effect.gen(function*() {
      for (
        const keys of [
          { app_secret_key: "wrong", rest_secret_key: "sandbox-rest-secret-key" },
          { app_secret_key: "sandbox-app-secret-key", rest_secret_key: "wrong" }
        ]
      ) {
        assert.deepStrictEqual(yield* answerOf(yield* requestLogin(keys)), {
          status: 401,
          body: { status: false, error: "yetkisiz erişim", message: "Invalid credentials" }
        })
      }
    }).pipe(Effect.provide(transport)))

  it.live("answers 422 to a login that lacks a key, or 400 as its overview page says", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      for (
        const keys of [{}, { app_secret_key: "a" }, { rest_secret_key: "r" }, {
          app_secret_key: "",
          rest_secret_key: "r"
        }, []]
      ) {
        assert.deepStrictEqual(yield* answerOf(yield* requestLogin(keys)), { status: 422, body: missingKeys })
      }
      yield* dukkango.settings.update({ missingCredentialsStatus: 400 })
      assert.deepStrictEqual(yield* answerOf(yield* requestLogin({})), { status: 400, body: missingKeys })
    }).pipe(Effect.provide(transport)))

  it.live("refuses every call without a token, and with one it does not know", () =>
    Effect.gen(function*() {
      for (const [method, path] of documentedCalls) {
        assert.deepStrictEqual(yield* answerOf(yield* call(method, path)), { status: 401, body: tokenDead }, path)
        assert.deepStrictEqual(
          yield* answerOf(yield* call(method, path, { token: "0".repeat(64) })),
          { status: 401, body: tokenDead },
          path
        )
      }
    }).pipe(Effect.provide(transport)))

  it.live("refuses an acknowledgement without a token by a body without a message", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* answerOf(yield* call("PUT", `/orders/success/${nobody}`)), {
        status: 401,
        body: { status: false, error: "yetkisiz erişim" }
      })
    }).pipe(Effect.provide(transport)))

  it.live("refuses revoked tokens and gives new ones", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const [first, second] = [yield* tokenOf(), yield* tokenOf()]
      assert.strictEqual((yield* call("GET", "/orders/variables", { token: first })).status, 200)
      assert.strictEqual((yield* call("GET", "/orders/variables", { token: second })).status, 200)
      yield* dukkango.revokeTokens
      assert.strictEqual((yield* call("GET", "/orders/variables", { token: first })).status, 401)
      assert.strictEqual((yield* call("GET", "/orders/variables", { token: second })).status, 401)
      assert.strictEqual((yield* call("GET", "/orders/variables", { token: yield* tokenOf() })).status, 200)
    }).pipe(Effect.provide(transport)))

  it.live("lets a new token end the former one where it is told to", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.settings.update({ singleActiveToken: true })
      const other = yield* dukkango.registerAccount({
        appSecretKey: Redacted.make("other-app"),
        restSecretKey: Redacted.make("other-rest")
      })
      const bystander = yield* tokenOf(other.credentials)
      const former = yield* tokenOf()
      const latter = yield* tokenOf()
      assert.strictEqual((yield* call("GET", "/orders/variables", { token: former })).status, 401)
      assert.strictEqual((yield* call("GET", "/orders/variables", { token: latter })).status, 200)
      assert.strictEqual((yield* call("GET", "/orders/variables", { token: bystander })).status, 200)
    }).pipe(Effect.provide(transport)))

  it.live("refuses right credentials for as long as they are made wrong", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.settings.update({ credentialsAccepted: false })
      assert.strictEqual((yield* Effect.exit(login()))._tag, "Failure")
      yield* dukkango.settings.update({ credentialsAccepted: true })
      yield* login()
      const rotated = { appSecretKey: Redacted.make("new-app"), restSecretKey: Redacted.make("new-rest") }
      yield* dukkango.changeCredentials(rotated)
      assert.strictEqual((yield* Effect.exit(login()))._tag, "Failure")
      const token = yield* tokenOf(rotated)
      assert.deepStrictEqual(
        yield* answerOf(yield* call("GET", "/restaurants/get", { token })),
        ok([
          { id: akat, name: "Akat Şube" },
          { id: halaskargazi, name: "Halaskargazi Şube" }
        ])
      )
    }).pipe(Effect.provide(transport)))

  it.live("knows no other address than the documented ones", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* answer("GET", "/orders/refund"), wrongUrl)
      assert.deepStrictEqual(yield* answer("POST", "/restaurants/get"), wrongUrl)
      assert.deepStrictEqual(yield* answer("GET", "/auth/login"), wrongUrl)
      assert.deepStrictEqual(yield* answer("PUT", "/orders/accept/"), wrongUrl)
      assert.deepStrictEqual(yield* answer("PUT", `/orders/accept/${nobody}/now`), wrongUrl)
    }).pipe(Effect.provide(transport)))

  it.live("dates every answer", () =>
    Effect.gen(function*() {
      for (const response of [yield* requestLogin({}), yield* call("GET", "/restaurants/get")]) {
        assert.match(response.headers["date"] ?? "", /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/)
      }
    }).pipe(Effect.provide(transport)))

  it.live("opens and closes restaurants", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      assert.deepStrictEqual(yield* answer("GET", `/restaurants/status/get/${akat}`), ok("Open"))
      assert.deepStrictEqual(yield* answer("PUT", `/restaurants/status/close/${akat}`), ok("OK"))
      assert.deepStrictEqual(yield* answer("GET", `/restaurants/status/get/${akat}`), ok("Closed"))
      assert.deepStrictEqual(yield* answer("GET", `/restaurants/status/get/${halaskargazi}`), ok("Open"))
      assert.deepStrictEqual((yield* dukkango.restaurants.list).map(({ open }) => open), [false, true])
      assert.deepStrictEqual(yield* answer("PUT", `/restaurants/status/open/${akat}`), ok("OK"))
      assert.deepStrictEqual(yield* answer("GET", `/restaurants/status/get/${akat}`), ok("Open"))
      for (const action of ["get", "open", "close"]) {
        const method = action === "get" ? "GET" : "PUT"
        assert.deepStrictEqual(yield* answer(method, `/restaurants/status/${action}/${nobody}`), noSuchRestaurant)
      }
    }).pipe(Effect.provide(transport)))

  it.live("shows the menu as documented, and takes foods off sale by their number", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const { body } = yield* answer("GET", "/foods/get-foods")
      assert.deepNestedInclude(body, {
        status: true,
        "data[0].food_id": 1,
        "data[0].category": { id: 1, name: "Kebaplar", sort: 0 },
        "data[0].restaurant_id": akat,
        "data[0].price": 675,
        "data[0].add_substract[0].ilave_basligi": "Sos Seçimi",
        "data[0].add_substract[0].secim_turu": "coklu",
        "data[0].add_substract[0].ekleme_cikarma": "ekleme",
        "data[0].add_substract[0].zorunlu_turu": "opsiyonel",
        "data[0].add_substract[0].ilave_opsiyonlari[0]": { name: "Acı Sos", price: 0 }
      })
      const onSale = Effect.map(dukkango.foods.list, (foods) => foods.map(({ active }) => active))
      assert.deepStrictEqual(yield* answer("PUT", "/foods/status-passive/2"), ok("OK"))
      assert.deepStrictEqual(yield* onSale, [true, false])
      assert.deepStrictEqual(yield* answer("PUT", "/foods/status-active/2"), ok("OK"))
      assert.deepStrictEqual(yield* onSale, [true, true])
      assert.strictEqual((yield* answer("PUT", "/foods/status-passive/99")).status, 404)
    }).pipe(Effect.provide(transport)))

  it.live("names payment methods, shipping methods and reasons to cancel", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* answer("GET", "/orders/variables"),
        ok({
          paymentMethod: [
            { key: "CASH", name: "Nakit" },
            { key: "CREDIT_CARD", name: "Kredi Kartı" },
            { key: "DEBIT_CARD", name: "Banka Kartı" }
          ],
          shippingMethod: [{ key: "delivery", name: "Teslimat" }, { key: "pickup", name: "Gel Al" }]
        })
      )
      assert.deepStrictEqual(
        yield* answer("GET", "/orders/cancel-reasons"),
        ok([
          { id: 1, reason: "Ürün tükendi" },
          { id: 2, reason: "Adres bulunamıyor" },
          { id: 3, reason: "Yoğunluk nedeniyle" },
          { id: 4, reason: "Müşteri iptal etti" },
          { id: 5, reason: "Teknik sorun" },
          { id: 6, reason: "Çok uzak teslimat adresi" },
          { id: 7, reason: "Ödeme problemi" },
          { id: 8, reason: "Diğer" }
        ])
      )
    }).pipe(Effect.provide(transport)))

  it.live("lets each account poll orders and foods once per cooldown, each on its own", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const other = yield* dukkango.registerAccount({
        appSecretKey: Redacted.make("other-app"),
        restSecretKey: Redacted.make("other-rest")
      })
      for (const path of ["/orders/get-current", "/foods/get-foods"]) {
        assert.strictEqual((yield* call("GET", path)).status, 401)
        assert.strictEqual((yield* answer("GET", path)).status, 200)
        assert.deepStrictEqual(yield* answer("GET", path), coolingDown)
        assert.deepStrictEqual(yield* answer("GET", `${path}?status_id=1`), coolingDown)
        assert.strictEqual((yield* call("GET", path, { token: yield* tokenOf(other.credentials) })).status, 200)
      }
    }).pipe(Effect.provide(transport)))

  it.live("shows an account its own branches and nobody else's", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const other = yield* dukkango.registerAccount({
        appSecretKey: Redacted.make("other-app"),
        restSecretKey: Redacted.make("other-rest"),
        restaurants: [{ id: halaskargazi, name: "Halaskargazi Şube" }, { id: nobody, name: "Moda Şube" }]
      })
      const order = yield* dukkango.orders.place({ restaurant_id: akat })
      const token = yield* tokenOf(other.credentials)
      assert.deepStrictEqual(
        yield* answerOf(yield* call("GET", "/restaurants/get", { token })),
        ok([{ id: halaskargazi, name: "Halaskargazi Şube" }, { id: nobody, name: "Moda Şube" }])
      )
      assert.deepStrictEqual(
        yield* answerOf(yield* call("PUT", `/restaurants/status/close/${akat}`, { token })),
        noSuchRestaurant
      )
      assert.deepStrictEqual(yield* answerOf(yield* call("GET", "/orders/get-current", { token })), ok([]))
      assert.deepStrictEqual(yield* answerOf(yield* call("GET", "/foods/get-foods", { token })), ok([]))
      assert.deepStrictEqual(
        yield* answerOf(yield* call("PUT", `/orders/success/${order.payment_key}`, { token })),
        noSuchOrder
      )
    }).pipe(Effect.provide(transport)))
})

describe.each(transports)("Dükkango's orders %s", (_, transport) => {
  const shown = (query = "") =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.settings.update({ cooldown: 0 })
      return yield* dataOf(yield* call("GET", `/orders/get-current${query}`, { token: yield* tokenOf() }))
    })

  /** The orders that are shown now, whatever the cooldown. */
  const current = (query = "") =>
    Effect.gen(function*() {
      return yield* Schema.decodeUnknownEffect(Schema.Array(DukkangoModel.DukkangoOrder))(yield* shown(query))
    })

  it.live("come as documented: a discount in words, nothing as an empty string, a method by its display name", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const placed = yield* dukkango.orders.place({ restaurant_id: halaskargazi })
      assert.deepStrictEqual(yield* shown(), [{ ...placed }])
      assert.deepInclude(placed, {
        id: 1031,
        status_id: 1,
        status_text: "Sipariş Geldi",
        shipping_method: "delivery",
        payment_method: "Kredi Kartı",
        total: 1417.5,
        restaurant_id: halaskargazi,
        restaurant_name: "Halaskargazi Şube",
        courier_type: "restaurant",
        discount: "157.5",
        courier_fee: 0,
        scheduled_date: "",
        order_tip: 0
      })
      assert.match(placed.payment_key, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      assert.match(placed.date, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    }).pipe(Effect.provide(transport)))

  it.live("repeat until they are acknowledged, and come again with each new status", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const { payment_key: key } = yield* dukkango.orders.place()
      assert.lengthOf(yield* current(), 1)
      assert.lengthOf(yield* current(), 1)
      assert.deepStrictEqual(yield* answer("PUT", `/orders/success/${key}`), ok("OK"))
      assert.deepStrictEqual(yield* current(), [])
      yield* answer("PUT", `/orders/accept/${key}`, { preparing_time: 30 })
      assert.deepStrictEqual((yield* current()).map((order) => order.status_text), ["Hazırlanıyor"])
      yield* answer("PUT", `/orders/success/${key}`)
      assert.deepStrictEqual(yield* current(), [])
      assert.deepStrictEqual(
        (yield* dukkango.orders.acknowledgements).map(({ paymentKey, statusId }) => [paymentKey, statusId]),
        [[key, 1], [key, 2]]
      )
    }).pipe(Effect.provide(transport)))

  it.live("are acknowledged by payment key, never by number", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const { id } = yield* dukkango.orders.place()
      for (const action of ["success", "ontheway", "complete"]) {
        assert.deepStrictEqual(yield* answer("PUT", `/orders/${action}/${id}`), noSuchOrder)
      }
      assert.deepStrictEqual(yield* answer("PUT", `/orders/accept/${nobody}`, { preparing_time: 1 }), noSuchOrder)
      assert.deepStrictEqual(yield* answer("PUT", `/orders/cancel/${nobody}`, { reason_id: 1 }), noSuchOrder)
    }).pipe(Effect.provide(transport)))

  it.live("can be asked for by status", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const first = yield* dukkango.orders.place()
      const second = yield* dukkango.orders.place()
      yield* dukkango.orders.advance(second.payment_key, 2)
      assert.deepStrictEqual((yield* current("?status_id=1")).map(({ id }) => id), [first.id])
      assert.deepStrictEqual((yield* current("?status_id=2")).map(({ id }) => id), [second.id])
      assert.deepStrictEqual((yield* current()).map(({ id }) => id), [first.id, second.id])
    }).pipe(Effect.provide(transport)))

  it.live("go through preparation and the courier's hands to the customer", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const { payment_key: key } = yield* dukkango.orders.place()
      const status = Effect.map(dukkango.orders.list, ([order]) => [order?.status_id, order?.status_text])
      assert.deepStrictEqual(yield* answer("PUT", `/orders/accept/${key}`, { preparing_time: 30 }), ok("OK"))
      assert.deepStrictEqual(yield* status, [2, "Hazırlanıyor"])
      assert.deepStrictEqual(yield* answer("PUT", `/orders/ontheway/${key}`), ok("OK"))
      assert.deepStrictEqual(yield* status, [16, "Restoran Kuryeye Verildi"])
      assert.deepStrictEqual(yield* answer("PUT", `/orders/complete/${key}`), ok("OK"))
      assert.deepStrictEqual(yield* status, [5, "Teslim Edildi"])
      assert.deepStrictEqual(yield* current(), [])
      assert.strictEqual((yield* answer("PUT", `/orders/cancel/${key}`, { reason_id: 1 })).status, 400)
      assert.deepStrictEqual(yield* status, [5, "Teslim Edildi"])
    }).pipe(Effect.provide(transport)))

  it.live("are handed over only where the restaurant has its own courier", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      for (const courier of ["fuudy", "come_get"]) {
        const { payment_key: key } = yield* dukkango.orders.place({ courier_type: courier })
        assert.strictEqual((yield* answer("PUT", `/orders/ontheway/${key}`)).status, 400)
      }
      assert.deepStrictEqual((yield* dukkango.orders.list).map(({ status_id }) => status_id), [1, 1])
    }).pipe(Effect.provide(transport)))

  it.live("are accepted with a preparation time in whole minutes", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const { payment_key: key } = yield* dukkango.orders.place()
      for (const body of [undefined, {}, { preparing_time: "30" }, { preparing_time: 0.5 }, { preparing_time: null }]) {
        assert.deepStrictEqual(yield* answer("PUT", `/orders/accept/${key}`, body), missing("preparing_time"))
      }
      assert.deepStrictEqual((yield* dukkango.orders.list).map(({ status_id }) => status_id), [1])
    }).pipe(Effect.provide(transport)))

  it.live("are cancelled with one of the eight reasons", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const { payment_key: key } = yield* dukkango.orders.place()
      for (const body of [undefined, {}, { reason_id: "1" }, { reason_id: 0 }, { reason_id: 9 }]) {
        assert.deepStrictEqual(yield* answer("PUT", `/orders/cancel/${key}`, body), missing("reason_id"))
      }
      assert.deepStrictEqual(yield* answer("PUT", `/orders/cancel/${key}`, { reason_id: 8 }), ok("OK"))
      assert.deepStrictEqual((yield* dukkango.orders.list).map((order) => order.status_text), ["İptal Edildi"])
    }).pipe(Effect.provide(transport)))
})
