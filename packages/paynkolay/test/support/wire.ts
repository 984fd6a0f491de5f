import { TokenCache } from "@entegre/core"
import { Paynkolay } from "@entegre/paynkolay"
import type { Credentials, Settings } from "@entegre/paynkolay/PaynkolayOptions"
import { Clock, Context, Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import { Buffer } from "node:buffer"
import * as Keys from "./keys.ts"

export const baseUrl = "https://paynkolay.example/marketplace/v1"

/** User name and merchant number of the provider's authentication page. */
export const credentials: Credentials = {
  username: "nkolay_marketplace",
  password: Redacted.make("canary-password"),
  merchantNo: "400000904"
}

export const keys = {
  apiSecretKey: Keys.apiSecretKey,
  merchantSecretKey: Keys.merchantSecretKey,
  cancelApiSecretKey: Keys.cancelApiSecretKey
}

/** What was asked of the provider. */
export interface Sent {
  readonly method: string
  readonly url: string
  /** Below the base address. */
  readonly path: string
  readonly headers: { readonly [name: string]: string }
  readonly body: unknown
}

export type Answer = Response | Effect.Effect<Response, HttpClientError.HttpClientError>

const encoded = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString("base64url")

/** A token as Paynkolay's, that lives for so many seconds; `claims` are added. */
export const jwt = (nowMillis: number, seconds = 1_800, claims: object = {}): string => {
  const iat = Math.floor(nowMillis / 1_000)
  return `${encoded({ alg: "HS512" })}.${
    encoded({ sub: "nkolay_marketplace", iat, exp: iat + seconds, ...claims })
  }.AA_-`
}

export const granted = (token: string, headers: { readonly [name: string]: string } = {}): Response =>
  Response.json({ success: true, responseCode: "200", responseMessage: "SUCCESS", data: { token } }, { headers })

/** The request goes out and the connection is lost. */
export const lost = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.fail(
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({ request, cause: new Error("socket hang up") })
    })
  )

/** A client without sockets, and what it was asked to send. */
export const mockClient = (answer: (sent: Sent, request: HttpClientRequest.HttpClientRequest) => Answer) => {
  const sent: Array<Sent> = []
  const client = HttpClient.make((request, url) =>
    Effect.suspend(() => {
      const { body, headers, method } = request
      const text = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""
      const path = `${url}`.replace(baseUrl, "")
      const entry: Sent = { method, url: `${url}`, path, headers, body: text === "" ? undefined : JSON.parse(text) }
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

/** A Paynkolay that logs everybody in, and answers calls by `answer`. */
export const open = Effect.fnUntraced(function*(
  answer: (sent: Sent, request: HttpClientRequest.HttpClientRequest) => Answer,
  settings: Omit<Settings, "baseUrl" | "environment"> = {}
) {
  const now = yield* Clock.currentTimeMillis
  const { client, sent } = mockClient((entry, request) =>
    entry.path === "/authenticate" ? granted(jwt(now)) : answer(entry, request)
  )
  const context = yield* Layer.build(
    Paynkolay.layer({ baseUrl, credentials, keys, ...settings }).pipe(
      Layer.provideMerge(TokenCache.layer),
      Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
    )
  )
  return {
    paynkolay: Context.get(context, Paynkolay),
    cache: Context.get(context, TokenCache),
    sent,
    /** What was sent but for logins. */
    calls: () => sent.filter(({ path }) => path !== "/authenticate")
  }
})
