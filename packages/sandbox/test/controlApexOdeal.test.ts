import { assert, describe, it } from "@effect/vitest"
import { ControlApi, Counters, Fault, NotFound, Sandbox } from "@entegre/sandbox"
import { Duration, Effect, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import * as Apex from "./apexSupport.ts"
import * as Odeal from "./odealSupport.ts"
import { transports } from "./support.ts"

const control = Effect.gen(function*() {
  const { origin } = yield* Sandbox
  return yield* HttpApiClient.make(ControlApi, { baseUrl: origin })
})

const other = { apiKey: Redacted.make("other-key"), secretKey: Redacted.make("other-secret") }

describe.each(transports)("the control address of Ödeal and Apex %s", (_, transport) => {
  it.live("shows and resets the counters of each", () =>
    Effect.gen(function*() {
      const { apex, odeal } = yield* Sandbox
      const api = yield* control
      const { refreshToken } = yield* Odeal.login()
      yield* Odeal.refresh(refreshToken)
      yield* Apex.login()
      assert.deepInclude(yield* api.odeal.counters(), { logins: 1, renewals: 1 })
      assert.deepInclude(yield* api.apex.counters(), { logins: 1, renewals: 0 })
      assert.deepStrictEqual(yield* api.odeal.counters(), yield* odeal.counters)
      yield* api.odeal.resetCounters()
      assert.deepStrictEqual(yield* api.odeal.counters(), Counters.zero)
      assert.deepStrictEqual(yield* api.apex.counters(), yield* apex.counters)
    }).pipe(Effect.provide(transport)))

  it.live("injects faults into the one that they are meant for", () =>
    Effect.gen(function*() {
      const { apex, odeal } = yield* Sandbox
      const api = yield* control
      const faults = [
        Fault.lostReply({ on: "authenticate.refresh-token.v2" }),
        Fault.hang({ on: "payments.refund", times: "unlimited" })
      ]
      for (const fault of faults) yield* api.odeal.injectFault({ payload: fault })
      assert.deepStrictEqual(yield* odeal.faults.pending, faults)
      assert.deepStrictEqual(yield* api.odeal.pendingFaults(), faults)
      yield* api.apex.injectFault({ payload: Fault.status(503, { on: "nodes.create" }) })
      yield* api.odeal.clearFaults()
      assert.deepStrictEqual(yield* odeal.faults.pending, [])
      assert.lengthOf(yield* apex.faults.pending, 1)
    }).pipe(Effect.provide(transport)))

  it.live("shows and changes the settings, some at a time", () =>
    Effect.gen(function*() {
      const { apex, odeal } = yield* Sandbox
      const api = yield* control
      const odealBefore = yield* api.odeal.settings()
      const changed = yield* api.odeal.updateSettings({
        payload: { errorPlace: "error", callbackDelay: Duration.seconds(5) }
      })
      assert.deepStrictEqual(changed, { ...odealBefore, errorPlace: "error", callbackDelay: Duration.seconds(5) })
      assert.deepStrictEqual(yield* odeal.settings.get, changed)
      yield* api.apex.updateSettings({ payload: { rateLimit: 1000 } })
      assert.strictEqual((yield* apex.settings.get).rateLimit, 1000)
    }).pipe(Effect.provide(transport)))

  it.live("ends tokens, all or the access tokens only", () =>
    Effect.gen(function*() {
      const api = yield* control
      const odeal = yield* Odeal.login()
      const apex = yield* Apex.login()
      yield* api.odeal.revokeAccessTokens()
      yield* api.apex.revokeAccessTokens()
      assert.isFalse(yield* Odeal.isAlive(odeal.accessToken))
      assert.isFalse(yield* Apex.isAlive(apex.access_token))
      const { refreshToken } = yield* Odeal.refresh(odeal.refreshToken)
      yield* Apex.refresh(apex.refresh_token)
      yield* api.odeal.revokeTokens()
      yield* api.apex.revokeTokens()
      assert.strictEqual((yield* Odeal.requestRefresh(refreshToken)).status, 401)
      assert.strictEqual((yield* Apex.requestRefresh(apex.refresh_token)).status, 401)
    }).pipe(Effect.provide(transport)))

  it.live("opens accounts and changes their keys", () =>
    Effect.gen(function*() {
      const api = yield* control
      const rotated = { ...other, secretKey: Redacted.make("other-secret-2") }
      for (const provider of [api.odeal, api.apex]) {
        yield* provider.registerAccount({ payload: other })
        yield* provider.changeCredentials({ payload: { to: rotated, from: other } })
      }
      assert.strictEqual((yield* Odeal.requestLogin(Odeal.bodyOf(other))).status, 401)
      assert.strictEqual((yield* Apex.requestLogin(Apex.bodyOf(other))).status, 401)
      yield* Odeal.login(rotated)
      yield* Apex.login(rotated)
    }).pipe(Effect.provide(transport)))

  it.live("advances payments, and sends callbacks about them", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      const api = yield* control
      yield* odeal.settings.update({ callbacks: false })
      const { id: payment } = yield* Odeal.start()
      assert.deepStrictEqual(yield* api.odeal.payments(), yield* odeal.payments.list)
      const advanced = yield* api.odeal.advancePayment({
        params: { payment },
        payload: { status: "FAILED", reason: "Kart kapalı" }
      })
      assert.deepInclude(advanced, { id: payment, status: "FAILED", reason: "Kart kapalı" })
      const sent = yield* api.odeal.sendCallback({ params: { payment }, payload: { copies: 2, status: "REFUND" } })
      assert.lengthOf(sent, 2)
      assert.sameDeepMembers([...yield* api.odeal.callbacks()], [...sent])
      assert.deepStrictEqual(
        yield* Effect.flip(api.odeal.sendCallback({ params: { payment: 1 }, payload: {} })),
        new NotFound({ what: "payment", id: "1" })
      )
    }).pipe(Effect.provide(transport)))

  it.live("fires webhooks", () =>
    Effect.gen(function*() {
      const { origin } = yield* Sandbox
      const api = yield* control
      const { ask, create } = yield* Apex.session()
      const node = yield* create("/nodes", { name: "Root", type: 1 })
      const id = yield* create("/markets", { node_id: node, domain: "example.com" })
      assert.deepStrictEqual(
        yield* Effect.flip(api.apex.fireWebhook({ params: { id }, payload: {} })),
        new NotFound({ what: "webhook", id })
      )
      yield* ask("PUT", `/markets/${id}`, { webhook: { host: origin, path: "/hook" } })
      const fired = yield* api.apex.fireWebhook({ params: { id }, payload: { fields: { event: "token.listed" } } })
      assert.deepStrictEqual(fired.map(({ url }) => url), [`${origin}/hook`])
      assert.deepStrictEqual(yield* api.apex.webhooks(), fired)
    }).pipe(Effect.provide(transport)))

  it.live("shows requests and callbacks without anything secret in them", () =>
    Effect.gen(function*() {
      const { apex, odeal, origin } = yield* Sandbox
      const { accessToken } = yield* Odeal.login()
      yield* Odeal.start()
      yield* odeal.callbacks.take
      const { token } = yield* Apex.session()
      const shown = yield* Effect.forEach(
        ["odeal/requests", "odeal/callbacks", "odeal/payments", "apex/requests"],
        (path) => Effect.flatMap(HttpClient.get(`${origin}/_sandbox/${path}`), ({ text }) => text)
      )
      assert.include(shown[0], "\"path\":\"/mobile/made-up/payments/start\"")
      const secrets = [...Object.values(odeal.credentials), ...Object.values(apex.credentials)].map(Redacted.value)
      for (const secret of [...secrets, accessToken, token, "4546711234567894"]) {
        assert.notInclude(shown.join("\n"), secret)
      }
    }).pipe(Effect.provide(transport)))
})
