/**
 * Several caches over one store: what several processes are to each other.
 */
import { assert, describe, it } from "@effect/vitest"
import { Unanswered } from "@entegre/core/ExchangeError"
import * as MemoryTokenStore from "@entegre/core/MemoryTokenStore"
import * as SharedTokenCache from "@entegre/core/SharedTokenCache"
import { TokenCache } from "@entegre/core/TokenCache"
import { type Service, TokenStore, TokenStoreError } from "@entegre/core/TokenStore"
import { Clock, Context, Deferred, Effect, Exit, Fiber, Layer, Ref, Schedule, Scope } from "effect"
import { TestClock } from "effect/testing"
import { crowd, frozen, record, valueOf } from "./support/cache.ts"
import * as ModelIssuer from "./support/modelIssuer.ts"

/** So many caches over one store, each with access to the same key. */
const siblings = Effect.fnUntraced(function*(
  count: number,
  options: ModelIssuer.Options = {},
  change: (store: Service) => Service = (store) => store
) {
  const provider = yield* ModelIssuer.make(options)
  const store = change(Context.get(yield* Layer.build(MemoryTokenStore.layer), TokenStore))
  const join = Effect.gen(function*() {
    const scope = yield* Scope.make()
    const layer = SharedTokenCache.layerWith({}).pipe(Layer.provide(Layer.succeed(TokenStore, store)))
    const cache = Context.get(yield* Layer.buildWithScope(layer, scope), TokenCache)
    const tokens = yield* Scope.provide(cache.open(provider.issuer), scope)
    const events = yield* record(cache)
    yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
    return { cache, scope, tokens, events }
  })
  const members = yield* Effect.forEach(Array.from({ length: count }), () => join)
  yield* TestClock.adjust(1)
  return { provider, counts: provider.counts, store, members, join }
})

/** A store of which some operations fail while `away` is set. */
const breakable = () => {
  const state = { away: false }
  const guard = <A>(operation: string, effect: Effect.Effect<A, TokenStoreError>) =>
    Effect.suspend(() =>
      state.away
        ? Effect.fail(new TokenStoreError({ operation, problem: "connection refused" }))
        : effect
    )
  return {
    state,
    change: (store: Service): Service => ({
      ...store,
      read: (key) => guard("read", store.read(key)),
      acquire: (key, options) => guard("acquire", store.acquire(key, options)),
      extend: (lease, timeToLive) => guard("extend", store.extend(lease, timeToLive)),
      write: (lease, entry) => guard("write", store.write(lease, entry)),
      release: (lease) => guard("release", store.release(lease))
    })
  }
}

