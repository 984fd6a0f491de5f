import { NodeHttpClient } from "@effect/platform-node"
import { TokenCache } from "@entegre/core"
import type { Options as CacheOptions } from "@entegre/core/TokenCache"
import { Dukkango, DukkangoSchema, type Settings } from "@entegre/dukkango"
import { type DukkangoSandbox, Sandbox } from "@entegre/sandbox"
import { Effect, Layer } from "effect"

export interface StackOptions {
  readonly sandbox?: DukkangoSandbox.Options
  readonly settings?: Settings
  readonly cache?: CacheOptions
}

const over = ({ cache = {}, settings }: StackOptions) =>
  Layer.orDie(Layer.provideMerge(Dukkango.layerConfig(settings), TokenCache.layerWith(cache)))

/** An application with a sandbox, without sockets: everything that takes time is up to the test's clock. */
export const socketless = (options: StackOptions = {}) =>
  Layer.provideMerge(over(options), Sandbox.layerHttpClientWith({ dukkango: options.sandbox }))

/** An application with a sandbox on a real socket. */
export const sockets = (options: StackOptions = {}) =>
  over(options).pipe(
    Layer.provideMerge(Layer.orDie(Sandbox.layerWith({ dukkango: options.sandbox }))),
    Layer.provideMerge(NodeHttpClient.layerUndici)
  )

/** The provider's side. */
export const provider = Sandbox.use(({ dukkango }) => Effect.succeed(dukkango))

/** What the provider has counted of an operation: requests that came, and times that it did as asked. */
export const countOf = (operation: string) =>
  Effect.map(
    Effect.flatMap(provider, ({ counters }) => counters),
    ({ operations }) => operations[operation] ?? { received: 0, done: 0 }
  )

/** The same effect for so many callers at once. */
export const crowd = <A, E, R>(size: number, effect: Effect.Effect<A, E, R>) =>
  Effect.forEach(Array.from({ length: size }), () => effect, { concurrency: "unbounded" })

/** What an effect fails with. */
export const failureOf = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<E, void, R> =>
  Effect.flip(Effect.asVoid(effect))

/** A branch of the sandbox's account. */
export const akat = DukkangoSchema.RestaurantId.make("8f2b9ce2-04de-4712-842d-a39f64596fdf")
/** A key that no order has. */
export const noOrder = DukkangoSchema.OrderKey.make("3e9caf87-5cb7-4c4e-adcb-fc2ec54cf24e")
/** An id that no branch has. */
export const noRestaurant = DukkangoSchema.RestaurantId.make("11111111-1111-4111-8111-111111111111")
/** A food of the sandbox's menu. */
export const kebab = DukkangoSchema.FoodId.make(1)
