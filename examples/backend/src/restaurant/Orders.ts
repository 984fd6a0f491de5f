/**
 * The orders that came in.
 */
import type { DukkangoSchema } from "@entegre/dukkango"
import { Context, type Effect, Layer } from "effect"
import * as Memory from "../memory.ts"

/**
 * The orders that came in.
 */
export class Orders extends Context.Service<Orders, {
  /** Keeps an order as it stands now. It may be kept twice: the feed brings orders at least once. */
  readonly save: (order: DukkangoSchema.Order) => Effect.Effect<void>
  readonly list: Effect.Effect<ReadonlyArray<DukkangoSchema.Order>>
}>()("@entegre/example-backend/restaurant/Orders") {
  static readonly layerMemory = Layer.sync(Orders, () => {
    const orders = Memory.make<DukkangoSchema.OrderKey, DukkangoSchema.Order>()
    return Orders.of({ list: orders.list, save: (order) => orders.save(order.key, order) })
  })
}
