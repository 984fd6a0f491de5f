/** A call of `@entegre/paynkolay` as it is published, over a provider of some lines. */
import { TokenCache } from "@entegre/core"
import { Paynkolay, Secrets } from "@entegre/paynkolay"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"

const claims = btoa(JSON.stringify({ sub: "market", exp: 4_000_000_000 })).replace(/=+$/, "")

const Provider = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request, url) => {
    const data = url.pathname.endsWith("/authenticate") ? { token: `eyJhbGciOiJIUzUxMiJ9.${claims}.c2ln` } : []
    const body = { success: true, responseCode: "200", responseMessage: "SUCCESS", data }
    return Effect.succeed(HttpClientResponse.fromWeb(request, Response.json(body)))
  })
)

const Main = Paynkolay.layer({
  environment: "test",
  credentials: { username: "market", password: Redacted.make("password"), merchantNo: "400000001" },
  keys: {
    apiSecretKey: Secrets.ApiSecretKey.make(Redacted.make("100000001|U1hWQUxVRQ==")),
    merchantSecretKey: Secrets.MerchantSecretKey.make(Redacted.make("_secret")),
    cancelApiSecretKey: Secrets.CancelApiSecretKey.make(Redacted.make("100000001|U1hWQUxVRQ==|Q0FOQ0VM"))
  }
}).pipe(Layer.provide(TokenCache.layer), Layer.provide(Provider))

const profiles = await Effect.runPromise(
  Paynkolay.use((paynkolay) => paynkolay.profiles.list()).pipe(Effect.provide(Main))
)
if (profiles.length !== 0) throw new Error("the profiles were not read")
