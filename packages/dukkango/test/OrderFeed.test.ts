import { assert, describe, it } from "@effect/vitest"
import { Dukkango, DukkangoSchema, type OrderFeed } from "@entegre/dukkango"
import { Fault } from "@entegre/sandbox"
import { Data, Deferred, Effect, Fiber, Schedule, Stream } from "effect"
import { TestClock } from "effect/testing"
import { provider, socketless, sockets } from "./support/stack.ts"

class KitchenClosed extends Data.TaggedError("KitchenClosed")<{}> {}

const { inDelivery, confirmed, received } = DukkangoSchema.OrderStatus

type Handler = (order: DukkangoSchema.Order) => Effect.Effect<unknown, KitchenClosed>

/** A feed that runs in the background, what its handler saw, and what it told. */
const begin = Effect.fnUntraced(function*(
  handler: Handler = () => Effect.void,
  options: Omit<OrderFeed.RunOptions<KitchenClosed>, "onEvent"> = {}
) {
  const handled: Array<[string, number]> = []
  const events: Array<OrderFeed.OrderEvent> = []
  const { orders } = yield* Dukkango
  const fiber = yield* Effect.forkChild(orders.run(
    (order) =>
      Effect.suspend(() => {
        handled.push([order.key, order.statusId])
        return handler(order)
      }),
    { ...options, onEvent: (event) => Effect.sync(() => events.push(event)) }
  ))
  yield* TestClock.adjust(0)
  return {
    fiber,
    handled,
    events,
    tags: () => events.map(({ _tag }) => _tag).filter((tag) => tag !== "Polled"),
    of: <Tag extends OrderFeed.OrderEvent["_tag"]>(tag: Tag) =>
      events.filter((event): event is Extract<OrderFeed.OrderEvent, { readonly _tag: Tag }> => event._tag === tag)
  }
})

const place = (...args: Parameters<Effect.Success<typeof provider>["orders"]["place"]>) =>
  Effect.flatMap(provider, ({ orders }) => orders.place(...args))
const advance = (key: string, statusId: number) =>
  Effect.flatMap(provider, ({ orders }) => orders.advance(key, statusId))
const inject = (fault: Parameters<Effect.Success<typeof provider>["faults"]["inject"]>[0]) =>
  Effect.flatMap(provider, ({ faults }) => faults.inject(fault))
const acknowledged = Effect.map(
  Effect.flatMap(provider, ({ orders }) => orders.acknowledgements),
  (all) => all.map(({ paymentKey, statusId }): [string, number] => [paymentKey, statusId])
)
const nextPoll = TestClock.adjust("30 seconds")

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
  it.effect("share their requests, and both hand over what these bring", () =>
    Effect.gen(function*() {
      const { counters } = yield* provider
      const one = yield* begin()
      const two = yield* begin()
      yield* TestClock.adjust("1 minute")
      const order = yield* place()
      yield* nextPoll
      assert.deepStrictEqual(one.handled, [[order.payment_key, received]])
      assert.deepStrictEqual(two.handled, [[order.payment_key, received]])
      assert.strictEqual((yield* counters).operations["orders.get-current"]?.received, 4)
    }).pipe(stack))
})

