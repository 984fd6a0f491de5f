/**
 * Payments from their start to what Ödeal says became of them.
 */
import { Callback, CallbackDeduplicator, Odeal, Payment } from "@entegre/odeal"
import { BigDecimal, Context, Effect, Layer, Option, Schedule } from "effect"
import * as Memory from "../memory.ts"
import { Conflict, NotFound } from "../problems.ts"
import { PublicUrl } from "../PublicUrl.ts"
import type { PaymentState, StartPayment } from "./api.ts"
import * as OdealOperations from "./odeal.ts"

/** How often Ödeal is asked about a callback, if it does not answer. */
const retry = Schedule.upTo(Schedule.exponential("1 second"), { times: 4 })

/**
 * Payments.
 */
export class Payments extends Context.Service<Payments>()("@entegre/example-backend/payments/Payments", {
  make: Effect.gen(function*() {
    const odeal = yield* Odeal
    const deduplicator = yield* CallbackDeduplicator
    const { origin } = yield* PublicUrl
    const operations = yield* OdealOperations.operations
    const payments = Memory.make<Payment.ExternalId, PaymentState>()

    const ask = (reference: Payment.PaymentReference) =>
      Effect.map(odeal.call(operations.status(reference)), ({ result }) => ({ status: result.payment_status }))

    /**
     * Starts a payment. It is kept before anything is sent: the callback may come before the answer, and the answer may
     * not come at all. Starting it again is safe, because Ödeal refuses an `externalId` that it knows.
     */
    const start = Effect.fn("Payments.start")(function*({ amount, id }: StartPayment) {
      const payment = yield* payments.open(id, { id, amount, status: "PENDING" })
      if (!BigDecimal.equals(payment.amount, amount)) {
        return yield* new Conflict({ detail: "there is a payment of another amount by this id" })
      }
      const { result } = yield* odeal.call(
        operations.start({ externalId: id, amount, returnUrl: `${origin}/callbacks/odeal` })
      )
      return { id, page: result.threeDFormHtml }
    })

    /** Finds a payment. Ödeal is asked about one that is pending: its start, or its callback, may have gone astray. */
    const find = Effect.fn("Payments.find")(function*(id: Payment.ExternalId) {
      const payment = yield* Effect.flatMap(payments.find(id), Effect.fromOption(() => new NotFound()))
      if (payment.status !== "PENDING") return payment
      const { status } = yield* ask(Payment.PaymentReference.cases.ExternalId.make({ externalId: id }))
      const settled = { ...payment, status }
      yield* payments.save(id, settled)
      return settled
    })

    /**
     * Acts on a callback, once, and only on what Ödeal says when it is asked. It is asked by our own name for the payment,
     * which nobody else could have started one of another amount by.
     */
    const receive = Effect.fn("Payments.receive")(function*(callback: Callback.UnconfirmedPayment) {
      const known = yield* Option.match(callback.claim.externalId, {
        onNone: () => Effect.succeedNone,
        onSome: payments.find
      })
      if (Option.isNone(known)) return yield* Effect.logWarning("A callback about a payment that is not ours")
      const payment = known.value
      yield* deduplicator.once(
        callback.key,
        Callback.confirm(callback, ask).pipe(
          Effect.retry({ while: (error) => error._tag === "OdealError" && error.isRetryable, schedule: retry }),
          Effect.flatMap(({ status }) => payments.save(payment.id, { ...payment, status })),
          Effect.andThen(Effect.logInfo("A payment was confirmed"))
        )
      )
    })

    return { start, find, receive }
  })
}) {
  static readonly layer = Layer.effect(Payments, Payments.make).pipe(Layer.provide(CallbackDeduplicator.layer))
}
