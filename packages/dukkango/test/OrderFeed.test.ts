import { assert, describe, it } from "@effect/vitest"
import { Dukkango } from "@entegre/dukkango"
import { Fault } from "@entegre/sandbox"
import { Deferred, Effect, Fiber, Schedule, Stream } from "effect"
import { TestClock } from "effect/testing"
import {
  acknowledged,
  advance,
  begin,
  confirmed,
  inDelivery,
  inject,
  nextPoll,
  place,
  received
} from "./support/feed.ts"
import { countOf, provider, socketless, sockets } from "./support/stack.ts"

const stack = Effect.provide(socketless())

describe("the order feed", () => {
  it.effect("hands over each order in each of its statuses once, and acknowledges it", () =>
    Effect.gen(function*() {
      const one = yield* place()
      const two = yield* place()
      const feed = yield* begin()
      yield* nextPoll
      yield* advance(one.payment_key, confirmed)
      yield* nextPoll
      yield* nextPoll
      const expected: Array<[string, number]> = [
        [one.payment_key, received],
        [two.payment_key, received],
        [one.payment_key, confirmed]
      ]
      assert.sameDeepMembers(feed.handled, expected)
      assert.sameDeepMembers([...yield* acknowledged], expected)
      assert.deepStrictEqual(feed.tags(), ["Acknowledged", "Acknowledged", "Acknowledged"])
    }).pipe(stack))

  it.effect("polls at once, then as often as the cooldown allows, and is never refused", () =>
    Effect.gen(function*() {
      const { counters } = yield* provider
      const feed = yield* begin()
      assert.strictEqual(feed.of("Polled").length, 1)
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(feed.of("Polled").length, 21)
      assert.strictEqual((yield* counters).cooldownRefusals, 0)
    }).pipe(stack))

  it.effect("waits its turn among other callers, also where these are told to fail", () =>
    Effect.gen(function*() {
      const { counters } = yield* provider
      const { orders } = yield* Dukkango
      yield* orders.current()
      const feed = yield* begin()
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(feed.tags(), [])
      assert.strictEqual(feed.of("Polled").length, 2)
      assert.strictEqual((yield* counters).cooldownRefusals, 0)
    }).pipe(Effect.provide(socketless({ settings: { whenCooling: "fail" } }))))

  it.live("works over a socket", () =>
    Effect.gen(function*() {
      const order = yield* place()
      const { orders } = yield* Dukkango
      const told = yield* Deferred.make<string>()
      yield* Effect.forkChild(orders.run(() => Effect.void, {
        onEvent: (event) => event._tag === "Acknowledged" ? Deferred.succeed(told, event.orderKey) : Effect.void
      }))
      assert.strictEqual(yield* Deferred.await(told), order.payment_key)
      assert.deepStrictEqual(yield* acknowledged, [[order.payment_key, received]])
    }).pipe(Effect.provide(sockets())))

  it.effect("asks for one status only, if it is told to", () =>
    Effect.gen(function*() {
      const courier = yield* place({ status_id: inDelivery })
      yield* place()
      const feed = yield* begin(undefined, { statusId: inDelivery })
      assert.deepStrictEqual(feed.handled, [[courier.payment_key, inDelivery]])
    }).pipe(stack))

  it.effect("does not acknowledge an order whose handler has not succeeded", () =>
    Effect.gen(function*() {
      const order = yield* place()
      const open = yield* Deferred.make<void>()
      const feed = yield* begin(() => Deferred.await(open))
      yield* nextPoll
      assert.deepStrictEqual(yield* acknowledged, [])
      assert.strictEqual(feed.handled.length, 1)
      yield* Deferred.succeed(open, undefined)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(yield* acknowledged, [[order.payment_key, received]])
    }).pipe(stack))

  it.effect("hands an order over again after a crash between handling and acknowledging", () =>
    Effect.gen(function*() {
      const order = yield* place()
      yield* inject(Fault.hang({ on: "orders.success" }))
      const first = yield* begin(undefined, { grace: 0 })
      yield* Fiber.interrupt(first.fiber)
      yield* nextPoll
      const second = yield* begin()
      yield* nextPoll
      assert.deepStrictEqual(second.handled, [[order.payment_key, received]])
      assert.deepStrictEqual(yield* acknowledged, [[order.payment_key, received]])
    }).pipe(stack))

  it.effect("repeats an acknowledgement that did not come through, and not the handler", () =>
    Effect.gen(function*() {
      const order = yield* place()
      yield* inject(Fault.status(500, { on: "orders.success", times: 3 }))
      const feed = yield* begin()
      yield* TestClock.adjust("29 seconds")
      assert.deepStrictEqual(feed.tags(), ["AcknowledgeFailed"])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(feed.tags(), ["AcknowledgeFailed", "Acknowledged"])
      assert.deepStrictEqual(feed.handled, [[order.payment_key, received]])
      assert.deepStrictEqual(yield* acknowledged, [[order.payment_key, received]])
    }).pipe(stack))

  it.effect("repeats an acknowledgement whose answer was lost, which does no harm", () =>
    Effect.gen(function*() {
      const order = yield* place()
      yield* inject(Fault.lostReply({ on: "orders.success" }))
      const feed = yield* begin()
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(feed.handled, [[order.payment_key, received]])
      assert.deepStrictEqual(feed.tags(), ["Acknowledged"])
    }).pipe(stack))

  it.effect("is not held up by acknowledgements that hang", () =>
    Effect.gen(function*() {
      yield* place()
      yield* inject(Fault.hang({ on: "orders.success", times: "unlimited" }))
      const feed = yield* begin(undefined, { grace: 0 })
      yield* TestClock.adjust("35 seconds")
      // The first attempt and its repetition: the poll between them did not begin another.
      assert.strictEqual((yield* countOf("orders.success")).received, 2)
      yield* TestClock.adjust("86 seconds")
      assert.deepStrictEqual(feed.tags(), ["AcknowledgeFailed"])
      yield* place()
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(feed.handled.length, 2)
    }).pipe(stack))

  it.effect("does not acknowledge a status that a newer one has followed: the provider would take it for the newer", () =>
    Effect.gen(function*() {
      const order = yield* place()
      const open = yield* Deferred.make<void>()
      const feed = yield* begin(({ statusId }) => statusId === received ? Deferred.await(open) : Effect.void)
      yield* advance(order.payment_key, confirmed)
      yield* nextPoll
      yield* Deferred.succeed(open, undefined)
      yield* nextPoll
      assert.deepStrictEqual(feed.handled, [[order.payment_key, received], [order.payment_key, confirmed]])
      assert.deepStrictEqual(yield* acknowledged, [[order.payment_key, confirmed]])
    }).pipe(stack))

  it.effect("handles the statuses of one order one after the other", () =>
    Effect.gen(function*() {
      const order = yield* place()
      const open = yield* Deferred.make<void>()
      const feed = yield* begin(() => Deferred.await(open))
      yield* advance(order.payment_key, confirmed)
      yield* nextPoll
      assert.deepStrictEqual(feed.handled, [[order.payment_key, received]])
      yield* Deferred.succeed(open, undefined)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(feed.handled, [[order.payment_key, received], [order.payment_key, confirmed]])
    }).pipe(stack))

  it.effect("tells of an order that can not be read once, and hands over the others", () =>
    Effect.gen(function*() {
      const broken = yield* place({ date: "yesterday" })
      yield* place({ payment_key: "no-uuid" })
      const good = yield* place()
      const feed = yield* begin()
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(feed.handled, [[good.payment_key, received]])
      const told = feed.of("Unreadable").map(({ orderKey, problem }) => [orderKey, problem])
      assert.sameDeepMembers(told, [
        [broken.payment_key, "placedAt: Expected a date and time"],
        [undefined, "payment_key: Expected a UUID"]
      ])
      assert.strictEqual(feed.of("Polled").at(-1)?.unreadable, 2)
    }).pipe(stack))

  it.effect("survives the provider's outages", () =>
    Effect.gen(function*() {
      const order = yield* place()
      yield* inject(Fault.status(503, { on: "calls", times: 3 }))
      yield* inject(Fault.html({ on: "orders.get-current" }))
      yield* inject(Fault.reset({ on: "orders.get-current" }))
      yield* inject(Fault.hang({ on: "orders.get-current" }))
      const feed = yield* begin()
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(
        feed.of("PollFailed").map(({ error }) => error.reason._tag),
        [
          "ProviderUnavailable",
          "ProviderUnavailable",
          "ProviderUnavailable",
          "UnreadableAnswer",
          "Unanswered",
          "Unanswered"
        ]
      )
      assert.deepStrictEqual(feed.handled, [[order.payment_key, received]])
    }).pipe(stack))

  it.effect("survives refused keys, and goes on by itself when they are replaced", () =>
    Effect.gen(function*() {
      const { settings } = yield* provider
      yield* settings.update({ credentialsAccepted: false })
      const order = yield* place()
      const feed = yield* begin()
      yield* TestClock.adjust("2 minutes")
      assert.isTrue(feed.of("PollFailed").every(({ error }) => error.reason._tag === "CredentialsRefused"))
      yield* settings.update({ credentialsAccepted: true })
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(feed.handled, [[order.payment_key, received]])
    }).pipe(stack))

  it.effect("survives an observer that dies", () =>
    Effect.gen(function*() {
      const order = yield* place()
      const { orders } = yield* Dukkango
      yield* Effect.forkChild(orders.run(() => Effect.void, { onEvent: () => Effect.die("observer") }))
      yield* nextPoll
      assert.deepStrictEqual(yield* acknowledged, [[order.payment_key, received]])
    }).pipe(stack))

  it.effect("ends when its schedule ends, after the handlers at work", () =>
    Effect.gen(function*() {
      yield* place()
      const feed = yield* begin(() => Effect.sleep("1 minute"), { schedule: Schedule.recurs(0) })
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(feed.fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(feed.fiber)
      assert.strictEqual((yield* acknowledged).length, 1)
    }).pipe(stack))
})

describe("two feeds in one process", () => {
  it.effect("take turns: one stands by while the other runs, and takes over", () =>
    Effect.gen(function*() {
      const one = yield* begin()
      const two = yield* begin()
      const order = yield* place()
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual([one.handled, two.handled], [[[order.payment_key, received]], []])
      yield* Fiber.interrupt(one.fiber)
      const other = yield* place()
      yield* nextPoll
      assert.deepStrictEqual(two.handled, [[other.payment_key, received]])
    }).pipe(stack))

  it.effect("that are not exclusive share their requests, and both hand over what these bring", () =>
    Effect.gen(function*() {
      const { counters } = yield* provider
      const one = yield* begin(undefined, { exclusive: false })
      const two = yield* begin(undefined, { exclusive: false })
      yield* TestClock.adjust("1 minute")
      const order = yield* place()
      yield* nextPoll
      assert.deepStrictEqual(one.handled, [[order.payment_key, received]])
      assert.deepStrictEqual(two.handled, [[order.payment_key, received]])
      assert.strictEqual((yield* counters).operations["orders.get-current"]?.received, 4)
    }).pipe(stack))
})

describe("the stream under the feed", () => {
  it.effect("hands over an order again when it is handed back, and not while it is in hand", () =>
    Effect.gen(function*() {
      const order = yield* place()
      const { orders } = yield* Dukkango
      const seen: Array<readonly [string, number]> = []
      yield* Effect.forkChild(Stream.runForEach(orders.feed(), (delivery) => {
        seen.push([delivery.order.key, delivery.attempt])
        return delivery.attempt === 1 ? delivery.handBack("1 minute") : delivery.acknowledge
      }))
      yield* TestClock.adjust("59 seconds")
      assert.deepStrictEqual(seen, [[order.payment_key, 1]])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(seen, [[order.payment_key, 1], [order.payment_key, 2]])
      assert.deepStrictEqual(yield* acknowledged, [[order.payment_key, received]])
    }).pipe(stack))

  it.effect("does not hand over an order that was given up", () =>
    Effect.gen(function*() {
      yield* place()
      const { orders } = yield* Dukkango
      let deliveries = 0
      yield* Effect.forkChild(Stream.runForEach(orders.feed(), ({ giveUp }) => {
        deliveries++
        return giveUp
      }))
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(deliveries, 1)
      assert.deepStrictEqual(yield* acknowledged, [])
    }).pipe(stack))
})
