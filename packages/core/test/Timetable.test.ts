/**
 * Background renewal of many keys: one timer, whatever the order in which keys come, go and fall due.
 */
import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core/TokenCache"
import { Arbitrary, Effect, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as ModelIssuer from "./support/modelIssuer.ts"

const minutes = Schema.Int.check(Schema.isBetween({ minimum: 4, maximum: 120 }))

describe("background renewal", () => {
  it.effect.prop(
    "renews each key in its own window, before its token ends",
    { lives: Arbitrary.schema(Schema.Array(minutes).check(Schema.isMaxLength(40))) },
    ({ lives }) =>
      Effect.gen(function*() {
        const cache = yield* TokenCache.make()
        const keys = yield* Effect.forEach(lives, (life, index) =>
          Effect.gen(function*() {
            const model = yield* ModelIssuer.make({
              account: `key-${index}`,
              life: `${life} minutes`,
              window: "1 minute"
            })
            const tokens = yield* cache.open(model.issuer)
            yield* tokens.get
            return { life, model, tokens }
          }))
        for (let minute = 0; minute < 240; minute += 2) {
          for (const { tokens } of keys) {
            const asked = yield* Effect.forkChild(tokens.get, { startImmediately: true })
            assert.isDefined(asked.pollUnsafe(), "nobody ever waits")
          }
          yield* TestClock.adjust("2 minutes")
        }
        for (const { life, model } of keys) {
          assert.isAtLeast(model.counts.logins, Math.floor(240 / life))
          assert.isAtMost(model.counts.logins, Math.ceil(240 / (life - 1)) + 1)
        }
      }),
    { arbitrary: { runs: 20, seed: 1 } }
  )

  it.effect("spreads and caps the logins of 300 branches whose tokens end in the same second", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make({ maxConcurrent: 8 })
      let atOnce = 0
      let most = 0
      const perMinute = new Map<number, number>()
      for (let index = 0; index < 300; index++) {
        const model = yield* ModelIssuer.make({ account: `branch-${index}`, life: "24 hours", window: "1 hour" })
        const tokens = yield* cache.open({
          ...model.issuer,
          login: (credentials) =>
            Effect.acquireUseRelease(
              Effect.clockWith((clock) =>
                Effect.sync(() => {
                  const minute = Math.floor(clock.currentTimeMillisUnsafe() / 60_000)
                  perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1)
                  most = Math.max(most, ++atOnce)
                })
              ),
              () => Effect.delay(model.issuer.login(credentials), "50 millis"),
              () => Effect.sync(() => atOnce--)
            )
        })
        yield* tokens.warmUp
      }
      yield* TestClock.adjust("1 minute")
      assert.isAtMost(most, 8)
      for (const { key } of yield* cache.status) assert.isString(key)
      const cold = new Map(perMinute)
      perMinute.clear()
      yield* TestClock.adjust("22 hours")
      assert.strictEqual([...cold.values()].reduce((sum, count) => sum + count, 0), 300)
      assert.strictEqual(perMinute.size, 0, "and unused ones are not renewed")
    }))

  it.effect("wakes for a key that falls due before all others", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make()
      const long = yield* ModelIssuer.make({ account: "long", life: "24 hours" })
      const short = yield* ModelIssuer.make({ account: "short", life: "2 minutes", window: "1 minute" })
      const longTokens = yield* cache.open(long.issuer)
      yield* longTokens.get
      yield* TestClock.adjust("1 minute")
      const shortTokens = yield* cache.open(short.issuer)
      yield* shortTokens.get
      yield* TestClock.adjust("119 seconds")
      assert.strictEqual(short.counts.logins, 2)
    }))

  it.effect("keeps no timer for a cache that is closed", () =>
    Effect.gen(function*() {
      const model = yield* ModelIssuer.make({ life: "2 minutes" })
      const closed = yield* Effect.forkChild(Effect.scoped(Effect.gen(function*() {
        const cache = yield* TokenCache.make()
        const tokens = yield* cache.open(model.issuer)
        yield* tokens.get
        yield* tokens.get
      })))
      yield* Fiber.join(closed)
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(model.counts.logins, 1)
    }))
})
