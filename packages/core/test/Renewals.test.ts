/**
 * Who owns a renewal, how long it goes on, and what becomes of one whose time is over.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Expiry from "@entegre/core/Expiry"
import { IssuerRefused } from "@entegre/core/IssuerError"
import * as MemoryTokenStore from "@entegre/core/MemoryTokenStore"
import * as SharedTokenCache from "@entegre/core/SharedTokenCache"
import { TokenCache } from "@entegre/core/TokenCache"
import type { Tokens } from "@entegre/core/Tokens"
import { type Service, TokenStore, TokenStoreError } from "@entegre/core/TokenStore"
import { Clock, Context, Deferred, Effect, Exit, Fiber, Layer, Redacted, Scope } from "effect"
import { TestClock } from "effect/testing"
import { frozen, open, record, valueOf } from "./support/cache.ts"
import * as ModelIssuer from "./support/modelIssuer.ts"

/** Logins that end when they are told to. */
const gated = Effect.sync(() => {
  const gates: Array<Deferred.Deferred<void>> = []
  const login = Effect.suspend(() => {
    const gate = Deferred.makeUnsafe<void>()
    const number = gates.push(gate)
    return Effect.as(Deferred.await(gate), {
      accessToken: Redacted.make(`login-${number}`),
      expiry: [Expiry.relative(86_400)]
    })
  })
  const finish = (number: number) =>
    Effect.suspend(() => {
      const gate = gates[number - 1]
      assert(gate !== undefined, `login ${number} is under way`)
      return Effect.andThen(Deferred.succeed(gate, undefined), TestClock.adjust(1))
    })
  return { gates, login: () => login, finish }
})

const takeOver = "5 minutes"

describe("a renewal that was taken over", () => {
  it.effect("leaves the slot to its successor, which later callers wait for", () =>
    Effect.gen(function*() {
      const { cache, provider } = yield* Effect.provideServiceEffect(open({ timeout: "1 second" }), Clock.Clock, frozen)
      const { finish, gates, login } = yield* gated
      const tokens = yield* cache.open({ ...provider.issuer, login })
      const get = Effect.forkChild(Effect.exit(tokens.get), { startImmediately: true })
      yield* get
      yield* TestClock.adjust(takeOver)
      const second = yield* get
      yield* TestClock.adjust(1)
      yield* finish(1)
      yield* get
      yield* TestClock.adjust(1)
      assert.strictEqual((yield* tokens.status).waiting, 2)
      yield* finish(2)
      assert.strictEqual(valueOf(yield* Effect.flatten(Fiber.join(second))), "login-2")
      assert.lengthOf(gates, 2)
    }))

  it.effect("brings nothing over what its successor brought, also while there is no store to tell the two apart", () =>
    Effect.gen(function*() {
      const provider = yield* ModelIssuer.make({ timeout: "1 second" })
      const memory = Context.get(yield* Layer.build(MemoryTokenStore.layer), TokenStore)
      const away = Effect.fail(new TokenStoreError({ operation: "acquire", problem: "connection refused" }))
      const store: Service = { ...memory, acquire: () => away }
      const layer = SharedTokenCache.layerWith({}).pipe(Layer.provide(Layer.succeed(TokenStore, store)))
      const cache = Context.get(
        yield* Effect.provideServiceEffect(Layer.build(layer), Clock.Clock, frozen),
        TokenCache
      )
      const { finish, login } = yield* gated
      const tokens = yield* cache.open({ ...provider.issuer, login })
      const get = Effect.forkChild(Effect.exit(tokens.get), { startImmediately: true })
      yield* get
      yield* TestClock.adjust(takeOver)
      yield* get
      yield* TestClock.adjust(1)
      yield* finish(2)
      yield* finish(1)
      assert.strictEqual(valueOf(yield* tokens.get), "login-2")
    }))
})

describe("a renewal", () => {
  it.effect("has a number above all that its cache has seen, also when the store has lost them", () =>
    Effect.gen(function*() {
      const provider = yield* ModelIssuer.make()
      const memory = Effect.map(Layer.build(Layer.fresh(MemoryTokenStore.layer)), Context.get(TokenStore))
      const store = { ...yield* memory }
      const layer = SharedTokenCache.layerWith({}).pipe(Layer.provide(Layer.succeed(TokenStore, store)))
      const cache = Context.get(yield* Layer.build(layer), TokenCache)
      const tokens = yield* cache.open(provider.issuer)
      let token = yield* tokens.get
      for (let renewals = 0; renewals < 3; renewals++) {
        Object.assign(store, yield* memory)
        const next = yield* tokens.reject(token)
        assert.isAbove(next.generation, token.generation)
        token = next
      }
      assert.strictEqual(provider.counts.logins, 4)
    }))
})

