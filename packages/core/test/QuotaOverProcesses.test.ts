import { assert, describe, it } from "@effect/vitest"
import { MemoryTokenStore, Quota, SharedTokenCache, TokenCache, TokenKey, TokenStore } from "@entegre/core"
import { Context, Deferred, Duration, Effect, Exit, Fiber, Layer, Redacted, Result, Schema, Scope } from "effect"
import { TestClock } from "effect/testing"
import { troubled } from "./support/troubledQuota.ts"

const key = TokenKey.make({ provider: "acme", environment: "test", account: Redacted.make("one") })
const list = new Quota.Allowance({ key, name: "list" })
const period = Duration.seconds(30)
const claim = (ticket: string, limit = 1) => ({ ticket, limit, period })
const seconds = (wait: Duration.Duration) => Duration.toSeconds(wait)

/** Two processes, each with a quota of its own, over a shared one that can be in trouble. */
const processes = Effect.gen(function*() {
  const shared = troubled(yield* Quota.makeMemory)
  const [one, two] = yield* Effect.all([Quota.resilient(shared.quota), Quota.resilient(shared.quota)])
  return { ...shared, one, two }
})

describe("a quota in memory", () => {
  it.effect("forgets what is over, also what nobody asks about again", () =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      const takeMany = Effect.forEach(Array.from({ length: 1_000 }), (_, index) =>
        quota.take(new Quota.Allowance({ key, name: `callback ${index}` }), claim("a")))
      yield* takeMany
      assert.strictEqual(yield* quota.size, 1_000)
      yield* TestClock.adjust(period)
      for (let round = 1; round < 10; round++) {
        yield* Effect.forEach(Array.from({ length: 1_000 }), (_, index) =>
          quota.take(new Quota.Allowance({ key, name: `round ${round}, ${index}` }), claim("a")))
        yield* TestClock.adjust(period)
      }
      assert.isAtMost(yield* quota.size, 2_500)
      yield* TestClock.adjust("1 hour")
      yield* takeMany
      yield* TestClock.adjust(period)
      yield* Effect.forEach(Array.from({ length: 5_000 }), (_, index) =>
        Effect.andThen(
          quota.take(new Quota.Allowance({ key, name: `brief ${index}` }), claim("a")),
          TestClock.adjust("31 seconds")
        ))
      assert.isAtMost(yield* quota.size, 128)
    }))

  it.effect("does not forget what is not over", () =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      yield* quota.pause(new Quota.Allowance({ key, name: "paused" }), Duration.hours(1))
      yield* quota.take(list, { ...claim("a"), period: Duration.hours(1) })
      yield* Effect.forEach(Array.from({ length: 1_000 }), (_, index) =>
        Effect.andThen(
          quota.take(new Quota.Allowance({ key, name: `brief ${index}` }), {
            ...claim("a"),
            period: Duration.seconds(1)
          }),
          TestClock.adjust("1 second")
        ))
      assert.strictEqual(seconds(yield* quota.remaining(list, 1)), 2_600)
      assert.strictEqual(seconds(yield* quota.remaining(new Quota.Allowance({ key, name: "paused" }), 1)), 2_600)
    }))

  it.effect("gives no place a moment too early, whatever the clock says between milliseconds", () =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      yield* TestClock.adjust(Duration.micros(900n))
      yield* quota.take(list, { ...claim("a"), period: Duration.millis(2) })
      yield* TestClock.adjust(Duration.micros(1_200n))
      assert.strictEqual(Duration.toMillis(yield* quota.take(list, claim("b"))), 1)
      yield* TestClock.adjust(Duration.micros(800n))
      assert.strictEqual(Duration.toMillis(yield* quota.take(list, claim("b"))), 0)
    }))
})

describe("tickets", () => {
  it.effect("are nobody else's", () =>
    Effect.gen(function*() {
      const makers = yield* Effect.all(Array.from({ length: 50 }, () => Quota.tickets))
      const tickets = makers.flatMap((next) => [next(), next(), next()])
      assert.strictEqual(new Set(tickets).size, 150)
    }))
})

