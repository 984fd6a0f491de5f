/**
 * What caches of one store do for each other when notices are lost, the store is emptied, or only some have credentials
 * that the provider takes.
 */
import { assert, describe, it } from "@effect/vitest"
import * as MemoryTokenStore from "@entegre/core/MemoryTokenStore"
import * as SharedTokenCache from "@entegre/core/SharedTokenCache"
import { type Service as Cache, TokenCache } from "@entegre/core/TokenCache"
import { type Change, type Service, type TokenRecord, TokenStore, TokenStoreError } from "@entegre/core/TokenStore"
import { Context, Effect, Hash, Layer, PubSub, Redacted, Stream } from "effect"
import { TestClock } from "effect/testing"
import { record, valueOf } from "./support/cache.ts"
import * as ModelIssuer from "./support/modelIssuer.ts"

/** A store whose notices can be lost, whose subscriptions can break, and which can lose what it has. */
const fragile = Effect.gen(function*() {
  const memory = Layer.build(Layer.fresh(MemoryTokenStore.layer))
  let store = Context.get(yield* memory, TokenStore)
  const notices = yield* PubSub.unbounded<Change | "break">()
  const state = { deaf: false }
  const subscribe = (from: Service) =>
    Effect.forkScoped(
      Stream.runForEach(from.changes, (change) => state.deaf ? Effect.void : PubSub.publish(notices, change))
    )
  yield* subscribe(store)
  const service: Service = {
    read: (key) => Effect.suspend(() => store.read(key)),
    acquire: (key, options) => Effect.suspend(() => store.acquire(key, options)),
    extend: (lease, timeToLive) => Effect.suspend(() => store.extend(lease, timeToLive)),
    write: (lease, entry) => Effect.suspend(() => store.write(lease, entry)),
    release: (lease) => Effect.suspend(() => store.release(lease)),
    forget: (key, upTo) => Effect.suspend(() => store.forget(key, upTo)),
    changes: Stream.fromPubSub(notices).pipe(
      Stream.mapEffect((change) =>
        change === "break"
          ? Effect.fail(new TokenStoreError({ operation: "changes", problem: "connection lost" }))
          : Effect.succeed(change)
      )
    ),
    quota: store.quota,
    fingerprint: (secret) => Effect.succeed(String(Hash.string(Redacted.value(secret))))
  }
  return {
    service,
    state,
    breakOff: PubSub.publish(notices, "break"),
    empty: Effect.gen(function*() {
      store = Context.get(yield* memory, TokenStore)
      yield* subscribe(store)
    }),
    recordOf: (key: Parameters<Service["read"]>[0]) =>
      Effect.suspend(() => Effect.map(store.read(key), (read) => read.record))
  }
})

const joinWith = Effect.fnUntraced(function*(
  store: Service,
  provider: Effect.Success<ReturnType<typeof ModelIssuer.make>>,
  secret?: string
) {
  const layer = SharedTokenCache.layerWith({}).pipe(Layer.provide(Layer.succeed(TokenStore, store)))
  const cache: Cache = Context.get(yield* Layer.build(Layer.fresh(layer)), TokenCache)
  const { issuer } = provider
  const credentials = secret === undefined
    ? issuer.credentials
    : Effect.map(issuer.credentials, (own) => Object.assign(own, { secret: Redacted.make(secret) }))
  const tokens = yield* cache.open({ ...issuer, credentials })
  const events = yield* record(cache)
  yield* TestClock.adjust(1)
  return { tokens, events }
})