describe("a refresh token", () => {
  it.effect("is not sent when it has ended: a login takes its place", () =>
    Effect.gen(function*() {
      const { cache, counts, provider } = yield* open({ rotation: "rotating", refreshes: true, life: "1 hour" })
      const tokens = yield* cache.open({
        ...provider.issuer,
        login: (credentials) =>
          Effect.map(provider.issuer.login(credentials), (grant) => ({
            ...grant,
            refreshExpiry: [Expiry.relative(30 * 60)]
          }))
      })
      const token = yield* tokens.get
      yield* TestClock.adjust("20 minutes")
      const refreshed = yield* tokens.reject(token)
      assert.deepInclude(counts, { logins: 1, refreshes: 1 })
      yield* TestClock.adjust("20 minutes")
      yield* tokens.reject(refreshed)
      assert.deepInclude(counts, { logins: 2, refreshes: 1 })
    }))
})

describe("a renewal that fails", () => {
  it.effect("is given up when nobody waits for it any more", () =>
    Effect.gen(function*() {
      const { counts, provider, tokens } = yield* open({ latency: "10 millis" })
      yield* provider.failNext(...Array.from({ length: 50 }, () => new IssuerRefused({ status: 503 })))
      const caller = yield* Effect.forkChild(tokens.get, { startImmediately: true })
      yield* TestClock.adjust("5 millis")
      yield* Fiber.interrupt(caller)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(counts.asked, 1)
    }))
})

describe("a caller", () => {
  it.effect("does not wait for one successor after another, when each is to be forgotten as it comes", () =>
    Effect.gen(function*() {
      const { cache, provider } = yield* open()
      let logins = 0
      const tokens: Tokens = yield* cache.open({
        ...provider.issuer,
        login: (credentials) =>
          Effect.suspend(() =>
            ++logins > 20 ? Effect.never : Effect.tap(provider.issuer.login(credentials), () => tokens.forget)
          )
      })
      const caller = yield* Effect.forkChild(Effect.flip(tokens.get), { startImmediately: true })
      yield* TestClock.adjust(1)
      assert.isDefined(caller.pollUnsafe(), "it has its answer")
      assert.deepInclude((yield* Fiber.join(caller)).reason, { _tag: "IssuerUnavailable", problem: "exhausted" })
      assert.isBelow(logins, 10)
    }))
})

describe("a cache that is closed", () => {
  it.effect("waits some seconds for what the provider answers, if the store outlives it", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const provider = yield* ModelIssuer.make({ latency: "2 seconds" })
      const store = Context.get(yield* Layer.build(MemoryTokenStore.layer), TokenStore)
      const layer = SharedTokenCache.layerWith({}).pipe(Layer.provide(Layer.succeed(TokenStore, store)))
      const cache = Context.get(yield* Layer.buildWithScope(layer, scope), TokenCache)
      const tokens = yield* cache.open(provider.issuer)
      yield* Effect.forkChild(Effect.exit(tokens.get), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      const closed = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
      yield* TestClock.adjust("2 seconds")
      assert.isDefined(closed.pollUnsafe(), "it is closed")
      assert.isDefined((yield* store.read(provider.issuer.key)).record?.tokens)
    }))

  it.effect("waits no longer than that", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const provider = yield* ModelIssuer.make({ latency: "10 seconds" })
      const layer = SharedTokenCache.layerWith({}).pipe(Layer.provide(MemoryTokenStore.layer))
      const cache = Context.get(yield* Layer.buildWithScope(layer, scope), TokenCache)
      const tokens = yield* cache.open(provider.issuer)
      yield* Effect.forkChild(Effect.exit(tokens.get), { startImmediately: true })
      yield* TestClock.adjust(1)
      const closed = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
      yield* TestClock.adjust("5 seconds")
      assert.isDefined(closed.pollUnsafe(), "it is closed")
    }))

  it.effect("tells those who wait, whatever their renewal is stuck in", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const provider = yield* ModelIssuer.make()
      const cache = yield* Scope.provide(TokenCache.make(), scope)
      const login = () => Effect.uninterruptible(Effect.never)
      const tokens = yield* cache.open({ ...provider.issuer, login })
      const caller = yield* Effect.forkChild(Effect.flip(tokens.get), { startImmediately: true })
      yield* TestClock.adjust(1)
      const closing = yield* Effect.forkDetach(Scope.close(scope, Exit.void), { startImmediately: true })
      yield* TestClock.adjust(1)
      assert.isDefined(caller.pollUnsafe(), "it is told")
      assert.strictEqual((yield* Fiber.join(caller)).reason._tag, "TokenCacheClosed")
      yield* TestClock.adjust("15 seconds")
      yield* Fiber.join(closing)
    }))

  it.effect("tells so to whoever still has access to a key", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const provider = yield* ModelIssuer.make()
      const cache = yield* Scope.provide(TokenCache.make(), scope)
      const tokens = yield* cache.open(provider.issuer)
      yield* tokens.get
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("2 hours")
      const late = yield* Effect.forkChild(Effect.flip(tokens.get), { startImmediately: true })
      yield* TestClock.adjust(1)
      assert.isDefined(late.pollUnsafe(), "nobody is left waiting")
      assert.strictEqual((yield* Fiber.join(late)).reason._tag, "TokenCacheClosed")
      assert.strictEqual(provider.counts.logins, 1)
    }))
})

