/**
 * Dükkango's operations, as its page `api-reference/overview` lists them.
 */
import * as ApiClient from "@entegre/core/ApiClient"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { CancelReason, OrderVariables, Restaurant, RestaurantStatus } from "../DukkangoSchema.ts"
import type { Listing } from "./cooldown.ts"

/** What every good answer is wrapped in. */
const enveloped = <S extends Schema.Constraint>(data: S) => Schema.Struct({ status: Schema.Literal(true), data })

/** `"OK"`, says the page, and for `orders/complete` it says nothing: the envelope is enough. */
const done = Schema.Struct({ status: Schema.Literal(true) })

const reads = <S extends Schema.ConstraintDecoder<unknown>>(name: string, data: S) =>
  ApiClient.operation({ name, safety: "safe", answer: enveloped(data) })

const sets = (name: string) => ApiClient.operation({ name, safety: "idempotent", answer: done })

const moves = (name: string, findOut: string) => ApiClient.operation({ name, safety: "unsafe", findOut, answer: done })

/** A list whose entries are read one by one, and not by the one who asked. */
const lists = (name: string): ApiClient.Operation<Listing> => {
  const operation = reads(name, Schema.Array(Schema.Unknown))
  return {
    ...operation,
    decode: (answer, body) => Effect.map(operation.decode(answer, body), ({ data }) => ({ answer, entries: data }))
  }
}

export const listRestaurants = reads("restaurants.list", Schema.Array(Restaurant))
export const restaurantStatus = reads("restaurants.status", RestaurantStatus)
export const openRestaurant = sets("restaurants.open")
export const closeRestaurant = sets("restaurants.close")

export const listFoods = lists("foods.list")
export const activateFood = sets("foods.activate")
export const passivateFood = sets("foods.passivate")

export const currentOrders = lists("orders.current")
export const acknowledgeOrder = sets("orders.acknowledge")

// `orders.current` is the only way to read an order, and it does not show one whose status was acknowledged.
export const acceptOrder = moves(
  "orders.accept",
  "read the order in orders.current: it is there with status 2 if it was accepted"
)
export const orderOnTheWay = moves(
  "orders.onTheWay",
  "read the order in orders.current: it is there with status 16 if it was sent on its way"
)
export const completeOrder = moves(
  "orders.complete",
  "an order that orders.current shows was not completed; look up one that it does not show in Dükkango's panel"
)
export const cancelOrder = moves(
  "orders.cancel",
  "an order that orders.current shows was not cancelled; look up one that it does not show in Dükkango's panel"
)

export const orderVariables = reads("orders.variables", OrderVariables)
export const cancelReasons = reads("orders.cancelReasons", Schema.Array(CancelReason))
