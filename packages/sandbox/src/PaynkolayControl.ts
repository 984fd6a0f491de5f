/**
 * The control address of Paynkolay, below `/_sandbox/paynkolay`: what its
 * service can do, over HTTP.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { common } from "./internal/controlEndpoints.ts"
import { NotFound } from "./NotFound.ts"
import { OutgoingSummary } from "./OutgoingLog.ts"
import {
  PaynkolayCallbackChange,
  PaynkolayCredentials,
  PaynkolayFault,
  PaynkolayPayment,
  PaynkolayProfile,
  PaynkolaySeller,
  PaynkolaySettings,
  PaynkolaySettingsChange
} from "./PaynkolayModel.ts"

/**
 * The control address of Paynkolay, below `/_sandbox/paynkolay`.
 */
export const PaynkolayControl = HttpApiGroup.make("paynkolay").add(
  ...common({
    fault: PaynkolayFault,
    settings: PaynkolaySettings,
    settingsChange: PaynkolaySettingsChange,
    credentials: PaynkolayCredentials
  }),
  HttpApiEndpoint.post("registerAccount", "/accounts", {
    payload: PaynkolayCredentials,
    success: HttpApiSchema.NoContent
  }),
  HttpApiEndpoint.get("profiles", "/profiles", { success: Schema.Array(PaynkolayProfile) }),
  HttpApiEndpoint.get("sellers", "/sellers", { success: Schema.Array(PaynkolaySeller) }),
  HttpApiEndpoint.get("payments", "/payments", { success: Schema.Array(PaynkolayPayment) }),
  HttpApiEndpoint.get("callbacks", "/callbacks", { success: Schema.Array(OutgoingSummary) }),
  HttpApiEndpoint.post("sendCallback", "/payments/:payment/callbacks", {
    params: { payment: Schema.String },
    payload: PaynkolayCallbackChange,
    success: Schema.Array(OutgoingSummary),
    error: NotFound
  })
).prefix("/paynkolay")
