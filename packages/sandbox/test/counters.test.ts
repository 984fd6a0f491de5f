import { assert, describe, it } from "@effect/vitest"
import { Counters, Fault, Sandbox } from "@entegre/sandbox"
import { Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { call, login, requestLogin, tokenOf, transports } from "./support.ts"

const zero = Counters.zero

describe.each(transports)("the counters %s", (_, transport) => {
  it.live("tell each way a request can go from the others", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const token = yield* tokenOf()
      yield* requestLogin({})
      yield* requestLogin({ app_secret_key: "a", rest_secret_key: "b" })
      yield* dukkango.faults.inject(Fault.lostReply({ on: "auth" }))
      yield* Effect.exit(login())
      yield* call("GET", "/orders/variables", { token })
      yield* call("GET", "/orders/get-current", { token })
      yield* call("GET", "/orders/get-current", { token })
      yield* call("GET", "/orders/variables")
      yield* call("GET", "/no/such/path", { token })
      yield* dukkango.faults.inject(Fault.status(503))
      yield* call("GET", "/orders/variables", { token })
      assert.deepStrictEqual(yield* dukkango.counters, {
        ...zero,
        logins: 1,
        loginsRefused: 2,
        loginsFailed: 1,
        calls: 2,
        refused: 1,
        cooldownRefusals: 1,
        rejected: 1,
        failed: 1,
        peakLogins: 1,
        operations: {
          "auth.login": { received: 4, done: 2 },
          "orders.variables": { received: 3, done: 1 },
          "orders.get-current": { received: 2, done: 1 },
          "unknown": { received: 1, done: 0 }
        }
      })
      yield* dukkango.resetCounters
      assert.deepStrictEqual(yield* dukkango.counters, zero)
    }).pipe(Effect.provide(transport)))

  it.live("see that logins of one account overlap", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const other = yield* dukkango.registerAccount({
        appSecretKey: Redacted.make("other-app"),
        restSecretKey: Redacted.make("other-rest")
      })
      yield* dukkango.faults.inject(Fault.latency("500 millis", { on: "auth", times: 3 }))
      yield* Effect.all([login(), login(), login(other.credentials)], { concurrency: "unbounded" })
      const { logins, overlaps, peakLogins } = yield* dukkango.counters
      assert.deepStrictEqual({ logins, overlaps, peakLogins }, { logins: 3, overlaps: 1, peakLogins: 3 })
    }).pipe(Effect.provide(transport)))

  it.live("see no overlap where one login follows another, however the former ended", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      for (const fault of [Fault.reset(), Fault.truncated(), Fault.garbage(), Fault.status(503), Fault.lostReply()]) {
        yield* dukkango.faults.inject(fault)
        yield* Effect.exit(login())
        yield* login()
      }
      const { loginsFailed, logins, overlaps, peakLogins } = yield* dukkango.counters
      assert.deepStrictEqual(
        { loginsFailed, logins, overlaps, peakLogins },
        { loginsFailed: 5, logins: 5, overlaps: 0, peakLogins: 1 }
      )
    }).pipe(Effect.provide(transport)))
})

describe("the counters", () => {
  it.effect("count a login that the caller gave up as one, once the provider has done it", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.latency("1 minute"))
      const impatient = yield* Effect.forkChild(login(), { startImmediately: true })
      yield* Fiber.interrupt(impatient)
      yield* login()
      yield* TestClock.adjust("1 minute")
      const { logins, overlaps } = yield* dukkango.counters
      assert.deepStrictEqual({ logins, overlaps }, { logins: 2, overlaps: 0 })
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("count a login that hangs as in progress until the caller leaves", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.hang())
      const patient = yield* Effect.forkChild(login(), { startImmediately: true })
      yield* login()
      assert.strictEqual((yield* dukkango.counters).overlaps, 1)
      yield* Fiber.interrupt(patient)
      yield* login()
      assert.strictEqual((yield* dukkango.counters).overlaps, 1)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("stay in step with a thousand callers at once", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const token = yield* tokenOf()
      yield* dukkango.faults.inject(Fault.status(503, { on: "calls", times: 100 }))
      yield* Effect.replicateEffect(call("GET", "/orders/variables", { token }), 1000, { concurrency: "unbounded" })
      const { calls, failed } = yield* dukkango.counters
      assert.deepStrictEqual({ calls, failed }, { calls: 900, failed: 100 })
      assert.lengthOf(yield* dukkango.requests, 1000)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))
})
