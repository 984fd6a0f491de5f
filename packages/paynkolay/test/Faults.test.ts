import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { TokenCache } from "@entegre/core"
import { Money, Paynkolay, type PaynkolayError } from "@entegre/paynkolay"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Effect, Exit, Layer, Redacted, Schedule } from "effect"
import * as Inputs from "./support/inputs.ts"
import { countOf, crowd, failureOf, provider, socketless, sockets } from "./support/stack.ts"
import { credentials, keys } from "./support/wire.ts"

const settings = { timeout: "300 millis", retry: Schedule.recurs(0) } as const
const sandbox = { callbacks: false }
const transports = [
  ["without sockets", socketless({ settings, sandbox })],
  ["over a socket", sockets({ settings, sandbox })]
] as const

const list = Paynkolay.use(({ profiles }) => profiles.list())
const total = { totalTrxAmount: Money.make("150.00"), trxCurrency: "TRY" } as const
const payment = (trxCode: string) => ({
  ...Inputs.payment,
  bankCard: { ...Inputs.newCard, isThreeD: false },
  installment: 1,
  trxCode,
  sellerList: [{ sellerExternalId: "SELLER123", trxAmount: total.totalTrxAmount }]
} as const)

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

/** What a provider may do to a payment, refund or cancel that it carries out. */
const unsafe = [
  ["garbage", (on: Operation) => Fault.garbage({ on }), "unreadableAnswer"],
  ["a page of a proxy", (on: Operation) => Fault.html({ on }), "unreadableAnswer"],
  ["nothing", (on: Operation) => Fault.empty({ on }), "unreadableAnswer"],
  ["another shape", (on: Operation) => Fault.wrongShape({ on }), "unreadableAnswer"],
  ["half an answer", (on: Operation) => Fault.truncated({ on }), "connectionLost"],
  ["a lost answer", (on: Operation) => Fault.lostReply({ on }), "connectionLost"],
  ["silence", (on: Operation) => Fault.hang({ on, acts: true }), "timedOut"],
  ["500", (on: Operation) => Fault.status(500, { on, acts: true }), "serverError"],
  ["a redirect", (on: Operation) => Fault.redirect("/elsewhere", { on, acts: true, status: 303 }), "redirected"]
] as const

type Operation = "payment.create" | "payment.cancel"

/** Expects that a call was made once, was carried out, and says how to find that out. */
const assertUnknown = Effect.fnUntraced(function*<A>(
  on: Operation,
  call: Effect.Effect<A, PaynkolayError>,
  fault: Fault.FaultOn<Operation | "all">,
  problem: string
) {
  const before = yield* countOf(on)
  yield* (yield* provider).faults.inject(fault)
  const { isRetryable, reason } = yield* failureOf(call)
  assert.isFalse(isRetryable)
  if (reason._tag !== "OutcomeUnknown") return assert.fail(reason.message)
  assert.strictEqual(reason.problem, problem)
  assert.include(reason.findOut, "payments.status")
  const after = yield* countOf(on)
  assert.deepStrictEqual([after.received - before.received, after.done - before.done], [1, 1])
})

for (const [transport, stack] of transports) {
  describe(`an answer that is not as documented, ${transport}`, () => {
    layer(stack, { excludeTestServices: true })((it) => {
      it.effect.each(reads)(
        "%s is a typed error that names the operation, and the next call works",
        ([, fault, tag]) =>
          Effect.gen(function*() {
            const { tokens } = yield* Paynkolay
            yield* tokens.get
            yield* (yield* provider).faults.inject(fault)
            const error = yield* failureOf(list)
            assert.strictEqual(error.operation, "profiles.list")
            assert.strictEqual(error.reason._tag, tag)
            assert.lengthOf(yield* list, 1)
          })
      )

      it.effect.each(unsafe)(
        "%s to a payment leaves its outcome unknown; the status tells",
        ([what, faultOn, problem]) =>
          Effect.gen(function*() {
            const { payments } = yield* Paynkolay
            const trxCode = `PAYMENT ${what}`
            const call = payments.create(payment(trxCode))
            yield* assertUnknown("payment.create", call, faultOn("payment.create"), problem)
            assert.deepStrictEqual(
              (yield* payments.status({ trxCode })).map(({ trxStatus }) => trxStatus),
              ["SUCCESS"]
            )
          })
      )

      it.effect.each(unsafe)(
        "%s to a cancel leaves its outcome unknown; the status tells",
        ([what, faultOn, problem]) =>
          Effect.gen(function*() {
            const { payments } = yield* Paynkolay
            const { refCode } = yield* payments.create(payment(`CANCEL ${what}`))
            const call = payments.cancel({ ...total, refCode })
            yield* assertUnknown("payment.cancel", call, faultOn("payment.cancel"), problem)
            assert.strictEqual((yield* payments.status({ refCode }))[0]?.trxStatus, "CANCELLED")
          })
      )

      it.effect("a refused token does not keep a payment from being made, once", () =>
        Effect.gen(function*() {
          const { payments } = yield* Paynkolay
          const before = yield* countOf("payment.create")
          yield* (yield* provider).revokeTokens
          yield* payments.create(payment("REVOKED"))
          const after = yield* countOf("payment.create")
          assert.deepStrictEqual([after.received - before.received, after.done - before.done], [2, 1])
        }))

      it.effect("a redirect takes no secret along", () =>
        Effect.gen(function*() {
          const { strays } = yield* Sandbox
          yield* (yield* provider).faults.inject(Fault.redirect("/elsewhere", { on: "calls" }))
          yield* failureOf(list)
          assert.deepStrictEqual(yield* strays, [])
        }))
    })
  })
}

