/**
 * Token stores over a Redis of tests.
 */
import { NodeRedis } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { RedisTokenStore } from "@entegre/core/redis"
import * as SharedTokenCache from "@entegre/core/SharedTokenCache"
import { TokenCache } from "@entegre/core/TokenCache"
import * as TokenKey from "@entegre/core/TokenKey"
import type { TokenSet } from "@entegre/core/TokenSet"
import type { Service, TokenRecord } from "@entegre/core/TokenStore"
import { TokenStore } from "@entegre/core/TokenStore"
import { Context, Duration, Effect, Layer, Redacted, References } from "effect"
import { Redis } from "effect/persistence"

/** A key of 32 bytes that are all the same, in base64. */
export const keyOf = (byte: number) => Redacted.make(Buffer.alloc(32, byte).toString("base64"))

export const nameKey = keyOf(200)

/** What a test says of a store. */
export type Options = Partial<RedisTokenStore.Options<Redis.RedisError, never>>

/** Whatever a test says, and for the rest what suits a test. */
export const optionsOf = (url: string, options: Options = {}) => ({
  redis: NodeRedis.layer({ ...RedisTokenStore.clientOptions, url }),
  encryption: [{ id: "one", key: keyOf(1) }],
  nameKey,
  ...options
})

/** A store of its own, as another process has it. */
export const open = (url: string, options: Options = {}) =>
  Effect.map(Layer.build(RedisTokenStore.layer(optionsOf(url, options))), Context.get(TokenStore))

/** A token cache over a store of its own, as another process has it. */
export const openCache = (url: string, options: Options = {}) =>
  Effect.flatMap(open(url, options), (store) =>
    Effect.map(
      Layer.build(
        Layer.provide(SharedTokenCache.layerWith({ patience: "1 second" }), Layer.succeed(TokenStore, store))
      ),
      Context.get(TokenCache)
    ))

/** A client beside the store, for looking and for meddling. */
export const client = (url: string) =>
  Layer.build(NodeRedis.layer({ ...RedisTokenStore.clientOptions, url })).pipe(
    Effect.map(Context.get(Redis.Redis)),
    // It is meant to be disturbed.
    Effect.provideService(References.MinimumLogLevel, "Error")
  )

export const key = TokenKey.make({ provider: "acme", environment: "test", account: Redacted.make("account-canary") })

export const tokens = (generation: number, expiresAt: number): TokenSet => ({
  generation,
  accessToken: Redacted.make(`access-${generation}`),
  issuedAt: 0,
  expiresAt,
  refreshToken: Redacted.make(`refresh-${generation}`),
  refreshExpiresAt: undefined
})

export const recordOf = (generation: number, expiresAt: number): TokenRecord => ({
  generation,
  tokens: tokens(generation, expiresAt),
  lockout: undefined
})

/** Takes a lease that is free. */
export const lease = Effect.fnUntraced(
  function*(store: Service, owner: string, timeToLive: Duration.Input = "10 seconds") {
    const acquired = yield* store.acquire(key, { owner, timeToLive: Duration.fromInputUnsafe(timeToLive), known: 0 })
    assert(acquired._tag === "Acquired", "the lease is free")
    return acquired
  }
)

/** Writes a token set that lives for so long, and gives it back as it is in the store. */
export const write = (store: Service, owner: string, life: Duration.Input = "1 hour") =>
  Effect.gen(function*() {
    const { lease: held, now } = yield* lease(store, owner)
    const record = recordOf(held.fence, now + Duration.toMillis(life))
    yield* store.write(held, record)
    return record
  })
