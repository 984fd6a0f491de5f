import { Apex } from "@entegre/apex"
import type * as ApexOptions from "@entegre/apex/ApexOptions"
import { TokenCache } from "@entegre/core"
import { Context, Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"

export const baseUrl = "https://apex.example/api/v1/integration"

export const credentials: ApexOptions.Credentials = {
  apiKey: Redacted.make("canary-api-key"),
  secretKey: Redacted.make("canary-secret-key")
}

/** What was asked of the provider. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: { readonly [name: string]: string }
  /** The body, parsed; `undefined` if there was none. */
  readonly body: unknown
}

type Answer = Response | Effect.Effect<Response, HttpClientError.HttpClientError>

const textOf = ({ body }: HttpClientRequest.HttpClientRequest): string =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""

/** A client without sockets, and what it was asked to send. */
export const mockClient = (answer: (sent: Sent, request: HttpClientRequest.HttpClientRequest) => Answer) => {
  const sent: Array<Sent> = []
  const client = HttpClient.make((request, url) =>
    Effect.suspend(() => {
      const text = textOf(request)
      const entry: Sent = {
        method: request.method,
        path: url.pathname.replace("/api/v1/integration", ""),
        query: url.search,
        headers: { ...request.headers },
        body: text === "" ? undefined : JSON.parse(text)
      }
      sent.push(entry)
      const response = answer(entry, request)
      return Effect.map(
        Effect.isEffect(response) ? response : Effect.succeed(response),
        (response) => HttpClientResponse.fromWeb(request, response)
      )
    })
  )
  return { client, sent }
}

/** What Apex answers to a login: its page's sample, with tokens that are told apart by a number. */
export const tokens = (login: number, access = login) => ({
  access_token: `canary-access-${access}`,
  refresh_token: `canary-refresh-${login}`,
  token_type: "Bearer",
  expires_in: 3600
})

export const refusal = (status: number, code: string, message = "no", details?: unknown): Response =>
  Response.json({ error: { code, message, ...(details === undefined ? {} : { details }) } }, { status })

/** The request goes out and the connection is lost. */
export const lost = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.fail(
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({ request, cause: new Error("socket hang up") })
    })
  )

/**
 * An Apex that logs everybody in, and answers calls by `answer`.
 */
export const open = Effect.fnUntraced(function*(
  answer: (sent: Sent, request: HttpClientRequest.HttpClientRequest) => Answer,
  options: Partial<ApexOptions.Options> = {}
) {
  let logins = 0
  const { client, sent } = mockClient((entry, request) =>
    entry.path === "/auth/authenticate" ? Response.json(tokens(++logins)) : answer(entry, request)
  )
  const context = yield* Layer.build(
    Apex.layer({ baseUrl, credentials, ...options }).pipe(
      Layer.provideMerge(TokenCache.layer),
      Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
    )
  )
  return {
    apex: Context.get(context, Apex),
    cache: Context.get(context, TokenCache),
    sent,
    /** What was sent but for logins. */
    calls: () => sent.filter(({ path }) => !path.startsWith("/auth/"))
  }
})
