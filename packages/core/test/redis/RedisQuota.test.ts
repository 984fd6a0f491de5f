import { assert, describe, it } from "@effect/vitest"
import * as Quota from "@entegre/core/Quota"
import * as TokenKey from "@entegre/core/TokenKey"
import { Duration, Effect, Redacted, Schema } from "effect"
import * as Server from "./support/server.ts"
import * as Store from "./support/store.ts"

const allowance = (name: string, key = Store.key) => new Quota.Allowance({ key, name })

/** Far longer than a test takes. */
const period = Duration.minutes(10)
const claim = (ticket: string, limit = 1) => ({ ticket, limit, period })

/** Something that is over within the test. */
const soon = Duration.millis(400)
const passed = Effect.sleep("600 millis")

/** The quotas of two processes, and a client beside them. */
const setUp = Effect.gen(function*() {
  const { url } = yield* Server.started()
  return {
    one: (yield* Store.open(url)).quota,
    two: (yield* Store.open(url)).quota,
    redis: yield* Store.client(url)
  }
})

/** Nearly all of it is left. In whole milliseconds a place is free rather too late than too early. */
const isAllOf = (wait: Duration.Duration, whole: Duration.Duration) =>
  Duration.toMillis(wait) <= Duration.toMillis(whole) + 1 && Duration.toMillis(wait) > 0.9 * Duration.toMillis(whole)

describe.skipIf(Server.cannotStart)("a quota in Redis", () => {
  it.live("gives a place to one process and tells the others how long it is taken", () =>
    Effect.gen(function*() {
      const { one, two } = yield* setUp
      const list = allowance("list")
      assert.isTrue(Duration.isZero(yield* one.take(list, claim("a"))))
      assert.isTrue(isAllOf(yield* two.take(list, claim("b")), period))
      assert.isTrue(isAllOf(yield* two.remaining(list, 1), period))
      assert.isTrue(Duration.isZero(yield* two.remaining(list, 2)))
    }))

  it.live("gives whoever takes again under the same ticket the place that it has", () =>
    Effect.gen(function*() {
      const { one, two } = yield* setUp
      const list = allowance("list")
      yield* one.take(list, claim("a"))
      assert.isTrue(Duration.isZero(yield* two.take(list, claim("a"))))
      assert.isTrue(Duration.isZero(yield* one.remaining(list, 2)))
    }))

  it.live("gives no more places than there are, however many ask at once", () =>
    Effect.gen(function*() {
      const { one, two } = yield* setUp
      const list = allowance("list")
      const waits = yield* Effect.forEach(
        Array.from({ length: 50 }, (_, index) => [index % 2 === 0 ? one : two, `ticket ${index}`] as const),
        ([quota, ticket]) => quota.take(list, claim(ticket, 7)),
        { concurrency: "unbounded" }
      )
      assert.lengthOf(waits.filter(Duration.isZero), 7)
    }))

  it.live("says how long until the first of several places is free", () =>
    Effect.gen(function*() {
      const { one } = yield* setUp
      const list = allowance("list")
      yield* one.take(list, { ...claim("short", 2), period: Duration.minutes(1) })
      yield* one.take(list, claim("long", 2))
      assert.isTrue(isAllOf(yield* one.take(list, claim("next", 2)), Duration.minutes(1)))
      assert.isTrue(isAllOf(yield* one.take(list, claim("next", 1)), period))
    }))

  it.live("frees a place when its period is over, or it is given back", () =>
    Effect.gen(function*() {
      const { one, two } = yield* setUp
      const list = allowance("list")
      yield* one.take(list, { ...claim("a"), period: soon })
      yield* passed
      assert.isTrue(Duration.isZero(yield* two.take(list, claim("b"))))
      yield* two.giveBack(list, "b")
      assert.isTrue(Duration.isZero(yield* one.take(list, claim("c"))))
    }))

  it.live("counts a period anew from when it is told to, also if it was over", () =>
    Effect.gen(function*() {
      const { one, two } = yield* setUp
      const list = allowance("list")
      yield* one.take(list, { ...claim("a"), period: soon })
      yield* passed
      yield* one.rest(list, "a", period)
      assert.isTrue(isAllOf(yield* two.take(list, claim("b")), period))
    }))

  it.live("prolongs a place only for whoever has it", () =>
    Effect.gen(function*() {
      const { one, two } = yield* setUp
      const list = allowance("list")
      yield* one.take(list, { ...claim("a"), period: soon })
      assert.isTrue(yield* one.extend(list, "a", soon))
      assert.isFalse(yield* two.extend(list, "b", period))
      yield* passed
      assert.isFalse(yield* one.extend(list, "a", period))
      assert.isTrue(Duration.isZero(yield* two.remaining(list, 1)))
    }))

  it.live("gives nobody a place during a pause, the longest of them", () =>
    Effect.gen(function*() {
      const { one, two } = yield* setUp
      const list = allowance("list")
      yield* one.pause(list, period)
      yield* two.pause(list, soon)
      assert.isTrue(isAllOf(yield* two.take(list, claim("a", 50)), period))
      const other = allowance("other")
      yield* one.pause(other, soon)
      yield* passed
      assert.isTrue(Duration.isZero(yield* two.take(other, claim("a"))))
    }))

  it.live("keeps what differs in account or name apart", () =>
    Effect.gen(function*() {
      const { one } = yield* setUp
      const another = TokenKey.make({ provider: "acme", environment: "test", account: Redacted.make("another") })
      yield* one.take(allowance("list"), claim("a"))
      assert.isTrue(Duration.isZero(yield* one.take(allowance("details"), claim("b"))))
      assert.isTrue(Duration.isZero(yield* one.take(allowance("list", another), claim("c"))))
    }))

  it.live("leaves nothing in Redis when all is over", () =>
    Effect.gen(function*() {
      const { one, redis } = yield* setUp
      yield* one.take(allowance("list"), { ...claim("a"), period: soon })
      yield* one.pause(allowance("list"), soon)
      yield* one.rest(allowance("details"), "b", soon)
      yield* passed
      const keys = yield* Schema.decodeUnknownEffect(Schema.Array(Schema.String))(yield* redis.send("KEYS", "*"))
      assert.deepStrictEqual(keys, ["entegre:names"])
    }))
})
