/**
 * Ödeal in the demonstration: the status of a payment that is read, and a payment whose start is not answered.
 *
 * Ödeal publishes no path but those of its tokens, so the paths here are the sandbox's, and made up. Yours are in the document
 * that Ödeal hands to its merchants.
 */
import { ApiClient } from "@entegre/core"
import { Money, Odeal, OdealOperation, Payment } from "@entegre/odeal"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Effect, Schema } from "effect"
import type { Subject } from "./Subject.ts"

const startPayment = OdealOperation.make({
  name: "payments.start",
  method: "POST",
  path: "/made-up/payments/start",
  body: Schema.Struct(Payment.startFields),
  answer: Schema.Unknown
})

const paymentStatus = OdealOperation.make({
  name: "payments.status",
  method: "GET",
  path: (externalId: Payment.ExternalId) => ApiClient.path`/made-up/payments/status?externalId=${externalId}`,
  answer: Schema.Unknown
})

const order = (externalId: string) => ({
  externalId: Payment.ExternalId.make(externalId),
  amount: Money.make("150.00"),
  returnUrl: "https://shop.example/odeal"
})

export const subject = Effect.gen(function*() {
  const odeal = yield* Odeal
  const sandbox = (yield* Sandbox).odeal

  const { externalId } = order("order-1")
  const started = yield* Effect.cached(odeal.call(startPayment(order(externalId))))

  const unanswered = Effect.gen(function*() {
    yield* sandbox.faults.inject(Fault.lostReply({ on: "payments.start", times: 1 }))
    return yield* odeal.call(startPayment(order("order-2"))).pipe(
      Effect.match({ onFailure: (error) => error, onSuccess: () => undefined })
    )
  })

  return {
    name: "odeal",
    renewedBy: "refreshTokenOnce",
    reads: [Effect.andThen(started, odeal.call(paymentStatus(externalId)))],
    unanswered,
    stage: {
      counters: sandbox.counters,
      tokenLifetime: (tokenLifetime) => Effect.asVoid(sandbox.settings.update({ tokenLifetime })),
      revokeTokens: sandbox.revokeAccessTokens,
      tokenEndpointFails: (times) => sandbox.faults.inject(Fault.status(503, { on: "auth", times })),
      tokenEndpointIsSlow: (duration) => sandbox.faults.inject(Fault.latency(duration, { on: "auth", times: 1 })),
      readsFail: (times) => sandbox.faults.inject(Fault.status(503, { on: "payments.status", times })),
      isQuiet: Effect.map(sandbox.faults.pending, (pending) => pending.length === 0)
    }
  } satisfies Subject
})