describe("caches of a store whose notices get lost", () => {
  it.effect("find a sibling's token within the store interval, if anybody uses theirs", () =>
    Effect.gen(function*() {
      const store = yield* fragile
      const provider = yield* ModelIssuer.make({ rotation: "singleActive" })
      const one = yield* joinWith(store.service, provider)
      const two = yield* joinWith(store.service, provider)
      const old = yield* one.tokens.get
      yield* two.tokens.get
      store.state.deaf = true
      yield* one.tokens.reject(old)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(valueOf(yield* two.tokens.get), "access-2")
      assert.strictEqual(provider.counts.logins, 2)
    }))

  it.effect("look at once when the subscription to notices broke off", () =>
    Effect.gen(function*() {
      const store = yield* fragile
      const provider = yield* ModelIssuer.make()
      const one = yield* joinWith(store.service, provider)
      const two = yield* joinWith(store.service, provider)
      const old = yield* one.tokens.get
      yield* two.tokens.get
      store.state.deaf = true
      yield* one.tokens.forget
      assert.strictEqual(valueOf(yield* two.tokens.get), valueOf(old))
      yield* store.breakOff
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual((yield* two.tokens.status).state, "ended")
    }))

  it.effect("ask nothing of the store for a key that nobody uses", () =>
    Effect.gen(function*() {
      const store = yield* fragile
      const provider = yield* ModelIssuer.make({ life: "1 day" })
      let reads = 0
      const counting: Service = {
        ...store.service,
        read: (key) =>
          Effect.suspend(() => {
            reads++
            return store.service.read(key)
          })
      }
      const { tokens } = yield* joinWith(counting, provider)
      yield* tokens.get
      yield* TestClock.adjust("10 minutes")
      assert.isAtMost(reads, 1)
      yield* tokens.get
      yield* TestClock.adjust("1 minute")
      assert.isAtMost(reads, 2)
    }))

  it.effect("still renew in the background what was used before the last look", () =>
    Effect.gen(function*() {
      const store = yield* fragile
      const provider = yield* ModelIssuer.make()
      const { tokens } = yield* joinWith(store.service, provider)
      yield* tokens.get
      yield* TestClock.adjust("59 minutes")
      assert.strictEqual(provider.counts.logins, 2)
    }))
})

describe("caches of a store that lost everything", () => {
  it.effect("bring their token back, so that nobody has to log in", () =>
    Effect.gen(function*() {
      const store = yield* fragile
      const provider = yield* ModelIssuer.make({ rotation: "singleActive" })
      const one = yield* joinWith(store.service, provider)
      const two = yield* joinWith(store.service, provider)
      yield* one.tokens.get
      yield* two.tokens.get
      yield* store.empty
      yield* store.breakOff
      yield* TestClock.adjust("5 seconds")
      const back: TokenRecord | undefined = yield* store.recordOf(provider.issuer.key)
      assert.strictEqual(back?.tokens && Redacted.value(back.tokens.accessToken), "access-1")
      const three = yield* joinWith(store.service, provider)
      assert.strictEqual(valueOf(yield* three.tokens.get), "access-1")
      assert.strictEqual(provider.counts.logins, 1)
    }))
})

describe("a lockout that a store keeps", () => {
  it.effect("does not bind a cache that begins with corrected credentials, and ends for all with its login", () =>
    Effect.gen(function*() {
      const store = yield* fragile
      const provider = yield* ModelIssuer.make()
      const one = yield* joinWith(store.service, provider, "wrong")
      yield* Effect.flip(one.tokens.get)
      const two = yield* joinWith(store.service, provider, "right")
      assert.strictEqual(valueOf(yield* two.tokens.get), "access-1")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(valueOf(yield* one.tokens.get), "access-1")
      assert.include(yield* one.events.tags, "LockoutEnded")
      assert.deepInclude(provider.counts, { refused: 1, logins: 1 })
    }))

  it.effect("binds a cache that begins with the same credentials", () =>
    Effect.gen(function*() {
      const store = yield* fragile
      const provider = yield* ModelIssuer.make()
      const one = yield* joinWith(store.service, provider, "wrong")
      yield* Effect.flip(one.tokens.get)
      const two = yield* joinWith(store.service, provider, "wrong")
      assert.strictEqual((yield* Effect.flip(two.tokens.get)).reason._tag, "CredentialsRefused")
      assert.strictEqual(provider.counts.refused, 1)
    }))

  it.effect("lets a handful of different credentials be tried, each once", () =>
    Effect.gen(function*() {
      const store = yield* fragile
      const provider = yield* ModelIssuer.make()
      for (const secret of ["a", "b", "a", "b", "c", "d", "e", "f", "a"]) {
        const { tokens } = yield* joinWith(store.service, provider, secret)
        yield* Effect.flip(tokens.get)
      }
      assert.strictEqual(provider.counts.refused, 4)
    }))
})
