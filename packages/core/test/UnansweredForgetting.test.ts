/**
 * What was to be forgotten while the token store did not answer: the store is told again until it has.
 */
import { assert, describe, it } from "@effect/vitest"
import type { Change, Service } from "@entegre/core/TokenStore"
import { Clock, Deferred, Effect, Exit, Fiber, PubSub, Ref, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { record, valueOf } from "./support/cache.ts"
import * as ModelIssuer from "./support/modelIssuer.ts"
import { away, setUp } from "./support/reach.ts"

/** Has a store forget nothing, and counts how often it was to. */
const counting = () => {
  const counts = { tries: 0 }
  const forget: Service["forget"] = () =>
    Effect.suspend(() => {
      counts.tries++
      return away("forget")
    })
  return { counts, forget }
}

const deaf = { forget: () => away("forget") }

describe("a token set that was forgotten while the store did not answer", () => {
  it.effect("is forgotten by all as soon as it does", () =>
    Effect.gen(function*() {
      const { join, memory, standing } = yield* setUp({})
      const [one, two] = [yield* join, yield* join]
      const first = yield* one.tokens.get
      assert.strictEqual(valueOf(yield* two.tokens.get), valueOf(first))
      yield* one.reach(deaf)
      yield* one.tokens.forget
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(valueOf(yield* two.tokens.get), valueOf(first))
      yield* one.reach(memory)
      yield* TestClock.adjust("1 second")
      assert.isUndefined(yield* standing)
      assert.notStrictEqual(valueOf(yield* two.tokens.get), valueOf(first))
    }))

  it.effect("is forgotten even if whoever wanted it did not wait", () =>
    Effect.gen(function*() {
      const { join, memory, standing } = yield* setUp({})
      const one = yield* join
      yield* one.tokens.get
      yield* one.reach({ forget: () => Effect.never })
      const forgetting = yield* Effect.forkChild(one.tokens.forget)
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(forgetting)
      yield* one.reach(memory)
      yield* TestClock.adjust("1 second")
      assert.isUndefined(yield* standing)
    }))

  it.effect("is forgotten although the credentials stand refused, and a change of them is seen all the same", () =>
    Effect.gen(function*() {
      const { join, memory, provider, standing } = yield* setUp({ rotation: "rotating" })
      const one = yield* join
      const events = yield* record(one.cache)
      yield* one.tokens.get
      yield* Ref.set(provider.accepted, "another")
      yield* one.reach(deaf)
      yield* one.tokens.forget
      yield* Effect.flip(one.tokens.get)
      yield* Ref.set(provider.secret, "another")
      yield* TestClock.adjust("7 seconds")
      assert.include(yield* events.tags, "LockoutEnded")
      yield* one.reach(memory)
      yield* TestClock.adjust("4 seconds")
      assert.isUndefined(yield* standing)
    }))

  it.effect("is told once for each interval, however often it is to be forgotten", () =>
    Effect.gen(function*() {
      const { join } = yield* setUp({})
      const one = yield* join
      const { counts, forget } = counting()
      yield* one.tokens.get
      yield* one.reach({ forget })
      for (let times = 0; times < 20; times++) yield* one.tokens.forget
      counts.tries = 0
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(counts.tries, 60)
      yield* one.reach({ forget: () => Effect.void })
      yield* TestClock.adjust("1 second")
      yield* one.reach({ forget })
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(counts.tries, 60)
    }))

  it.effect("is told once at a time, however long the store takes", () =>
    Effect.gen(function*() {
      const { join } = yield* setUp({})
      const one = yield* join
      const counts = { atOnce: 0, most: 0, reads: 0 }
      yield* one.reach({
        read: () =>
          Effect.acquireUseRelease(
            Effect.sync(() => {
              counts.reads++
              counts.most = Math.max(counts.most, ++counts.atOnce)
            }),
            () => Effect.never,
            () => Effect.sync(() => counts.atOnce--)
          ),
        ...deaf
      })
      yield* one.tokens.forget
      yield* TestClock.adjust("1 minute")
      assert.isAbove(counts.reads, 15)
      assert.strictEqual(counts.most, 1)
    }))

  it.effect("is not told any more when a newer one of this cache is written", () =>
    Effect.gen(function*() {
      const { join, standing } = yield* setUp({})
      const one = yield* join
      const { counts, forget } = counting()
      yield* one.tokens.get
      yield* one.reach({ forget })
      yield* one.tokens.forget
      const second = yield* one.tokens.get
      counts.tries = 0
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(counts.tries, 0)
      assert.strictEqual((yield* standing)?.generation, second.generation)
    }))

  it.effect("is forgotten when the cache is closed before the next try", () =>
    Effect.gen(function*() {
      const { enter, memory, provider, standing } = yield* setUp({})
      const scope = yield* Scope.make()
      const one = yield* Scope.provide(enter({ closeGrace: "5 seconds" }), scope)
      const tokens = yield* Scope.provide(one.cache.open(provider.issuer), scope)
      yield* tokens.get
      yield* one.reach(deaf)
      yield* tokens.forget
      assert.isDefined(yield* standing)
      yield* one.reach(memory)
      yield* Scope.close(scope, Exit.void)
      assert.isUndefined(yield* standing)
    }))

  it.effect("holds up a cache that is closed for no longer than the store is given to answer", () =>
    Effect.gen(function*() {
      const { enter, provider } = yield* setUp({})
      const scope = yield* Scope.make()
      const one = yield* Scope.provide(enter({ closeGrace: "5 seconds" }), scope)
      yield* one.reach({ ...deaf, read: () => Effect.never })
      yield* one.cache.forget(provider.issuer.key)
      const begun = yield* Clock.currentTimeMillis
      const closed = yield* Effect.forkChild(Effect.andThen(Scope.close(scope, Exit.void), Clock.currentTimeMillis))
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(closed)) - begun, 2_000)
    }))

  it.effect("is seen in the key's status until the store has answered", () =>
    Effect.gen(function*() {
      const { join, memory } = yield* setUp({})
      const one = yield* join
      const isForgetting = Effect.map(one.tokens.status, ({ forgetting }) => forgetting)
      yield* one.tokens.get
      yield* one.reach(deaf)
      assert.isFalse(yield* isForgetting)
      yield* one.tokens.forget
      assert.isTrue(yield* isForgetting)
      yield* one.reach(memory)
      yield* TestClock.adjust("1 second")
      assert.isFalse(yield* isForgetting)
    }))

  it.effect("is not told any more when the cache is closed", () =>
    Effect.gen(function*() {
      const { enter, provider } = yield* setUp({})
      const scope = yield* Scope.make()
      const one = yield* Scope.provide(enter({}), scope)
      const { counts, forget } = counting()
      yield* one.reach({ forget })
      yield* one.cache.forget(provider.issuer.key)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(counts.tries, 2)
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(counts.tries, 2)
    }))

  it.effect("does not take along one that was asked for afterwards", () =>
    Effect.gen(function*() {
      const { counts, join, memory, standing } = yield* setUp({ refreshes: false })
      const [one, two] = [yield* join, yield* join]
      const first = yield* one.tokens.get
      yield* two.tokens.get
      yield* one.reach({ ...deaf, read: () => away("read") })
      yield* one.tokens.forget
      yield* TestClock.adjust(1)
      const second = yield* two.tokens.reject(first)
      yield* one.reach(memory)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* standing)?.generation, second.generation)
      assert.strictEqual(valueOf(yield* one.tokens.get), valueOf(second))
      assert.strictEqual(counts.logins, 2)
    }))
})

