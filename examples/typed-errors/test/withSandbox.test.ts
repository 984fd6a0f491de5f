/**
 * Against the sandbox: the real client, a real server on loopback, and faults on demand. Nothing is mocked, so what is
 * tested includes what goes over the wire.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { TokenCache } from "@entegre/core"
import { Dukkango, DukkangoSchema } from "@entegre/dukkango"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Effect, Layer } from "effect"
import { acceptOrder } from "../src/acceptOrder.ts"

const Main = Dukkango.layerConfig().pipe(
  Layer.provideMerge(TokenCache.layer),
  Layer.provide(NodeHttpClient.layerUndici)
)

const Test = Main.pipe(Layer.provideMerge(Sandbox.layer))

// Real sockets need real time.
layer(Test, { excludeTestServices: true })("accepting an order", (it) => {
  const placed = Effect.gen(function*() {
    const { dukkango } = yield* Sandbox
    const { payment_key } = yield* dukkango.orders.place()
    return DukkangoSchema.OrderKey.make(payment_key)
  })

  it.effect("succeeds", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* acceptOrder(yield* placed, 30), { _tag: "Accepted" })
    }))

  it.effect("shows that an order is gone", () =>
    Effect.gen(function*() {
      const unknown = DukkangoSchema.OrderKey.make("00000000-0000-4000-8000-000000000000")
      assert.deepStrictEqual(yield* acceptOrder(unknown, 30), { _tag: "Gone" })
    }))

  it.effect("has the kitchen check first when the answer was lost, and sends nothing twice", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const key = yield* placed
      yield* dukkango.faults.inject(Fault.lostReply({ on: "orders.accept", times: 1 }))
      const before = (yield* dukkango.counters).operations["orders.accept"]?.received ?? 0
      assert.strictEqual((yield* acceptOrder(key, 30))._tag, "CheckFirst")
      assert.strictEqual((yield* dukkango.counters).operations["orders.accept"]?.received, before + 1)
    }))

  it.effect("survives a revoked token without the kitchen noticing", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const key = yield* placed
      yield* dukkango.revokeTokens
      assert.deepStrictEqual(yield* acceptOrder(key, 30), { _tag: "Accepted" })
    }))

  it.effect("names the field of a request that can not be sent", () =>
    Effect.gen(function*() {
      const screen = yield* acceptOrder(yield* placed, -1)
      assert(screen._tag === "CallSupport")
      assert.include(screen.why, "preparingTime")
    }))
})