describe("caches over one store", () => {
  it.effect("log in once between them, however many callers each has", () =>
    Effect.gen(function*() {
      const { counts, members } = yield* siblings(5, { rotation: "singleActive", latency: "10 millis" })
      const callers = yield* Effect.forkChild(
        Effect.forEach(members, ({ tokens }) => crowd(100, tokens.get), { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("1 second")
      const values = (yield* Fiber.join(callers)).flat().map(valueOf)
      assert.deepStrictEqual(new Set(values), new Set(["access-1"]))
      assert.deepInclude(counts, { logins: 1, mostAtOnce: 1 })
    }))

  it.effect("adopt a sibling's token on a rejection before the provider is asked", () =>
    Effect.gen(function*() {
      const { counts, members } = yield* siblings(2, { rotation: "singleActive" })
      const [one, two] = members
      assert(one !== undefined && two !== undefined)
      const old = yield* two.tokens.get
      yield* one.tokens.get
      yield* one.tokens.reject(old)
      assert.strictEqual(valueOf(yield* two.tokens.reject(old)), "access-2")
      assert.strictEqual(counts.logins, 2)
    }))

  it.effect("hear of each other's renewals, and do not wait for a rejection to adopt them", () =>
    Effect.gen(function*() {
      const { members } = yield* siblings(2)
      const [one, two] = members
      assert(one !== undefined && two !== undefined)
      const old = yield* two.tokens.get
      yield* one.tokens.get
      yield* one.tokens.reject(old)
      yield* TestClock.adjust(1)
      assert.strictEqual(valueOf(yield* two.tokens.get), "access-2")
      assert.strictEqual((yield* two.events.of("Adopted")).length, 1)
    }))

  it.effect("forget a compromised token together", () =>
    Effect.gen(function*() {
      const { counts, members } = yield* siblings(2)
      const [one, two] = members
      assert(one !== undefined && two !== undefined)
      yield* one.tokens.get
      yield* two.tokens.get
      yield* one.tokens.forget
      yield* TestClock.adjust(1)
      assert.strictEqual((yield* two.tokens.status).state, "ended")
      assert.strictEqual(valueOf(yield* two.tokens.get), "access-2")
      assert.strictEqual(counts.logins, 2)
    }))

  it.effect("are locked out together: one login with refused credentials for all of them", () =>
    Effect.gen(function*() {
      const { counts, members, provider } = yield* siblings(4)
      yield* Ref.set(provider.secret, "wrong")
      for (const { tokens } of members) {
        assert.strictEqual((yield* Effect.flip(tokens.get)).reason._tag, "CredentialsRefused")
      }
      assert.strictEqual(counts.asked, 1)
      yield* TestClock.adjust("1 minute")
      for (const { tokens } of members) yield* Effect.flip(tokens.get)
      assert.strictEqual(counts.asked, 2)
      yield* Ref.set(provider.secret, "right")
      yield* TestClock.adjust("5 seconds")
      for (const { tokens } of members) yield* tokens.get
      assert.deepInclude(counts, { refused: 2, logins: 1 })
    }))

  it.effect("never send a refresh token that a member may have spent when it died", () =>
    Effect.gen(function*() {
      const { counts, members, provider } = yield* siblings(2, { rotation: "rotating", refreshes: true })
      const [one, two] = members
      assert(one !== undefined && two !== undefined)
      const token = yield* one.tokens.get
      yield* two.tokens.get
      yield* provider.loseNextReply(new Unanswered({ problem: "connectionLost" }))
      yield* provider.hangNext
      const dying = yield* Effect.forkChild(one.tokens.reject(token))
      yield* TestClock.adjust(1)
      const survivor = yield* two.tokens.reject(token).pipe(
        Effect.retry(Schedule.spaced("5 seconds")),
        Effect.forkChild
      )
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(survivor)
      yield* Fiber.interrupt(dying)
      assert.strictEqual(counts.doubleSpends, 0)
      assert.strictEqual(counts.mostAtOnce, 1)
    }))

  it.effect("write what the provider answered even if they are closed meanwhile", () =>
    Effect.gen(function*() {
      const { counts, members, provider, join } = yield* siblings(1, { rotation: "rotating", refreshes: true })
      const [one] = members
      assert(one !== undefined)
      const gate = yield* provider.holdNext
      const caller = yield* Effect.forkChild(Effect.exit(one.tokens.get), { startImmediately: true })
      const closing = yield* Effect.forkChild(Scope.close(one.scope, Exit.void), { startImmediately: true })
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(closing)
      yield* Fiber.join(caller)
      const next = yield* join
      assert.strictEqual(valueOf(yield* next.tokens.get), "access-1")
      assert.strictEqual(counts.logins, 1)
    }))

  it.effect("refuse the write of a member that was frozen past its lease, which adopts what came after", () =>
    Effect.gen(function*() {
      const thawed = Deferred.makeUnsafe<void>()
      let writes = 0
      const { counts, join, members } = yield* siblings(1, { rotation: "singleActive" }, (store) => ({
        ...store,
        write: (lease, entry) =>
          Effect.suspend(() =>
            ++writes === 1
              ? Effect.andThen(Deferred.await(thawed), store.write(lease, entry))
              : store.write(lease, entry)
          )
      }))
      const one = yield* Effect.provideServiceEffect(join, Clock.Clock, frozen)
      const [two] = members
      assert(two !== undefined)
      const caller = yield* Effect.forkChild(one.tokens.get, { startImmediately: true })
      yield* TestClock.adjust("30 seconds")
      const token = yield* two.tokens.get
      yield* Deferred.succeed(thawed, undefined)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(caller)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* one.tokens.get).generation, token.generation)
      assert.strictEqual(counts.logins, 2)
    }))
})

describe("while the store is away", () => {
  it.effect("callers go on with a token that is alive", () =>
    Effect.gen(function*() {
      const store = breakable()
      const { counts, members } = yield* siblings(1, { rotation: "singleActive", life: "1 hour" }, store.change)
      const [one] = members
      assert(one !== undefined)
      yield* one.tokens.get
      store.state.away = true
      yield* TestClock.adjust("59 minutes")
      assert.strictEqual(valueOf(yield* one.tokens.get), "access-1")
      assert.strictEqual(counts.logins, 1)
    }))

  it.effect("a reusable issuer is asked without it, and the token reaches it when it is back", () =>
    Effect.gen(function*() {
      const store = breakable()
      const { counts, join, members } = yield* siblings(1, { rotation: "reusable" }, store.change)
      const [one] = members
      assert(one !== undefined)
      store.state.away = true
      assert.strictEqual(valueOf(yield* one.tokens.get), "access-1")
      assert.isFalse((yield* one.tokens.status).saved)
      assert.isTrue((yield* one.events.tags).includes("StoreUnavailable"))
      store.state.away = false
      yield* TestClock.adjust("2 seconds")
      assert.isTrue((yield* one.tokens.status).saved)
      const two = yield* join
      assert.strictEqual(valueOf(yield* two.tokens.get), "access-1")
      assert.strictEqual(counts.logins, 1)
    }))

  for (const rotation of ["rotating", "singleActive"] as const) {
    it.effect(`an issuer that is ${rotation} is not asked: callers get a typed error, and recover with the store`, () =>
      Effect.gen(function*() {
        const store = breakable()
        const { counts, members } = yield* siblings(1, { rotation }, store.change)
        const [one] = members
        assert(one !== undefined)
        store.state.away = true
        const caller = yield* Effect.forkChild(Effect.flip(one.tokens.get))
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual((yield* Fiber.join(caller)).reason._tag, "TokenStoreUnavailable")
        assert.strictEqual(counts.asked, 0)
        store.state.away = false
        yield* TestClock.adjust("1 minute")
        yield* one.tokens.get
      }))
  }

  it.effect("a token whose write failed is kept, handed out and written later", () =>
    Effect.gen(function*() {
      let broken = true
      const { counts, join, members } = yield* siblings(1, { rotation: "rotating", refreshes: true }, (store) => ({
        ...store,
        write: (lease, entry) =>
          Effect.suspend(() =>
            broken
              ? Effect.fail(new TokenStoreError({ operation: "write", problem: "read only" }))
              : store.write(lease, entry)
          )
      }))
      const [one] = members
      assert(one !== undefined)
      assert.strictEqual(valueOf(yield* one.tokens.get), "access-1")
      broken = false
      yield* TestClock.adjust("1 minute")
      assert.isTrue((yield* one.tokens.status).saved)
      const two = yield* join
      assert.strictEqual(valueOf(yield* two.tokens.get), "access-1")
      assert.strictEqual(counts.logins, 1)
    }))
})
