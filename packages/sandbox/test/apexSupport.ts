import { type ApexModel, Sandbox } from "@entegre/sandbox"
import { Effect, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest, type HttpMethod } from "effect/http"
import { answerOf } from "./support.ts"

interface Options {
  readonly token?: string | undefined
  readonly body?: unknown
  readonly target?: string | undefined
  readonly headers?: Record<string, string>
}

/** Sends a request to one of the two servers behind the address, or to none. */
export const send = Effect.fnUntraced(function*(method: HttpMethod.HttpMethod, path: string, options: Options) {
  const { apex } = yield* Sandbox
  const headers = {
    ...(options.target !== undefined && { "x-target-server": options.target }),
    ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
    ...options.headers
  }
  const request = HttpClientRequest.make(method)(`${apex.baseUrl}${path}`, { headers })
  return yield* HttpClient.execute(
    options.body === undefined ? request : HttpClientRequest.bodyJsonUnsafe(request, options.body)
  )
})

export const requestLogin = (body: unknown, headers: Record<string, string> = {}) =>
  send("POST", "/auth/authenticate", { target: "authentication", body, headers })

export const requestRefresh = (refreshToken: string) =>
  send("POST", "/auth/refresh", { target: "authentication", body: { refresh_token: refreshToken } })

export const bodyOf = ({ apiKey, secretKey }: ApexModel.ApexCredentials) => ({
  api_key: Redacted.value(apiKey),
  secret_key: Redacted.value(secretKey)
})

const Tokens = Schema.Struct({
  access_token: Schema.String,
  refresh_token: Schema.String,
  token_type: Schema.Literal("Bearer"),
  expires_in: Schema.Int,
  expires_at: Schema.String
})

const tokensIn = (response: Effect.Success<ReturnType<typeof send>>) =>
  Effect.flatMap(response.json, Schema.decodeUnknownEffect(Tokens))

/** Logs in, by default with the keys of the default account. */
export const login = Effect.fnUntraced(function*(credentials?: ApexModel.ApexCredentials) {
  const { apex } = yield* Sandbox
  return yield* tokensIn(yield* requestLogin(bodyOf(credentials ?? apex.credentials)))
})

export const refresh = (refreshToken: string) => Effect.flatMap(requestRefresh(refreshToken), tokensIn)

/** Sends a call with a token. */
export const call = (token: string, method: HttpMethod.HttpMethod, path: string, body?: unknown) =>
  send(method, path, { target: "integration", token, body })

/** Whether an access token is taken: a call with it gets as far as to a node that does not exist. */
export const isAlive = (token: string) => Effect.map(call(token, "GET", "/nodes/none"), ({ status }) => status === 404)

const Id = Schema.Struct({ id: Schema.String })

/** An account that has logged in, and what it does. */
export const session = Effect.fnUntraced(function*(credentials?: ApexModel.ApexCredentials) {
  const { access_token: token } = yield* login(credentials)
  const ask = (method: HttpMethod.HttpMethod, path: string, body?: unknown) =>
    Effect.flatMap(call(token, method, path, body), answerOf)
  /** Creates something and gives its identifier. */
  const create = Effect.fnUntraced(function*(path: string, body: unknown = {}) {
    return (yield* Schema.decodeUnknownEffect(Id)((yield* ask("POST", path, body)).body)).id
  })
  return { token, ask, create }
})

export const refused = (status: number, code: string, message: string, details?: Readonly<Record<string, string>>) => ({
  status,
  body: { error: { code, message, ...(details !== undefined && { details }) } }
})

export const invalid = (field: string) => refused(400, "VALIDATION_ERROR", "invalid request", { field })

export const notFound = (what: string) => refused(404, "NOT_FOUND", `${what} not found`)

/** What a token is created with, as the page has it. */
export const token = {
  name: "My Token",
  symbol: "MTK",
  description: "A token",
  chain_id: 1,
  value: 100.5,
  supply: 1_000_000,
  external_id: "ext_token_12345",
  contract: { address: "0x1234567890123456789012345678901234567890", hash: "0xabcdef" },
  rules: { max_purchase_limit: 10_000, min_purchase_limit: 100 },
  status: 2,
  integration: {
    chain_id: 1,
    abi: "[{\"inputs\":[]}]",
    contract_address: "0x9876543210987654321098765432109876543210",
    function_name: "transfer",
    currency_token_address: "0x1111111111111111111111111111111111111111",
    is_approved: true,
    args: [{ type: "address", value: "0x2222222222222222222222222222222222222222", description: "Recipient" }]
  },
  currency_token_address: "0x1111111111111111111111111111111111111111",
  currency_token_symbol: "USDT",
  currency_token_decimals: 18,
  currency_token_name: "Tether USD",
  meta: {
    images: [{ url: "https://example.com/logo.png", is_default: true, hash: "abc" }],
    documents: [{ name: "Whitepaper", url: "https://example.com/whitepaper.pdf", type: 2, hash: "def" }]
  }
}

/** A node with a market, a distributor and a token, by a session. */
export const furnish = Effect.fnUntraced(function*({ create }: Effect.Success<ReturnType<typeof session>>) {
  const node = yield* create("/nodes", { name: "Root", type: 1 })
  const market = yield* create("/markets", { node_id: node, domain: "example.com" })
  const distributor = yield* create(`/distributors/nodes/${node}`)
  return { node, market, distributor, token: yield* create(`/tokens/nodes/${node}/distributors/${distributor}`, token) }
})
