import { assert, describe, it } from "@effect/vitest"
import { Money, Payment } from "@entegre/odeal"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Effect, Fiber } from "effect"
import { HttpClient } from "effect/http"
import * as Sandboxed from "../src/sandboxed.ts"
import { Stage } from "./support/backend.ts"

const payment = { id: Payment.ExternalId.make("siparis-1"), amount: Money.make("150.00") }

describe("told to stop, the service", () => {
  it.live("ends with exit code 0, and nobody listens any more", () =>
    Effect.gen(function*() {
      const { stop, url } = yield* Sandboxed.start()
      // Leaves a connection behind that is kept alive.
      yield* Effect.flatMap(HttpClient.get(`${url}/healthz`), ({ text }) => text)
      assert.strictEqual(yield* stop, 0)
      const error = yield* Effect.flip(HttpClient.get(`${url}/healthz`))
      assert.strictEqual(error.reason._tag, "TransportError")
    }).pipe(Effect.scoped, Effect.provide(Stage)))

  it.live("ends while a provider does not answer its first login", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.hang({ on: "auth" }))
      const { stop } = yield* Sandboxed.start()
      yield* Sandboxed.eventually(dukkango.faults.pending, ({ length }) => length === 0)
      assert.strictEqual(yield* stop, 0)
    }).pipe(Effect.scoped, Effect.provide(Stage)))

  it.live("finishes the request that is under way", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.faults.inject(Fault.latency("1 second", { on: "payments.start" }))
      const { client, stop } = yield* Sandboxed.start()
      const starting = yield* Effect.forkChild(client.payments.start({ payload: payment }))
      yield* Sandboxed.eventually(odeal.faults.pending, ({ length }) => length === 0)
      assert.strictEqual(yield* stop, 0)
      assert.strictEqual((yield* Fiber.join(starting)).id, payment.id)
      assert.lengthOf(yield* odeal.payments.list, 1)
    }).pipe(Effect.scoped, Effect.provide(Stage)))

  it.live("finishes the order that is in hand: Dükkango is told of it", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.latency("1 second", { on: "orders.success" }))
      const { payment_key: key } = yield* dukkango.orders.place()
      const { stop } = yield* Sandboxed.start()
      yield* Sandboxed.eventually(dukkango.faults.pending, ({ length }) => length === 0)
      assert.strictEqual(yield* stop, 0)
      assert.deepStrictEqual((yield* dukkango.orders.acknowledgements).map(({ paymentKey }) => paymentKey), [key])
    }).pipe(Effect.scoped, Effect.provide(Stage)))

  it.live("finishes what it looks into after a callback was answered", () =>
    Effect.gen(function*() {
      const { odeal } = yield* Sandbox
      yield* odeal.faults.inject(Fault.latency("1 second", { on: "payments.status" }))
      const { client, said, stop } = yield* Sandboxed.start()
      yield* client.payments.start({ payload: payment })
      assert.strictEqual((yield* odeal.callbacks.take).outcome, 200)
      yield* Sandboxed.eventually(odeal.faults.pending, ({ length }) => length === 0)
      assert.strictEqual(yield* stop, 0)
      assert.include((yield* said).join("\n"), "A payment was confirmed")
    }).pipe(Effect.scoped, Effect.provide(Stage)))
})
