import { type OdealModel, type OutgoingLog, Sandbox } from "@entegre/sandbox"
import { Effect, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest, type HttpMethod } from "effect/http"
import { answerOf } from "./support.ts"

/** Sends a request, with a token or without one. */
export const send = Effect.fnUntraced(function*(
  method: HttpMethod.HttpMethod,
  path: string,
  options: { readonly token?: string | undefined; readonly body?: unknown } = {}
) {
  const { odeal } = yield* Sandbox
  const bare = HttpClientRequest.make(method)(`${odeal.baseUrl}${path}`)
  const request = options.token === undefined ? bare : HttpClientRequest.bearerToken(bare, options.token)
  return yield* HttpClient.execute(
    options.body === undefined ? request : HttpClientRequest.bodyJsonUnsafe(request, options.body)
  )
})

export const requestLogin = (body: unknown) => send("POST", "/authenticate/credential/v2", { body })

export const requestRefresh = (refreshToken: string) =>
  send("POST", "/authenticate/refresh-token/v2", { body: { refreshToken } })

const Tokens = Schema.Struct({
  result: Schema.Struct({ accessToken: Schema.String, refreshToken: Schema.String }),
  tokenType: Schema.Literal("Bearer"),
  expiresIn: Schema.Int
})

const tokensIn = (response: Effect.Success<ReturnType<typeof send>>) =>
  Effect.flatMap(response.json, Schema.decodeUnknownEffect(Tokens))

export const bodyOf = ({ apiKey, secretKey }: OdealModel.OdealCredentials) => ({
  apiKey: Redacted.value(apiKey),
  secretKey: Redacted.value(secretKey)
})

/** Logs in, by default with the keys of the default account. */
export const login = Effect.fnUntraced(function*(credentials?: OdealModel.OdealCredentials) {
  const { odeal } = yield* Sandbox
  return (yield* tokensIn(yield* requestLogin(bodyOf(credentials ?? odeal.credentials)))).result
})

export const refresh = Effect.fnUntraced(function*(refreshToken: string) {
  return (yield* tokensIn(yield* requestRefresh(refreshToken))).result
})

/** Sends a call with a fresh token, which ends the former one, and gives what came back. */
export const ask = (method: HttpMethod.HttpMethod, path: string, body?: unknown) =>
  Effect.gen(function*() {
    const { accessToken: token } = yield* login()
    return yield* answerOf(yield* send(method, path, { token, body }))
  })

/** Whether an access token is taken: a call with it gets as far as to a payment that does not exist. */
export const isAlive = (token: string) =>
  Effect.map(send("GET", "/made-up/payments/status?id=1", { token }), ({ status }) => status === 404)

/** A start with what it needs. The callback goes back to the sandbox, which has nobody there. */
export const startBody = Effect.map(Sandbox, ({ origin }) => ({
  amount: "100.00",
  returnUrl: `${origin}/shop/odeal`,
  externalId: "siparis-123",
  cardNumber: "4546711234567894"
}))

const Started = Schema.Struct({ result: Schema.Struct({ id: Schema.Int, threeDFormHtml: Schema.String }) })

/** Starts a payment. */
export const start = Effect.fnUntraced(function*(change: Readonly<Record<string, unknown>> = {}) {
  const { body } = yield* ask("POST", "/made-up/payments/start", { ...yield* startBody, ...change })
  return (yield* Schema.decodeUnknownEffect(Started)(body)).result
})

/** The fields of a callback. */
export const fieldsOf = ({ body }: OutgoingLog.OutgoingEntry) =>
  Schema.decodeEffect(Schema.fromJsonString(Schema.JsonObject))(Redacted.value(body))

export const refused = (status: number, message: string) => ({ status, body: { result: { message } } })
