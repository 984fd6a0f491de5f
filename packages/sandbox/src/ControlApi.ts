/**
 * The control address: what the service can do, over HTTP, for a sandbox that
 * runs as a program.
 *
 * It is an `HttpApi`, so that another process can have a typed client:
 *
 * ```ts check
 * import { ControlApi } from "@entegre/sandbox"
 * import { Effect } from "effect"
 * import { HttpApiClient } from "effect/http-api"
 *
 * export const revokeTokens = Effect.gen(function*() {
 *   const control = yield* HttpApiClient.make(ControlApi, { baseUrl: "http://127.0.0.1:4100" })
 *   yield* control.dukkango.revokeTokens()
 * })
 * ```
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { ApexControl } from "./ApexControl.ts"
import {
  DukkangoAccountInput,
  DukkangoAcknowledgement,
  DukkangoCredentials,
  DukkangoFault,
  DukkangoFood,
  DukkangoOrder,
  DukkangoOrderInput,
  DukkangoRestaurant,
  DukkangoSettings,
  DukkangoSettingsChange
} from "./DukkangoModel.ts"
import { common } from "./internal/controlEndpoints.ts"
import { OdealControl } from "./OdealControl.ts"
import { PaynkolayControl } from "./PaynkolayControl.ts"

/**
 * A request to the control address that cannot be understood. `message` names
 * the field, never a value.
 */
export class BadControlRequest extends Schema.TaggedError<BadControlRequest>("@entegre/sandbox/BadControlRequest")(
  "BadControlRequest",
  { message: Schema.String },
  { httpApiStatus: 400 }
) {}

/**
 * Answers a request that does not fit its schema with what is wrong with it.
 */
export class ExplainBadRequests extends HttpApiMiddleware.Service<ExplainBadRequests>()(
  "@entegre/sandbox/ControlApi/ExplainBadRequests",
  { error: BadControlRequest }
) {}

/**
 * The control address of Dükkango, below `/_sandbox/dukkango`.
 */
export const DukkangoControl = HttpApiGroup.make("dukkango").add(
  ...common({
    fault: DukkangoFault,
    settings: DukkangoSettings,
    settingsChange: DukkangoSettingsChange,
    credentials: DukkangoCredentials
  }),
  HttpApiEndpoint.post("registerAccount", "/accounts", {
    payload: DukkangoAccountInput,
    success: Schema.Struct({ restaurants: Schema.Array(DukkangoRestaurant) })
  }),
  HttpApiEndpoint.get("orders", "/orders", { success: Schema.Array(DukkangoOrder) }),
  HttpApiEndpoint.post("placeOrder", "/orders", { payload: DukkangoOrderInput, success: DukkangoOrder }),
  HttpApiEndpoint.patch("advanceOrder", "/orders/:paymentKey", {
    params: { paymentKey: Schema.String },
    payload: Schema.Struct({ statusId: Schema.Int }),
    success: HttpApiSchema.NoContent
  }),
  HttpApiEndpoint.get("acknowledgements", "/acknowledgements", { success: Schema.Array(DukkangoAcknowledgement) }),
  HttpApiEndpoint.get("restaurants", "/restaurants", { success: Schema.Array(DukkangoRestaurant) }),
  HttpApiEndpoint.get("foods", "/foods", {
    success: Schema.Array(Schema.Struct({ ...DukkangoFood.fields, active: Schema.Boolean }))
  })
).prefix("/dukkango")

/**
 * The control address of the whole sandbox, below `/_sandbox`.
 */
export const ControlApi = HttpApi.make("sandbox").add(ApexControl, DukkangoControl, OdealControl, PaynkolayControl)
  .prefix("/_sandbox").middleware(
    ExplainBadRequests
  )
