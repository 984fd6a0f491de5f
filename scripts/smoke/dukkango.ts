/** A call of `@entegre/dukkango` as it is published, over a provider of some lines. */
import { TokenCache } from "@entegre/core"
import { Dukkango } from "@entegre/dukkango"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"

const Provider = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request, url) => {
    const data = url.pathname.endsWith("/auth/login")
      ? { access_token: "a".repeat(64), expiration_date: "2099-01-15 23:59:59" }
      : [{ id: "8f2b9ce2-04de-4712-842d-a39f64596fdf", name: "Akat Şube" }]
    return Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ status: true, data })))
  })
)

const Main = Dukkango.layer({
  credentials: { appSecretKey: Redacted.make("app"), restSecretKey: Redacted.make("restaurant") }
}).pipe(Layer.provide(TokenCache.layer), Layer.provide(Provider))

const restaurants = await Effect.runPromise(
  Dukkango.use((dukkango) => dukkango.restaurants.list).pipe(Effect.provide(Main))
)
if (restaurants[0]?.name !== "Akat Şube") throw new Error("the branch was not read")
