import { assert, layer } from "@effect/vitest"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Effect } from "effect"
import { eventually } from "../src/sandboxed.ts"
import { Backend } from "./support/backend.ts"

layer(Backend.layer, { excludeTestServices: true })("an order of Dükkango", (it) => {
  const listed = Effect.gen(function*() {
    const { client } = yield* Backend
    return yield* client.restaurant.orders()
  })

  it.effect("is listed without who ordered, and acknowledged", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const placed = yield* dukkango.orders.place()
      const orders = yield* eventually(listed, (orders) => orders.some(({ key }) => key === placed.payment_key))
      const order = orders.find(({ key }) => key === placed.payment_key)
      assert.sameMembers(Object.keys(order ?? {}), ["key", "number", "placedAt", "restaurant", "status", "total"])
      yield* eventually(
        dukkango.orders.acknowledgements,
        (acknowledged) => acknowledged.some(({ paymentKey }) => paymentKey === placed.payment_key)
      )
    }))

  it.effect("is listed once, in the status that it came to", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const { payment_key: key } = yield* dukkango.orders.place()
      yield* eventually(dukkango.orders.acknowledgements, (all) => all.some(({ paymentKey }) => paymentKey === key))
      yield* dukkango.orders.advance(key, 2)
      const orders = yield* eventually(
        listed,
        (orders) => orders.some((order) => order.key === key && order.status === "Hazırlanıyor")
      )
      assert.lengthOf(orders.filter((order) => order.key === key), 1)
    }))

  it.effect("comes in after Dükkango was away", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.status(503, { on: "orders.get-current", times: 4 }))
      const { payment_key: key } = yield* dukkango.orders.place()
      yield* eventually(listed, (orders) => orders.some((order) => order.key === key))
      assert.lengthOf(yield* dukkango.faults.pending, 0)
    }))
})