describe("a token that was to be forgotten", () => {
  /** A cache over a store whose operations can be replaced. */
  const over = Effect.fnUntraced(function*(options: ModelIssuer.Options) {
    const provider = yield* ModelIssuer.make(options)
    const store = { ...Context.get(yield* Layer.build(MemoryTokenStore.layer), TokenStore) }
    const join = Effect.fnUntraced(function*(store: Service) {
      const layer = SharedTokenCache.layerWith({ closeGrace: 0 }).pipe(Layer.provide(Layer.succeed(TokenStore, store)))
      const cache = Context.get(yield* Layer.build(Layer.fresh(layer)), TokenCache)
      return { cache, tokens: yield* cache.open(provider.issuer) }
    })
    const sibling = yield* join({ ...store })
    return { provider, counts: provider.counts, store, sibling, ...yield* join(store) }
  })

  const life = { rotation: "rotating", refreshes: true, life: "1 hour" } as const

  it.effect("is not refreshed although the store could not be told", () =>
    Effect.gen(function*() {
      const { cache, counts, store, tokens } = yield* over(life)
      const events = yield* record(cache)
      yield* tokens.get
      const { forget } = store
      Object.assign(store, {
        forget: () => Effect.fail(new TokenStoreError({ operation: "forget", problem: "connection refused" }))
      })
      yield* tokens.forget
      Object.assign(store, { forget })
      assert.strictEqual(valueOf(yield* tokens.get), "access-2")
      assert.deepInclude(counts, { logins: 2, refreshes: 0 })
      assert.include(yield* events.tags, "StoreUnavailable")
    }))

  it.effect("takes along what a login under way brings", () =>
    Effect.gen(function*() {
      const { counts, provider, tokens } = yield* over(life)
      const gate = yield* provider.holdNext
      const caller = yield* Effect.forkChild(tokens.get, { startImmediately: true })
      yield* TestClock.adjust(1)
      yield* tokens.forget
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual(valueOf(yield* Fiber.join(caller)), "access-2")
      assert.strictEqual(counts.logins, 2)
    }))

  it.effect("takes along what a refresh under way brings, which is written nowhere", () =>
    Effect.gen(function*() {
      const { counts, provider, store, tokens } = yield* over(life)
      yield* tokens.get
      yield* TestClock.adjust("2 hours")
      const { logins, refreshes } = { ...counts }
      const gate = yield* provider.holdNext
      const caller = yield* Effect.forkChild(tokens.get, { startImmediately: true })
      yield* TestClock.adjust(1)
      yield* tokens.forget
      const written: Array<string> = []
      const { write } = store
      Object.assign(store, {
        write: (...args: Parameters<Service["write"]>) => {
          const access = args[1].tokens?.accessToken
          if (access !== undefined) written.push(Redacted.value(access))
          return write(...args)
        }
      })
      yield* Deferred.succeed(gate, undefined)
      const refreshed = `access-${logins + refreshes + 1}`
      assert.notStrictEqual(valueOf(yield* Fiber.join(caller)), refreshed)
      assert.strictEqual(counts.refreshes, refreshes + 1)
      assert.isAbove(counts.logins, logins)
      assert.notInclude(written, refreshed)
    }))

  it.effect("takes along what a refresh brought that was being written, also from the store", () =>
    Effect.gen(function*() {
      const { counts, provider, store, tokens } = yield* over(life)
      yield* tokens.get
      yield* TestClock.adjust("2 hours")
      const { refreshes } = { ...counts }
      const gate = Deferred.makeUnsafe<void>()
      const { write } = store
      Object.assign(store, {
        write: (...args: Parameters<Service["write"]>) => Effect.andThen(Deferred.await(gate), write(...args))
      })
      yield* tokens.warmUp
      yield* TestClock.adjust(1)
      yield* tokens.forget
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust(1)
      assert.strictEqual(counts.refreshes, refreshes + 1)
      assert.isUndefined((yield* store.read(provider.issuer.key)).record?.tokens)
    }))

  it.effect("takes along what a refresh brought that was being written when another cache forgot", () =>
    Effect.gen(function*() {
      const { counts, sibling, store, tokens } = yield* over(life)
      yield* tokens.get
      yield* TestClock.adjust("2 hours")
      const { logins, refreshes } = { ...counts }
      const gate = Deferred.makeUnsafe<void>()
      const { write } = store
      Object.assign(store, {
        write: (...args: Parameters<Service["write"]>) => Effect.andThen(Deferred.await(gate), write(...args))
      })
      yield* tokens.warmUp
      yield* TestClock.adjust(1)
      yield* sibling.tokens.forget
      yield* TestClock.adjust(1)
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust(1)
      assert.notStrictEqual(valueOf(yield* tokens.get), `access-${logins + refreshes + 1}`)
      assert.deepInclude(counts, { logins: logins + 1, refreshes: refreshes + 1 })
    }))
})
