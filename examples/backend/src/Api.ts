/**
 * What this service offers over HTTP. A client needs this module, and nothing of what is behind it.
 */
import { HttpApi, HttpApiMiddleware } from "effect/http-api"
import { BrokerageApi } from "./brokerage/api.ts"
import { HealthApi } from "./health/api.ts"
import { MarketplaceApi } from "./marketplace/api.ts"
import { PaymentsApi } from "./payments/api.ts"
import { RestaurantApi } from "./restaurant/api.ts"

/** What this service offers over HTTP. */
export class Api extends HttpApi.make("backend")
  .add(HealthApi)
  .add(RestaurantApi)
  .add(PaymentsApi)
  .add(MarketplaceApi)
  .add(BrokerageApi)
  .middleware(HttpApiMiddleware.ProblemDetails)
  // Whoever sends a wrong request is told of all that is wrong with it.
  .annotate(HttpApi.PayloadParseOptions, { errors: "all" })
{}
