import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ControlApi, Counters, Fault, Sandbox } from "@entegre/sandbox"
import { Duration, Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { answerOf, call, login, tokenOf, transports } from "./support.ts"

const control = Effect.gen(function*() {
  const { origin } = yield* Sandbox
  return (yield* HttpApiClient.make(ControlApi, { baseUrl: origin })).dukkango
})

/** Sends what a person would type. */
const post = Effect.fnUntraced(function*(path: string, body: unknown, headers: Record<string, string> = {}) {
  const { origin } = yield* Sandbox
  return yield* HttpClientRequest.post(`${origin}/_sandbox/dukkango${path}`, { headers }).pipe(
    HttpClientRequest.bodyJsonUnsafe(body),
    HttpClient.execute
  )
})

describe.each(transports)("the control address %s", (_, transport) => {
  it.live("shows and resets the counters", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* login()
      const api = yield* control
      assert.deepStrictEqual(yield* api.counters(), yield* dukkango.counters)
      assert.strictEqual((yield* api.counters()).logins, 1)
      yield* api.resetCounters()
      assert.deepStrictEqual(yield* api.counters(), Counters.zero)
    }).pipe(Effect.provide(transport)))

  it.live("injects, shows and clears faults", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const api = yield* control
      const faults = [
        Fault.status(503, { on: "auth", times: 3, retryAfter: "2 seconds" }),
        Fault.hang({ on: "orders.accept", times: "unlimited", acts: true }),
        Fault.drip({ interval: "10 millis", chunkBytes: 2 })
      ]
      for (const fault of faults) yield* api.injectFault({ payload: fault })
      assert.deepStrictEqual(yield* dukkango.faults.pending, faults)
      assert.deepStrictEqual(yield* api.pendingFaults(), faults)
      yield* api.clearFaults()
      assert.deepStrictEqual(yield* dukkango.faults.pending, [])
    }).pipe(Effect.provide(transport)))

  it.live("takes a fault in few words", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      assert.strictEqual((yield* post("/faults", { _tag: "Reset" })).status, 204)
      assert.strictEqual((yield* post("/faults", { _tag: "Latency", delay: "3 seconds", on: "auth" })).status, 204)
      assert.strictEqual((yield* post("/faults", { _tag: "Truncated", times: "unlimited" })).status, 204)
      assert.deepStrictEqual(yield* dukkango.faults.pending, [
        Fault.reset(),
        Fault.latency("3 seconds", { on: "auth" }),
        Fault.truncated({ times: "unlimited" })
      ])
    }).pipe(Effect.provide(transport)))

  it.live("says what is wrong with a request that it does not understand", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      for (
        const [fault, named] of [
          [{ _tag: "Reset", on: "orders.acept" }, "orders.accept"],
          [{ _tag: "Reset", times: 0 }, "times"],
          [{ _tag: "Status", status: 42 }, "status"],
          [{ _tag: "Flood" }, "_tag"]
        ] as const
      ) {
        const { body, status } = yield* answerOf(yield* post("/faults", fault))
        assert.strictEqual(status, 400)
        assert.include(JSON.stringify(body), named)
      }
      assert.deepStrictEqual(yield* dukkango.faults.pending, [])
    }).pipe(Effect.provide(transport)))

  it.live("revokes tokens", () =>
    Effect.gen(function*() {
      const token = yield* tokenOf()
      yield* (yield* control).revokeTokens()
      assert.strictEqual((yield* call("GET", "/orders/variables", { token })).status, 401)
    }).pipe(Effect.provide(transport)))

  it.live("shows and changes the settings, some at a time", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const api = yield* control
      const before = yield* api.settings()
      assert.deepStrictEqual(before, yield* dukkango.settings.get)
      const after = yield* api.updateSettings({
        payload: { tokenLifetime: Duration.seconds(5), clockSkew: Duration.hours(-3) }
      })
      assert.deepStrictEqual(after, {
        ...before,
        tokenLifetime: Duration.seconds(5),
        clockSkew: Duration.hours(-3)
      })
      assert.deepStrictEqual(yield* dukkango.settings.get, after)
    }).pipe(Effect.provide(transport)))

  it.live("refuses a setting that makes no sense", () =>
    Effect.gen(function*() {
      const { origin, dukkango } = yield* Sandbox
      const before = yield* dukkango.settings.get
      for (
        const patch of [{ expiryZone: "Mars/Olympus" }, { cooldown: "a while" }, { missingCredentialsStatus: 418 }]
      ) {
        const response = yield* HttpClientRequest.patch(`${origin}/_sandbox/dukkango/settings`).pipe(
          HttpClientRequest.bodyJsonUnsafe(patch),
          HttpClient.execute
        )
        assert.strictEqual(response.status, 400)
      }
      assert.deepStrictEqual(yield* dukkango.settings.get, before)
    }).pipe(Effect.provide(transport)))

  it.live("places orders, advances them and shows what became of them", () =>
    Effect.gen(function*() {
      const api = yield* control
      const order = yield* api.placeOrder({ payload: { note: "Zile basmayın" } })
      assert.strictEqual(order.note, "Zile basmayın")
      yield* api.advanceOrder({ params: { paymentKey: order.payment_key }, payload: { statusId: 2 } })
      assert.deepStrictEqual(yield* api.orders(), [{ ...order, status_id: 2, status_text: "Hazırlanıyor" }])
      yield* call("PUT", `/orders/success/${order.payment_key}`, { token: yield* tokenOf() })
      assert.deepStrictEqual(
        (yield* api.acknowledgements()).map(({ paymentKey, statusId }) => [paymentKey, statusId]),
        [[order.payment_key, 2]]
      )
    }).pipe(Effect.provide(transport)))

  it.live("shows restaurants and foods", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const api = yield* control
      assert.deepStrictEqual(yield* api.restaurants(), yield* dukkango.restaurants.list)
      assert.deepStrictEqual(yield* api.foods(), yield* dukkango.foods.list)
    }).pipe(Effect.provide(transport)))

  it.live("opens accounts and changes their keys", () =>
    Effect.gen(function*() {
      const api = yield* control
      const keys = { appSecretKey: Redacted.make("branch-app"), restSecretKey: Redacted.make("branch-rest") }
      const { restaurants } = yield* api.registerAccount({ payload: keys })
      const token = yield* tokenOf(keys)
      assert.deepStrictEqual(yield* answerOf(yield* call("GET", "/restaurants/get", { token })), {
        status: 200,
        body: { status: true, data: restaurants.map(({ id, name }) => ({ id, name })) }
      })
      const rotated = { ...keys, restSecretKey: Redacted.make("branch-rest-2") }
      yield* api.changeCredentials({ payload: { to: rotated, from: keys } })
      assert.strictEqual((yield* Effect.exit(login(keys)))._tag, "Failure")
      yield* login(rotated)
      yield* login()
    }).pipe(Effect.provide(transport)))

  it.live("shows the requests without anything secret in them", () =>
    Effect.gen(function*() {
      const { dukkango, origin } = yield* Sandbox
      const token = yield* tokenOf()
      yield* call("GET", "/orders/get-current?status_id=2", { token })
      const shown = yield* Effect.flatMap(HttpClient.get(`${origin}/_sandbox/dukkango/requests`), ({ text }) => text)
      assert.include(shown, "\"path\":\"/api/integrations/orders/get-current?status_id=2\"")
      assert.include(shown, "\"access-token\"")
      for (const secret of [token, ...Object.values(dukkango.credentials).map(Redacted.value)]) {
        assert.notInclude(shown, secret)
      }
      const [loginRequest] = yield* dukkango.requests
      assert.deepInclude(loginRequest, { method: "POST", operation: "auth.login", reply: 200 })
      assert.include(
        Redacted.value(loginRequest?.body ?? Redacted.make("")),
        Redacted.value(dukkango.credentials.restSecretKey)
      )
    }).pipe(Effect.provide(transport)))
})

describe("the control address", () => {
  it.live("listens to no page that gave this machine another name", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      assert.strictEqual((yield* post("/faults", { _tag: "Reset" }, { host: "attacker.example" })).status, 403)
      assert.deepStrictEqual(yield* dukkango.faults.pending, [])
    }).pipe(Effect.provide(Layer.merge(Sandbox.layer, NodeHttpClient.layerUndici))))
})
