/**
 * Against the sandbox: a server that keeps one pair of tokens per account, and counts.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { ApiClient, TokenCache } from "@entegre/core"
import { Callback, Money, Odeal, OdealOperation, Payment } from "@entegre/odeal"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Effect, Fiber, Layer, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"

const start = OdealOperation.make({
  name: "payments.start",
  method: "POST",
  path: "/made-up/payments/start",
  body: Schema.Struct(Payment.startFields),
  answer: Schema.Struct({ result: Payment.Started })
})

const status = OdealOperation.make({
  name: "payments.status",
  method: "GET",
  path: Payment.PaymentReference.match({
    ExternalId: ({ externalId }) => ApiClient.path`/made-up/payments/status?externalId=${externalId}`,
    PaymentId: ({ id }) => ApiClient.path`/made-up/payments/status?id=${id}`
  }),
  answer: Schema.Struct({ result: Schema.Struct({ payment_status: Payment.PaymentStatus }) })
})

const payment = (externalId: string) => ({
  externalId: Payment.ExternalId.make(externalId),
  amount: Money.make("150.00"),
  returnUrl: "https://shop.example/callbacks/odeal"
})

const provider = Effect.map(Sandbox, ({ odeal }) => odeal)
const ask = (externalId: string) =>
  Odeal.use((odeal) =>
    odeal.call(
      status(Payment.PaymentReference.cases.ExternalId.make({ externalId: Payment.ExternalId.make(externalId) }))
    )
  )
const crowd = <A, E, R>(size: number, effect: Effect.Effect<A, E, R>) =>
  Effect.forEach(Array.from({ length: size }), () => effect, { concurrency: "unbounded" })

const Socketless = Odeal.layerConfig().pipe(
  Layer.provideMerge(TokenCache.layer),
  Layer.provideMerge(Sandbox.layerHttpClient)
)

const Sockets = Odeal.layerConfig().pipe(
  Layer.provideMerge(TokenCache.layer),
  Layer.provide(NodeHttpClient.layerUndici),
  Layer.provideMerge(Sandbox.layer)
)

layer(Sockets, { excludeTestServices: true })("over real sockets", (it) => {
  it.effect("200 callers on a cold cache cost one login, and each call succeeds", () =>
    Effect.gen(function*() {
      const odeal = yield* Odeal
      yield* odeal.call(start(payment("cold")))
      yield* odeal.tokens.forget
      const before = yield* (yield* provider).counters
      assert.strictEqual((yield* crowd(200, ask("cold"))).length, 200)
      const after = yield* (yield* provider).counters
      assert.strictEqual(after.logins - before.logins, 1)
      assert.strictEqual(after.overlaps, 0)
    }))

  it.effect("a payment whose answer is lost is sent once, and the caller is told how to find out", () =>
    Effect.gen(function*() {
      const { counters, faults } = yield* provider
      yield* faults.inject(Fault.lostReply({ on: "payments.start", times: 1 }))
      const before = (yield* counters).operations["payments.start"]?.received ?? 0
      const error = yield* Effect.flip(Odeal.use((odeal) => odeal.call(start(payment("lost")))))
      assert.strictEqual(error.reason._tag, "OutcomeUnknown")
      assert.strictEqual((yield* counters).operations["payments.start"]?.received, before + 1)
      assert.isString((yield* ask("lost")).result.payment_status)
    }))

  it.effect("a payment that is refused because its token was ended is sent once more with the new one", () =>
    Effect.gen(function*() {
      const { counters, revokeAccessTokens } = yield* provider
      yield* revokeAccessTokens
      const before = yield* counters
      yield* Odeal.use((odeal) => odeal.call(start(payment("ended"))))
      const after = yield* counters
      assert.strictEqual(after.renewals - before.renewals, 1)
      assert.strictEqual(after.refused - before.refused, 1)
    }))

  it.effect("a second payment with the same externalId is refused, and says so", () =>
    Effect.gen(function*() {
      const odeal = yield* Odeal
      yield* odeal.call(start(payment("twice")))
      const { reason } = yield* Effect.flip(odeal.call(start(payment("twice"))))
      assert.strictEqual(reason._tag, "Refused")
    }))
})

describe("while tokens end and are ended", () => {
  it.effect("50 callers never cause two renewals at once, and no call fails", () =>
    Effect.gen(function*() {
      const { counters, revokeAccessTokens, revokeTokens, settings } = yield* provider
      yield* settings.update({ tokenLifetime: "20 seconds", latency: "50 millis" })
      const odeal = yield* Odeal
      const first = yield* Effect.forkChild(odeal.call(start(payment("crowd"))))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(first)
      const calls = yield* Effect.forkChild(
        crowd(50, Effect.repeat(Effect.delay(ask("crowd"), "700 millis"), { times: 60 }))
      )
      for (let round = 0; round < 6; round++) {
        yield* TestClock.adjust("7300 millis")
        yield* round % 2 === 0 ? revokeAccessTokens : revokeTokens
      }
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(calls)
      const { logins, overlaps, renewals } = yield* counters
      assert.strictEqual(overlaps, 0)
      assert.isAtLeast(logins, 4)
      assert.isAtLeast(renewals, 3)
    }).pipe(Effect.provide(Socketless)))
})

describe("a callback", () => {
  it.effect("is believed after the status call says the same, and not if it is forged", () =>
    Effect.gen(function*() {
      const { callbacks, payments, settings } = yield* provider
      yield* settings.update({ callbackDelay: 0 })
      const odeal = yield* Odeal
      const { result } = yield* odeal.call(start(payment("paid")))
      yield* payments.advance(result.id, "COMPLETED")
      yield* TestClock.adjust("1 minute")
      const statusCall = (reference: Payment.PaymentReference) =>
        Effect.map(odeal.call(status(reference)), ({ result }) => ({ status: result.payment_status }))

      const tell = Effect.fnUntraced(function*(status: Payment.PaymentStatus) {
        const sending = yield* Effect.forkChild(callbacks.send(result.id, { status }))
        yield* TestClock.adjust("1 minute")
        const [entry] = yield* Fiber.join(sending)
        assert(entry !== undefined)
        return yield* Callback.decode(JSON.parse(Redacted.value(entry.body)))
      })
      const confirmed = yield* Callback.confirm(yield* tell("COMPLETED"), statusCall)
      assert.strictEqual(confirmed.status, "COMPLETED")
      const refused = yield* Effect.flip(Callback.confirm(yield* tell("REFUND"), statusCall))
      assert.strictEqual(refused._tag, "NotConfirmed")
    }).pipe(Effect.provide(Socketless)))
})
