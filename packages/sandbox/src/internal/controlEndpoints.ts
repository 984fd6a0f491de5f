import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Counters } from "../Counters.ts"
import { Fault } from "../Fault.ts"
import { RequestSummary } from "../RequestLog.ts"

/** What the control address offers for every provider. */
export const common = <
  ProviderFault extends Schema.Top,
  Settings extends Schema.Top,
  SettingsChange extends Schema.Top,
  Credentials extends Schema.Top
>(schemas: {
  readonly fault: ProviderFault
  readonly settings: Settings
  readonly settingsChange: SettingsChange
  readonly credentials: Credentials
}) =>
  [
    HttpApiEndpoint.get("counters", "/counters", { success: Counters }),
    HttpApiEndpoint.delete("resetCounters", "/counters", { success: HttpApiSchema.NoContent }),
    HttpApiEndpoint.get("requests", "/requests", { success: Schema.Array(RequestSummary) }),
    HttpApiEndpoint.get("pendingFaults", "/faults", { success: Schema.Array(Fault) }),
    HttpApiEndpoint.post("injectFault", "/faults", { payload: schemas.fault, success: HttpApiSchema.NoContent }),
    HttpApiEndpoint.delete("clearFaults", "/faults", { success: HttpApiSchema.NoContent }),
    HttpApiEndpoint.post("revokeTokens", "/revoke", { success: HttpApiSchema.NoContent }),
    HttpApiEndpoint.get("settings", "/settings", { success: schemas.settings }),
    HttpApiEndpoint.patch("updateSettings", "/settings", {
      payload: schemas.settingsChange,
      success: schemas.settings
    }),
    HttpApiEndpoint.put("changeCredentials", "/credentials", {
      payload: Schema.Struct({ to: schemas.credentials, from: Schema.optionalKey(schemas.credentials) }),
      success: HttpApiSchema.NoContent
    })
  ] as const
