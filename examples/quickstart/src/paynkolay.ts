/**
 * Paynkolay in the demonstration: a seller and the payment profiles that are read, and a payment that is not answered.
 */
import { Money, Paynkolay } from "@entegre/paynkolay"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Effect, Redacted } from "effect"
import type { Subject } from "./Subject.ts"

/** A card that no bank has issued. */
const card = {
  cardHolder: Redacted.make("DENEME KART"),
  cardNumber: Redacted.make("4546711234567894"),
  cvv: Redacted.make("001"),
  expiryMonth: Redacted.make("12"),
  expiryYear: Redacted.make("2030"),
  isThreeD: true,
  registerCard: false
}

const amount = Money.make("150.00")

export const subject = Effect.gen(function*() {
  const { payments, profiles, sellers } = yield* Paynkolay
  const sandbox = (yield* Sandbox).paynkolay

  const unanswered = Effect.gen(function*() {
    yield* sandbox.faults.inject(Fault.lostReply({ on: "payment.create", times: 1 }))
    return yield* payments.create({
      trxCurrency: "TRY",
      trxAmount: amount,
      trxCode: "ORDER_1",
      callbackUrl: "https://shop.example/paynkolay",
      sellerList: [{ sellerExternalId: "SELLER123", trxAmount: amount }],
      bankCard: card,
      installment: 1,
      isFetchInstallments: false
    }).pipe(Effect.match({ onFailure: (error) => error, onSuccess: () => undefined }))
  })

  return {
    name: "paynkolay",
    renewedBy: "login",
    reads: [sellers.get("SELLER123"), profiles.list()],
    unanswered,
    stage: {
      counters: sandbox.counters,
      tokenLifetime: (tokenLifetime) => Effect.asVoid(sandbox.settings.update({ tokenLifetime })),
      revokeTokens: sandbox.revokeTokens,
      tokenEndpointFails: (times) => sandbox.faults.inject(Fault.status(503, { on: "auth", times })),
      tokenEndpointIsSlow: (duration) => sandbox.faults.inject(Fault.latency(duration, { on: "auth", times: 1 })),
      readsFail: (times) => sandbox.faults.inject(Fault.status(503, { on: "seller.get", times })),
      isQuiet: Effect.map(sandbox.faults.pending, (pending) => pending.length === 0)
    }
  } satisfies Subject
})
