import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import type { ApexSandbox } from "../ApexSandbox.ts"
import { BadControlRequest, ControlApi, ExplainBadRequests } from "../ControlApi.ts"
import type { Counters } from "../Counters.ts"
import type { DukkangoSandbox } from "../DukkangoSandbox.ts"
import type { Fault as AnyFault } from "../Fault.ts"
import type { OdealSandbox } from "../OdealSandbox.ts"
import type { PaynkolaySandbox } from "../PaynkolaySandbox.ts"
import type { RequestEntry } from "../RequestLog.ts"

/** What every provider's service can do. */
interface Controlled<Fault, Settings, Change, Credentials> {
  readonly counters: Effect.Effect<Counters>
  readonly resetCounters: Effect.Effect<void>
  readonly requests: Effect.Effect<ReadonlyArray<RequestEntry>>
  readonly faults: {
    readonly inject: (fault: Fault) => Effect.Effect<void>
    readonly clear: Effect.Effect<void>
    readonly pending: Effect.Effect<ReadonlyArray<AnyFault>>
  }
  readonly revokeTokens: Effect.Effect<void>
  readonly settings: {
    readonly get: Effect.Effect<Settings>
    readonly update: (change: Change) => Effect.Effect<Settings>
  }
  readonly changeCredentials: (to: Credentials, from?: Credentials) => Effect.Effect<void>
}

const common = <Fault, Settings, Change, Credentials>(
  provider: Controlled<Fault, Settings, Change, Credentials>
) => ({
  counters: () => provider.counters,
  resetCounters: () => provider.resetCounters,
  requests: () => provider.requests,
  pendingFaults: () => provider.faults.pending,
  injectFault: ({ payload }: { readonly payload: Fault }) => provider.faults.inject(payload),
  clearFaults: () => provider.faults.clear,
  revokeTokens: () => provider.revokeTokens,
  settings: () => provider.settings.get,
  updateSettings: ({ payload }: { readonly payload: Change }) => provider.settings.update(payload),
  changeCredentials: (
    { payload }: { readonly payload: { readonly to: Credentials; readonly from?: Credentials } }
  ) => provider.changeCredentials(payload.to, payload.from)
})

const dukkangoControl = (dukkango: DukkangoSandbox) =>
  HttpApiBuilder.group(
    ControlApi,
    "dukkango",
    (handlers) =>
      handlers.handleAll({
        ...common(dukkango),
        registerAccount: ({ payload }) => dukkango.registerAccount(payload),
        orders: () => dukkango.orders.list,
        placeOrder: ({ payload }) => dukkango.orders.place(payload),
        advanceOrder: ({ params, payload }) => dukkango.orders.advance(params.paymentKey, payload.statusId),
        acknowledgements: () => dukkango.orders.acknowledgements,
        restaurants: () => dukkango.restaurants.list,
        foods: () => dukkango.foods.list
      })
  )

const apexControl = (apex: ApexSandbox) =>
  HttpApiBuilder.group(
    ControlApi,
    "apex",
    (handlers) =>
      handlers.handleAll({
        ...common(apex),
        revokeAccessTokens: () => apex.revokeAccessTokens,
        registerAccount: ({ payload }) => apex.registerAccount(payload),
        webhooks: () => apex.webhooks.sent,
        fireWebhook: ({ params, payload }) => apex.webhooks.fire(params.id, payload)
      })
  )

const odealControl = (odeal: OdealSandbox) =>
  HttpApiBuilder.group(
    ControlApi,
    "odeal",
    (handlers) =>
      handlers.handleAll({
        ...common(odeal),
        revokeAccessTokens: () => odeal.revokeAccessTokens,
        registerAccount: ({ payload }) => odeal.registerAccount(payload),
        payments: () => odeal.payments.list,
        advancePayment: ({ params, payload }) => odeal.payments.advance(params.payment, payload.status, payload.reason),
        callbacks: () => odeal.callbacks.sent,
        sendCallback: ({ params, payload }) => odeal.callbacks.send(params.payment, payload)
      })
  )

const paynkolayControl = (paynkolay: PaynkolaySandbox) =>
  HttpApiBuilder.group(
    ControlApi,
    "paynkolay",
    (handlers) =>
      handlers.handleAll({
        ...common(paynkolay),
        registerAccount: ({ payload }) => paynkolay.registerAccount(payload),
        profiles: () => paynkolay.profiles.list,
        sellers: () => paynkolay.sellers.list,
        payments: () => paynkolay.payments.list,
        callbacks: () => paynkolay.callbacks.sent,
        sendCallback: ({ params, payload }) => paynkolay.callbacks.send(params.payment, payload)
      })
  )

const explainBadRequests = HttpApiMiddleware.layerSchemaErrorTransform(
  ExplainBadRequests,
  ({ cause }) => Effect.fail(new BadControlRequest({ message: cause.message }))
)

/** The control address as an application of its own, to be put behind any transport. */
export const make = (services: {
  readonly apex: ApexSandbox
  readonly dukkango: DukkangoSandbox
  readonly odeal: OdealSandbox
  readonly paynkolay: PaynkolaySandbox
}) =>
  HttpRouter.toHttpEffect(
    HttpApiBuilder.layer(ControlApi).pipe(
      Layer.provide([
        apexControl(services.apex),
        dukkangoControl(services.dukkango),
        odealControl(services.odeal),
        paynkolayControl(services.paynkolay)
      ]),
      Layer.provide([explainBadRequests, HttpServer.layerServices])
    )
  )
