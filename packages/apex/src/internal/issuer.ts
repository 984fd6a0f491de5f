/**
 * How Apex hands out tokens: a login with two keys, and a refresh with a refresh token that stays the same.
 *
 * From the provider's authentication page: `POST /auth/authenticate` and `POST /auth/refresh` answer alike, with an access
 * token of an hour and a refresh token of 7 days. The page does not say whether a refresh prolongs the refresh token's
 * life, so it is counted from the login; nor whether a login ends earlier tokens.
 */
import { UnreadableAnswer } from "@entegre/core/CallError"
import * as Exchange from "@entegre/core/Exchange"
import * as Expiry from "@entegre/core/Expiry"
import type { Grant, Issuer } from "@entegre/core/Issuer"
import { IssuerError, type Reason } from "@entegre/core/IssuerError"
import * as TokenKey from "@entegre/core/TokenKey"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Credentials } from "../ApexOptions.ts"
import * as Failures from "./failures.ts"
import { targetHeader } from "./operations.ts"
import { keyHeader, secretHeader, sensitive } from "./sensitive.ts"
import type { Settings } from "./settings.ts"

/** Whose tokens these are: the API key's. */
export const tokenKey = ({ baseUrl, label }: Settings, { apiKey }: Credentials): TokenKey.TokenKey =>
  TokenKey.make({ provider: "apex", environment: baseUrl, account: apiKey, label })

export const make = <E>(
  key: TokenKey.TokenKey,
  settings: Settings,
  credentials: Effect.Effect<Credentials, E>
): Effect.Effect<Issuer<Credentials, E>, never, HttpClient.HttpClient> =>
  Effect.map(
    Exchange.make({ baseUrl: settings.baseUrl, timeout: settings.loginTimeout, sensitive }),
    (exchange): Issuer<Credentials, E> => ({
      key,
      // Not documented. If a login does end earlier tokens, their callers get a 401 and adopt the new one.
      rotation: "reusable",
      credentials,
      login: (credentials) =>
        exchange(loginRequest(settings, credentials)).pipe(
          Effect.flatMap((answer) => readLogin(answer, settings)),
          Effect.mapError((reason) => new IssuerError({ reason }))
        ),
      refresh: (refreshToken) =>
        exchange(refreshRequest(settings, refreshToken)).pipe(
          Effect.flatMap((answer) => readRefresh(answer, settings, refreshToken)),
          Effect.mapError((reason) => new IssuerError({ reason }))
        ),
      window: settings.window,
      timeout: settings.loginTimeout
    })
  )

// -----------------------------------------------------------------------------
// Requests
// -----------------------------------------------------------------------------

const post = (
  settings: Settings,
  operation: "auth.authenticate" | "auth.refresh",
  path: string
): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.post(path).pipe(
    HttpClientRequest.acceptJson,
    HttpClientRequest.setHeader(targetHeader, settings.targetOf(operation))
  )

const loginRequest = (
  settings: Settings,
  { apiKey, secretKey }: Credentials
): HttpClientRequest.HttpClientRequest => {
  const request = post(settings, "auth.authenticate", "/auth/authenticate")
  return settings.loginBy === "headers"
    ? HttpClientRequest.setHeaders(request, {
      [keyHeader]: Redacted.value(apiKey),
      [secretHeader]: Redacted.value(secretKey)
    })
    : HttpClientRequest.bodyJsonUnsafe(request, {
      api_key: Redacted.value(apiKey),
      secret_key: Redacted.value(secretKey)
    })
}

const refreshRequest = (
  settings: Settings,
  refreshToken: Redacted.Redacted<string>
): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.bodyJsonUnsafe(post(settings, "auth.refresh", "/auth/refresh"), {
    refresh_token: Redacted.value(refreshToken)
  })

// -----------------------------------------------------------------------------
// Answers
// -----------------------------------------------------------------------------

const printable = Schema.String.check(Schema.isPattern(/^[\x21-\x7e]+$/, { expected: "a token" }))

const decodeTokens = Exchange.decodeValue(Schema.Struct({
  // The token goes into a header.
  access_token: Schema.RedactedFromValue(printable),
  refresh_token: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString)),
  expires_in: Schema.optionalKey(Schema.Unknown),
  expires_at: Schema.optionalKey(Schema.Unknown)
}))

const readLogin = (answer: Exchange.Answer, settings: Settings): Effect.Effect<Grant, Reason> =>
  read(answer, Failures.ofLogin, () => lifeOf(settings))

/** A refresh token that came back goes on with the life that it has; another one begins a life of its own. */
const readRefresh = (
  answer: Exchange.Answer,
  settings: Settings,
  sent: Redacted.Redacted<string>
): Effect.Effect<Grant, Reason> =>
  read(
    answer,
    Failures.ofRefresh,
    (received) => Redacted.value(received) === Redacted.value(sent) ? undefined : lifeOf(settings)
  )

const lifeOf = ({ refreshTokenLife }: Settings): ReadonlyArray<Expiry.Statement> => [
  Expiry.relative(Duration.toSeconds(refreshTokenLife))
]

const read = (
  answer: Exchange.Answer,
  refusalOf: (answer: Exchange.Answer, body: unknown) => Reason | undefined,
  refreshExpiryOf: (refreshToken: Redacted.Redacted<string>) => ReadonlyArray<Expiry.Statement> | undefined
): Effect.Effect<Grant, Reason> => {
  const body = Exchange.json(answer)
  const refusal = refusalOf(answer, Result.getOrUndefined(body))
  if (refusal !== undefined) return Effect.fail(refusal)
  if (answer.status < 200 || answer.status > 299) {
    return Effect.fail(
      new UnreadableAnswer({ status: answer.status, problem: "a refusal that the provider does not document" })
    )
  }
  return Effect.fromResult(body).pipe(
    Effect.flatMap((body) => decodeTokens(answer, body)),
    Effect.map(({ access_token, expires_at, expires_in, refresh_token }) => ({
      accessToken: access_token,
      expiry: statements(expires_in, expires_at),
      refreshToken: refresh_token,
      refreshExpiry: refresh_token === undefined ? undefined : refreshExpiryOf(refresh_token),
      timing: Exchange.timing(answer)
    }))
  )
}

/** Both are documented. One that is missing is not worth an alarm if the other is there. */
const statements = (expiresIn: unknown, expiresAt: unknown): ReadonlyArray<Expiry.Statement> => [
  ...(expiresIn === undefined && expiresAt !== undefined ? [] : [Expiry.relative(expiresIn)]),
  ...(expiresAt === undefined ? [] : [Expiry.absolute(expiresAt)])
]
