/**
 * Compromised token sets: what goes with them, in every cache of a store, whatever the store has heard and told.
 */
import { assert, describe, it } from "@effect/vitest"
import { NotSent } from "@entegre/core/ExchangeError"
import { IssuerError, RefreshTokenDead } from "@entegre/core/IssuerError"
import type { Change, Service } from "@entegre/core/TokenStore"
import { Deferred, Duration, Effect, Fiber, PubSub, Ref, Stream } from "effect"
import { TestClock } from "effect/testing"
import { valueOf } from "./support/cache.ts"
import { away, setUp } from "./support/reach.ts"

/** A cache that is told nothing, in place of one that could be. */
const deaf = <A, E, R>(join: Effect.Effect<A, E, R>, memory: Service) => {
  const { changes } = memory
  return Effect.suspend(() => {
    Object.assign(memory, { changes: Stream.never })
    return Effect.ensuring(
      join,
      Effect.sync(() => {
        Object.assign(memory, { changes })
      })
    )
  })
}

describe("a token set that another cache had forgotten", () => {
  it.effect("is not refreshed by one that was not told", () =>
    Effect.gen(function*() {
      const { counts, join, memory } = yield* setUp({ rotation: "rotating" })
      const one = yield* deaf(join, memory)
      const two = yield* join
      const token = yield* one.tokens.get
      yield* two.tokens.forget
      yield* one.tokens.reject(token)
      assert.deepInclude(counts, { logins: 2, refreshes: 0 })
    }))

  it.effect("is not refreshed by one that has what came of it, which the store has lost", () =>
    Effect.gen(function*() {
      const { counts, join, memory, provider } = yield* setUp({ rotation: "reusable" })
      const { key } = provider.issuer
      const one = yield* deaf(join, memory)
      const first = yield* one.tokens.get
      const { record: before } = yield* memory.read(key)
      assert(before !== undefined)
      const second = yield* one.tokens.reject(first)
      assert.deepInclude(counts, { logins: 1, refreshes: 1 })
      // The store fails over to a copy that knows the first one only.
      const acquired = yield* memory.acquire(key, {
        owner: "operator",
        timeToLive: Duration.minutes(1),
        known: second.generation
      })
      assert(acquired._tag === "Acquired")
      yield* memory.write(acquired.lease, before)
      yield* memory.forget(key, Number.MAX_SAFE_INTEGER)
      yield* one.tokens.reject(second)
      assert.deepInclude(counts, { logins: 2, refreshes: 1 })
    }))

  it.effect("takes along what came of it before one was told", () =>
    Effect.gen(function*() {
      const { counts, join, memory } = yield* setUp({ rotation: "rotating" })
      const late = yield* PubSub.unbounded<Change>()
      const { changes } = memory
      Object.assign(memory, { changes: Stream.fromPubSub(late) })
      const one = yield* join
      Object.assign(memory, { changes })
      const two = yield* join
      const first = yield* one.tokens.get
      const written = Deferred.makeUnsafe<void>()
      yield* one.reach({
        write: (lease, entry) => Effect.andThen(Deferred.await(written), memory.write(lease, entry))
      })
      yield* one.tokens.discard(first)
      yield* one.tokens.warmUp
      yield* TestClock.adjust(1)
      assert.deepInclude(counts, { logins: 1, refreshes: 1 })
      yield* two.tokens.forget
      yield* Deferred.succeed(written, undefined)
      yield* TestClock.adjust(1)
      const second = yield* one.tokens.get
      yield* PubSub.publish(late, { key: one.tokens.key, generation: first.generation, forgotten: true })
      yield* TestClock.adjust(1)
      assert.notStrictEqual(valueOf(yield* one.tokens.get), valueOf(second))
      assert.deepInclude(counts, { logins: 2, refreshes: 1 })
    }))

  it.effect("takes along what is only in the memory of another one", () =>
    Effect.gen(function*() {
      const { counts, join } = yield* setUp({ rotation: "reusable", refreshes: false })
      const [one, two] = [yield* join, yield* join]
      const first = yield* one.tokens.get
      yield* one.reach({ acquire: () => away("acquire") })
      const second = yield* one.tokens.reject(first)
      yield* two.tokens.forget
      yield* TestClock.adjust(1)
      assert.notStrictEqual(valueOf(yield* one.tokens.get), valueOf(second))
      assert.strictEqual(counts.logins, 3)
    }))

  it.effect("takes along what a refresh without the store brings, and not the login that follows", () =>
    Effect.gen(function*() {
      const { counts, join, provider } = yield* setUp({ rotation: "reusable" })
      const [one, two] = [yield* join, yield* join]
      const first = yield* one.tokens.get
      yield* one.reach({ acquire: () => away("acquire") })
      const gate = yield* provider.holdNext
      yield* one.tokens.discard(first)
      yield* one.tokens.warmUp
      yield* TestClock.adjust(1)
      // Numbers go on elsewhere.
      const second = yield* Effect.flatMap(two.tokens.get, two.tokens.reject)
      yield* two.tokens.reject(second)
      yield* two.tokens.forget
      yield* TestClock.adjust(1)
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust(1)
      const { logins } = { ...counts }
      yield* one.tokens.get
      assert.strictEqual(counts.logins, logins)
    }))

  it.effect("does not come back with what is brought to the store from memory", () =>
    Effect.gen(function*() {
      const { join, memory, provider } = yield* setUp({ rotation: "reusable" })
      const one = yield* deaf(join, memory)
      const two = yield* join
      const first = yield* one.tokens.get
      yield* one.reach({ acquire: () => away("acquire") })
      yield* one.tokens.reject(first)
      yield* two.tokens.forget
      yield* one.reach({ acquire: memory.acquire })
      yield* TestClock.adjust("5 seconds")
      assert.isUndefined((yield* memory.read(provider.issuer.key)).record?.tokens)
      assert.isTrue((yield* one.tokens.status).saved)
    }))
})

