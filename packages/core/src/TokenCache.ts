/**
 * The shared layer that keeps every provider's tokens: hands them out, renews them before they end, takes their
 * rejections, and keeps wrong credentials from locking an account.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as PubSub from "effect/PubSub"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import * as Cache from "./internal/cache.ts"
import type * as Settings from "./internal/settings.ts"
import type { InvalidOptions } from "./InvalidOptions.ts"
import type { Issuer } from "./Issuer.ts"
import type * as Quota from "./Quota.ts"
import type { TokenEvent } from "./TokenEvent.ts"
import type { TokenKey } from "./TokenKey.ts"
import type { KeyStatus, Tokens } from "./Tokens.ts"

/**
 * How a token cache behaves. Every option has a default that suits a backend; see each.
 */
export type Options = Settings.Options

/**
 * Whether the application can serve, as far as tokens go.
 */
export interface Readiness {
  /** `false` while the credentials of some key stand refused. A key that nobody has used yet is ready. */
  readonly ready: boolean
  /** The keys whose credentials stand refused. */
  readonly lockedOut: ReadonlyArray<KeyStatus>
}

/**
 * What the token cache offers. Provider packages use `open`; applications use the rest.
 */
export interface Service {
  /** Registers an issuer for as long as the scope lives, and gives access to its key's tokens. */
  readonly open: <Credentials, E>(issuer: Issuer<Credentials, E>) => Effect.Effect<Tokens, never, Scope.Scope>
  /** Drops a key's token set everywhere: for a token that was compromised. */
  readonly forget: (key: TokenKey) => Effect.Effect<void>
  /** The same for all keys of a provider that this cache has met; what only other caches know of stays. */
  readonly forgetProvider: (provider: string) => Effect.Effect<void>
  /** How all keys stand, without a secret. Reads state only. */
  readonly status: Effect.Effect<ReadonlyArray<KeyStatus>>
  /** Whether the application can serve, as far as tokens go. Reads state and never logs in. */
  readonly readiness: Effect.Effect<Readiness>
  /**
   * What happens to tokens, as it happens, to each subscriber from the moment of its subscription. One that falls more
   * than 1,024 events behind misses the oldest.
   */
  readonly events: Stream.Stream<TokenEvent>
  /** A subscription that has begun when this effect returns. */
  readonly subscribe: Effect.Effect<PubSub.Subscription<TokenEvent>, never, Scope.Scope>
  /**
   * How often something may be done for an account, over all caches of the store. What a shared store does not answer within
   * `storeTimeout` fails. A cache that shares none has what is made in memory for the first who asks. For provider packages,
   * which ask through `Quota.of`.
   */
  readonly quota: (inMemory: () => Quota.Service) => Quota.Service
}

/**
 * The token cache.
 *
 * **Example** (Providers over one cache)
 *
 * ```ts
 * const Main = Providers.pipe(
 *   Layer.provideMerge(TokenCache.layer),
 *   Layer.provide(NodeHttpClient.layerUndici)
 * )
 *
 * const program = Effect.gen(function*() {
 *   const cache = yield* TokenCache
 *   const { ready } = yield* cache.readiness
 * })
 * ```
 */
export class TokenCache extends Context.Service<TokenCache, Service>()("@entegre/core/TokenCache") {
  /**
   * Makes a token cache over a store of its own, in memory, for as long as the scope lives. Fails with `InvalidOptions`
   * if an option is out of its range.
   */
  static readonly make = (options: Options = {}): Effect.Effect<Service, InvalidOptions, Scope.Scope> =>
    Cache.make(options, undefined)

  /**
   * A token cache for one process, with options. Writing it twice makes two caches: keep the layer in a constant. Fails
   * with `InvalidOptions` if an option is out of its range.
   */
  static readonly layerWith = (options: Options): Layer.Layer<TokenCache, InvalidOptions> =>
    Layer.effect(TokenCache, TokenCache.make(options))

  /**
   * A token cache for one process. It is a value: however often it is written, an application has one cache. A backend of
   * more than one process needs `SharedTokenCache`.
   */
  static readonly layer: Layer.Layer<TokenCache> = Layer.orDie(TokenCache.layerWith({}))
}
