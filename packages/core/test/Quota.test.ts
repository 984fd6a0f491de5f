import { assert, describe, it } from "@effect/vitest"
import { Quota, TokenCache, TokenKey } from "@entegre/core"
import { Duration, Effect, Exit, Redacted } from "effect"
import { TestClock } from "effect/testing"

const key = TokenKey.make({ provider: "acme", environment: "test", account: Redacted.make("one") })
const allowance = (name = "list") => new Quota.Allowance({ key, name })
const claim = (ticket: string, limit = 1) => ({ ticket, limit, period: Duration.seconds(30) })
const seconds = (wait: Duration.Duration) => Duration.toSeconds(wait)

describe("Quota", () => {
  it.effect("says how long until a place is free", () =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      assert.strictEqual(seconds(yield* quota.take(allowance(), claim("a"))), 0)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(seconds(yield* quota.take(allowance(), claim("b"))), 20)
      assert.strictEqual(seconds(yield* quota.remaining(allowance(), 1)), 20)
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(seconds(yield* quota.take(allowance(), claim("b"))), 0)
    }))

  it.effect("gives whoever takes again the place that it has", () =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      yield* quota.take(allowance(), claim("a"))
      assert.strictEqual(seconds(yield* quota.take(allowance(), claim("a"))), 0)
      assert.strictEqual(seconds(yield* quota.remaining(allowance(), 2)), 0)
    }))

  it.effect("lets as many through in a window as there are places", () =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      yield* quota.take(allowance(), claim("a", 2))
      yield* TestClock.adjust("10 seconds")
      yield* quota.take(allowance(), claim("b", 2))
      assert.strictEqual(seconds(yield* quota.take(allowance(), claim("c", 2))), 20)
      assert.strictEqual(seconds(yield* quota.take(allowance(), claim("c", 1))), 30)
    }))

  it.effect("counts a request from its end, also if its place was over by then", () =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      yield* quota.take(allowance(), claim("a"))
      yield* TestClock.adjust("40 seconds")
      yield* quota.rest(allowance(), "a", Duration.seconds(30))
      assert.strictEqual(seconds(yield* quota.take(allowance(), claim("b"))), 30)
    }))

  it.effect("extends a place only for whoever has it", () =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      yield* quota.take(allowance(), claim("a"))
      yield* TestClock.adjust("20 seconds")
      assert.isTrue(yield* quota.extend(allowance(), "a", Duration.seconds(30)))
      yield* TestClock.adjust("30 seconds")
      yield* quota.take(allowance(), claim("b"))
      assert.isFalse(yield* quota.extend(allowance(), "a", Duration.seconds(30)))
      yield* quota.giveBack(allowance(), "b")
      assert.isFalse(yield* quota.extend(allowance(), "b", Duration.seconds(30)))
      assert.strictEqual(seconds(yield* quota.remaining(allowance(), 1)), 0)
    }))

  it.effect("gives nobody a place during a pause, the longest of them", () =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      yield* quota.pause(allowance(), Duration.seconds(60))
      yield* quota.pause(allowance(), Duration.seconds(5))
      assert.strictEqual(seconds(yield* quota.take(allowance(), claim("a", 50))), 60)
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual(seconds(yield* quota.take(allowance(), claim("a", 50))), 0)
    }))

  it.effect("keeps what differs in account or name apart", () =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      const other = TokenKey.make({ provider: "acme", environment: "test", account: Redacted.make("two") })
      yield* quota.take(allowance(), claim("a"))
      assert.strictEqual(seconds(yield* quota.take(allowance("details"), claim("b"))), 0)
      assert.strictEqual(
        seconds(yield* quota.take(new Quota.Allowance({ key: other, name: "list" }), claim("c"))),
        0
      )
      assert.strictEqual(seconds(yield* quota.remaining(allowance(), 1)), 30)
    }))
})

describe("a quota that is transformed", () => {
  const operations: ReadonlyArray<
    readonly [operation: keyof Quota.Service, of: (quota: Quota.Service<string>) => Effect.Effect<unknown, string>]
  > = [
    ["take", (quota) => quota.take(allowance(), claim("b"))],
    ["remaining", (quota) => quota.remaining(allowance(), 1)],
    ["rest", (quota) => quota.rest(allowance(), "a", Duration.seconds(10))],
    ["extend", (quota) => quota.extend(allowance(), "a", Duration.seconds(10))],
    ["giveBack", (quota) => quota.giveBack(allowance(), "a")],
    ["pause", (quota) => quota.pause(allowance(), Duration.seconds(60))]
  ]
  it.effect.each(operations)("does %s as it did, or as the function says", ([operation, of]) =>
    Effect.gen(function*() {
      const [plain, transformed] = [yield* Quota.makeMemory, yield* Quota.makeMemory]
      const names: Array<string> = []
      const counted = Quota.transform(transformed, (effect, name) => {
        names.push(name)
        return effect
      })
      for (const quota of [plain, transformed]) yield* quota.take(allowance(), claim("a"))
      assert.deepStrictEqual(yield* of(counted), yield* of(plain))
      assert.deepStrictEqual(
        yield* transformed.take(allowance(), claim("c")),
        yield* plain.take(allowance(), claim("c"))
      )
      assert.deepStrictEqual(names, [operation])
      const failing = Quota.transform(plain, (_, name) => Effect.fail(name))
      assert.deepStrictEqual(yield* Effect.exit(of(failing)), Exit.fail(operation))
    }))
})

describe("the quota of a token cache without a shared store", () => {
  it.effect("is the same for all who ask, and each cache has its own", () =>
    Effect.gen(function*() {
      const [one, two] = [yield* TokenCache.make(), yield* TokenCache.make()]
      yield* Quota.of(one).take(allowance(), claim("a"))
      assert.strictEqual(seconds(yield* Quota.of({ ...one }).remaining(allowance(), 1)), 30)
      assert.strictEqual(seconds(yield* Quota.of(two).remaining(allowance(), 1)), 0)
    }))
})
