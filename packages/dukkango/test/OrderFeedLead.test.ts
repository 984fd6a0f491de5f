/**
 * One feed at a time, over several processes.
 */
import { assert, describe, it } from "@effect/vitest"
import { Dukkango } from "@entegre/dukkango"
import { Sandbox } from "@entegre/sandbox"
import { Deferred, Duration, Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { acknowledged, advance, begin, confirmed, inDelivery, place, received } from "./support/feed.ts"
import { feedOf, type Process, processes } from "./support/processes.ts"
import { countOf, provider, socketless } from "./support/stack.ts"

const sandboxed = Effect.provide(Sandbox.layerHttpClient)
const polls = Effect.map(countOf("orders.get-current"), ({ received }) => received)
const refusals = Effect.map(
  Effect.flatMap(provider, ({ counters }) => counters),
  ({ cooldownRefusals }) => cooldownRefusals
)

/** So many processes, the first of which leads. */
const feeds = Effect.fnUntraced(function*(count: number, options: Parameters<typeof feedOf>[1] = {}) {
  const members = yield* processes(count)
  return yield* Effect.forEach(members, (process) =>
    Effect.map(
      Effect.tap(feedOf(process, options), () => TestClock.adjust("700 millis")),
      (feed) => ({ ...process, ...feed })
    ))
})

const two = (options?: Parameters<typeof feedOf>[1]) =>
  Effect.flatMap(
    feeds(2, options),
    ([one, other]) =>
      one === undefined || other === undefined ? Effect.die("there are two") : Effect.succeed([one, other] as const)
  )

const away = (members: ReadonlyArray<Process>, is: Process["line"]["is"] = "away") => {
  for (const { line } of members) line.is = is
}

describe("the feeds of an account", () => {
  it.effect("run one at a time: one polls, the others stand by, and none is refused", () =>
    Effect.gen(function*() {
      const members = yield* feeds(3)
      const order = yield* place()
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(members.map(({ lead }) => lead()), [["Leading"], ["Standby"], ["Standby"]])
      assert.deepStrictEqual(members.map(({ handled }) => handled), [[[order.payment_key, received]], [], []])
      assert.strictEqual(yield* polls, 21)
      assert.strictEqual(yield* refusals, 0)
    }).pipe(sandboxed))

  it.effect("take over within two seconds when the leader ends", () =>
    Effect.gen(function*() {
      const [one, other] = yield* two()
      yield* TestClock.adjust("45 seconds")
      yield* one.stop
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(other.lead(), ["Standby", "Leading"])
      const order = yield* place()
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(other.handled, [[order.payment_key, received]])
      assert.strictEqual(yield* refusals, 0)
    }).pipe(sandboxed))

  it.effect("take over when the leader's handlers are done, and handle nothing twice", () =>
    Effect.gen(function*() {
      const open = yield* Deferred.make<void>()
      const [first, second] = yield* processes(2)
      if (first === undefined || second === undefined) return assert.fail("there are two")
      const order = yield* place()
      const one = yield* feedOf(first, {}, () => Deferred.await(open))
      yield* TestClock.adjust("10 millis")
      const other = yield* feedOf(second)
      const stopping = yield* Effect.forkChild(one.stop)
      yield* TestClock.adjust("20 seconds")
      assert.deepStrictEqual(other.lead(), ["Standby"])
      yield* Deferred.succeed(open, undefined)
      yield* Fiber.join(stopping)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(other.lead(), ["Standby", "Leading"])
      assert.deepStrictEqual([one.handled, other.handled], [[[order.payment_key, received]], []])
      assert.deepStrictEqual(yield* acknowledged, [[order.payment_key, received]])
    }).pipe(sandboxed))

  it.effect("take over within fifteen seconds when the leader's process dies, at whatever moment", () =>
    Effect.gen(function*() {
      const [one, other] = yield* two()
      // The leader has just given a sign, and nobody looks when fifteen seconds are over.
      yield* TestClock.adjust("33650 millis")
      yield* one.freeze
      const order = yield* place()
      yield* TestClock.adjust("14 seconds")
      assert.deepStrictEqual(other.lead(), ["Standby"])
      yield* TestClock.adjust("1 seconds")
      assert.deepStrictEqual(other.lead(), ["Standby", "Leading"])
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(other.handled, [[order.payment_key, received]])
      assert.strictEqual(yield* refusals, 0)
    }).pipe(sandboxed))

  it.effect("are led by one of those who stand by, and by one only", () =>
    Effect.gen(function*() {
      const [one, ...others] = yield* feeds(5)
      if (one === undefined) return assert.fail("there are five")
      yield* one.freeze
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(
        others.map(({ lead }) => lead().join(", ")).toSorted(),
        ["Standby", "Standby", "Standby", "Standby, Leading"]
      )
      assert.strictEqual(yield* refusals, 0)
    }).pipe(sandboxed))

  it.effect("for different statuses run beside each other", () =>
    Effect.gen(function*() {
      const [first, second] = yield* processes(2)
      if (first === undefined || second === undefined) return assert.fail("there are two")
      const one = yield* feedOf(first, { statusId: received })
      const other = yield* feedOf(second, { statusId: inDelivery })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual([one.lead(), other.lead()], [["Leading"], ["Leading"]])
    }).pipe(sandboxed))

  it.effect("that are not exclusive ask nobody", () =>
    Effect.gen(function*() {
      const [one, other] = yield* two({ exclusive: false })
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual([one.lead(), other.lead()], [[], []])
      assert.strictEqual(one.count("Polled") + other.count("Polled"), 5)
      assert.strictEqual(yield* refusals, 0)
    }).pipe(sandboxed))

  it.effect("are not held up by one who hears too slowly that it leads", () =>
    Effect.gen(function*() {
      const [first, second] = yield* processes(2)
      if (first === undefined || second === undefined) return assert.fail("there are two")
      const { dukkango: { orders }, run } = first
      yield* Effect.forkChild(run(orders.run(() => Effect.void, {
        onEvent: (event) => event._tag === "Leading" ? Effect.never : Effect.void
      })))
      yield* TestClock.adjust("1 second")
      const other = yield* feedOf(second)
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(other.lead(), ["Standby"])
      assert.strictEqual(yield* polls, 11)
    }).pipe(sandboxed))

  it.effect("are asked for a time that can be waited for", () =>
    Effect.gen(function*() {
      const { orders } = yield* Dukkango
      const error = yield* Effect.flip(orders.run(() => Effect.void, { aloneAfter: Duration.infinity }))
      assert.strictEqual(error.option, "aloneAfter")
    }).pipe(Effect.provide(socketless())))
})

describe("a leader that was frozen", () => {
  it.effect("goes on leading if nobody took over", () =>
    Effect.gen(function*() {
      const [one] = yield* feeds(1)
      if (one === undefined) return assert.fail("there is one")
      yield* one.freeze
      const order = yield* place()
      yield* TestClock.adjust("5 minutes")
      yield* one.thaw
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(one.lead(), ["Leading"])
      assert.deepStrictEqual(one.handled, [[order.payment_key, received]])
    }).pipe(sandboxed))

  it.effect("does not take itself for the leader for longer than the store does", () =>
    Effect.gen(function*() {
      const [first, second] = yield* processes(2)
      if (first === undefined || second === undefined) return assert.fail("there are two")
      first.line.is = "slow"
      yield* place()
      // Gives its signs after 0, 6.9, 13.8 and 20.7 seconds; the last one holds until 35.7.
      const one = yield* feedOf(first, {}, () => Effect.sleep("30 seconds"))
      yield* TestClock.adjust("5 seconds")
      const other = yield* feedOf(second, { grace: 0 }, () => Effect.never)
      yield* TestClock.adjust("18 seconds")
      yield* first.freeze
      yield* TestClock.adjust("13 seconds")
      assert.deepStrictEqual(other.lead(), ["Standby", "Leading"])
      assert.strictEqual(other.handled.length, 1)
      yield* first.thaw
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(one.lead(), ["Leading", "Standby"])
      assert.deepStrictEqual(yield* acknowledged, [])
      first.line.is = "well"
    }).pipe(sandboxed))
})

describe("a leader that was frozen until another took over", () => {
  it.effect("hands over nothing more and acknowledges nothing more", () =>
    Effect.gen(function*() {
      const [first, second] = yield* processes(2)
      if (first === undefined || second === undefined) return assert.fail("there are two")
      yield* Effect.all([place(), place(), place()])
      const one = yield* feedOf(first, { concurrency: 1 }, () => Effect.sleep("2 seconds"))
      yield* TestClock.adjust("1 second")
      const other = yield* feedOf(second)
      yield* first.freeze
      yield* TestClock.adjust("30 seconds")
      yield* first.thaw
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(one.lead(), ["Leading", "Standby"])
      assert.strictEqual(one.handled.length, 1)
      assert.strictEqual(other.handled.length, 3)
      assert.strictEqual((yield* acknowledged).length, 3)
      assert.strictEqual(yield* refusals, 0)
    }).pipe(sandboxed))

  it.effect("does not acknowledge a status that only the other has seen", () =>
    Effect.gen(function*() {
      const [first, second] = yield* processes(2)
      if (first === undefined || second === undefined) return assert.fail("there are two")
      const order = yield* place()
      const one = yield* feedOf(first, {}, () => Effect.sleep("2 seconds"))
      yield* TestClock.adjust("1 second")
      const open = yield* Deferred.make<void>()
      const other = yield* feedOf(second, {}, () => Deferred.await(open))
      yield* first.freeze
      yield* advance(order.payment_key, confirmed)
      yield* TestClock.adjust("45 seconds")
      assert.deepStrictEqual(other.handled, [[order.payment_key, confirmed]])
      yield* first.thaw
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(one.lead(), ["Leading", "Standby"])
      assert.deepStrictEqual(yield* acknowledged, [])
      yield* Deferred.succeed(open, undefined)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* acknowledged, [[order.payment_key, confirmed]])
    }).pipe(sandboxed))

  it.effect("takes up what it had, when it leads again", () =>
    Effect.gen(function*() {
      const [first, second] = yield* processes(2)
      if (first === undefined || second === undefined) return assert.fail("there are two")
      const orders = yield* Effect.all([place(), place()])
      const one = yield* feedOf(first, { concurrency: 1 }, () => Effect.sleep("2 seconds"))
      yield* TestClock.adjust("1 second")
      const other = yield* feedOf(second, {}, () => Effect.never)
      yield* first.freeze
      yield* TestClock.adjust("20 seconds")
      yield* first.thaw
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(one.lead(), ["Leading", "Standby"])
      yield* second.freeze
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(one.lead(), ["Leading", "Standby", "Leading"])
      // What it handled before is not handled again, only acknowledged.
      assert.sameDeepMembers(one.handled, orders.map(({ payment_key }) => [payment_key, received]))
      assert.strictEqual((yield* acknowledged).length, 2)
      assert.isAtMost(other.handled.length, 2)
    }).pipe(sandboxed))

  it.effect("has not handed over what a stream has not asked for yet", () =>
    Effect.gen(function*() {
      const [first, second] = yield* processes(2)
      if (first === undefined || second === undefined) return assert.fail("there are two")
      yield* Effect.all([place(), place(), place()])
      const attempts: Array<number> = []
      yield* Effect.forkChild(first.run(Stream.runForEach(first.dukkango.orders.feed(), ({ attempt }) => {
        attempts.push(attempt)
        return Effect.sleep("2 seconds")
      })))
      yield* TestClock.adjust("1 second")
      yield* feedOf(second, { grace: 0 }, () => Effect.never)
      yield* first.freeze
      yield* TestClock.adjust("20 seconds")
      yield* first.thaw
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(attempts, [1])
      yield* second.freeze
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(attempts, [1, 1, 1])
    }).pipe(sandboxed))
})

