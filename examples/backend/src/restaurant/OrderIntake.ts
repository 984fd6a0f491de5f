/**
 * Takes orders in for as long as the service lives.
 */
import { Dukkango } from "@entegre/dukkango"
import { Effect, Layer } from "effect"
import { Orders } from "./Orders.ts"

/**
 * An order is acknowledged when it is saved. On shutdown no further ones are asked for; those in hand may be finished.
 */
export const layer = Layer.effectDiscard(
  Effect.gen(function*() {
    const { orders } = yield* Dukkango
    const { save } = yield* Orders
    yield* orders.run(save, { grace: "10 seconds" }).pipe(Effect.orDie, Effect.forkScoped)
  })
)
