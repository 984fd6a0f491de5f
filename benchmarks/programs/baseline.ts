/**
 * An application with Effect, a transport and a schema, before it talks to any provider.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { Config, Context, Effect, Layer, ManagedRuntime, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"

const Order = Schema.Struct({ id: Schema.String, total: Schema.Finite })

class Orders extends Context.Service<Orders>()("@entegre/benchmarks/programs/baseline/Orders", {
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

const Main = Layer.provide(Orders.layer, NodeHttpClient.layerUndici)

const runtime = ManagedRuntime.make(Main)
await runtime.runPromise(Effect.asVoid(Orders))
await runtime.dispose()
