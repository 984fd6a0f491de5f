import { assert, describe, it } from "@effect/vitest"
import { Dukkango, type OrderFeed } from "@entegre/dukkango"
import { Effect, Fiber, Schedule, Stream } from "effect"
import { TestClock } from "effect/testing"
import {
  acknowledged,
  advance,
  begin,
  confirmed,
  type Handler,
  KitchenClosed,
  nextPoll,
  place,
  received
} from "./support/feed.ts"
import { provider, socketless } from "./support/stack.ts"

const stack = Effect.provide(socketless())

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
