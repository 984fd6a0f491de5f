/**
 * An application that composes all four providers over one token cache.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { Apex } from "@entegre/apex"
import { TokenCache } from "@entegre/core"
import { Dukkango } from "@entegre/dukkango"
import { Odeal } from "@entegre/odeal"
import { Paynkolay } from "@entegre/paynkolay"
import { Config, ConfigProvider, Context, Effect, Layer, ManagedRuntime, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"

const Order = Schema.Struct({ id: Schema.String, total: Schema.Finite })

class Orders extends Context.Service<Orders>()("@entegre/benchmarks/programs/composed/Orders", {
  make: Effect.gen(function*() {
    const client = yield* HttpClient.HttpClient
    const token = yield* Config.String("TOKEN").pipe(Config.withDefault("none"))
    return {
      get: (id: string) =>
        HttpClientRequest.get(`https://api.acme.example/orders/${encodeURIComponent(id)}`).pipe(
          HttpClientRequest.bearerToken(token),
          client.execute,
          Effect.flatMap(HttpClientResponse.schemaBodyJson(Order))
        )
    }
  })
}) {
  static readonly layer = Layer.effect(Orders, Orders.make)
}

const Providers = Layer.mergeAll(
  Apex.layerConfig(),
  Dukkango.layerConfig(),
  Odeal.layerConfig(),
  Paynkolay.layerConfig({ environment: "test" })
)

const settings = ConfigProvider.fromUnknown({
  APEX_BASE_URL: "https://apex.example/api/v1/integration",
  APEX_API_KEY: "key",
  APEX_SECRET_KEY: "secret",
  DUKKANGO_APP_SECRET_KEY: "app",
  DUKKANGO_REST_SECRET_KEY: "rest",
  ODEAL_API_KEY: "key",
  ODEAL_SECRET_KEY: "secret",
  PAYNKOLAY_USERNAME: "name",
  PAYNKOLAY_PASSWORD: "password",
  PAYNKOLAY_MERCHANT_NO: "1",
  PAYNKOLAY_API_SECRET_KEY: "api",
  PAYNKOLAY_MERCHANT_SECRET_KEY: "merchant",
  PAYNKOLAY_CANCEL_API_SECRET_KEY: "cancel"
})

const Main = Layer.mergeAll(Orders.layer, Providers).pipe(
  Layer.provideMerge(TokenCache.layer),
  Layer.provide(NodeHttpClient.layerUndici),
  Layer.provide(ConfigProvider.layer(settings))
)

const runtime = ManagedRuntime.make(Main)
await runtime.runPromise(Effect.gen(function*() {
  const dukkango = yield* Dukkango
  const cache = yield* TokenCache
  yield* dukkango.restaurants.list.pipe(
    Effect.catchReason("DukkangoError", "CredentialsRefused", () => Effect.succeed([])),
    Effect.timeoutOption(0)
  )
  return yield* cache.readiness
}))
await runtime.dispose()
