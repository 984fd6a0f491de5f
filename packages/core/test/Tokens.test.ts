import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core/TokenCache"
import { Deferred, Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import * as ModelIssuer from "./support/modelIssuer.ts"

describe("the tokens of a key", () => {
  it.effect("have members that can be handed on by themselves", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make()
      const { issuer } = yield* ModelIssuer.make()
      const { discard, forget, get, reject, status, warmUp } = yield* cache.open(issuer)
      yield* warmUp
      const first = yield* get
      const second = yield* Effect.flatMap(get, reject)
      assert.isAbove(second.generation, first.generation)
      yield* discard(second)
      assert.strictEqual((yield* status).state, "ended")
      yield* get
      yield* forget
      assert.strictEqual((yield* status).state, "ended")
    }))

  it.effect("are one object for all who open it", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make()
      const { issuer } = yield* ModelIssuer.make()
      assert.strictEqual(yield* cache.open(issuer), yield* cache.open({ ...issuer }))
    }))

  it.effect("print as how the key stands, and as nothing else", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make()
      const { issuer } = yield* ModelIssuer.make()
      const tokens = yield* cache.open(issuer)
      const { value } = yield* tokens.get
      const expected = { _id: "Tokens", ...(yield* tokens.status) }
      assert.deepStrictEqual(JSON.parse(JSON.stringify(tokens)), JSON.parse(JSON.stringify(expected)))
      for (const shown of [JSON.stringify(tokens), inspect(tokens), inspect(tokens.get)]) {
        assert.notInclude(shown, Redacted.value(value))
        assert.notInclude(shown, "freshUntil")
      }
    }))

  it.effect("let go of whoever waits for a second renewal, because what the first brought was refused before it came", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make()
      const { issuer } = yield* ModelIssuer.make()
      const answers = [Deferred.makeUnsafe<void>(), Deferred.makeUnsafe<void>()]
      let logins = 0
      const tokens = yield* cache.open({
        ...issuer,
        login: (credentials) =>
          Effect.andThen(Deferred.await(answers[logins++] ?? assert.fail("a third login")), issuer.login(credentials))
      })
      const caller = yield* Effect.forkChild(tokens.get, { startImmediately: true })
      yield* tokens.discard({ value: Redacted.make("unseen"), generation: 1, expiresAt: 0 })
      yield* Deferred.succeed(answers[0] ?? assert.fail("no answer"), undefined)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(logins, 2)
      assert.strictEqual((yield* tokens.status).waiting, 1)
      yield* Fiber.interrupt(caller)
      assert.strictEqual((yield* tokens.status).waiting, 0)
    }))
})
