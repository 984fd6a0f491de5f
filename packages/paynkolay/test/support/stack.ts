import { NodeHttpClient } from "@effect/platform-node"
import { TokenCache } from "@entegre/core"
import type { Options as CacheOptions } from "@entegre/core/TokenCache"
import { Paynkolay, type PaynkolayError, type Service } from "@entegre/paynkolay"
import type { Settings } from "@entegre/paynkolay/PaynkolayOptions"
import { type PaynkolaySandbox, Sandbox } from "@entegre/sandbox"
import { Effect, Layer } from "effect"
import type { HttpClient } from "effect/http"

export interface StackOptions {
  readonly sandbox?: PaynkolaySandbox.Options
  readonly settings?: Settings
  readonly cache?: CacheOptions
  readonly callbackClient?: HttpClient.HttpClient
}

const over = ({ cache = {}, settings }: StackOptions) =>
  Layer.orDie(Layer.provideMerge(Paynkolay.layerConfig(settings), TokenCache.layerWith(cache)))

/** An application with a sandbox, without sockets: everything that takes time is up to the test's clock. */
export const socketless = (options: StackOptions = {}) =>
  Layer.provideMerge(
    over(options),
    Sandbox.layerHttpClientWith({ paynkolay: options.sandbox, callbackClient: options.callbackClient })
  )

/** An application with a sandbox on a real socket. */
export const sockets = (options: StackOptions = {}) =>
  over(options).pipe(
    Layer.provideMerge(Layer.orDie(Sandbox.layerWith({ paynkolay: options.sandbox }))),
    Layer.provideMerge(NodeHttpClient.layerUndici)
  )

/** The provider's side. */
export const provider = Sandbox.use(({ paynkolay }) => Effect.succeed(paynkolay))

/** What the provider has counted. */
export const counters = Effect.flatMap(provider, ({ counters }) => counters)

/** What the provider has counted of an operation: requests that came, and times that it did as asked. */
export const countOf = (operation: string) =>
  Effect.map(counters, ({ operations }) => operations[operation] ?? { received: 0, done: 0 })

/** The same effect for so many callers at once. */
export const crowd = <A, E, R>(size: number, effect: Effect.Effect<A, E, R>) =>
  Effect.forEach(Array.from({ length: size }), () => effect, { concurrency: "unbounded" })

/** What an effect fails with. */
export const failureOf = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<E, void, R> =>
  Effect.flip(Effect.asVoid(effect))

/** A call of the service, whichever. */
export type Call = (paynkolay: Service) => Effect.Effect<unknown, PaynkolayError>
