/**
 * Payments to sellers, from their start to what Paynkolay says became of them.
 */
import { Callback, CallbackStore, Paynkolay, Secrets } from "@entegre/paynkolay"
import { Config, Context, Effect, Layer, Option, Redacted, Schedule } from "effect"
import * as Memory from "../memory.ts"
import { Conflict, NotFound } from "../problems.ts"
import { PublicUrl } from "../PublicUrl.ts"
import type { Sale, StartSale } from "./api.ts"

const keys = Config.all({
  apiSecretKey: Config.map(Config.Redacted("PAYNKOLAY_API_SECRET_KEY"), (key) => Secrets.ApiSecretKey.make(key)),
  merchantSecretKey: Config.map(
    Config.Redacted("PAYNKOLAY_MERCHANT_SECRET_KEY"),
    (key) => Secrets.MerchantSecretKey.make(key)
  )
})

const currency = "TRY"

/** How often Paynkolay is asked about a callback if it does not answer, or does not say yet what the callback says. */
const retry = Schedule.upTo(Schedule.exponential("1 second"), { times: 4 })

/**
 * Payments to sellers.
 */
export class Sales extends Context.Service<Sales>()("@entegre/example-backend/marketplace/Sales", {
  make: Effect.gen(function*() {
    const { payments } = yield* Paynkolay
    const { origin } = yield* PublicUrl
    const store = yield* CallbackStore.CallbackStore
    const signedWith = yield* keys
    const sales = Memory.make<string, Sale>()

    /**
     * Starts a payment. It is kept before anything is sent: the callback may come before the answer. It is kept also if
     * nobody knows what became of it, so that it is not started again by the same code.
     */
    const start = Effect.fn("Sales.start")(function*(sellerExternalId: string, { amount, gsm, trxCode }: StartSale) {
      // Unlike Ödeal, Paynkolay does not say that it refuses a code which it knows: one is used once.
      const sale: Sale = { sellerExternalId, trxCode, amount, status: "PENDING" }
      if ((yield* sales.open(trxCode, sale)) !== sale) {
        return yield* new Conflict({ detail: "there is a payment by this code" })
      }
      const { form } = yield* payments.createWithMasterpass({
        trxCode,
        trxAmount: amount,
        trxCurrency: currency,
        gsm: Redacted.value(gsm),
        callbackUrl: `${origin}/callbacks/paynkolay`,
        sellerList: [{ sellerExternalId, trxAmount: amount }]
      }).pipe(
        Effect.tapError(({ reason }) => reason._tag === "OutcomeUnknown" ? Effect.void : sales.remove(trxCode))
      )
      return { trxCode, ...(form !== undefined && { page: form }) }
    })

    /** Finds a payment to a seller. */
    const find = Effect.fnUntraced(function*(sellerExternalId: string, trxCode: string) {
      const sale = yield* Effect.flatMap(sales.find(trxCode), Effect.fromOption(() => new NotFound()))
      return sale.sellerExternalId === sellerExternalId ? sale : yield* new NotFound()
    })

    const settle = (sale: Sale, status: Sale["status"]) =>
      Effect.andThen(
        sales.save(sale.trxCode, { ...sale, status }),
        Effect.logInfo(`A payment to a seller is ${status}`)
      )

    const act = Effect.fnUntraced(function*(reported: Callback.Reported) {
      if (reported._tag === "CompletionRequired") return yield* Effect.logWarning("A payment waits for its completion")
      const known = yield* sales.find(reported.trxCode ?? "")
      if (Option.isNone(known)) return yield* Effect.logWarning("A callback about a payment that is not ours")
      const sale = known.value
      if (reported._tag === "Declined") return yield* settle(sale, "DECLINED")
      yield* Callback.confirm(reported, {
        expected: { trxAmount: sale.amount, trxCurrency: currency },
        status: payments.status
      }).pipe(Effect.retry({ while: ({ isRetryable }) => isRetryable, schedule: retry }))
      yield* settle(sale, "PAID")
    })

    return {
      start,
      find,
      /** Whether Paynkolay wrote this, just now, and what it says then. */
      verify: (body: string) => Callback.receive(body, signedWith),
      /** Acts on a callback, once. That the bank paid is taken from Paynkolay alone, when it is asked. */
      receive: Effect.fn("Sales.receive")((reported: Callback.Reported) =>
        Callback.once(reported, act(reported)).pipe(
          Effect.provideService(CallbackStore.CallbackStore, store),
          Effect.catchReason("CallbackError", "Duplicate", () => Effect.logDebug("A callback came again"))
        )
      )
    }
  })
}) {
  static readonly layer = Layer.effect(Sales, Sales.make).pipe(Layer.provide(CallbackStore.layerMemory))
}
