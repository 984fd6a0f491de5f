import { NodeHttpClient } from "@effect/platform-node"
import { type DukkangoModel, Sandbox } from "@entegre/sandbox"
import { Effect, Layer, Redacted, Schema } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest, type HttpClientResponse, type HttpMethod } from "effect/http"

/** A sandbox and a client that reaches it, by each way there is. */
export const transports: ReadonlyArray<readonly [string, Layer.Layer<Sandbox | HttpClient.HttpClient>]> = [
  ["without sockets", Sandbox.layerHttpClient],
  ["over undici", Layer.merge(Sandbox.layer, NodeHttpClient.layerUndici).pipe(Layer.orDie)],
  ["over node:http", Layer.merge(Sandbox.layer, NodeHttpClient.layerNodeHttp).pipe(Layer.orDie)],
  ["over fetch", Layer.merge(Sandbox.layer, FetchHttpClient.layer).pipe(Layer.orDie)]
]

const Login = Schema.Struct({
  data: Schema.Struct({ access_token: Schema.String, expiration_date: Schema.String })
})

export const requestLogin = Effect.fnUntraced(function*(body: unknown) {
  const { dukkango } = yield* Sandbox
  return yield* HttpClientRequest.post(`${dukkango.baseUrl}/auth/login`).pipe(
    HttpClientRequest.bodyJsonUnsafe(body),
    HttpClient.execute
  )
})

const keysOf = (credentials: DukkangoModel.DukkangoCredentials) => ({
  app_secret_key: Redacted.value(credentials.appSecretKey),
  rest_secret_key: Redacted.value(credentials.restSecretKey)
})

/** Logs in, by default with the keys of the default account, and gives what came back. */
export const login = Effect.fnUntraced(function*(credentials?: DukkangoModel.DukkangoCredentials) {
  const { dukkango } = yield* Sandbox
  const response = yield* requestLogin(keysOf(credentials ?? dukkango.credentials))
  return (yield* Schema.decodeUnknownEffect(Login)(yield* response.json)).data
})

export const tokenOf = (credentials?: DukkangoModel.DukkangoCredentials) =>
  Effect.map(login(credentials), ({ access_token }) => access_token)

/** Sends one call with a token, or without one. */
export const call = Effect.fnUntraced(function*(
  method: HttpMethod.HttpMethod,
  path: string,
  options: { readonly token?: string | undefined; readonly body?: unknown } = {}
) {
  const { dukkango } = yield* Sandbox
  const request = HttpClientRequest.make(method)(`${dukkango.baseUrl}${path}`)
  const authorized = options.token === undefined
    ? request
    : HttpClientRequest.setHeader(request, "Access-Token", options.token)
  return yield* HttpClient.execute(
    options.body === undefined ? authorized : HttpClientRequest.bodyJsonUnsafe(authorized, options.body)
  )
})

/** What came back, as a value to compare. */
export const answerOf = Effect.fnUntraced(function*(response: HttpClientResponse.HttpClientResponse) {
  return { status: response.status, body: yield* response.json }
})

/** The `data` of a successful answer. */
export const dataOf = (response: HttpClientResponse.HttpClientResponse) =>
  Effect.map(
    Effect.flatMap(response.json, Schema.decodeUnknownEffect(Schema.Struct({ data: Schema.Json }))),
    ({ data }) => data
  )
