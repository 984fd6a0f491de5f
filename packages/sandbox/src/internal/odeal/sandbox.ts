import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { NotFound } from "../../NotFound.ts"
import {
  defaultSettings,
  type OdealCallbackChange,
  type OdealPaymentStatus,
  OdealSettings,
  type OdealSettingsPatch
} from "../../OdealModel.ts"
import type { OdealSandbox, Options } from "../../OdealSandbox.ts"
import * as Grants from "../grants.ts"
import * as Keys from "../keys.ts"
import * as Outgoing from "../outgoing.ts"
import * as Provider from "../provider.ts"
import * as Service from "../service.ts"
import * as Behaviour from "./behaviour.ts"
import * as Payments from "./payments.ts"
import type { State } from "./state.ts"

/** The first segment of every path of this provider. */
const prefix = "/odeal"

/** Where the API lives below that prefix, as in the real address. */
const basePath = "/mobile"

const patchSettings = (settings: OdealSettings, patch: OdealSettingsPatch): OdealSettings =>
  OdealSettings.make({
    tokenLifetime: Duration.fromInputUnsafe(patch.tokenLifetime ?? settings.tokenLifetime),
    refreshLifetime: Duration.fromInputUnsafe(patch.refreshLifetime ?? settings.refreshLifetime),
    clockSkew: Duration.fromInputUnsafe(patch.clockSkew ?? settings.clockSkew),
    latency: Duration.fromInputUnsafe(patch.latency ?? settings.latency),
    credentialsAccepted: patch.credentialsAccepted ?? settings.credentialsAccepted,
    errorPlace: patch.errorPlace ?? settings.errorPlace,
    paymentPaths: patch.paymentPaths ?? settings.paymentPaths,
    paymentOutcome: patch.paymentOutcome ?? settings.paymentOutcome,
    confirmAfter: Duration.fromInputUnsafe(patch.confirmAfter ?? settings.confirmAfter),
    callbackDelay: Duration.fromInputUnsafe(patch.callbackDelay ?? settings.callbackDelay),
    callbacks: patch.callbacks ?? settings.callbacks,
    keepsUniqueKey: patch.keepsUniqueKey ?? settings.keepsUniqueKey
  })

/** An Ödeal: what carries requests to it, and its service for an address. */
export const make = Effect.fnUntraced(function*(options: Options, origin: string, carrier: Outgoing.Carrier) {
  const credentials = options.credentials ?? Keys.defaultsOf("odeal")
  const ref = yield* Ref.make<State>({
    settings: patchSettings(defaultSettings, options),
    accounts: Keys.register([], credentials),
    grants: Grants.empty,
    payments: []
  })
  const outgoing = yield* Outgoing.make(carrier)
  const provider = yield* Provider.make(Behaviour.make(basePath, ref, outgoing))

  const advance = Effect.fnUntraced(function*(id: number, status: OdealPaymentStatus, reason?: string) {
    const now = yield* Clock.currentTimeMillis
    const reported = yield* Ref.modify(ref, (state) => {
      const payment = state.payments.find((payment) => payment.id === id)
      return payment === undefined ? [undefined, state] : Payments.change(state, payment, now, status, reason)
    })
    if (reported === undefined) return yield* new NotFound({ what: "payment", id: `${id}` })
    yield* Behaviour.report(ref, outgoing, reported)
    return Payments.shown(reported.payment, now)
  })

  const sendCallback = Effect.fnUntraced(function*(id: number, change: OdealCallbackChange = {}) {
    const payment = (yield* Ref.get(ref)).payments.find((payment) => payment.id === id)
    if (payment === undefined) return yield* new NotFound({ what: "payment", id: `${id}` })
    const to = change.to ?? payment.returnUrl
    if (to === null) return yield* new NotFound({ what: "address", id: `${id}` })
    const last = Payments.lastChange(payment, yield* Clock.currentTimeMillis)
    const body = Payments.callbackOf(payment, { ...last, status: change.status ?? last.status })
    const request = Behaviour.callbackRequest(to, { ...body, ...change.fields })
    return yield* Outgoing.sendCopies(outgoing, request, change)
  })

  const service: OdealSandbox = {
    baseUrl: `${origin}${prefix}${basePath}`,
    ...Service.common(provider, ref, patchSettings),
    ...Service.withKeys(ref, credentials),
    payments: {
      list: Effect.flatMap(
        Clock.currentTimeMillis,
        (now) => Effect.map(Ref.get(ref), ({ payments }) => payments.map((payment) => Payments.shown(payment, now)))
      ),
      advance
    },
    callbacks: { sent: outgoing.sent, take: outgoing.take, send: sendCallback }
  }

  return { prefix, provider, service }
})
