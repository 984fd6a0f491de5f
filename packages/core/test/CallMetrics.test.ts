import { assert, describe, it } from "@effect/vitest"
import * as CallMetrics from "@entegre/core/CallMetrics"
import { Duration, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { open, operations } from "./support/acme.ts"
import { inRegistryOfItsOwn, series } from "./support/metrics.ts"

const good = () => Response.json({ id: "7" })
const slow = () => Effect.delay(Effect.sync(good), "2 seconds")

const metered = (answer: Parameters<typeof open>[0]) => Effect.provide(open(answer), CallMetrics.layer)

describe("calls", () => {
  it.effect("are counted and measured by provider, operation and outcome", () =>
    inRegistryOfItsOwn(Effect.gen(function*() {
      const { run } = yield* metered((_, attempt) =>
        attempt === 2 ? Response.json({ success: false, message: "no" }, { status: 404 }) : slow()
      )
      const calls = yield* Effect.forkChild(Effect.gen(function*() {
        yield* run(operations.get)
        yield* Effect.exit(run(operations.get))
        yield* run(operations.update)
      }))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(calls)
      const seen = yield* series
      assert.deepInclude(seen.get("entegre.call.duration acme orders.get"), { count: 1, sum: 2 })
      assert.deepInclude(seen.get("entegre.call.duration acme orders.get OrderNotFound"), { count: 1, sum: 0 })
      assert.deepInclude(seen.get("entegre.call.duration acme orders.update"), { count: 1, sum: 2 })
      assert.deepStrictEqual(seen.get("entegre.call.active acme orders.get"), { value: 0 })
    })))

  it.effect("are seen while they are under way, and when their caller leaves", () =>
    inRegistryOfItsOwn(Effect.gen(function*() {
      const { run } = yield* metered(() => Effect.never)
      const calls = yield* Effect.forEach([1, 2], () => Effect.forkChild(run(operations.get)))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual((yield* series).get("entegre.call.active acme orders.get"), { value: 2 })
      yield* Fiber.interruptAll(calls)
      const seen = yield* series
      assert.deepStrictEqual(seen.get("entegre.call.active acme orders.get"), { value: 0 })
      assert.deepInclude(seen.get("entegre.call.duration acme orders.get interrupted"), { count: 2 })
    })))

  it.effect("have the wait for a token and retries in their duration", () =>
    inRegistryOfItsOwn(Effect.gen(function*() {
      const { run } = yield* metered((_, attempt) => attempt < 3 ? new Response(null, { status: 503 }) : good())
      const call = yield* Effect.forkChild(run(operations.get))
      yield* TestClock.adjust("10 seconds")
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(call)))
      const state = (yield* series).get("entegre.call.duration acme orders.get")
      assert.isTrue(state !== undefined && "sum" in state && state.sum > Duration.toSeconds("400 millis"))
    })))

  it.effect("are not measured unless somebody asks for it", () =>
    inRegistryOfItsOwn(Effect.gen(function*() {
      const { run } = yield* open(good)
      yield* run(operations.get)
      assert.deepStrictEqual([...(yield* series).keys()], [])
    })))
})
