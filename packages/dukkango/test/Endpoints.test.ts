import { assert, describe, it } from "@effect/vitest"
import { Dukkango, type DukkangoError, DukkangoSchema } from "@entegre/dukkango"
import { Effect, Redacted } from "effect"
import { akat, kebab, provider, sockets } from "./support/stack.ts"

const orderKey = DukkangoSchema.OrderKey.make("3e9caf87-5cb7-4c4e-adcb-fc2ec54cf24e")

interface Row {
  readonly call: (dukkango: Dukkango["Service"]) => Effect.Effect<unknown, DukkangoError>
  readonly method: string
  readonly path: string
  readonly body?: object
  readonly answer?: unknown
}

/** The provider's page `api-reference/overview`. */
const rows: Readonly<Record<string, Row>> = {
  "restaurants.list": {
    call: ({ restaurants }) => restaurants.list,
    method: "GET",
    path: "/restaurants/get",
    answer: [
      { id: "8f2b9ce2-04de-4712-842d-a39f64596fdf", name: "Akat Şube" },
      { id: "0ca1d2b1-a199-4960-8617-83a659d890c8", name: "Halaskargazi Şube" }
    ]
  },
  "restaurants.close": {
    call: ({ restaurants }) => restaurants.close(akat),
    method: "PUT",
    path: `/restaurants/status/close/${akat}`
  },
  "restaurants.status": {
    call: ({ restaurants }) => restaurants.status(akat),
    method: "GET",
    path: `/restaurants/status/get/${akat}`,
    answer: "Open"
  },
  "restaurants.open": {
    call: ({ restaurants }) => restaurants.open(akat),
    method: "PUT",
    path: `/restaurants/status/open/${akat}`
  },
  "foods.list": {
    call: ({ foods }) =>
      Effect.map(foods.list, ([food]) => ({ id: food?.id, price: food?.price, options: food?.options })),
    method: "GET",
    path: "/foods/get-foods",
    answer: {
      id: 1,
      price: 675,
      options: [{
        title: "Sos Seçimi",
        selection: "coklu",
        effect: "ekleme",
        requirement: "opsiyonel",
        choices: [{ name: "Acı Sos", price: 0 }, { name: "Sarımsaklı Yoğurt", price: 25 }]
      }]
    }
  },
  "foods.activate": { call: ({ foods }) => foods.activate(kebab), method: "PUT", path: "/foods/status-active/1" },
  "foods.passivate": { call: ({ foods }) => foods.passivate(kebab), method: "PUT", path: "/foods/status-passive/1" },
  "orders.accept": {
    call: ({ orders }) => orders.accept(orderKey, { preparingTime: 30 }),
    method: "PUT",
    path: `/orders/accept/${orderKey}`,
    body: { preparing_time: 30 }
  },
  "orders.acknowledge": {
    call: ({ orders }) => orders.acknowledge(orderKey),
    method: "PUT",
    path: `/orders/success/${orderKey}`
  },
  "orders.onTheWay": {
    call: ({ orders }) => orders.onTheWay(orderKey),
    method: "PUT",
    path: `/orders/ontheway/${orderKey}`
  },
  "orders.current": {
    call: ({ orders }) =>
      Effect.map(orders.current({ statusId: 16 }), (orders) => orders.map(({ key, statusId }) => ({ key, statusId }))),
    method: "GET",
    path: "/orders/get-current?status_id=16",
    answer: [{ key: orderKey, statusId: 16 }]
  },
  "orders.complete": {
    call: ({ orders }) => orders.complete(orderKey),
    method: "PUT",
    path: `/orders/complete/${orderKey}`
  },
  "orders.cancel": {
    call: ({ orders }) => orders.cancel(orderKey, { reasonId: 1 }),
    method: "PUT",
    path: `/orders/cancel/${orderKey}`,
    body: { reason_id: 1 }
  },
  "orders.variables": {
    call: ({ orders }) => orders.variables,
    method: "GET",
    path: "/orders/variables",
    answer: {
      paymentMethods: [
        { key: "CASH", name: "Nakit" },
        { key: "CREDIT_CARD", name: "Kredi Kartı" },
        { key: "DEBIT_CARD", name: "Banka Kartı" }
      ],
      shippingMethods: [{ key: "delivery", name: "Teslimat" }, { key: "pickup", name: "Gel Al" }]
    }
  },
  "orders.cancelReasons": {
    call: ({ orders }) => Effect.map(orders.cancelReasons, (reasons) => reasons.slice(0, 2)),
    method: "GET",
    path: "/orders/cancel-reasons",
    answer: [{ id: 1, reason: "Ürün tükendi" }, { id: 2, reason: "Adres bulunamıyor" }]
  }
}

const stack = Effect.provide(sockets({ sandbox: { orders: [{ payment_key: orderKey, status_id: 16 }] } }))

describe("every endpoint, over a socket", () => {
  for (const [name, { answer, body, call, method, path }] of Object.entries(rows)) {
    it.live(`${name} is ${method} ${path}`, () =>
      Effect.gen(function*() {
        const dukkango = yield* Dukkango
        assert.deepStrictEqual(yield* call(dukkango), answer)

        const { credentials, requests } = yield* provider
        const sent = (yield* requests).at(-1)
        assert.strictEqual(sent?.method, method)
        assert.isTrue(sent?.path.endsWith(`/api/integrations${path}`), sent?.path)
        assert.strictEqual(sent?.reply, 200)
        const headers = Redacted.value(sent.headers)
        assert.match(headers["access-token"] ?? "", /^[0-9a-f]{64}$/)
        assert.strictEqual(headers["accept"], "application/json")
        assert.notProperty(headers, "traceparent")
        assert.notProperty(headers, "b3")
        assert.deepStrictEqual(Redacted.value(sent.body), body === undefined ? "" : JSON.stringify(body))
        for (const key of [credentials.appSecretKey, credentials.restSecretKey]) {
          assert.notInclude(JSON.stringify(headers), Redacted.value(key))
        }
      }).pipe(stack))
  }

  it.live("the login is POST /auth/login with both keys, and the only request that has them", () =>
    Effect.gen(function*() {
      const dukkango = yield* Dukkango
      yield* Effect.forEach(Object.values(rows), ({ call }) => Effect.ignore(call(dukkango)), { discard: true })
      const { credentials, requests } = yield* provider
      const keys = [credentials.appSecretKey, credentials.restSecretKey].map((key) => Redacted.value(key))
      const withKeys = (yield* requests).filter(({ body, headers, path }) =>
        keys.some((key) => (path + Redacted.value(body) + JSON.stringify(Redacted.value(headers))).includes(key))
      )
      assert.deepStrictEqual(withKeys.map(({ method, operation }) => [method, operation]), [["POST", "auth.login"]])
      const [login] = withKeys
      assert.deepStrictEqual(login && JSON.parse(Redacted.value(login.body)), {
        app_secret_key: keys[0],
        rest_secret_key: keys[1]
      })
      assert.notProperty(login && Redacted.value(login.headers), "access-token")
    }).pipe(stack))
})
