/**
 * The control address of Ödeal, below `/_sandbox/odeal`: what its service can
 * do, over HTTP.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { common } from "./internal/controlEndpoints.ts"
import { NotFound } from "./NotFound.ts"
import {
  OdealCallbackChange,
  OdealCredentials,
  OdealFault,
  OdealPayment,
  OdealPaymentStatus,
  OdealSettings,
  OdealSettingsChange
} from "./OdealModel.ts"
import { OutgoingSummary } from "./OutgoingLog.ts"

const payment = { payment: Schema.FiniteFromString.check(Schema.isInt()) }

/**
 * The control address of Ödeal, below `/_sandbox/odeal`.
 */
export const OdealControl = HttpApiGroup.make("odeal").add(
  ...common({
    fault: OdealFault,
    settings: OdealSettings,
    settingsChange: OdealSettingsChange,
    credentials: OdealCredentials
  }),
  HttpApiEndpoint.post("revokeAccessTokens", "/revoke-access", { success: HttpApiSchema.NoContent }),
  HttpApiEndpoint.post("registerAccount", "/accounts", {
    payload: OdealCredentials,
    success: HttpApiSchema.NoContent
  }),
  HttpApiEndpoint.get("payments", "/payments", { success: Schema.Array(OdealPayment) }),
  HttpApiEndpoint.patch("advancePayment", "/payments/:payment", {
    params: payment,
    payload: Schema.Struct({ status: OdealPaymentStatus, reason: Schema.optionalKey(Schema.String) }),
    success: OdealPayment,
    error: NotFound
  }),
  HttpApiEndpoint.get("callbacks", "/callbacks", { success: Schema.Array(OutgoingSummary) }),
  HttpApiEndpoint.post("sendCallback", "/payments/:payment/callbacks", {
    params: payment,
    payload: OdealCallbackChange,
    success: Schema.Array(OutgoingSummary),
    error: NotFound
  })
).prefix("/odeal")
