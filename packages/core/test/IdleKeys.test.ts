/**
 * Keys that no layer uses any more.
 */
import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core/TokenCache"
import * as TokenKey from "@entegre/core/TokenKey"
import { Effect, Redacted, Ref } from "effect"
import { TestClock } from "effect/testing"
import { valueOf } from "./support/cache.ts"
import * as ModelIssuer from "./support/modelIssuer.ts"

const maxIdleKeys = 10

/** Uses the key of an account for the time of one token. */
const visit = Effect.fnUntraced(function*(cache: TokenCache["Service"], account: string, options: ModelIssuer.Options) {
  const provider = yield* ModelIssuer.make({ ...options, account })
  const use = Effect.scoped(Effect.flatMap(cache.open(provider.issuer), ({ get }) => get))
  const first = yield* use
  return { provider, use, first }
})

const accounts = (count: number) => Array.from({ length: count }, (_, index) => `account ${index}`)

describe("keys that no layer uses any more", () => {
  it.effect("are kept as far as there is room, the longest unused goes first", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make({ maxIdleKeys })
      const visits = yield* Effect.forEach(accounts(50), (account) => visit(cache, account, {}))
      assert.strictEqual((yield* cache.status).length, maxIdleKeys)
      const [oldest] = visits
      const newest = visits.at(-1)
      assert(oldest !== undefined && newest !== undefined)
      yield* newest.use
      assert.strictEqual(newest.provider.counts.logins, 1)
      yield* oldest.use
      assert.strictEqual(oldest.provider.counts.logins, 2)
    }))

  it.effect("come back with numbers above those that they had, so that nobody rejects the wrong token", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make({ maxIdleKeys })
      const oldest = yield* visit(cache, "oldest", {})
      yield* Effect.forEach(accounts(50), (account) => visit(cache, account, {}))
      const tokens = yield* cache.open(oldest.provider.issuer)
      const second = yield* tokens.get
      assert.isAbove(second.generation, oldest.first.generation)
      assert.strictEqual(valueOf(yield* tokens.reject(oldest.first)), valueOf(second))
      assert.strictEqual(oldest.provider.counts.logins, 2)
    }))

  it.effect("are kept beyond that while they hold the only copy of what a login would harm", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make({ maxIdleKeys })
      const visits = yield* Effect.forEach(
        accounts(50),
        (account) => visit(cache, account, { rotation: "singleActive", life: "1 hour" })
      )
      for (const { first, use } of visits) assert.strictEqual(valueOf(yield* use), valueOf(first))
      yield* TestClock.adjust("2 hours")
      for (const { use } of visits.slice(0, 20)) yield* use
      assert.isBelow((yield* cache.status).length, 50)
    }))

  it.effect("are kept beyond that while their credentials stand refused", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make({ maxIdleKeys })
      const locked = yield* ModelIssuer.make({ account: "locked out" })
      yield* Ref.set(locked.secret, "wrong")
      const attempt = Effect.scoped(
        Effect.flatMap(cache.open(locked.issuer), ({ get }) => Effect.flip(get))
      )
      yield* attempt
      yield* Effect.forEach(accounts(50), (account) => visit(cache, account, {}))
      assert.strictEqual((yield* attempt).reason._tag, "CredentialsRefused")
      assert.strictEqual(locked.counts.asked, 1)
    }))

  it.effect("do not count while a layer uses them", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make({ maxIdleKeys })
      const tokens = yield* Effect.forEach(accounts(50), (account) =>
        Effect.flatMap(ModelIssuer.make({ account }), ({ issuer }) => cache.open(issuer)))
      const first = yield* Effect.forEach(tokens, ({ get }) =>
        get)
      const second = yield* Effect.forEach(tokens, ({ get }) => get)
      assert.deepStrictEqual(first.map(valueOf), second.map(valueOf))
      assert.strictEqual((yield* cache.status).length, 50)
    }))

  it.effect("never make room for themselves by a key that is just being opened", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make({ maxIdleKeys: 1 })
      for (const account of accounts(3)) yield* visit(cache, account, { rotation: "singleActive" })
      const { counts, issuer } = yield* ModelIssuer.make({ account: "new" })
      const one = yield* cache.open(issuer)
      const two = yield* cache.open(issuer)
      assert.strictEqual(valueOf(yield* one.get), valueOf(yield* two.get))
      assert.strictEqual(counts.logins, 1)
      assert.strictEqual((yield* cache.status).length, 4)
    }))

  it.effect("are not made by forgetting what was never there", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make({ maxIdleKeys })
      for (const account of accounts(50)) {
        yield* cache.forget(TokenKey.make({ provider: "model", environment: "test", account: Redacted.make(account) }))
      }
      assert.isAtMost((yield* cache.status).length, maxIdleKeys)
    }))
})
