/** A call of `@entegre/apex` as it is published, over a provider of some lines. */
import { Apex, ApexSchema } from "@entegre/apex"
import { TokenCache } from "@entegre/core"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"

const id = ApexSchema.NodeId.make("8f2b9ce2-04de-4712-842d-a39f64596fdf")

const Provider = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request, url) => {
    const time = "2026-01-03T12:00:00Z"
    const body = url.pathname.endsWith("/auth/authenticate")
      ? { access_token: "access", refresh_token: "refresh", token_type: "Bearer", expires_in: 3600 }
      : { id, parent_id: null, name: "root", type: 1, path: "1", int_id: 1, created_at: time, updated_at: time }
    return Effect.succeed(HttpClientResponse.fromWeb(request, Response.json(body)))
  })
)

const Main = Apex.layer({
  baseUrl: "https://api.apex.example/api/v1/integration",
  credentials: { apiKey: Redacted.make("key"), secretKey: Redacted.make("secret") }
}).pipe(Layer.provide(TokenCache.layer), Layer.provide(Provider))

const node = await Effect.runPromise(Apex.use((apex) => apex.nodes.get(id)).pipe(Effect.provide(Main)))
if (node.name !== "root") throw new Error("the node was not read")