describe("while the token store is away", () => {
  it.effect("the leader goes on, and tells so when another may have taken over", () =>
    Effect.gen(function*() {
      const [one, other] = yield* two({ aloneAfter: "10 minutes" })
      away([one, other])
      const order = yield* place()
      yield* TestClock.adjust("9 minutes")
      assert.deepStrictEqual(one.lead(), ["Leading", "Leading without store"])
      assert.deepStrictEqual(other.lead(), ["Standby", "Standby without store"])
      assert.deepStrictEqual([one.handled, other.handled], [[[order.payment_key, received]], []])
      away([one, other], "well")
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(one.lead().slice(2), ["Leading"])
      assert.deepStrictEqual(other.lead().slice(2), ["Standby"])
    }).pipe(sandboxed))

  it.effect("those who stand by go on without it after a minute; when it is back, one of them", () =>
    Effect.gen(function*() {
      const [one, other] = yield* two()
      yield* one.freeze
      away([other])
      const order = yield* place()
      yield* TestClock.adjust("58 seconds")
      assert.deepStrictEqual(other.lead(), ["Standby", "Standby without store"])
      yield* TestClock.adjust("4 seconds")
      assert.deepStrictEqual(other.lead(), ["Standby", "Standby without store", "Leading without store"])
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(other.handled, [[order.payment_key, received]])
      away([other], "well")
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(other.lead().at(-1), "Leading")
    }).pipe(sandboxed))

  it.effect("outages are not added up", () =>
    Effect.gen(function*() {
      const [one, other] = yield* two()
      for (let outage = 0; outage < 5; outage++) {
        away([one, other])
        yield* TestClock.adjust("50 seconds")
        away([one, other], "well")
        yield* TestClock.adjust("10 seconds")
      }
      assert.deepStrictEqual(other.lead().filter((event) => !event.startsWith("Standby")), [])
    }).pipe(sandboxed))

  it.effect("an observer that is slow hears one thing after the other, and what is true in the end", () =>
    Effect.gen(function*() {
      const [process] = yield* processes(1)
      if (process === undefined) return assert.fail("there is one")
      const told: Array<boolean> = []
      const state = { telling: 0, most: 0 }
      const { dukkango: { orders }, line, run } = process
      yield* Effect.forkChild(run(orders.run(() => Effect.void, {
        onEvent: (event) => {
          if (event._tag !== "Leading") return Effect.void
          told.push(event.storeAway)
          state.most = Math.max(state.most, ++state.telling)
          return Effect.andThen(
            Effect.sleep("3 minutes"),
            Effect.sync(() => {
              state.telling--
            })
          )
        }
      })))
      for (const is of ["away", "well", "away", "well", "away"] as const) {
        yield* TestClock.adjust("20 seconds")
        line.is = is
      }
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(state.most, 1)
      assert.deepStrictEqual(told, [false, true])
    }).pipe(sandboxed))

  it.effect("a feed that begins goes on without it after a minute, also if it is silent", () =>
    Effect.gen(function*() {
      const [process] = yield* processes(1)
      if (process === undefined) return assert.fail("there is one")
      away([process], "silent")
      const order = yield* place()
      const feed = yield* feedOf(process)
      yield* TestClock.adjust("50 seconds")
      assert.deepStrictEqual(feed.lead(), ["Standby without store"])
      yield* TestClock.adjust("20 seconds")
      assert.deepStrictEqual(feed.lead(), ["Standby without store", "Leading without store"])
      assert.deepStrictEqual(feed.handled, [[order.payment_key, received]])
      away([process], "well")
    }).pipe(sandboxed))

  it.effect("a leader that alone can not reach it goes on until it hears of the one who took over", () =>
    Effect.gen(function*() {
      const [one, other] = yield* two()
      away([one])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(one.lead(), ["Leading", "Leading without store"])
      assert.deepStrictEqual(other.lead(), ["Standby", "Leading"])
      away([one], "well")
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(one.lead(), ["Leading", "Leading without store", "Standby"])
      const order = yield* place()
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(other.handled, [[order.payment_key, received]])
      assert.deepStrictEqual(one.handled, [])
    }).pipe(sandboxed))

  it.effect("a short outage is not noticed", () =>
    Effect.gen(function*() {
      const [one, other] = yield* two()
      yield* TestClock.adjust("6 seconds")
      away([one, other])
      yield* TestClock.adjust("10 seconds")
      away([one, other], "well")
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(one.lead(), ["Leading"])
      assert.strictEqual(other.lead().at(-1), "Standby")
    }).pipe(sandboxed))
})

describe("a feed that ends", () => {
  it.effect("gives the lead back when its stream is no longer pulled", () =>
    Effect.gen(function*() {
      const { orders } = yield* Dukkango
      yield* place()
      yield* Stream.runDrain(Stream.take(orders.feed(), 1))
      const next = yield* begin()
      assert.strictEqual(next.of("Leading").length, 1)
    }).pipe(Effect.provide(socketless())))
})