describe("a token set of which no store can have heard", () => {
  it.effect("is not logged in for again and again, if somebody says that it is dead", () =>
    Effect.gen(function*() {
      const { counts, join } = yield* setUp({ rotation: "reusable" })
      const one = yield* join
      const first = yield* one.tokens.get
      const dead = yield* Effect.forkChild(
        Effect.flip(one.tokens.reject({ ...first, generation: first.generation + 1e9 }))
      )
      yield* TestClock.adjust("5 minutes")
      const { reason } = yield* Fiber.join(dead)
      assert.strictEqual(reason._tag, "IssuerUnavailable")
      assert.deepInclude(counts, { logins: 1, refreshes: 0 })
    }))
})

describe("a token set that is brought to the store from memory", () => {
  it.effect("comes without its refresh token, if another cache may have made it worthless meanwhile", () =>
    Effect.gen(function*() {
      const { join, memory, provider } = yield* setUp({ rotation: "rotating" })
      const one = yield* join
      const first = yield* one.tokens.get
      yield* one.reach({ write: () => away("write") })
      const second = yield* one.tokens.reject(first)
      assert.isFalse((yield* one.tokens.status).saved)
      yield* one.reach({ write: memory.write })
      yield* TestClock.adjust("30 seconds")
      const { record } = yield* memory.read(provider.issuer.key)
      assert.strictEqual(record?.tokens?.generation, second.generation)
      assert.isUndefined(record?.tokens?.refreshToken)
    }))
})

describe("a token set that is forgotten while it is only in memory", () => {
  it.effect("is not brought to a store that has nothing", () =>
    Effect.gen(function*() {
      const { join, memory, provider } = yield* setUp({ rotation: "reusable" })
      const one = yield* join
      yield* one.reach({ acquire: () => away("acquire") })
      yield* one.tokens.get
      yield* one.tokens.forget
      yield* one.reach({ acquire: memory.acquire })
      yield* TestClock.adjust("5 seconds")
      assert.isUndefined((yield* memory.read(provider.issuer.key)).record)
      assert.isTrue((yield* one.tokens.status).saved)
    }))

  it.effect("does not stay in the store if it is on its way there", () =>
    Effect.gen(function*() {
      const { join, memory, provider } = yield* setUp({ rotation: "reusable" })
      const one = yield* join
      yield* one.reach({ acquire: () => away("acquire") })
      const token = yield* one.tokens.get
      const written = Deferred.makeUnsafe<void>()
      yield* one.reach({
        acquire: memory.acquire,
        write: (lease, entry) => Effect.andThen(Deferred.await(written), memory.write(lease, entry))
      })
      yield* TestClock.adjust("1 second")
      yield* one.tokens.forget
      yield* Deferred.succeed(written, undefined)
      yield* TestClock.adjust(1)
      const { record } = yield* memory.read(provider.issuer.key)
      assert.strictEqual(record?.generation, token.generation)
      assert.isUndefined(record?.tokens)
    }))

  it.effect("leaves a doubt where there is one token set alone", () =>
    Effect.gen(function*() {
      const { counts, join } = yield* setUp({ rotation: "singleActive" })
      const [one, two] = [yield* join, yield* join]
      const first = yield* one.tokens.get
      yield* one.reach({ write: () => away("write") })
      yield* one.tokens.reject(first)
      yield* one.tokens.forget
      // Until its lease has ended.
      yield* TestClock.adjust("30 seconds")
      assert.isTrue((yield* one.tokens.status).saved)
      const third = yield* two.tokens.get
      yield* TestClock.adjust(1)
      assert.strictEqual(valueOf(yield* one.tokens.get), valueOf(third))
      assert.deepInclude(counts, { logins: 2, refreshes: 1 })
      yield* one.tokens.reject(third)
      assert.deepInclude(counts, { logins: 3, refreshes: 1 })
    }))
})