describe("a place that is kept while an effect runs", () => {
  const keep = (quota: Quota.Service, atMost: Duration.Input = "1 hour") =>
    Quota.keeping(quota, list, { ticket: "a", period, atMost: Duration.fromInputUnsafe(atMost) })

  it.effect("is nobody else's, however long that is", () =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      yield* quota.take(list, claim("a"))
      const fiber = yield* Effect.forkChild(keep(quota)(Effect.sleep("10 minutes")))
      for (let passed = 7; passed < 600; passed += 7) {
        yield* TestClock.adjust("7 seconds")
        assert.isAbove(seconds(yield* quota.take(list, claim("b"))), 19)
      }
      yield* TestClock.adjust("10 minutes")
      yield* Fiber.join(fiber)
      assert.strictEqual(seconds(yield* quota.take(list, claim("b"))), 0)
    }))

  it.effect("is free a period later if the effect is stuck for too long", () =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      yield* quota.take(list, claim("a"))
      yield* Effect.forkChild(keep(quota, "2 minutes")(Effect.never))
      yield* TestClock.adjust("149 seconds")
      assert.isAbove(seconds(yield* quota.remaining(list, 1)), 0)
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(seconds(yield* quota.remaining(list, 1)), 0)
    }))

  it.effect("is no longer kept when the effect fails or is interrupted", () =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      for (const effect of [Effect.fail("no"), Effect.interrupt]) {
        yield* quota.take(list, claim("a"))
        assert.isTrue(Exit.isFailure(yield* Effect.exit(keep(quota)(effect))))
        yield* TestClock.adjust(period)
        assert.strictEqual(seconds(yield* quota.remaining(list, 1)), 0)
      }
    }))
})

describe("a quota that always answers", () => {
  it.effect("is shared as long as the store answers", () =>
    Effect.gen(function*() {
      const { one, two } = yield* processes
      assert.strictEqual(seconds(yield* one.take(list, claim("a"))), 0)
      assert.strictEqual(seconds(yield* two.take(list, claim("b"))), 30)
      assert.strictEqual(seconds(yield* two.remaining(list, 1)), 30)
      yield* one.giveBack(list, "a")
      assert.strictEqual(seconds(yield* two.take(list, claim("b"))), 0)
      yield* two.rest(list, "b", Duration.seconds(50))
      assert.strictEqual(seconds(yield* one.remaining(list, 1)), 50)
      assert.isTrue(yield* two.extend(list, "b", Duration.seconds(70)))
      assert.strictEqual(seconds(yield* one.remaining(list, 1)), 70)
      yield* two.pause(list, Duration.seconds(90))
      assert.strictEqual(seconds(yield* one.remaining(list, 5)), 90)
    }))

  it.effect("keeps no place of its own that the others have", () =>
    Effect.gen(function*() {
      const { one, two } = yield* processes
      yield* one.take(list, claim("a"))
      yield* two.take(list, claim("b"))
      yield* one.giveBack(list, "a")
      assert.strictEqual(seconds(yield* two.take(list, claim("c"))), 0)
    }))

  it.effect("does not ask about what it knows itself", () =>
    Effect.gen(function*() {
      const { asked, one } = yield* processes
      yield* one.take(list, claim("a"))
      yield* one.take(list, claim("b"))
      yield* one.extend(list, "b", period)
      assert.deepStrictEqual(asked, ["take"])
    }))

  it.effect("goes on alone while the store is away, and still counts what it does itself", () =>
    Effect.gen(function*() {
      const { one, state, two } = yield* processes
      state.is = "away"
      assert.strictEqual(seconds(yield* one.take(list, claim("a"))), 0)
      assert.strictEqual(seconds(yield* one.take(list, claim("b"))), 30)
      assert.strictEqual(seconds(yield* two.take(list, claim("c"))), 0)
      state.is = "well"
      yield* TestClock.adjust("10 seconds")
      yield* one.rest(list, "a", period)
      assert.strictEqual(seconds(yield* one.take(list, claim("b"))), 30)
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(seconds(yield* two.take(list, claim("c"))), 10)
    }))

  it.effect("leaves a store that is away alone, and asks it again every five seconds, once", () =>
    Effect.gen(function*() {
      const { asked, one, state } = yield* processes
      const ten = Effect.forEach(Array.from({ length: 10 }), (_, i) => one.take(list, claim(`${i}`, 1_000)), {
        concurrency: "unbounded"
      })
      state.is = "away"
      yield* ten
      assert.strictEqual(asked.length, 1)
      yield* TestClock.adjust("4999 millis")
      yield* ten
      assert.strictEqual(asked.length, 1)
      yield* TestClock.adjust(1)
      yield* ten
      assert.strictEqual(asked.length, 2)
      state.is = "slowly away"
      yield* TestClock.adjust("5 seconds")
      const slow = yield* Effect.forkChild(ten)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(slow)
      assert.strictEqual(asked.length, 3)
      state.is = "well"
      yield* TestClock.adjust("5 seconds")
      yield* ten
      assert.strictEqual(asked.length, 13)
    }))

  it.effect("tells without having anybody wait", () =>
    Effect.gen(function*() {
      const { asked, one, state } = yield* processes
      state.is = "silent"
      yield* one.rest(list, "a", period)
      yield* one.pause(list, Duration.minutes(1))
      yield* one.giveBack(list, "a")
      assert.deepStrictEqual(asked, ["rest", "pause", "giveBack"])
    }))

  it.effect("tells also when its scope has ended", () =>
    Effect.gen(function*() {
      const shared = yield* Quota.makeMemory
      const scope = yield* Scope.make()
      const quota = yield* Scope.provide(Quota.resilient(shared), scope)
      yield* quota.take(list, claim("a"))
      yield* Scope.close(scope, Exit.void)
      yield* quota.giveBack(list, "a")
      assert.strictEqual(seconds(yield* shared.remaining(list, 1)), 0)
    }))

  const Step = Schema.Struct({
    process: Schema.Literals([0, 1, 2]),
    after: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 15_000 })),
    lasts: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20_000 })),
    store: Schema.Literals(["well", "well", "well", "away"])
  })

  it.effect.prop("lets no process do more than is allowed, and all together no more while the store answers", {
    steps: Schema.Array(Step).check(Schema.isMaxLength(30)),
    faulty: Schema.Boolean
  }, ({ faulty, steps }) =>
    Effect.gen(function*() {
      const limit = 3
      const shared = troubled(yield* Quota.makeMemory)
      const members = yield* Effect.forEach(
        [0, 1, 2],
        () => Effect.all({ quota: Quota.resilient(shared.quota), tickets: Quota.tickets })
      )
      const begun: Array<{ readonly process: number; readonly at: number }> = []
      let now = 0
      for (const { after, lasts, process, store } of steps) {
        yield* TestClock.adjust(after)
        now += after
        if (faulty) shared.state.is = store
        const member = members[process]
        if (member === undefined) return assert.fail("no such process")
        const ticket = member.tickets()
        if (seconds(yield* member.quota.take(list, claim(ticket, limit))) > 0) continue
        begun.push({ process, at: now })
        yield* Effect.forkChild(Effect.andThen(Effect.sleep(lasts), member.quota.rest(list, ticket, period)))
      }
      const most = (of: ReadonlyArray<{ readonly at: number }>) =>
        Math.max(0, ...of.map(({ at }) => of.filter((other) => other.at >= at && other.at < at + 30_000).length))
      for (const process of [0, 1, 2]) assert.isAtMost(most(begun.filter((one) => one.process === process)), limit)
      if (!faulty) assert.isAtMost(most(begun), limit)
    }))
})

