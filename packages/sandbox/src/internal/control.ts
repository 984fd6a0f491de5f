import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { BadControlRequest, ControlApi, ExplainBadRequests } from "../ControlApi.ts"
import type { DukkangoSandbox } from "../DukkangoSandbox.ts"

const dukkangoControl = (dukkango: DukkangoSandbox) =>
  HttpApiBuilder.group(
    ControlApi,
    "dukkango",
    (handlers) =>
      handlers.handleAll({
        counters: () => dukkango.counters,
        resetCounters: () => dukkango.resetCounters,
        requests: () => dukkango.requests,
        pendingFaults: () => dukkango.faults.pending,
        injectFault: ({ payload }) => dukkango.faults.inject(payload),
        clearFaults: () => dukkango.faults.clear,
        revokeTokens: () => dukkango.revokeTokens,
        settings: () => dukkango.settings.get,
        updateSettings: ({ payload }) => dukkango.settings.update(payload),
        registerAccount: ({ payload }) => dukkango.registerAccount(payload),
        changeCredentials: ({ payload }) => dukkango.changeCredentials(payload.to, payload.from),
        orders: () => dukkango.orders.list,
        placeOrder: ({ payload }) => dukkango.orders.place(payload),
        advanceOrder: ({ params, payload }) => dukkango.orders.advance(params.paymentKey, payload.statusId),
        acknowledgements: () => dukkango.orders.acknowledgements,
        restaurants: () => dukkango.restaurants.list,
        foods: () => dukkango.foods.list
      })
  )

const explainBadRequests = HttpApiMiddleware.layerSchemaErrorTransform(
  ExplainBadRequests,
  ({ cause }) => Effect.fail(new BadControlRequest({ message: cause.message }))
)

/** The control address as an application of its own, to be put behind any transport. */
export const make = (services: { readonly dukkango: DukkangoSandbox }) =>
  HttpRouter.toHttpEffect(
    HttpApiBuilder.layer(ControlApi).pipe(
      Layer.provide(dukkangoControl(services.dukkango)),
      Layer.provide([explainBadRequests, HttpServer.layerServices])
    )
  )
