/**
 * The orders, as they are shown.
 */
import { DateTime, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../Api.ts"
import { Orders } from "./Orders.ts"

export const RestaurantHandlers = HttpApiBuilder.group(
  Api,
  "restaurant",
  Effect.fnUntraced(function*(handlers) {
    const { list } = yield* Orders
    return handlers.handleAll({
      orders: () =>
        Effect.map(list, (orders) =>
          orders.map(({ id, key, placedAt, restaurantName, statusText, total }) => ({
            key,
            number: id,
            status: statusText,
            restaurant: restaurantName,
            total,
            placedAt: DateTime.toUtc(placedAt)
          })))
    })
  })
)