describe("a token set that is forgotten while it is renewed", () => {
  it.effect.each(["reusable", "rotating", "singleActive"] as const)(
    "costs one more login where tokens are %s",
    (rotation) =>
      Effect.gen(function*() {
        const { counts, join, provider } = yield* setUp({ rotation })
        const one = yield* join
        const first = yield* one.tokens.get
        const gate = yield* provider.holdNext
        yield* one.tokens.discard(first)
        yield* one.tokens.warmUp
        yield* TestClock.adjust(1)
        yield* one.tokens.forget
        yield* Deferred.succeed(gate, undefined)
        yield* TestClock.adjust(1)
        yield* one.tokens.get
        assert.deepInclude(counts, { logins: 2, refreshes: 1 })
      })
  )

  it.effect("costs one more login if its refresh is refused", () =>
    Effect.gen(function*() {
      const { counts, join, provider } = yield* setUp({ rotation: "rotating" })
      const one = yield* join
      const first = yield* one.tokens.get
      const gate = yield* provider.holdNext
      yield* one.tokens.discard(first)
      yield* one.tokens.warmUp
      yield* TestClock.adjust(1)
      yield* one.tokens.forget
      yield* Deferred.fail(gate, new IssuerError({ reason: new RefreshTokenDead({ status: 401 }) }))
      yield* TestClock.adjust(1)
      yield* one.tokens.get
      assert.deepInclude(counts, { logins: 2, refreshes: 0 })
    }))

  it.effect("leaves no refresh token behind that was spent, even if the store is not told to forget", () =>
    Effect.gen(function*() {
      const { counts, join, memory, provider } = yield* setUp({ rotation: "rotating" })
      const one = yield* join
      const two = yield* join
      const first = yield* one.tokens.get
      yield* TestClock.adjust(1)
      assert.strictEqual(valueOf(yield* two.tokens.get), valueOf(first))
      const gate = yield* provider.holdNext
      yield* provider.failNext(new NotSent({ problem: "connectionRefused" }))
      yield* one.reach({ forget: () => away("forget") })
      yield* one.tokens.discard(first)
      yield* one.tokens.warmUp
      yield* TestClock.adjust(1)
      yield* one.tokens.forget
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust(1)
      const { record } = yield* memory.read(provider.issuer.key)
      assert.isUndefined(record?.tokens?.refreshToken)
      yield* two.tokens.reject(first)
      assert.deepInclude(counts, { logins: 2, refreshes: 1, doubleSpends: 0 })
    }))

  it.effect("does not come back with the refusal of the credentials", () =>
    Effect.gen(function*() {
      const { join, memory, provider } = yield* setUp({ rotation: "reusable", refreshes: false })
      const [one, two] = [yield* join, yield* join]
      const first = yield* one.tokens.get
      const gate = yield* provider.holdNext
      yield* Ref.set(provider.accepted, "another")
      yield* one.tokens.discard(first)
      yield* one.tokens.warmUp
      yield* TestClock.adjust(1)
      yield* two.tokens.forget
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust(1)
      const { record } = yield* memory.read(provider.issuer.key)
      assert.strictEqual(record?.lockout?.attempts, 1)
      assert.strictEqual(record?.generation, first.generation)
      assert.isUndefined(record?.tokens)
    }))
})
