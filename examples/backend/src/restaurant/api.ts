/**
 * The orders that came in from Dükkango, without who ordered.
 */
import { DukkangoSchema } from "@entegre/dukkango"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { ApiKey } from "../ApiKey.ts"

/** An order as this service shows it. */
const Order = Schema.Struct({
  key: DukkangoSchema.OrderKey,
  number: Schema.Int,
  status: Schema.String,
  restaurant: Schema.String,
  total: Schema.Finite,
  placedAt: Schema.DateTimeUtcFromString
})

/** The orders. */
export const RestaurantApi = HttpApiGroup.make("restaurant")
  .add(HttpApiEndpoint.get("orders", "/orders", { success: Schema.Array(Order) }))
  .middleware(ApiKey)
