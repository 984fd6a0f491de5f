/**
 * The token cache over a store that several caches share: what a backend of more than one process needs.
 *
 * **Example** (Providers of several processes)
 *
 * ```ts
 * const Main = Providers.pipe(
 *   Layer.provideMerge(SharedTokenCache.layer),
 *   Layer.provide(RedisTokenStore.layerConfig()),
 *   Layer.provide(NodeRedis.layer({ url })),
 *   Layer.provide(NodeHttpClient.layerUndici)
 * )
 * ```
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Cache from "./internal/cache.ts"
import { sharing } from "./internal/sharing.ts"
import type { InvalidOptions } from "./InvalidOptions.ts"
import { type Options, TokenCache } from "./TokenCache.ts"
import { TokenStore } from "./TokenStore.ts"

/**
 * A token cache over a store that several caches share, with options. Fails with `InvalidOptions` if an option is out of its
 * range.
 */
export const layerWith = (options: Options): Layer.Layer<TokenCache, InvalidOptions, TokenStore> =>
  Layer.effect(TokenCache, Effect.flatMap(TokenStore, (store) => Cache.make(options, sharing(store))))

/**
 * A token cache over a store that several caches share. Without a store it does not compile. It is a value: however often it
 * is written, an application has one cache.
 */
export const layer: Layer.Layer<TokenCache, never, TokenStore> = /* @__PURE__ */ Layer.orDie(layerWith({}))
