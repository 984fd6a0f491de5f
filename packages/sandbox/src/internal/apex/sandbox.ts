import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { ApexSettings, type ApexSettingsPatch, defaultSettings } from "../../ApexModel.ts"
import type { ApexSandbox, Options } from "../../ApexSandbox.ts"
import * as Grants from "../grants.ts"
import * as Keys from "../keys.ts"
import * as Outgoing from "../outgoing.ts"
import * as Provider from "../provider.ts"
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
    credentials,
    counters: provider.counters,
    resetCounters: provider.resetCounters,
    requests: provider.requests,
    settings: {
      get: Effect.map(Ref.get(ref), ({ settings }) => settings),
      update: (patch) =>
        Ref.modify(ref, (state) => {
          const settings = patchSettings(state.settings, patch)
          return [settings, { ...state, settings }]
        })
    },
    faults: provider.faults,
    revokeTokens: Ref.update(ref, (state) => ({ ...state, grants: Grants.end(state.grants) })),
    revokeAccessTokens: Ref.update(ref, (state) => ({ ...state, grants: Grants.end(state.grants, { use: "access" }) })),
    registerAccount: (keys) =>
      Ref.update(ref, (state) => ({ ...state, accounts: Keys.register(state.accounts, keys) })),
    changeCredentials: (to, from = credentials) =>
      Ref.update(ref, (state) => ({ ...state, accounts: Keys.change(state.accounts, from, to) })),
    webhooks: {
      sent: outgoing.sent,
      take: outgoing.take,
      fire: (id, change) => Webhooks.fire(ref, outgoing, id, change)
    }
  }

  return { prefix, provider, service }
})