describe("an order whose handler fails", () => {
  it.effect("is handed over again by the schedule, then given up until its status changes", () =>
    Effect.gen(function*() {
      const order = yield* place()
      const feed = yield* begin(
        ({ statusId }) => statusId === received ? Effect.fail(new KitchenClosed()) : Effect.void,
        { retry: Schedule.spaced("1 minute").pipe(Schedule.upTo({ times: 2 })) }
      )
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(feed.tags(), ["HandlerFailed", "HandlerFailed", "GivenUp"])
      assert.deepStrictEqual(feed.of("HandlerFailed").map(({ attempt }) => attempt), [1, 2])
      assert.strictEqual(feed.of("GivenUp")[0]?.attempt, 3)
      assert.deepStrictEqual(yield* acknowledged, [])

      yield* advance(order.payment_key, confirmed)
      yield* nextPoll
      assert.deepStrictEqual(yield* acknowledged, [[order.payment_key, confirmed]])
    }).pipe(stack))

  it.effect("is given up after six attempts if nobody says anything else", () =>
    Effect.gen(function*() {
      yield* place()
      const feed = yield* begin(() => Effect.fail(new KitchenClosed()))
      yield* TestClock.adjust("1 day")
      assert.strictEqual(feed.handled.length, 6)
      assert.strictEqual(feed.of("GivenUp").length, 1)
    }).pipe(stack))

  it.effect("does not hold up the others", () =>
    Effect.gen(function*() {
      const bad = yield* place()
      const good = yield* place()
      yield* begin(
        ({ key }) => key === bad.payment_key ? Effect.fail(new KitchenClosed()) : Effect.void,
        { concurrency: 1 }
      )
      assert.deepStrictEqual(yield* acknowledged, [[good.payment_key, received]])
      const late = yield* place()
      yield* nextPoll
      assert.deepStrictEqual(yield* acknowledged, [[good.payment_key, received], [late.payment_key, received]])
    }).pipe(stack))

  it.effect("is put aside, and acknowledged if that succeeds", () =>
    Effect.gen(function*() {
      const order = yield* place()
      const aside: Array<string> = []
      yield* begin(() => Effect.fail(new KitchenClosed()), {
        retry: Schedule.recurs(0),
        onGivenUp: ({ key }) => Effect.sync(() => aside.push(key))
      })
      assert.deepStrictEqual(aside, [order.payment_key])
      assert.deepStrictEqual(yield* acknowledged, [[order.payment_key, received]])
    }).pipe(stack))

  it.effect("counts as failed if the handler dies, or takes too long", () =>
    Effect.gen(function*() {
      yield* place()
      let attempt = 0
      const feed = yield* begin(() => ++attempt === 1 ? Effect.die("bug") : Effect.never, {
        timeout: "10 seconds",
        retry: Schedule.recurs(1)
      })
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(feed.tags(), ["HandlerFailed", "GivenUp"])
    }).pipe(stack))

  it.effect("that throws instead of failing does not end the feed", () =>
    Effect.gen(function*() {
      yield* place()
      const feed = yield* begin(() => {
        throw new Error("not even an effect")
      }, { retry: Schedule.recurs(0) })
      assert.deepStrictEqual(feed.tags(), ["GivenUp"])
      assert.isUndefined(feed.fiber.pollUnsafe())
    }).pipe(stack))
})

describe("stopping the order feed", () => {
  const slow: Handler = () => Effect.sleep("20 seconds")

  it.effect("lets handlers at work finish, and acknowledges what they did", () =>
    Effect.gen(function*() {
      const order = yield* place()
      const feed = yield* begin(slow)
      const stopping = yield* Effect.forkChild(Fiber.interrupt(feed.fiber))
      yield* TestClock.adjust("19 seconds")
      assert.isUndefined(stopping.pollUnsafe())
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(stopping)
      assert.deepStrictEqual(yield* acknowledged, [[order.payment_key, received]])
    }).pipe(stack))

  it.effect("does not wait for them longer than the grace", () =>
    Effect.gen(function*() {
      yield* place()
      const feed = yield* begin(slow, { grace: "5 seconds" })
      const stopping = yield* Effect.forkChild(Fiber.interrupt(feed.fiber))
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(stopping)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* acknowledged, [])
    }).pipe(stack))

  it.effect("interrupts them at once if there is no grace", () =>
    Effect.gen(function*() {
      yield* place()
      let interrupted = false
      const feed = yield* begin(
        (order) => Effect.onInterrupt(slow(order), () => Effect.sync(() => (interrupted = true))),
        { grace: 0 }
      )
      yield* Fiber.interrupt(feed.fiber)
      assert.isTrue(interrupted)
    }).pipe(stack))
})

describe("the feed's bounds", () => {
  it.effect("no more handlers at once than it is told", () =>
    Effect.gen(function*() {
      yield* Effect.forEach(Array.from({ length: 10 }), () => place())
      let running = 0
      let peak = 0
      const feed = yield* begin(() =>
        Effect.acquireUseRelease(
          Effect.sync(() => (peak = Math.max(peak, ++running))),
          () => Effect.sleep("1 second"),
          () => Effect.sync(() => running--)
        ), { concurrency: 3 })
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(peak, 3)
      assert.strictEqual(feed.handled.length, 10)
      assert.strictEqual((yield* acknowledged).length, 10)
    }).pipe(stack))

  it.effect("options that can not be used are told before anything is sent", () =>
    Effect.gen(function*() {
      const { orders } = yield* Dukkango
      const { requests } = yield* provider
      const optionOf = (options: OrderFeed.RunOptions) =>
        Effect.map(Effect.flip(orders.run(() => Effect.void, options)), ({ option }) => option)
      assert.strictEqual(yield* optionOf({ concurrency: 0 }), "concurrency")
      assert.strictEqual(yield* optionOf({ concurrency: 1.5 }), "concurrency")
      assert.strictEqual(yield* optionOf({ timeout: 0 }), "timeout")
      assert.strictEqual(yield* optionOf({ statusId: 0.5 }), "statusId")
      assert.strictEqual((yield* Effect.flip(Stream.runDrain(orders.feed({ statusId: 0.5 })))).option, "statusId")
      assert.deepStrictEqual(yield* requests, [])
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
