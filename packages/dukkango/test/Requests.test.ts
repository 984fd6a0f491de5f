import { assert, describe, layer } from "@effect/vitest"
import { Dukkango, type DukkangoError, DukkangoSchema } from "@entegre/dukkango"
import { Effect } from "effect"
import { failureOf, noOrder, provider, socketless } from "./support/stack.ts"

// What callers without a compiler, and with one that was told to look away, may pass.
const wrongKey = DukkangoSchema.OrderKey.make("1031", { disableChecks: true })
const climbing = DukkangoSchema.OrderKey.make("../restaurants/get", { disableChecks: true })
const wrongRestaurant = DukkangoSchema.RestaurantId.make("akat", { disableChecks: true })
const wrongFood = DukkangoSchema.FoodId.make(1.5, { disableChecks: true })

type Call = (dukkango: Dukkango["Service"]) => Effect.Effect<unknown, DukkangoError>

const rows: ReadonlyArray<readonly [string, string, Call]> = [
  ["orders.acknowledge", "key", ({ orders }) => orders.acknowledge(wrongKey)],
  ["orders.accept", "key", ({ orders }) => orders.accept(climbing, { preparingTime: 30 })],
  ["orders.accept", "preparingTime", ({ orders }) => orders.accept(noOrder, { preparingTime: 0 })],
  ["orders.accept", "preparingTime", ({ orders }) => orders.accept(noOrder, { preparingTime: 12.5 })],
  ["orders.accept", "preparingTime", ({ orders }) => orders.accept(noOrder, { preparingTime: 100_000 })],
  ["orders.accept", "preparingTime", ({ orders }) => orders.accept(noOrder, { preparingTime: Number.NaN })],
  ["orders.onTheWay", "key", ({ orders }) => orders.onTheWay(wrongKey)],
  ["orders.complete", "key", ({ orders }) => orders.complete(wrongKey)],
  ["orders.cancel", "key", ({ orders }) => orders.cancel(wrongKey, { reasonId: 1 })],
  ["orders.cancel", "reasonId", ({ orders }) => orders.cancel(noOrder, { reasonId: 0 })],
  ["orders.cancel", "reasonId", ({ orders }) => orders.cancel(noOrder, { reasonId: 9 })],
  ["orders.current", "statusId", ({ orders }) => orders.current({ statusId: 1.5 })],
  ["restaurants.status", "id", ({ restaurants }) => restaurants.status(wrongRestaurant)],
  ["restaurants.open", "id", ({ restaurants }) => restaurants.open(wrongRestaurant)],
  ["restaurants.close", "id", ({ restaurants }) => restaurants.close(wrongRestaurant)],
  ["foods.activate", "id", ({ foods }) => foods.activate(wrongFood)],
  ["foods.passivate", "id", ({ foods }) => foods.passivate(wrongFood)]
]

describe("what can not be asked is found before anything is sent", () => {
  layer(socketless())((it) => {
    it.effect.each(rows)("%s: %s", ([operation, field, call]) =>
      Effect.gen(function*() {
        const error = yield* failureOf(Effect.flatMap(Dukkango, call))
        assert.strictEqual(error.operation, operation)
        assert.strictEqual(error.isRetryable, false)
        if (error.reason._tag !== "InvalidRequest") return assert.fail(error.message)
        assert.strictEqual(error.reason.field, field)
        assert.deepStrictEqual(yield* Effect.flatMap(provider, ({ requests }) => requests), [])
      }))
  })
})
