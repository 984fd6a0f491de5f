/**
 * Sellers and payments to them over HTTP, and what Paynkolay's failures mean there.
 */
import { type CallbackError, Paynkolay, type PaynkolayError } from "@entegre/paynkolay"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../Api.ts"
import { Background } from "../Background.ts"
import * as Problems from "../problems.ts"
import { Forged, Unacceptable } from "./api.ts"
import { Sales } from "./Sales.ts"

const notFound = ({ message }: Error) => Effect.fail(new Problems.NotFound({ detail: message }))

const refused = (reason: Problems.Refusal) => Effect.fail(Problems.refused(reason))

/** What a failure of Paynkolay means to our callers. */
const explain = (error: PaynkolayError) =>
  Effect.fail(error).pipe(
    Effect.tapError(({ message }) => Effect.logWarning(message)),
    Effect.catchReasons("PaynkolayError", {
      Declined: ({ meaning }) => Effect.fail(new Problems.Declined({ detail: meaning })),
      NoActiveSeller: notFound,
      TransactionNotFound: notFound,
      // Our keys are wrong: nothing that a caller could change.
      InvalidHash: () => Effect.fail(new Problems.ProviderFault()),
      AlreadyRefunded: refused,
      InsufficientBalance: refused,
      InvalidDate: refused,
      SameDayUseCancel: refused,
      Rejected: refused,
      Refused: refused
    }, (reason) => Effect.fail(Problems.fromReason(reason)))
  )

const explainCallback = ({ reason }: CallbackError.CallbackError) =>
  Effect.andThen(
    Effect.logWarning(`A callback of Paynkolay was refused: ${reason.message}`),
    Effect.fail(reason._tag === "InvalidSignature" ? new Forged() : new Unacceptable({ detail: reason.message }))
  )

export const MarketplaceHandlers = HttpApiBuilder.group(
  Api,
  "marketplace",
  Effect.fnUntraced(function*(handlers) {
    const { sellers } = yield* Paynkolay
    const sales = yield* Sales
    const background = yield* Background
    return handlers.handleAll({
      open: ({ payload }) => sellers.create(payload).pipe(Effect.catchTag("PaynkolayError", explain)),
      find: ({ params }) => sellers.get(params.sellerExternalId).pipe(Effect.catchTag("PaynkolayError", explain)),
      sell: ({ params, payload }) =>
        sales.start(params.sellerExternalId, payload).pipe(Effect.catchTag("PaynkolayError", explain)),
      findSale: ({ params }) => sales.find(params.sellerExternalId, params.trxCode),
      callback: Effect.fnUntraced(function*({ payload }) {
        const reported = yield* sales.verify(payload).pipe(Effect.catchTag("CallbackError", explainCallback))
        yield* background.run("A callback of Paynkolay", sales.receive(reported))
        // It comes through the cardholder's browser, which shows this.
        return "Ödemeniz işleniyor."
      })
    })
  })
)
