/**
 * What every token store must do, whatever it is made of.
 */
import { assert, describe, it } from "@effect/vitest"
import * as TokenKey from "@entegre/core/TokenKey"
import type { TokenSet } from "@entegre/core/TokenSet"
import { type TokenRecord, TokenStore, type TokenStoreError } from "@entegre/core/TokenStore"
import { Duration, Effect, Fiber, Layer, Redacted, Stream } from "effect"
import { TestClock } from "effect/testing"

const keyOf = (account: string) =>
  TokenKey.make({ provider: "model", environment: "test", account: Redacted.make(account) })

const key = keyOf("a")

const tokens = (generation: number): TokenSet => ({
  generation,
  accessToken: Redacted.make(`access-${generation}`),
  issuedAt: 0,
  expiresAt: 3_600_000,
  refreshToken: Redacted.make(`refresh-${generation}`),
  refreshExpiresAt: undefined
})

const record = (generation: number): TokenRecord => ({
  generation,
  tokens: tokens(generation),
  lockout: undefined
})

const acquire = (owner: string, options: { readonly known?: number; readonly key?: TokenKey.TokenKey } = {}) =>
  Effect.flatMap(
    TokenStore,
    (store) => store.acquire(options.key ?? key, { owner, timeToLive: Duration.seconds(10), known: options.known ?? 0 })
  )

const lease = (owner: string, options: { readonly known?: number; readonly key?: TokenKey.TokenKey } = {}) =>
  Effect.map(acquire(owner, options), (acquisition) => {
    assert(acquisition._tag === "Acquired", "the lease is free")
    return acquisition
  })

export const suite = <E>(name: string, layer: Layer.Layer<TokenStore, E>) => {
  const law = (title: string, body: Effect.Effect<void, TokenStoreError, TokenStore>) =>
    it.effect(title, () => Effect.provide(body, Layer.fresh(layer)))

  describe(`the token store ${name}`, () => {
    law(
      "gives a lease to one asker at a time, and tells the others how long it still runs",
      Effect.gen(function*() {
        yield* lease("one")
        yield* TestClock.adjust("4 seconds")
        const second = yield* acquire("two")
        assert.deepInclude(second, { _tag: "Held", remaining: 6_000 })
      })
    )

    law(
      "gives keys leases of their own",
      Effect.gen(function*() {
        yield* lease("one")
        yield* lease("two", { key: keyOf("b") })
      })
    )

    law(
      "gives each lease a fencing number above every one before it, and above what the asker knows",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const first = yield* lease("one")
        yield* store.release(first.lease)
        const second = yield* lease("two", { known: 41 })
        yield* store.release(second.lease)
        const third = yield* lease("three", { known: 7 })
        assert.isAbove(second.lease.fence, Math.max(41, first.lease.fence))
        assert.isAbove(third.lease.fence, second.lease.fence)
      })
    )

    law(
      "hands on a lease that ran out, and says that the attempt before was not finished",
      Effect.gen(function*() {
        const store = yield* TokenStore
        assert.isFalse((yield* lease("one")).unfinished)
        yield* TestClock.adjust("10 seconds")
        const second = yield* lease("two")
        assert.isTrue(second.unfinished)
        yield* store.release(second.lease)
        assert.isFalse((yield* lease("three")).unfinished)
      })
    )

    law(
      "prolongs the newest lease only",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const first = yield* lease("one")
        assert.isTrue(yield* store.extend(first.lease, Duration.seconds(30)))
        yield* TestClock.adjust("29 seconds")
        assert.strictEqual((yield* acquire("two"))._tag, "Held")
        yield* TestClock.adjust("1 second")
        yield* lease("two")
        assert.isFalse(yield* store.extend(first.lease, Duration.seconds(30)))
      })
    )

    law(
      "writes under the newest lease, which ends with the write",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const first = yield* lease("one")
        assert.strictEqual((yield* store.write(first.lease, record(first.lease.fence)))._tag, "Written")
        const second = yield* lease("two")
        assert.isFalse(second.unfinished)
        assert.strictEqual(second.record?.generation, first.lease.fence)
        const held = second.record?.tokens
        assert(held !== undefined)
        assert.strictEqual(Redacted.value(held.accessToken), `access-${first.lease.fence}`)
      })
    )

    law(
      "writes under a lease that ran out, as long as nobody has taken it since",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const { lease: late } = yield* lease("one")
        yield* TestClock.adjust("1 hour")
        assert.strictEqual((yield* store.write(late, record(late.fence)))._tag, "Written")
      })
    )

    law(
      "refuses a write with an older fencing number, and answers with what stands there",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const { lease: frozen } = yield* lease("one")
        yield* TestClock.adjust("10 seconds")
        const { lease: newer } = yield* lease("two")
        yield* store.write(newer, record(newer.fence))
        const late = yield* store.write(frozen, record(frozen.fence))
        assert(late._tag === "Fenced")
        assert.strictEqual(late.record?.generation, newer.fence)
        assert.strictEqual((yield* store.read(key)).record?.generation, newer.fence)
      })
    )

    law(
      "ignores the release of a lease that was superseded",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const { lease: old } = yield* lease("one")
        yield* TestClock.adjust("10 seconds")
        yield* lease("two")
        yield* store.release(old)
        assert.strictEqual((yield* acquire("three"))._tag, "Held")
      })
    )

    law(
      "forgets a token set unless it is newer, and never its generation",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const { lease: first } = yield* lease("one")
        yield* store.write(first, record(first.fence))
        yield* store.forget(key, first.fence - 1)
        assert.isDefined((yield* store.read(key)).record?.tokens)
        yield* store.forget(key, first.fence)
        assert.deepInclude((yield* store.read(key)).record, { generation: first.fence, tokens: undefined })
        assert.isAbove((yield* lease("two")).lease.fence, first.fence)
      })
    )

    law(
      "tells of writes and of what was forgotten",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const changes = yield* store.changes.pipe(Stream.take(2), Stream.runCollect, Effect.forkChild)
        yield* TestClock.adjust(1)
        const { lease: first } = yield* lease("one")
        yield* store.write(first, record(first.fence))
        yield* store.forget(key, first.fence)
        assert.deepStrictEqual(
          (yield* Fiber.join(changes)).map(({ forgotten, generation }) => ({ forgotten, generation })),
          [{ forgotten: false, generation: first.fence }, { forgotten: true, generation: first.fence }]
        )
      })
    )
  })
}