describe("the quota of token caches over one store", () => {
  const caches = Effect.gen(function*() {
    const store = Context.get(yield* Layer.build(MemoryTokenStore.layer), TokenStore)
    const { quota, state } = troubled(store.quota)
    const shared = SharedTokenCache.layer.pipe(Layer.provide(Layer.succeed(TokenStore, { ...store, quota })))
    const build = Effect.map(Layer.build(Layer.fresh(shared)), (context) => Quota.of(Context.get(context, TokenCache)))
    return { one: yield* build, two: yield* build, state }
  })

  it.effect("is one", () =>
    Effect.gen(function*() {
      const { one, two } = yield* caches
      yield* one.take(list, claim("a"))
      assert.strictEqual(seconds(yield* two.take(list, claim("b"))), 30)
      yield* one.rest(list, "a", Duration.seconds(50))
      assert.isTrue(yield* one.extend(list, "a", Duration.seconds(60)))
      assert.strictEqual(seconds(yield* two.remaining(list, 1)), 60)
      yield* one.giveBack(list, "a")
      yield* one.pause(list, Duration.seconds(90))
      assert.strictEqual(seconds(yield* two.remaining(list, 1)), 90)
    }))

  it.effect("fails if the store does not answer in the time that is allowed to it", () =>
    Effect.gen(function*() {
      const { one, state } = yield* caches
      state.is = "silent"
      const done = yield* Deferred.make<void>()
      const all = yield* Effect.forkChild(
        Effect.forEach([
          one.take(list, claim("a")),
          one.remaining(list, 1),
          one.rest(list, "a", period),
          one.extend(list, "a", period),
          one.giveBack(list, "a"),
          one.pause(list, period)
        ], (operation) =>
          Effect.result(operation), { concurrency: "unbounded" }).pipe(
            Effect.tap(() =>
              Deferred.succeed(done, undefined)
            )
          )
      )
      yield* TestClock.adjust("1999 millis")
      assert.isFalse(yield* Deferred.isDone(done))
      yield* TestClock.adjust(1)
      const results = yield* Fiber.join(all)
      assert.deepStrictEqual(
        results.map((result) => Result.isFailure(result) && result.failure.operation),
        ["take", "remaining", "rest", "extend", "giveBack", "pause"]
      )
    }))
})
