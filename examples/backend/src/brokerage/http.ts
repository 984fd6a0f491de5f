/**
 * Notices over HTTP, and what Apex's failures mean there.
 */
import { Apex, type ApexError } from "@entegre/apex"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../Api.ts"
import * as Problems from "../problems.ts"
import { PublicUrl } from "../PublicUrl.ts"
import { Notices } from "./Notices.ts"
import * as Webhooks from "./webhooks.ts"

const refused = (reason: Problems.Refusal) => Effect.fail(Problems.refused(reason))

/** What a failure of Apex means to our callers. */
const explain = (error: ApexError) =>
  Effect.fail(error).pipe(
    Effect.tapError(({ message }) => Effect.logWarning(message)),
    Effect.catchReasons("ApexError", {
      NotFound: ({ message }) => Effect.fail(new Problems.NotFound({ detail: message })),
      RateLimited: ({ retryAfter }) => Effect.fail(Problems.tryLater(retryAfter)),
      Conflict: refused,
      Forbidden: refused,
      Refused: refused,
      ValidationFailed: refused
    }, (reason) => Effect.fail(Problems.fromReason(reason)))
  )

export const BrokerageHandlers = HttpApiBuilder.group(
  Api,
  "brokerage",
  Effect.fnUntraced(function*(handlers) {
    const { markets } = yield* Apex
    const { origin } = yield* PublicUrl
    const notices = yield* Notices
    const authentication = yield* Webhooks.authentication
    return handlers.handleAll({
      subscribe: ({ params }) =>
        markets.update(params.marketId, {
          webhook: { host: origin, path: "/webhooks/apex", method: "POST", authentication }
        }).pipe(Effect.asVoid, Effect.catchTag("ApexError", explain)),
      notices: () => notices.list,
      webhook: ({ payload }) => notices.save(payload)
    })
  })
)
