/** A call of `@entegre/odeal` as it is published, over a provider of some lines. */
import { TokenCache } from "@entegre/core"
import { Odeal, OdealOperation } from "@entegre/odeal"
import { Effect, Layer, Redacted, Schema } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"

const Provider = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request, url) => {
    const body = url.pathname.endsWith("/authenticate/credential/v2")
      ? { result: { accessToken: "access", refreshToken: "refresh" }, tokenType: "Bearer", expiresIn: 3600 }
      : { result: { status: "COMPLETED" } }
    return Effect.succeed(HttpClientResponse.fromWeb(request, Response.json(body)))
  })
)

const Main = Odeal.layer({
  environment: "staging",
  credentials: { apiKey: Redacted.make("key"), secretKey: Redacted.make("secret") }
}).pipe(Layer.provide(TokenCache.layer), Layer.provide(Provider))

const status = OdealOperation.make({
  name: "payments.status",
  method: "GET",
  path: "/a/path",
  answer: Schema.Struct({ result: Schema.Struct({ status: Schema.String }) })
})

const { result } = await Effect.runPromise(
  Odeal.use((odeal) => odeal.call(status())).pipe(Effect.provide(Main))
)
if (result.status !== "COMPLETED") throw new Error("the status was not read")
