/**
 * For how long a layer uses a key.
 */
import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core/TokenCache"
import type { Tokens } from "@entegre/core/Tokens"
import { Effect, Exit, Result, Scope } from "effect"
import * as ModelIssuer from "./support/modelIssuer.ts"

/** A cache, and the keys that are opened in a scope. */
const make = Effect.gen(function*() {
  const cache = yield* TokenCache.make()
  const open = Effect.fnUntraced(function*(scope: Scope.Scope, account: string) {
    const { issuer } = yield* ModelIssuer.make({ account })
    return yield* Scope.provide(cache.open(issuer), scope)
  })
  return open
})

/** Whether a key that has no token yet can have one: nobody asks an issuer of a layer that is gone. */
const isUsed = ({ get }: Tokens): Effect.Effect<boolean> =>
  Effect.map(Effect.result(get), (result) => {
    if (Result.isSuccess(result)) return true
    assert.strictEqual(result.failure.reason._tag, "TokenCacheClosed")
    return false
  })

describe("the use of a key", () => {
  it.effect("ends with the scope that it began in, for each of the keys", () =>
    Effect.gen(function*() {
      const open = yield* make
      const scope = yield* Scope.make()
      const keys = yield* Effect.forEach(["first", "second", "third", "fourth"], (account) => open(scope, account))
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(yield* Effect.forEach(keys, isUsed), [false, false, false, false])
    }))

  it.effect("ends with no other scope, in whatever order they are used", () =>
    Effect.gen(function*() {
      const open = yield* make
      const [one, other] = [yield* Scope.make(), yield* Scope.make()]
      const keys = yield* Effect.forEach([one, other, one, other], (scope, index) => open(scope, `account ${index}`))
      yield* Scope.close(one, Exit.void)
      assert.deepStrictEqual(yield* Effect.forEach(keys, isUsed), [false, true, false, true])
      yield* Scope.close(other, Exit.void)
    }))

  it.effect("ends before whatever the scope had when it began", () =>
    Effect.gen(function*() {
      const open = yield* make
      const scope = yield* Scope.make()
      const before = [yield* open(scope, "first"), yield* open(scope, "second")]
      const after: Array<Tokens> = []
      const seen: Array<boolean> = []
      yield* Scope.addFinalizer(
        scope,
        Effect.suspend(() => Effect.forEach([...before, ...after], isUsed)).pipe(
          Effect.map((used) => {
            seen.push(...used)
          })
        )
      )
      after.push(yield* open(scope, "third"), yield* open(scope, "fourth"))
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(seen, [true, true, false, false])
    }))

  it.effect("has ended if the scope had", () =>
    Effect.gen(function*() {
      const open = yield* make
      const scope = yield* Scope.make()
      yield* open(scope, "first")
      yield* Scope.close(scope, Exit.void)
      const late = [yield* open(scope, "second"), yield* open(scope, "third")]
      assert.deepStrictEqual(yield* Effect.forEach(late, isUsed), [false, false])
    }))
})
