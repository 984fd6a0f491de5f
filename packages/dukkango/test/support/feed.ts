import { Dukkango, DukkangoSchema, type OrderFeed } from "@entegre/dukkango"
import { Data, Effect } from "effect"
import { TestClock } from "effect/testing"
import { provider } from "./stack.ts"

/** What handlers fail with. */
export class KitchenClosed extends Data.TaggedError("KitchenClosed")<{}> {}

export const { confirmed, inDelivery, received } = DukkangoSchema.OrderStatus

export type Handler = (order: DukkangoSchema.Order) => Effect.Effect<unknown, KitchenClosed>

/** A feed that runs in the background, what its handler saw, and what it told. */
export const begin = Effect.fnUntraced(function*(
  handler: Handler = () => Effect.void,
  options: Omit<OrderFeed.RunOptions<KitchenClosed>, "onEvent"> = {}
) {
  const handled: Array<[string, number]> = []
  const events: Array<OrderFeed.OrderEvent> = []
  const { orders } = yield* Dukkango
  const fiber = yield* Effect.forkChild(orders.run(
    (order) =>
      Effect.suspend(() => {
        handled.push([order.key, order.statusId])
        return handler(order)
      }),
    { ...options, onEvent: (event) => Effect.sync(() => events.push(event)) }
  ))
  yield* TestClock.adjust(0)
  return {
    fiber,
    handled,
    events,
    tags: () => events.map(({ _tag }) => _tag).filter((tag) => tag !== "Polled" && tag !== "Leading"),
    of: <Tag extends OrderFeed.OrderEvent["_tag"]>(tag: Tag) =>
      events.filter((event): event is Extract<OrderFeed.OrderEvent, { readonly _tag: Tag }> => event._tag === tag)
  }
})

/** A customer orders. */
export const place = (...args: Parameters<Effect.Success<typeof provider>["orders"]["place"]>) =>
  Effect.flatMap(provider, ({ orders }) => orders.place(...args))
/** An order gets another status, as by a courier. */
export const advance = (key: string, statusId: number) =>
  Effect.flatMap(provider, ({ orders }) => orders.advance(key, statusId))
/** The provider has a fault. */
export const inject = (fault: Parameters<Effect.Success<typeof provider>["faults"]["inject"]>[0]) =>
  Effect.flatMap(provider, ({ faults }) => faults.inject(fault))
/** What the provider was told, in order. */
export const acknowledged = Effect.map(
  Effect.flatMap(provider, ({ orders }) => orders.acknowledgements),
  (all) => all.map(({ paymentKey, statusId }): [string, number] => [paymentKey, statusId])
)
/** Time goes by until the next poll. */
export const nextPoll = TestClock.adjust("30 seconds")
