import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import {
  defaultSettings,
  type PaynkolayCredentials,
  PaynkolaySettings,
  type PaynkolaySettingsPatch
} from "../../PaynkolayModel.ts"
import type { Options, PaynkolaySandbox } from "../../PaynkolaySandbox.ts"
import * as Grants from "../grants.ts"
import * as Outgoing from "../outgoing.ts"
import * as Provider from "../provider.ts"
import * as Service from "../service.ts"
import * as Behaviour from "./behaviour.ts"
import * as Callbacks from "./callbacks.ts"
import * as Data from "./data.ts"
import * as State from "./state.ts"

/** The first segment of every path of this provider. */
const prefix = "/paynkolay"

/** User name and merchant number of the authentication page; the keys are made up, in the form of the published ones. */
const defaultCredentials: PaynkolayCredentials = {
  username: "nkolay_marketplace",
  password: Redacted.make("sandbox-password"),
  merchantNo: "400000904",
  apiSecretKey: Redacted.make("100000001|U0FOREJPWFNY"),
  merchantSecretKey: Redacted.make("_sandboxSecretKey0"),
  cancelApiSecretKey: Redacted.make("100000001|U0FOREJPWFNY|Q0FOQ0VM")
}

const patchSettings = (settings: PaynkolaySettings, patch: PaynkolaySettingsPatch): PaynkolaySettings =>
  PaynkolaySettings.make({
    tokenLifetime: Duration.fromInputUnsafe(patch.tokenLifetime ?? settings.tokenLifetime),
    clockSkew: Duration.fromInputUnsafe(patch.clockSkew ?? settings.clockSkew),
    latency: Duration.fromInputUnsafe(patch.latency ?? settings.latency),
    credentialsAccepted: patch.credentialsAccepted ?? settings.credentialsAccepted,
    loginRefusalStatus: patch.loginRefusalStatus ?? settings.loginRefusalStatus,
    refusalStatus: patch.refusalStatus ?? settings.refusalStatus,
    paymentHash: patch.paymentHash ?? settings.paymentHash,
    reversalErrorIn: patch.reversalErrorIn ?? settings.reversalErrorIn,
    uniqueTrxCodes: patch.uniqueTrxCodes ?? settings.uniqueTrxCodes,
    bankCode: patch.bankCode ?? settings.bankCode,
    autoComplete: patch.autoComplete ?? settings.autoComplete,
    completionCurrency: patch.completionCurrency ?? settings.completionCurrency,
    callbacks: patch.callbacks ?? settings.callbacks,
    callbackFormat: patch.callbackFormat ?? settings.callbackFormat,
    callbackDelay: Duration.fromInputUnsafe(patch.callbackDelay ?? settings.callbackDelay)
  })

const openAccount = (
  accounts: ReadonlyArray<State.Account>,
  credentials: PaynkolayCredentials,
  marketplace: State.Marketplace
): ReadonlyArray<State.Account> => [
  ...accounts,
  { number: accounts.length + 1, marketplaceCode: credentials.merchantNo, credentials, marketplace }
]

/** A Paynkolay: what carries requests to it, and its service for an address. */
export const make = Effect.fnUntraced(function*(options: Options, origin: string, carrier: Outgoing.Carrier) {
  const credentials = options.credentials ?? defaultCredentials
  const ref = yield* Ref.make<State.State>({
    settings: patchSettings(defaultSettings, options),
    accounts: openAccount([], credentials, {
      ...State.empty,
      profiles: options.profiles ?? [Data.profileOf(credentials.merchantNo)],
      sellers: options.sellers ?? [Data.sellerOf(credentials.merchantNo)]
    }),
    grants: Grants.empty
  })
  const outgoing = yield* Outgoing.make(carrier)
  const callbacks = Callbacks.make(ref, outgoing)
  const provider = yield* Provider.make(Behaviour.make(ref, callbacks.automatic))

  const listed = <A>(of: (marketplace: State.Marketplace) => ReadonlyArray<A>) =>
    Effect.map(Ref.get(ref), ({ accounts }) => accounts.flatMap(({ marketplace }) => of(marketplace)))

  const service: PaynkolaySandbox = {
    baseUrl: `${origin}${prefix}${Behaviour.basePath}`,
    ...Service.common(provider, ref, patchSettings),
    credentials,
    revokeTokens: Service.endTokens(ref),
    registerAccount: (credentials) =>
      Ref.update(ref, (state) => ({ ...state, accounts: openAccount(state.accounts, credentials, State.empty) })),
    changeCredentials: Service.changeCredentials(ref, State.findAccount, credentials),
    profiles: { list: listed(({ profiles }) => profiles) },
    sellers: { list: listed(({ sellers }) => sellers) },
    payments: { list: listed(({ payments }) => payments) },
    callbacks: { sent: outgoing.sent, take: outgoing.take, send: callbacks.send }
  }

  return { prefix, provider, service }
})
