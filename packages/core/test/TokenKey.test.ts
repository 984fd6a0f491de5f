import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core/TokenCache"
import { TokenKey } from "@entegre/core/TokenKey"
import { Effect, Hash, Redacted } from "effect"
import { valueOf } from "./support/cache.ts"
import * as ModelIssuer from "./support/modelIssuer.ts"

class Colliding extends TokenKey {
  override [Hash.symbol](): number {
    return 1
  }
}

const key = (account: string) =>
  new Colliding({ provider: "model", environment: "memory", account: Redacted.make(account), label: account })

describe("keys whose hashes happen to be equal", () => {
  it.effect("have tokens of their own, also when some of them were let go", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make({ maxIdleKeys: 1 })
      const { issuer } = yield* ModelIssuer.make()
      const use = (account: string) =>
        Effect.scoped(Effect.flatMap(cache.open({ ...issuer, key: key(account) }), ({ get }) => get))
      const kept = yield* cache.open({ ...issuer, key: key("kept") })
      const first = yield* kept.get
      const seen = yield* Effect.forEach(["a", "b", "c"], use)
      assert.strictEqual(new Set([first, ...seen].map(valueOf)).size, 4)
      assert.sameMembers((yield* cache.status).map(({ key }) => key), ["kept", "c"])
      assert.strictEqual(valueOf(yield* use("kept")), valueOf(first))
      const again = yield* use("a")
      assert.notInclude([first, ...seen].map(valueOf), valueOf(again))
      yield* cache.forget(key("a"))
      assert.strictEqual(valueOf(yield* kept.get), valueOf(first))
      assert.notStrictEqual(valueOf(yield* use("a")), valueOf(again))
    }))
})
