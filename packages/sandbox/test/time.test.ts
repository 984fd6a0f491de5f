import { assert, describe, it } from "@effect/vitest"
import { Fault, Sandbox } from "@entegre/sandbox"
import { DateTime, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { call, login, tokenOf } from "./support.ts"

const quarterBeforeMidnight = DateTime.makeUnsafe("2026-01-14T20:59:59Z")

const statusOf = (path: string, token: string) => Effect.map(call("GET", path, { token }), ({ status }) => status)

describe("Dükkango's time", () => {
  it.effect("writes the end of a token as Istanbul's clocks show it, a day ahead", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(DateTime.toEpochMillis(quarterBeforeMidnight))
      assert.strictEqual((yield* login()).expiration_date, "2026-01-15 23:59:59")
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("writes it as another zone's clocks show it where it is told to", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* TestClock.setTime(DateTime.toEpochMillis(quarterBeforeMidnight))
      yield* dukkango.settings.update({ expiryZone: "Asia/Kathmandu" })
      assert.strictEqual((yield* login()).expiration_date, "2026-01-16 02:44:59")
      yield* dukkango.settings.update({ expiryZone: "-05:00" })
      assert.strictEqual((yield* login()).expiration_date, "2026-01-15 15:59:59")
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("lets a token live for a day and not a moment longer", () =>
    Effect.gen(function*() {
      const token = yield* tokenOf()
      yield* TestClock.adjust("86399999 millis")
      assert.strictEqual(yield* statusOf("/orders/variables", token), 200)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* statusOf("/orders/variables", token), 401)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("lets the tokens that follow live as long as it is told to", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const long = yield* tokenOf()
      yield* dukkango.settings.update({ tokenLifetime: "30 seconds" })
      const short = yield* tokenOf()
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(yield* statusOf("/orders/variables", short), 401)
      assert.strictEqual(yield* statusOf("/orders/variables", long), 200)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("ends a cooldown 30 seconds after the answer, however often it was asked meanwhile", () =>
    Effect.gen(function*() {
      const token = yield* tokenOf()
      assert.strictEqual(yield* statusOf("/orders/get-current", token), 200)
      yield* TestClock.adjust("29999 millis")
      assert.strictEqual(yield* statusOf("/orders/get-current", token), 429)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* statusOf("/orders/get-current", token), 200)
      assert.strictEqual(yield* statusOf("/orders/get-current", token), 429)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("tells the time by a clock that may be wrong, and keeps it by one that is right", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* TestClock.setTime(DateTime.toEpochMillis(quarterBeforeMidnight))
      for (
        const [clockSkew, expiry, date] of [
          ["3 hours", "2026-01-16 02:59:59", "Wed, 14 Jan 2026 23:59:59 GMT"],
          ["-3 hours", "2026-01-15 20:59:59", "Wed, 14 Jan 2026 17:59:59 GMT"]
        ] as const
      ) {
        yield* dukkango.settings.update({ clockSkew })
        const { access_token, expiration_date } = yield* login()
        assert.strictEqual(expiration_date, expiry)
        const response = yield* call("GET", "/orders/variables", { token: access_token })
        assert.strictEqual(response.headers["date"], date)
        assert.strictEqual(response.status, 200)
      }
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("takes its time where it is told to", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.settings.update({ latency: "2 seconds" })
      yield* dukkango.faults.inject(Fault.latency("3 seconds", { on: "auth" }))
      const fiber = yield* Effect.forkChild(login())
      yield* TestClock.adjust("4999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(fiber)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("goes on with what it was asked when the caller hangs up", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const token = yield* tokenOf()
      const { payment_key: key } = yield* dukkango.orders.place()
      yield* dukkango.faults.inject(Fault.latency("10 seconds", { on: "orders.accept" }))
      const fiber = yield* Effect.forkChild(
        call("PUT", `/orders/accept/${key}`, { token, body: { preparing_time: 5 } }),
        { startImmediately: true }
      )
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual((yield* dukkango.orders.list).map((order) => order.status_id), [1])
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual((yield* dukkango.orders.list).map((order) => order.status_id), [2])
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("drips a body one piece at a time", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.drip({ interval: "1 second", chunkBytes: 50 }))
      const fiber = yield* Effect.forkChild(Effect.flatMap(call("GET", "/restaurants/get"), ({ text }) => text))
      yield* TestClock.adjust("999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.lengthOf(yield* Fiber.join(fiber), 79)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))
})
