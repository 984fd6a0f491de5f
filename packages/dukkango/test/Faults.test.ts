import { assert, describe, it, layer } from "@effect/vitest"
import { Dukkango, DukkangoSchema } from "@entegre/dukkango"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Effect, Exit, Redacted, Schedule } from "effect"
import { countOf, failureOf, provider, socketless, sockets } from "./support/stack.ts"

const settings = { timeout: "300 millis", retry: Schedule.recurs(0) } as const
const transports = [
  ["without sockets", socketless({ settings })],
  ["over a socket", sockets({ settings })]
] as const

const list = Dukkango.use(({ restaurants }) => restaurants.list)

/** What a provider may do to a read, and what becomes of it. */
const reads = [
  ["garbage", Fault.garbage({ on: "calls" }), "UnreadableAnswer"],
  ["a page of a proxy", Fault.html({ on: "calls" }), "UnreadableAnswer"],
  ["nothing", Fault.empty({ on: "calls" }), "UnreadableAnswer"],
  ["another shape", Fault.wrongShape({ on: "calls" }), "UnreadableAnswer"],
  ["too much", Fault.huge(9 * 1024 * 1024, { on: "calls" }), "UnreadableAnswer"],
  ["half an answer", Fault.truncated({ on: "calls" }), "Unanswered"],
  ["a reset", Fault.reset({ on: "calls" }), "Unanswered"],
  ["silence", Fault.hang({ on: "calls" }), "Unanswered"],
  ["a redirect", Fault.redirect("/elsewhere", { on: "calls" }), "Redirected"]
] as const

/** What a provider may do to an unsafe call that it carries out. */
const unsafe = [
  ["garbage", Fault.garbage({ on: "orders.accept" }), "unreadableAnswer"],
  ["a page of a proxy", Fault.html({ on: "orders.accept" }), "unreadableAnswer"],
  ["nothing", Fault.empty({ on: "orders.accept" }), "unreadableAnswer"],
  ["another shape", Fault.wrongShape({ on: "orders.accept" }), "unreadableAnswer"],
  ["half an answer", Fault.truncated({ on: "orders.accept" }), "connectionLost"],
  ["a lost answer", Fault.lostReply({ on: "orders.accept" }), "connectionLost"],
  ["silence", Fault.hang({ on: "orders.accept", acts: true }), "timedOut"],
  ["500", Fault.status(500, { on: "orders.accept", acts: true }), "serverError"],
  ["a redirect", Fault.redirect("/elsewhere", { on: "orders.accept", acts: true, status: 303 }), "redirected"]
] as const

for (const [transport, stack] of transports) {
  describe(`an answer that is not as documented, ${transport}`, () => {
    layer(stack, { excludeTestServices: true })((it) => {
      it.effect.each(reads)(
        "%s is a typed error that names the operation, and the next call works",
        ([, fault, tag]) =>
          Effect.gen(function*() {
            const { faults } = yield* provider
            const dukkango = yield* Dukkango
            yield* dukkango.tokens.get
            yield* faults.inject(fault)
            const error = yield* failureOf(list)
            assert.strictEqual(error.operation, "restaurants.list")
            assert.strictEqual(error.reason._tag, tag)
            assert.strictEqual((yield* list).length, 2)
          })
      )

      it.effect.each(unsafe)(
        "%s to an unsafe call leaves its outcome unknown; it is not repeated",
        ([, fault, problem]) =>
          Effect.gen(function*() {
            const { faults, orders: sandboxed } = yield* provider
            const { orders } = yield* Dukkango
            const placed = yield* sandboxed.place()
            const key = DukkangoSchema.OrderKey.make(placed.payment_key)
            const before = yield* countOf("orders.accept")
            yield* faults.inject(fault)
            const { isRetryable, operation, reason } = yield* failureOf(orders.accept(key, { preparingTime: 30 }))
            assert.strictEqual(operation, "orders.accept")
            assert.isFalse(isRetryable)
            if (reason._tag !== "OutcomeUnknown") return assert.fail(reason.message)
            assert.strictEqual(reason.problem, problem)
            assert.include(reason.findOut, "orders.current")

            const after = yield* countOf("orders.accept")
            assert.deepStrictEqual(
              [after.received - before.received, after.done - before.done],
              [1, 1]
            )
            const inSandbox = (yield* sandboxed.list).find(({ payment_key }) => payment_key === placed.payment_key)
            assert.strictEqual(inSandbox?.status_id, DukkangoSchema.OrderStatus.confirmed)
            yield* orders.onTheWay(key)
          })
      )

      it.effect("a refused token does not keep an unsafe call from being made, once", () =>
        Effect.gen(function*() {
          const { orders: sandboxed, revokeTokens } = yield* provider
          const { orders } = yield* Dukkango
          const key = DukkangoSchema.OrderKey.make((yield* sandboxed.place()).payment_key)
          const before = yield* countOf("orders.accept")
          yield* revokeTokens
          yield* orders.accept(key, { preparingTime: 30 })
          const after = yield* countOf("orders.accept")
          assert.deepStrictEqual([after.received - before.received, after.done - before.done], [2, 1])
        }))

      it.effect("a redirect takes no secret along", () =>
        Effect.gen(function*() {
          const { faults } = yield* provider
          const { strays } = yield* Sandbox
          yield* faults.inject(Fault.redirect("/elsewhere", { on: "calls" }))
          yield* failureOf(list)
          assert.deepStrictEqual(
            (yield* strays).map(({ headers, method, path }) => [method, path, Redacted.value(headers)["access-token"]]),
            []
          )
        }))
    })
  })
}

describe("what is repeated", () => {
  it.live("a read and an idempotent call, until they succeed", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      const { restaurants } = yield* Dukkango
      const [akat] = yield* restaurants.list
      if (akat === undefined) return assert.fail("no restaurant")
      yield* faults.inject(Fault.status(503, { on: "restaurants.status.get", times: 2 }))
      yield* faults.inject(Fault.lostReply({ on: "restaurants.status.close", times: 2 }))
      assert.strictEqual(yield* restaurants.status(akat.id), "Open")
      yield* restaurants.close(akat.id)
      assert.deepStrictEqual(yield* countOf("restaurants.status.get"), { received: 3, done: 1 })
      assert.deepStrictEqual(yield* countOf("restaurants.status.close"), { received: 3, done: 3 })
    }).pipe(Effect.provide(socketless({ settings: { retry: Schedule.recurs(2) } }))))

  it.live("by a schedule that replaces the usual one", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      yield* faults.inject(Fault.status(503, { on: "calls", times: "unlimited" }))
      assert.isTrue(Exit.isFailure(yield* Effect.exit(list)))
      assert.strictEqual((yield* countOf("restaurants.get")).received, 5)
    }).pipe(Effect.provide(socketless({ settings: { retry: Schedule.recurs(4) } }))))
})
