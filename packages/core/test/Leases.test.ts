/**
 * What a cache does while another one has the lease, and when it may have lost its own.
 */
import { assert, describe, it } from "@effect/vitest"
import { Unanswered } from "@entegre/core/ExchangeError"
import { RefreshTokenDead } from "@entegre/core/IssuerError"
import * as MemoryTokenStore from "@entegre/core/MemoryTokenStore"
import * as SharedTokenCache from "@entegre/core/SharedTokenCache"
import { TokenCache } from "@entegre/core/TokenCache"
import { type Service, TokenStore, TokenStoreError } from "@entegre/core/TokenStore"
import { Context, Deferred, Duration, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { record, valueOf } from "./support/cache.ts"
import * as ModelIssuer from "./support/modelIssuer.ts"

/** A store, and caches over it. */
const setUp = Effect.fnUntraced(function*(options: ModelIssuer.Options = {}) {
  const provider = yield* ModelIssuer.make(options)
  const store: Service = { ...Context.get(yield* Layer.build(MemoryTokenStore.layer), TokenStore) }
  const join = Effect.gen(function*() {
    const layer = SharedTokenCache.layerWith({ closeGrace: 0 }).pipe(Layer.provide(Layer.succeed(TokenStore, store)))
    const cache = Context.get(yield* Layer.build(Layer.fresh(layer)), TokenCache)
    const tokens = yield* cache.open(provider.issuer)
    const events = yield* record(cache)
    yield* TestClock.adjust(1)
    return { tokens, events }
  })
  return { provider, counts: provider.counts, store, join }
})

describe("a cache, while another one has the lease,", () => {
  it.effect("waits for what that brings, and takes it as soon as it is there", () =>
    Effect.gen(function*() {
      const { counts, join, provider } = yield* setUp()
      const [one, two] = [yield* join, yield* join]
      const gate = yield* provider.holdNext
      const first = yield* Effect.forkChild(one.tokens.get, { startImmediately: true })
      yield* TestClock.adjust(1)
      const second = yield* Effect.forkChild(two.tokens.get, { startImmediately: true })
      yield* TestClock.adjust("3010 millis")
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust(1)
      assert.isDefined(second.pollUnsafe(), "it hears of it")
      assert.strictEqual(valueOf(yield* Fiber.join(second)), valueOf(yield* Fiber.join(first)))
      assert.strictEqual(counts.logins, 1)
      assert.notInclude(yield* two.events.tags, "Failed")
    }))

  it.effect("tells its callers that the token endpoint is busy when their patience is over", () =>
    Effect.gen(function*() {
      const { counts, join, provider, store } = yield* setUp()
      const { tokens } = yield* join
      const { key } = provider.issuer
      yield* store.acquire(key, { owner: "frozen", timeToLive: Duration.hours(1), known: 0 })
      const caller = yield* Effect.forkChild(Effect.flip(tokens.get), { startImmediately: true })
      yield* TestClock.adjust("9 seconds")
      assert.isUndefined(caller.pollUnsafe(), "it is patient")
      yield* TestClock.adjust("2 seconds")
      assert.isDefined(caller.pollUnsafe(), "its patience is over")
      assert.deepInclude((yield* Fiber.join(caller)).reason, { _tag: "IssuerUnavailable", problem: "busy" })
      assert.strictEqual(counts.asked, 0)
    }))
})

describe("a refresh token", () => {
  const rotating = { rotation: "rotating", refreshes: true } as const

  it.effect("is not sent once more when the write of what it brought came too late", () =>
    Effect.gen(function*() {
      const { counts, join, provider, store } = yield* setUp(rotating)
      const { tokens } = yield* join
      const token = yield* tokens.get
      const { write } = store
      const { now, record } = yield* store.read(provider.issuer.key)
      // Another cache has had the lease meanwhile, and given it back.
      Object.assign(store, {
        write: (...[lease]: Parameters<Service["write"]>) =>
          Effect.as(store.release(lease), { _tag: "Fenced", record, now })
      })
      const caller = yield* Effect.forkChild(tokens.reject(token), { startImmediately: true })
      yield* TestClock.adjust(1)
      assert.deepInclude(counts, { logins: 1, refreshes: 1 })
      Object.assign(store, { write })
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(caller)
      assert.deepInclude(counts, { logins: 2, refreshes: 1, doubleSpends: 0 })
    }))

  it.effect("is not sent if a login of this cache, whose write came too late, may have ended it", () =>
    Effect.gen(function*() {
      const { counts, join, provider, store } = yield* setUp({ rotation: "singleActive", refreshes: true })
      const [one, two] = [yield* join, yield* join]
      const { key } = provider.issuer
      yield* one.tokens.get
      const { record } = yield* store.read(key)
      assert(record?.tokens !== undefined)
      const { tokens } = record
      const { acquire, write } = store
      // The other one takes over and writes what it was issued before.
      Object.assign(store, {
        acquire: (...asked: Parameters<Service["acquire"]>) =>
          Effect.map(acquire(...asked), (answer) => ({ ...answer, record: undefined })),
        write: (...[lease]: Parameters<Service["write"]>) =>
          Effect.gen(function*() {
            yield* store.release(lease)
            const taken = yield* acquire(key, { owner: "one", timeToLive: Duration.minutes(1), known: lease.fence })
            assert(taken._tag === "Acquired")
            const generation = taken.lease.fence
            const standing = { ...record, generation, tokens: { ...tokens, generation } }
            yield* write(taken.lease, standing)
            return { _tag: "Fenced", record: standing, now: taken.now }
          })
      })
      const token = yield* two.tokens.get
      assert.strictEqual(counts.logins, 2)
      Object.assign(store, { acquire, write })
      yield* two.tokens.reject(token)
      assert.strictEqual(counts.logins, 3)
      assert.deepStrictEqual((yield* two.events.of("Asked")).map(({ means }) => means), ["login", "login"])
    }))

  it.effect("is not sent when the store has less than the cache: another one may have sent it", () =>
    Effect.gen(function*() {
      const { counts, join, provider, store } = yield* setUp(rotating)
      const { tokens } = yield* join
      const { key } = provider.issuer
      const first = yield* tokens.get
      const { record } = yield* store.read(key)
      assert(record !== undefined)
      const second = yield* tokens.reject(first)
      const operator = { owner: "operator", timeToLive: Duration.minutes(1), known: second.generation }
      const acquired = yield* store.acquire(key, operator)
      assert(acquired._tag === "Acquired")
      yield* store.write(acquired.lease, record)
      yield* tokens.reject(second)
      assert.deepInclude(counts, { logins: 2, refreshes: 1 })
    }))

  it.effect("is not sent after a login whose outcome nobody knows, where a new token set ends the one before", () =>
    Effect.gen(function*() {
      const { counts, join, provider, store } = yield* setUp({ rotation: "singleActive", refreshes: true })
      const one = yield* join
      const two = yield* join
      yield* one.tokens.get
      const token = yield* two.tokens.get
      // One logs in because it forgot the token set, and the store was not told of that.
      Object.assign(store, { forget: () => Effect.fail(new TokenStoreError({ operation: "forget", problem: "away" })) })
      yield* one.tokens.forget
      yield* provider.loseNextReply(new Unanswered({ problem: "connectionLost" }))
      yield* one.tokens.warmUp
      yield* TestClock.adjust(1)
      yield* two.tokens.reject(token)
      assert.deepInclude(counts, { logins: 2, refreshes: 0, doubleSpends: 0 })
    }))
})

describe("a record", () => {
  it.effect("whose token has ended is not adopted", () =>
    Effect.gen(function*() {
      const { counts, join } = yield* setUp({ life: "1 hour" })
      const one = yield* join
      yield* one.tokens.get
      yield* TestClock.adjust("2 hours")
      const two = yield* join
      yield* two.tokens.get
      assert.notInclude(yield* two.events.tags, "Adopted")
      assert.isAtLeast(counts.logins, 2)
    }))
})

describe("a cache that has a lease", () => {
  it.effect("prolongs it first if it might end before the request that it is for", () =>
    Effect.gen(function*() {
      const { counts, provider, store } = yield* setUp({ latency: "14 seconds" })
      const layer = SharedTokenCache.layerWith({ closeGrace: 0 }).pipe(Layer.provide(Layer.succeed(TokenStore, store)))
      const cache = Context.get(yield* Layer.build(layer), TokenCache)
      const credentials = Effect.delay(provider.issuer.credentials, "9 seconds")
      const { get } = yield* cache.open({ ...provider.issuer, credentials })
      const caller = yield* Effect.forkChild(get, { startImmediately: true })
      yield* TestClock.adjust("22500 millis")
      const { key } = provider.issuer
      const other = yield* store.acquire(key, { owner: "other", timeToLive: Duration.minutes(1), known: 0 })
      assert.strictEqual(other._tag, "Held")
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(caller)
      assert.strictEqual(counts.logins, 1)
    }))

  it.effect("sends no second request under it if the store has lost it", () =>
    Effect.gen(function*() {
      const { counts, join, provider, store } = yield* setUp({ rotation: "rotating", refreshes: true })
      const { tokens } = yield* join
      const token = yield* tokens.get
      const asked: Array<boolean> = []
      const { extend } = store
      Object.assign(store, {
        extend: (...args: Parameters<Service["extend"]>) =>
          Effect.map(extend(...args), (extended) => {
            asked.push(extended)
            return extended && asked.length > 1
          })
      })
      yield* provider.failNext(new RefreshTokenDead({ status: 401 }))
      const caller = yield* Effect.forkChild(tokens.reject(token), { startImmediately: true })
      yield* TestClock.adjust(1)
      assert.deepInclude(counts, { asked: 2, logins: 1 })
      yield* TestClock.adjust("1 second")
      assert.strictEqual(valueOf(yield* Fiber.join(caller)), "access-2")
      assert.deepInclude(counts, { asked: 3, logins: 2 })
    }))
})
