import * as ApiClient from "@entegre/core/ApiClient"
import * as BaseUrl from "@entegre/core/BaseUrl"
import * as CallError from "@entegre/core/CallError"
import { Effect, Redacted, Result, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { fakeTokens } from "./fakeTokens.ts"
import { mockClient } from "./httpMock.ts"

/** A refusal that this provider documents. */
export class OrderNotFound extends Schema.TaggedError<OrderNotFound>()("OrderNotFound", {
  providerMessage: Schema.String
}) {
  readonly isRetryable = false
}

/** This provider's error. */
export class AcmeError extends Schema.TaggedError<AcmeError>()("AcmeError", {
  operation: Schema.String,
  reason: Schema.Union([...CallError.reasons, OrderNotFound])
}) {
  override readonly cause = this.reason
  override get message(): string {
    return `${this.operation}: ${this.reason.message}`
  }
}

const Order = Schema.Struct({ id: Schema.String })
const Refusal = Schema.Struct({ success: Schema.Literal(false), message: Schema.String })
const isRefusal = Schema.is(Refusal)

/** The table of operations. */
export const operations = {
  get: ApiClient.operation({ name: "orders.get", safety: "safe", answer: Order }),
  update: ApiClient.operation({ name: "orders.update", safety: "idempotent", answer: Order }),
  pay: ApiClient.operation({ name: "payments.pay", safety: "unsafe", answer: Order, findOut: "ask for the status" }),
  page: ApiClient.operation({ name: "payments.page", safety: "safe", answer: Schema.String, format: "text" }),
  touch: ApiClient.operation({ name: "orders.touch", safety: "idempotent", answer: Schema.Undefined })
}

/** A provider's client, over a provider that answers with `answer`. */
export const open = Effect.fnUntraced(function*(
  answer: Parameters<typeof mockClient>[0],
  options: Partial<ApiClient.Options<OrderNotFound, AcmeError>> = {}
) {
  const { client, sent } = mockClient(answer)
  const tokens = fakeTokens()
  const api = yield* ApiClient.make<OrderNotFound, AcmeError>({
    provider: "acme",
    tokens: tokens.tokens,
    baseUrl: Result.getOrThrow(BaseUrl.make("https://api.example.com")),
    authorize: (request, token) => HttpClientRequest.setHeader(request, "access-token", Redacted.value(token)),
    refusal: (_, body) => isRefusal(body) ? new OrderNotFound({ providerMessage: body.message }) : undefined,
    error: (operation, reason) => new AcmeError({ operation, reason }),
    ...options
  }).pipe(Effect.provideService(HttpClient.HttpClient, client))
  const request = HttpClientRequest.post("/orders")
  return { api, sent, tokens, run: <A>(operation: ApiClient.Operation<A>) => api.run(operation, request) }
})
