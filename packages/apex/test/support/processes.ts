import { Apex } from "@entegre/apex"
import type * as ApexOptions from "@entegre/apex/ApexOptions"
import { MemoryTokenStore, Quota, SharedTokenCache, type TokenCache, TokenStore } from "@entegre/core"
import { TokenStoreError } from "@entegre/core/TokenStore"
import { Context, Effect, Layer } from "effect"

/** A process's way to the quota that all share: it answers, is cut off, or is silent, as it is told. */
interface Line {
  is: "well" | "away" | "silent"
}

const over = (quota: Quota.Service, line: Line): Quota.Service =>
  Quota.transform(quota, (effect, operation) =>
    Effect.suspend(() => {
      if (line.is === "well") return effect
      if (line.is === "silent") return Effect.never
      return Effect.fail(new TokenStoreError({ operation, problem: "no connection" }))
    }))

/** So many applications over one token store, as several processes are. */
export const processes = Effect.fnUntraced(function*(
  count: number,
  build: (settings: ApexOptions.Settings) => Layer.Layer<Apex, never, TokenCache>,
  settings: ApexOptions.Settings = {}
) {
  const store = Context.get(yield* Layer.build(Layer.fresh(MemoryTokenStore.layer)), TokenStore)
  return yield* Effect.forEach(
    Array.from({ length: count }),
    Effect.fnUntraced(function*() {
      const line: Line = { is: "well" }
      const layer = build(settings).pipe(
        Layer.provide(SharedTokenCache.layer),
        Layer.provide(Layer.succeed(TokenStore, { ...store, quota: over(store.quota, line) }))
      )
      return { apex: Context.get(yield* Layer.build(Layer.fresh(layer)), Apex), line }
    })
  )
})
