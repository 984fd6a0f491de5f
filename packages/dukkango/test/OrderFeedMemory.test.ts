import { assert, describe, it } from "@effect/vitest"
import { Dukkango } from "@entegre/dukkango"
import { Fault } from "@entegre/sandbox"
import { Deferred, Effect } from "effect"
import { TestClock } from "effect/testing"
import { countOf, provider, socketless } from "./support/stack.ts"

const order = (number: number, statusId = 1) => ({
  id: number,
  status_id: statusId,
  status_text: "Sipariş Geldi",
  shipping_method: "delivery",
  payment_key: `3e9caf87-5cb7-4c4e-adcb-${String(number).padStart(12, "0")}`,
  payment_method: "Nakit",
  note: "",
  total: 100,
  date: "2026-01-16 15:10:54",
  restaurant_id: "8f2b9ce2-04de-4712-842d-a39f64596fdf",
  restaurant_name: "Akat Şube",
  courier_type: "restaurant",
  discount: "0",
  courier_fee: 0,
  scheduled_date: "",
  order_tip: 0,
  customer: { name: "", phone: "" }
})

/** Each poll shows what is said here, whatever was acknowledged; then nothing. */
const shows = (...polls: ReadonlyArray<ReadonlyArray<object>>) =>
  Effect.gen(function*() {
    const { faults } = yield* provider
    for (const data of polls) {
      yield* faults.inject(
        Fault.status(200, { on: "orders.get-current", body: JSON.stringify({ status: true, data }) })
      )
    }
    // The provider knows none of these orders; it takes every acknowledgement.
    yield* faults.inject(Fault.status(200, { on: "orders.success", times: "unlimited" }))
  })

/** Runs a feed to the end of what was said, and gives what was handled. */
const handledIn = Effect.fnUntraced(function*(polls: number, handler: () => Effect.Effect<void> = () => Effect.void) {
  const handled: Array<number> = []
  const { orders } = yield* Dukkango
  yield* Effect.forkChild(orders.run(
    ({ id }) =>
      Effect.suspend(() => {
        handled.push(id)
        return handler()
      }),
    { timeout: "1 hour", grace: 0 }
  ))
  yield* TestClock.adjust(`${30 * (polls - 1)} seconds`)
  return handled
})

const acknowledgements = Effect.map(countOf("orders.success"), ({ received }) => received)
const one = order(1)

describe("what the feed remembers of an order", () => {
  it.effect("lasts as long as the provider shows it: the handler is not run again, the acknowledgement is repeated", () =>
    Effect.gen(function*() {
      yield* shows([one], [one], [one])
      assert.deepStrictEqual(yield* handledIn(3), [1])
      assert.strictEqual(yield* acknowledgements, 3)
    }).pipe(Effect.provide(socketless())))

  it.effect("outlasts two polls without it: one that shows nothing must not make all orders new", () =>
    Effect.gen(function*() {
      yield* shows([one], [], [], [one])
      assert.deepStrictEqual(yield* handledIn(4), [1])
    }).pipe(Effect.provide(socketless())))

  it.effect("is gone after three polls without it, so that it never holds more than the provider shows", () =>
    Effect.gen(function*() {
      yield* shows([one], [], [], [], [one])
      assert.deepStrictEqual(yield* handledIn(5), [1, 1])
    }).pipe(Effect.provide(socketless())))

  it.effect("outlasts failed polls, which say nothing about it", () =>
    Effect.gen(function*() {
      yield* shows([one])
      const { faults } = yield* provider
      yield* faults.inject(Fault.status(503, { on: "orders.get-current", times: 10 }))
      yield* shows([one])
      assert.deepStrictEqual(yield* handledIn(12), [1])
    }).pipe(Effect.provide(socketless())))

  it.effect("lasts as long as its handler works, whatever the provider shows", () =>
    Effect.gen(function*() {
      const open = yield* Deferred.make<void>()
      yield* shows([one], [], [], [], [], [one])
      const handled = yield* handledIn(6, () => Deferred.await(open))
      yield* Deferred.succeed(open, undefined)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(handled, [1])
    }).pipe(Effect.provide(socketless())))

  it.effect("counts one that is shown twice in one answer once", () =>
    Effect.gen(function*() {
      yield* shows([one, one])
      assert.deepStrictEqual(yield* handledIn(1), [1])
    }).pipe(Effect.provide(socketless())))

  it.effect("does not have it acknowledged again by a poll that was on its way when it was acknowledged", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      const open = yield* Deferred.make<void>()
      yield* shows([one])
      yield* faults.inject(
        Fault.status(200, {
          on: "orders.get-current",
          delay: "10 seconds",
          body: JSON.stringify({ status: true, data: [one] })
        })
      )
      const handled = yield* handledIn(2, () => Deferred.await(open))
      yield* Deferred.succeed(open, undefined)
      yield* TestClock.adjust("20 seconds")
      assert.deepStrictEqual(handled, [1])
      assert.strictEqual(yield* acknowledgements, 1)
    }).pipe(Effect.provide(socketless())))
})
