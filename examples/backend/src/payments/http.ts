/**
 * Payments over HTTP, and what Ödeal's failures mean there.
 */
import type { OdealError } from "@entegre/odeal"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../Api.ts"
import { Background } from "../Background.ts"
import * as Problems from "../problems.ts"
import { Payments } from "./Payments.ts"

/** What a failure of Ödeal means to our callers. */
const explain = (error: OdealError) =>
  Effect.fail(error).pipe(
    Effect.tapError(({ message }) => Effect.logWarning(message)),
    Effect.catchReasons("OdealError", {
      Refused: (reason) => Effect.fail(Problems.refused(reason))
    }, (reason) => Effect.fail(Problems.fromReason(reason)))
  )

export const PaymentsHandlers = HttpApiBuilder.group(
  Api,
  "payments",
  Effect.fnUntraced(function*(handlers) {
    const payments = yield* Payments
    const background = yield* Background
    return handlers.handleAll({
      start: ({ payload }) => payments.start(payload).pipe(Effect.catchTag("OdealError", explain)),
      find: ({ params }) => payments.find(params.id).pipe(Effect.catchTag("OdealError", explain)),
      // Answered at once, as Ödeal asks: what the callback says is looked into afterwards.
      callback: ({ payload }) => background.run("A callback of Ödeal", payments.receive(payload))
    })
  })
)