describe("a crowd", () => {
  const stacks = [["without sockets", socketless({ sandbox })], ["over a socket", sockets({ sandbox })]] as const
  it.live.each(stacks)(
    "of 200 payments on a revoked token is 200 payments and one login, %s",
    ([, stack]) =>
      Effect.gen(function*() {
        const { payments, tokens } = yield* Paynkolay
        const { counters, payments: known, revokeTokens } = yield* provider
        yield* tokens.get
        yield* revokeTokens
        const created = yield* crowd(200, payments.create(payment("CROWD")))
        assert.strictEqual(new Set(created.map(({ refCode }) => refCode)).size, 200)
        assert.lengthOf(yield* known.list, 200)
        assert.strictEqual((yield* counters).logins, 2)
      }).pipe(Effect.provide(stack))
  )
})

describe("what was surely not sent", () => {
  const places = [
    ["nobody listens", "http://127.0.0.1:9/marketplace/v1", "connectionRefused"],
    ["nobody knows the name", "https://paynkolay.invalid/marketplace/v1", "unknownHost"]
  ] as const
  it.live.each(places)("is no payment in doubt: %s", ([, baseUrl, problem]) =>
    Effect.gen(function*() {
      const { payments } = yield* Paynkolay
      const { reason } = yield* failureOf(payments.completeExternal("UkVG"))
      assert.strictEqual(reason._tag === "NotSent" && reason.problem, problem)
    }).pipe(Effect.provide(
      Paynkolay.layer({ baseUrl, credentials, keys, retry: Schedule.recurs(0) }).pipe(
        Layer.provide(TokenCache.layer),
        Layer.provide(NodeHttpClient.layerUndici)
      )
    )))
})

describe("what is repeated", () => {
  it.live("a read and an idempotent call, until they succeed", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      const { profiles } = yield* Paynkolay
      yield* profiles.create(Inputs.profile)
      yield* faults.inject(Fault.status(503, { on: "paymentprofile.get", times: 2 }))
      yield* faults.inject(Fault.lostReply({ on: "paymentprofile.update", times: 2 }))
      assert.strictEqual((yield* profiles.get("IslemValor1")).profileExternalId, "IslemValor1")
      yield* profiles.update(Inputs.profile)
      assert.deepStrictEqual(yield* countOf("paymentprofile.get"), { received: 3, done: 1 })
      assert.deepStrictEqual(yield* countOf("paymentprofile.update"), { received: 3, done: 3 })
    }).pipe(Effect.provide(socketless({ settings: { retry: Schedule.recurs(2) } }))))

  it.live("by a schedule that replaces the usual one", () =>
    Effect.gen(function*() {
      yield* (yield* provider).faults.inject(Fault.status(503, { on: "calls", times: "unlimited" }))
      assert.isTrue(Exit.isFailure(yield* Effect.exit(list)))
      assert.strictEqual((yield* countOf("paymentprofile.list")).received, 5)
    }).pipe(Effect.provide(socketless({ settings: { retry: Schedule.recurs(4) } }))))

  it.live("never the completion, which works once", () =>
    Effect.gen(function*() {
      const { faults, requests } = yield* provider
      const { payments } = yield* Paynkolay
      yield* faults.inject(Fault.lostReply({ on: "payment.completePaymentExternal", times: "unlimited" }))
      const { reason } = yield* failureOf(payments.completeExternal("UkVG"))
      assert.strictEqual(reason._tag, "OutcomeUnknown")
      assert.deepStrictEqual(
        (yield* requests).map(({ headers, operation }) => [operation, Redacted.value(headers)["authorization"]]),
        [["payment.completePaymentExternal", undefined]]
      )
    }).pipe(Effect.provide(socketless({ settings: { retry: Schedule.recurs(4) } }))))
})
