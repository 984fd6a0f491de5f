/**
 * The control address of Apex, below `/_sandbox/apex`: what its service can do,
 * over HTTP.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { ApexCredentials, ApexFault, ApexSettings, ApexSettingsChange, ApexWebhookChange } from "./ApexModel.ts"
import { common } from "./internal/controlEndpoints.ts"
import { NotFound } from "./NotFound.ts"
import { OutgoingSummary } from "./OutgoingLog.ts"

/**
 * The control address of Apex, below `/_sandbox/apex`.
 */
export const ApexControl = HttpApiGroup.make("apex").add(
  ...common({
    fault: ApexFault,
    settings: ApexSettings,
    settingsChange: ApexSettingsChange,
    credentials: ApexCredentials
  }),
  HttpApiEndpoint.post("revokeAccessTokens", "/revoke-access", { success: HttpApiSchema.NoContent }),
  HttpApiEndpoint.post("registerAccount", "/accounts", {
    payload: ApexCredentials,
    success: HttpApiSchema.NoContent
  }),
  HttpApiEndpoint.get("webhooks", "/webhooks", { success: Schema.Array(OutgoingSummary) }),
  HttpApiEndpoint.post("fireWebhook", "/webhooks/:id", {
    params: { id: Schema.String },
    payload: ApexWebhookChange,
    success: Schema.Array(OutgoingSummary),
    error: NotFound
  })
).prefix("/apex")
