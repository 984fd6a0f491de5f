/**
 * What the application gives the cache may neither answer nor let itself be interrupted. Nobody waits for that without end.
 */
import { assert, describe, it } from "@effect/vitest"
import type { Issuer } from "@entegre/core/Issuer"
import * as MemoryTokenStore from "@entegre/core/MemoryTokenStore"
import * as SharedTokenCache from "@entegre/core/SharedTokenCache"
import { TokenCache } from "@entegre/core/TokenCache"
import { type Service, TokenStore } from "@entegre/core/TokenStore"
import { Context, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as ModelIssuer from "./support/modelIssuer.ts"

const stubborn = Effect.uninterruptible(Effect.never)

/** A caller over this issuer and this store, and the closing of its cache: how both end. */
const callAndClose = Effect.fnUntraced(function*<Credentials, E>(
  issuer: Issuer<Credentials, E>,
  change: (store: Service) => Service = (store) => store
) {
  const store = change(Context.get(yield* Layer.build(MemoryTokenStore.layer), TokenStore))
  const scope = yield* Scope.make()
  const layer = SharedTokenCache.layer.pipe(Layer.provide(Layer.succeed(TokenStore, store)))
  const cache = Context.get(yield* Layer.buildWithScope(layer, scope), TokenCache)
  const { get } = yield* Scope.provide(cache.open(issuer), scope)
  const caller = yield* Effect.forkChild(get, { startImmediately: true })
  yield* TestClock.adjust("1 minute")
  const exit = caller.pollUnsafe()
  const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
  yield* TestClock.adjust("1 minute")
  yield* Fiber.join(closing)
  return exit
})

describe("callers, and whoever closes the cache,", () => {
  it.effect("do not wait without end for a login that can not be interrupted", () =>
    Effect.gen(function*() {
      const { issuer } = yield* ModelIssuer.make()
      const exit = yield* callAndClose({ ...issuer, login: () => stubborn })
      assert.isTrue(exit !== undefined && Exit.isFailure(exit))
    }))

  it.effect("do not wait without end for credentials that can not be interrupted", () =>
    Effect.gen(function*() {
      const { issuer } = yield* ModelIssuer.make()
      const exit = yield* callAndClose({ ...issuer, credentials: stubborn })
      assert.isTrue(exit !== undefined && Exit.isFailure(exit))
    }))

  it.effect.each(["acquire", "write", "release", "read", "forget"] as const)(
    "do not wait without end for a store whose %s can not be interrupted",
    (operation) =>
      Effect.gen(function*() {
        const { issuer } = yield* ModelIssuer.make()
        const exit = yield* callAndClose(issuer, (store) => ({ ...store, [operation]: () => stubborn }))
        assert.isTrue(exit !== undefined && Exit.isSuccess(exit))
      })
  )
})
