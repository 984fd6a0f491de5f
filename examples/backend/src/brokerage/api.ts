/**
 * Notices of Apex: what has happened at its markets.
 */
import { ApexSchema, WebhookVerifier } from "@entegre/apex"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { ApiKey } from "../ApiKey.ts"
import * as Problems from "../problems.ts"

/** What came in, and when. What Apex sends is not published: it is kept as it came. */
export const Notice = Schema.Struct({ receivedAt: Schema.DateTimeUtcFromString, body: Schema.Json })

/** What came in, and when. */
export interface Notice extends Schema.Schema.Type<typeof Notice> {}

/** Where notices are asked for, read, and received: that needs what Apex was told to show. */
export const BrokerageApi = HttpApiGroup.make("brokerage")
  .add(
    HttpApiEndpoint.put("subscribe", "/markets/:marketId/webhook", {
      params: { marketId: ApexSchema.MarketId },
      success: HttpApiSchema.NoContent,
      error: [Problems.NotFound, ...Problems.ofProviders]
    }),
    HttpApiEndpoint.get("notices", "/notices", { success: Schema.Array(Notice) })
  )
  .middleware(ApiKey)
  .add(
    HttpApiEndpoint.post("webhook", "/webhooks/apex", { payload: Schema.Json, success: HttpApiSchema.NoContent })
      .middleware(WebhookVerifier.WebhookSecurity)
  )
