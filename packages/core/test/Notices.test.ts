/**
 * How caches of a store hear of each other when their subscriptions break off.
 */
import { assert, describe, it } from "@effect/vitest"
import * as MemoryTokenStore from "@entegre/core/MemoryTokenStore"
import * as SharedTokenCache from "@entegre/core/SharedTokenCache"
import { TokenCache } from "@entegre/core/TokenCache"
import { type Change, type Service, TokenStore, TokenStoreError } from "@entegre/core/TokenStore"
import { Context, Effect, Layer, PubSub, Stream } from "effect"
import { TestClock } from "effect/testing"
import { record, valueOf } from "./support/cache.ts"
import * as ModelIssuer from "./support/modelIssuer.ts"

describe("a subscription to a store's notices", () => {
  it.effect("is begun again when it broke off, however often, and soon", () =>
    Effect.gen(function*() {
      const provider = yield* ModelIssuer.make()
      const memory = Context.get(yield* Layer.build(MemoryTokenStore.layer), TokenStore)
      const told = yield* PubSub.unbounded<Change | "break">()
      yield* Effect.forkScoped(Stream.runForEach(memory.changes, (change) => PubSub.publish(told, change)))
      const changes = Stream.mapEffect(Stream.fromPubSub(told), (change) =>
        change === "break"
          ? Effect.fail(new TokenStoreError({ operation: "changes", problem: "connection lost" }))
          : Effect.succeed(change))
      const join = Effect.fnUntraced(function*(store: Service) {
        const layer = SharedTokenCache.layerWith({ storeInterval: "1 day" }).pipe(
          Layer.provide(Layer.succeed(TokenStore, store))
        )
        const cache = Context.get(yield* Layer.build(Layer.fresh(layer)), TokenCache)
        const tokens = yield* cache.open(provider.issuer)
        const events = yield* record(cache)
        yield* TestClock.adjust(1)
        return { tokens, events }
      })
      const one = yield* join(memory)
      const two = yield* join({ ...memory, changes })
      let token = yield* one.tokens.get
      yield* two.tokens.get
      for (let breaks = 1; breaks <= 5; breaks++) {
        yield* PubSub.publish(told, "break")
        // What it missed meanwhile it looks for by itself.
        yield* TestClock.adjust("1 minute")
        token = yield* one.tokens.reject(token)
        yield* TestClock.adjust(1)
        const adopted = yield* two.events.of("Adopted")
        assert.strictEqual(adopted.at(-1)?.generation, token.generation)
        assert.strictEqual(valueOf(yield* two.tokens.get), valueOf(token))
      }
    }))
})
