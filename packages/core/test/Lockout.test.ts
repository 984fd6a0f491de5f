import { assert, describe, it } from "@effect/vitest"
import type { Options as CacheOptions } from "@entegre/core/TokenCache"
import { Duration, Effect, Fiber, Ref } from "effect"
import { TestClock } from "effect/testing"
import { crowd, open } from "./support/cache.ts"

const wrong = Effect.fnUntraced(function*(cacheOptions: CacheOptions = {}) {
  const opened = yield* open({}, cacheOptions)
  yield* Ref.set(opened.provider.secret, "wrong")
  return opened
})

describe("refused credentials", () => {
  it.effect("cost one login, however many callers ask, until the first probe", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* wrong()
      for (let second = 0; second < 59; second++) {
        const errors = yield* crowd(100, Effect.flip(tokens.get))
        for (const { reason } of errors) assert.strictEqual(reason._tag, "CredentialsRefused")
        yield* TestClock.adjust("1 second")
      }
      assert.strictEqual(counts.asked, 1)
    }))

  it.effect("tell each caller the provider's code and the time until the next probe", () =>
    Effect.gen(function*() {
      const { tokens } = yield* wrong()
      yield* Effect.flip(tokens.get)
      yield* TestClock.adjust("10 seconds")
      const { isRetryable, reason } = yield* Effect.flip(tokens.get)
      assert.deepInclude(reason, { _tag: "CredentialsRefused", attempts: 1, providerCode: "NO" })
      assert.strictEqual("retryAfter" in reason && Duration.toSeconds(reason.retryAfter), 50)
      assert.isFalse(isRetryable)
    }))

  it.effect("are probed after 1, 5, 15 and then every 30 minutes: 7 logins in two hours of 10 calls a second", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* wrong()
      const minutes: Array<number> = []
      for (let second = 0; second < 7_200; second++) {
        const before = counts.asked
        yield* crowd(10, Effect.flip(tokens.get))
        if (counts.asked > before) minutes.push(second / 60)
        yield* TestClock.adjust("1 second")
      }
      assert.deepStrictEqual(minutes, [0, 1, 6, 21, 51, 81, 111])
    }))

  it.effect("are seen to have been replaced within seconds, whether anybody calls or not", () =>
    Effect.gen(function*() {
      const { counts, provider, tokens } = yield* wrong()
      yield* Effect.flip(tokens.get)
      yield* TestClock.adjust("30 seconds")
      yield* Ref.set(provider.secret, "right")
      yield* TestClock.adjust("4 seconds")
      yield* tokens.get
      assert.deepInclude(counts, { refused: 1, logins: 1 })
    }))

  it.effect("are tried again at once when the application says that they changed", () =>
    Effect.gen(function*() {
      const { events, provider, tokens } = yield* wrong()
      yield* Effect.flip(tokens.get)
      yield* Ref.set(provider.secret, "right")
      yield* tokens.credentialsChanged
      yield* tokens.get
      assert.deepStrictEqual(yield* events.tags, ["Asked", "NotIssued", "LockedOut", "LockoutEnded", "Asked", "Issued"])
    }))

  it.effect("are not tried again because the same ones were obtained anew", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* wrong({ credentialsInterval: "1 second" })
      yield* Effect.flip(tokens.get)
      yield* TestClock.adjust("59 seconds")
      yield* Effect.flip(tokens.get)
      assert.strictEqual(counts.asked, 1)
    }))

  it.effect("open at the next probe when the provider accepts them after all", () =>
    Effect.gen(function*() {
      const { provider, tokens } = yield* wrong()
      yield* Effect.flip(tokens.get)
      yield* Ref.set(provider.accepted, "wrong")
      yield* TestClock.adjust("1 minute")
      yield* tokens.get
    }))

  it.effect("leave a token that is alive to its callers", () =>
    Effect.gen(function*() {
      const { cache, counts, provider, tokens } = yield* open({ life: "1 hour", window: "30 minutes" })
      yield* tokens.get
      yield* tokens.get
      yield* Ref.set(provider.accepted, "another")
      for (let minute = 0; minute < 59; minute++) {
        yield* tokens.get
        yield* TestClock.adjust("1 minute")
      }
      assert.isFalse((yield* cache.readiness).ready)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Effect.flip(tokens.get)).reason._tag, "CredentialsRefused")
      assert.isBelow(counts.refused, 5)
    }))

  it.effect("make the application unready, without a login", () =>
    Effect.gen(function*() {
      const { cache, counts, tokens } = yield* wrong()
      yield* Effect.flip(tokens.get)
      const { lockedOut, ready } = yield* cache.readiness
      assert.isFalse(ready)
      assert.deepInclude(lockedOut[0], { provider: "model", key: "#1", state: "lockedOut", retryAt: 60_000 })
      assert.strictEqual(counts.asked, 1)
    }))
})

describe("credentials that can not be obtained", () => {
  it.effect("give a typed error, cost the provider nothing, and are asked for again", () =>
    Effect.gen(function*() {
      const { counts, provider, cache } = yield* open()
      let vault: "down" | "slow" | "up" = "down"
      const tokens = yield* cache.open({
        ...provider.issuer,
        credentials: Effect.suspend(() =>
          vault === "up" ? provider.issuer.credentials : vault === "slow" ? Effect.never : Effect.fail("down")
        )
      })
      const first = yield* Effect.forkChild(Effect.flip(tokens.get))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* Fiber.join(first)).reason._tag, "CredentialsUnavailable")
      assert.strictEqual(counts.asked, 0)
      vault = "slow"
      yield* TestClock.adjust("1 minute")
      const second = yield* Effect.forkChild(Effect.flip(tokens.get))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* Fiber.join(second)).reason._tag, "CredentialsUnavailable")
      vault = "up"
      yield* TestClock.adjust("2 minutes")
      yield* tokens.get
      assert.strictEqual(counts.asked, 1)
    }))
})
