import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { ApexSettings, type ApexSettingsPatch, defaultSettings } from "../../ApexModel.ts"
import type { ApexSandbox, Options } from "../../ApexSandbox.ts"
import * as Keys from "../keys.ts"
import * as Outgoing from "../outgoing.ts"
import * as Provider from "../provider.ts"
import * as Service from "../service.ts"
import * as Behaviour from "./behaviour.ts"
import * as Routes from "./routes.ts"
import * as State from "./state.ts"
import * as Webhooks from "./webhooks.ts"

/** The first segment of every path of this provider. */
const prefix = "/apex"

const patchSettings = (settings: ApexSettings, patch: ApexSettingsPatch): ApexSettings =>
  ApexSettings.make({
    tokenLifetime: Duration.fromInputUnsafe(patch.tokenLifetime ?? settings.tokenLifetime),
    refreshLifetime: Duration.fromInputUnsafe(patch.refreshLifetime ?? settings.refreshLifetime),
    clockSkew: Duration.fromInputUnsafe(patch.clockSkew ?? settings.clockSkew),
    latency: Duration.fromInputUnsafe(patch.latency ?? settings.latency),
    credentialsAccepted: patch.credentialsAccepted ?? settings.credentialsAccepted,
    singleActiveToken: patch.singleActiveToken ?? settings.singleActiveToken,
    rateLimit: patch.rateLimit ?? settings.rateLimit,
    rateLimitsLogins: patch.rateLimitsLogins ?? settings.rateLimitsLogins,
    retryAfter: patch.retryAfter ?? settings.retryAfter,
    wrongTargetStatus: patch.wrongTargetStatus ?? settings.wrongTargetStatus,
    floatNoise: patch.floatNoise ?? settings.floatNoise,
    webhookTokenHeader: patch.webhookTokenHeader ?? settings.webhookTokenHeader,
    webhookTokenScheme: patch.webhookTokenScheme ?? settings.webhookTokenScheme
  })

/** An Apex: what carries requests to it, and its service for an address. */
export const make = Effect.fnUntraced(function*(options: Options, origin: string, carrier: Outgoing.Carrier) {
  const credentials = options.credentials ?? Keys.defaultsOf("apex")
  const settings = patchSettings(defaultSettings, options)
  const ref = yield* Ref.make(State.initial(settings, Keys.register([], credentials)))
  const outgoing = yield* Outgoing.make(carrier)
  const provider = yield* Provider.make(Behaviour.make(ref))

  const service: ApexSandbox = {
    baseUrl: `${origin}${prefix}${Routes.basePath}`,
    ...Service.common(provider, ref, patchSettings),
    ...Service.withKeys(ref, credentials),
    webhooks: {
      sent: outgoing.sent,
      take: outgoing.take,
      fire: (id, change) => Webhooks.fire(ref, outgoing, id, change)
    }
  }

  return { prefix, provider, service }
})
