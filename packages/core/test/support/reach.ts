/**
 * Caches of one store, each of which reaches it in a way of its own.
 */
import * as MemoryTokenStore from "@entegre/core/MemoryTokenStore"
import * as SharedTokenCache from "@entegre/core/SharedTokenCache"
import { type Options as CacheOptions, TokenCache } from "@entegre/core/TokenCache"
import { type Service, TokenStore, TokenStoreError } from "@entegre/core/TokenStore"
import { Context, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import * as ModelIssuer from "./modelIssuer.ts"

/** What comes of an operation of a store that is away. */
export const away = (operation: string): Effect.Effect<never, TokenStoreError> =>
  Effect.fail(new TokenStoreError({ operation, problem: "connection refused" }))

/** A store, and caches over it, each of which reaches it in a way of its own. */
export const setUp = Effect.fnUntraced(function*(options: ModelIssuer.Options) {
  const provider = yield* ModelIssuer.make({ refreshes: true, life: "1 hour", ...options })
  const memory = Context.get(yield* Layer.build(MemoryTokenStore.layer), TokenStore)
  /** Another cache, which does not use the key yet. */
  const enter = Effect.fnUntraced(function*(options: CacheOptions) {
    const store: Service = { ...memory }
    const layer = SharedTokenCache.layerWith({ closeGrace: 0, ...options }).pipe(
      Layer.provide(Layer.succeed(TokenStore, store))
    )
    const cache = Context.get(yield* Layer.build(Layer.fresh(layer)), TokenCache)
    yield* TestClock.adjust(1)
    /** Changes how this cache reaches the store. */
    const reach = (changes: Partial<Service>) =>
      Effect.sync(() => {
        Object.assign(store, changes)
      })
    return { cache, reach }
  })
  const join = Effect.gen(function*() {
    const entered = yield* enter({})
    return { ...entered, tokens: yield* entered.cache.open(provider.issuer) }
  })
  return {
    provider,
    counts: provider.counts,
    memory,
    enter,
    join,
    /** The token set that stands in the store. */
    standing: Effect.map(memory.read(provider.issuer.key), ({ record }) => record?.tokens)
  }
})
