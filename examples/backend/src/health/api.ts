/**
 * Whether the service lives, and whether it can serve.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup } from "effect/http-api"

/** Providers whose credentials stand refused: until somebody corrects them, calls to them fail. */
export class NotReady extends HttpApiError.Problem<NotReady>()("NotReady", {
  type: "/problems/not-ready",
  status: 503,
  title: "The credentials of a provider stand refused"
}, { providers: Schema.Array(Schema.String) }) {}

/** For whoever starts, stops and restarts this service. */
export const HealthApi = HttpApiGroup.make("health", { topLevel: true }).add(
  HttpApiEndpoint.get("healthz", "/healthz", { success: Schema.Struct({ alive: Schema.Literal(true) }) }),
  HttpApiEndpoint.get("readyz", "/readyz", {
    success: Schema.Struct({ ready: Schema.Literal(true) }),
    error: NotReady
  })
)
