/**
 * Dükkango in the unit tests of an application.
 */
import * as Mock from "@entegre/core/Mock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Dukkango, type Foods, type Orders, type Restaurants } from "./Dukkango.ts"

/**
 * A Dükkango of which only those members are there that a unit test brings. The others die, naming themselves, when they
 * are used.
 *
 * ```ts
 * DukkangoMock.layer({ orders: { accept: () => Effect.void } })
 * ```
 */
export const layer = (members: {
  /** Members of `restaurants`. Default: none. */
  readonly restaurants?: Mock.Members<Restaurants> | undefined
  /** Members of `foods`. Default: none. */
  readonly foods?: Mock.Members<Foods> | undefined
  /** Members of `orders`. Default: none. */
  readonly orders?: Mock.Members<Orders> | undefined
}): Layer.Layer<Dukkango> =>
  Layer.effect(
    Dukkango,
    Effect.all({
      restaurants: Mock.group<Restaurants>("restaurants", members.restaurants ?? {}),
      foods: Mock.group<Foods>("foods", members.foods ?? {}),
      orders: Mock.group<Orders>("orders", members.orders ?? {}),
      tokens: Mock.tokens("dukkango"),
      client: Mock.client()
    })
  )
