/**
 * Against the sandbox without sockets: the same provider as an `HttpClient`, so that `TestClock` drives everything and an
 * outage of minutes takes no time.
 */
import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core"
import { Dukkango, DukkangoSchema } from "@entegre/dukkango"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { acceptOrder } from "../src/acceptOrder.ts"

const Test = Dukkango.layerConfig().pipe(
  Layer.provideMerge(TokenCache.layer),
  Layer.provideMerge(Sandbox.layerHttpClient)
)

describe("while the token endpoint is down", () => {
  it.effect("the kitchen is told to try later, and later it works", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const { payment_key } = yield* dukkango.orders.place()
      const key = DukkangoSchema.OrderKey.make(payment_key)
      yield* dukkango.faults.inject(Fault.status(503, { on: "auth", times: "unlimited" }))

      const first = yield* Effect.forkChild(acceptOrder(key, 30))
      yield* TestClock.adjust("10 seconds") // as long as a caller without a token waits
      assert.strictEqual((yield* Fiber.join(first))._tag, "TryLater")

      yield* dukkango.faults.clear
      yield* TestClock.adjust("1 minute")
      const second = yield* Effect.forkChild(acceptOrder(key, 30))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* Fiber.join(second), { _tag: "Accepted" })
    }).pipe(Effect.provide(Test)))
})