describe("a token set that is written while the store is asked what it has to forget", () => {
  it.effect("stays, although nobody can tell by the store's clock whether it came later", () =>
    Effect.gen(function*() {
      const { counts, join, memory, standing } = yield* setUp({ refreshes: false })
      const one = yield* join
      yield* one.tokens.get
      yield* one.reach({
        forget: () => away("forget"),
        acquire: () => away("acquire"),
        read: (key) => Effect.delay(memory.read(key), "1500 millis")
      })
      yield* one.tokens.forget
      yield* TestClock.adjust(1)
      const second = yield* one.tokens.get
      yield* one.reach({ forget: memory.forget, acquire: memory.acquire })
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* standing)?.generation, second.generation)
      assert.strictEqual(valueOf(yield* one.tokens.get), valueOf(second))
      assert.strictEqual(counts.logins, 2)
    }))
})

describe("a token set of which the cache that is to forget it has not heard", () => {
  it.effect("is forgotten, even if the key is none of those that the cache has room for", () =>
    Effect.gen(function*() {
      const { enter, join, memory, provider, standing } = yield* setUp({})
      const one = yield* join
      const two = yield* enter({ maxIdleKeys: 1 })
      const first = yield* one.tokens.get
      yield* two.reach(deaf)
      yield* two.cache.forget(provider.issuer.key)
      for (const account of ["a", "b", "c"]) {
        const { issuer } = yield* ModelIssuer.make({ account })
        yield* Effect.scoped(Effect.flatMap(two.cache.open(issuer), ({ get }) => get))
      }
      yield* two.reach(memory)
      yield* TestClock.adjust("1 second")
      assert.isUndefined(yield* standing)
      assert.notStrictEqual(valueOf(yield* one.tokens.get), valueOf(first))
    }))

  it.effect("is neither handed out nor refreshed by it", () =>
    Effect.gen(function*() {
      const { counts, join } = yield* setUp({})
      const [one, two] = [yield* join, yield* join]
      const first = yield* one.tokens.get
      yield* two.reach(deaf)
      yield* two.tokens.forget
      assert.notStrictEqual(valueOf(yield* two.tokens.get), valueOf(first))
      assert.deepInclude(counts, { logins: 2, refreshes: 0 })
    }))

  it.effect("is forgotten if a login without the store took its place", () =>
    Effect.gen(function*() {
      const { join, memory } = yield* setUp({})
      const [one, two] = [yield* join, yield* join]
      const first = yield* one.tokens.get
      yield* two.reach({ ...deaf, acquire: () => away("acquire") })
      yield* two.tokens.forget
      yield* two.tokens.get
      yield* two.reach(memory)
      yield* TestClock.adjust("5 seconds")
      assert.notStrictEqual(valueOf(yield* one.tokens.get), valueOf(first))
    }))
})

describe("a token set that goes with a forgotten one while the store does not answer", () => {
  it.effect("does not stay in the store if it was on its way there", () =>
    Effect.gen(function*() {
      const { join, memory, standing } = yield* setUp({})
      const one = yield* join
      const first = yield* one.tokens.get
      const written = Deferred.makeUnsafe<void>()
      yield* one.reach({
        write: (lease, entry) => Effect.andThen(Deferred.await(written), memory.write(lease, entry))
      })
      yield* one.tokens.discard(first)
      yield* one.tokens.warmUp
      yield* TestClock.adjust(1)
      yield* one.tokens.forget
      yield* one.reach(deaf)
      yield* Deferred.succeed(written, undefined)
      yield* TestClock.adjust(1)
      assert.isDefined(yield* standing)
      yield* one.reach(memory)
      yield* TestClock.adjust("1 second")
      assert.isUndefined(yield* standing)
    }))

  it.effect("does not stay in the store if it was on its way there from memory", () =>
    Effect.gen(function*() {
      const { join, memory, standing } = yield* setUp({})
      const one = yield* join
      yield* one.reach({ acquire: () => away("acquire") })
      yield* one.tokens.get
      const written = Deferred.makeUnsafe<void>()
      yield* one.reach({
        acquire: memory.acquire,
        write: (lease, entry) => Effect.andThen(Deferred.await(written), memory.write(lease, entry))
      })
      yield* TestClock.adjust("1 second")
      yield* one.tokens.forget
      yield* one.reach(deaf)
      yield* Deferred.succeed(written, undefined)
      yield* TestClock.adjust("5 seconds")
      assert.isDefined(yield* standing)
      yield* one.reach(memory)
      yield* TestClock.adjust("1 second")
      assert.isUndefined(yield* standing)
    }))

  it.effect("does not stay in the store if it came of the forgotten one before anybody was told", () =>
    Effect.gen(function*() {
      const { join, memory, standing } = yield* setUp({})
      const late = yield* PubSub.unbounded<Change>()
      const { changes } = memory
      Object.assign(memory, { changes: Stream.fromPubSub(late) })
      const one = yield* join
      Object.assign(memory, { changes })
      const first = yield* one.tokens.get
      yield* one.tokens.reject(first)
      yield* one.reach(deaf)
      yield* PubSub.publish(late, { key: one.tokens.key, generation: first.generation, forgotten: true })
      yield* TestClock.adjust(1)
      assert.isDefined(yield* standing)
      yield* one.reach(memory)
      yield* TestClock.adjust("1 second")
      assert.isUndefined(yield* standing)
    }))
})
