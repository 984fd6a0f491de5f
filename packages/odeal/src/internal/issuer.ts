/**
 * How Ödeal hands out tokens: a login with two keys, and a refresh that answers with a new pair.
 *
 * From the provider's page `guide/token-islemleri`: `POST /authenticate/credential/v2` and
 * `POST /authenticate/refresh-token/v2`, the pair in `result`, its life in seconds beside it. There is one active token: a
 * new one ends the one before.
 */
import { UnreadableAnswer } from "@entegre/core/CallError"
import * as Exchange from "@entegre/core/Exchange"
import * as Expiry from "@entegre/core/Expiry"
import type { Grant, Issuer } from "@entegre/core/Issuer"
import { IssuerError, type Reason } from "@entegre/core/IssuerError"
import * as TokenKey from "@entegre/core/TokenKey"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Credentials } from "../OdealOptions.ts"
import * as Failures from "./failures.ts"
import { sensitive } from "./sensitive.ts"
import type { Settings } from "./settings.ts"

/** Whose tokens these are: the page calls `apiKey` unique, and `secretKey` its secret. */
export const tokenKey = ({ baseUrl, label }: Settings, { apiKey }: Credentials): TokenKey.TokenKey =>
  TokenKey.make({ provider: "odeal", environment: baseUrl, account: apiKey, label })

export const make = <E>(
  key: TokenKey.TokenKey,
  settings: Settings,
  credentials: Effect.Effect<Credentials, E>
): Effect.Effect<Issuer<Credentials, E>, never, HttpClient.HttpClient> =>
  Effect.map(Exchange.make({ baseUrl: settings.baseUrl, timeout: settings.loginTimeout, sensitive }), (exchange) => {
    const ask = (path: string, body: { readonly [field: string]: string }, refusal: Failures.Reader) =>
      HttpClientRequest.post(path).pipe(
        HttpClientRequest.acceptJson,
        HttpClientRequest.bodyJsonUnsafe(body),
        exchange,
        Effect.flatMap((answer) => readGrant(answer, refusal)),
        Effect.mapError((reason) => new IssuerError({ reason }))
      )
    return {
      key,
      rotation: "singleActive",
      credentials,
      login: ({ apiKey, secretKey }) =>
        ask(
          "/authenticate/credential/v2",
          { apiKey: Redacted.value(apiKey), secretKey: Redacted.value(secretKey) },
          Failures.ofLogin
        ),
      refresh: (refreshToken) =>
        ask("/authenticate/refresh-token/v2", { refreshToken: Redacted.value(refreshToken) }, Failures.ofRefresh),
      window: settings.window,
      timeout: settings.loginTimeout
    }
  })

// A token goes into a header.
const Token = Schema.RedactedFromValue(
  Schema.String.check(Schema.isPattern(/^[\x21-\x7e]+$/, { expected: "a token" }))
)

const decodeGrant = Exchange.decodeValue(Schema.Struct({
  // Without the next refresh token the cache would go on with the one that was spent.
  result: Schema.Struct({ accessToken: Token, refreshToken: Token }),
  expiresIn: Schema.optionalKey(Schema.Unknown)
}))

const readGrant = (
  answer: Exchange.Answer,
  refusal: Failures.Reader
): Effect.Effect<Grant, Reason> => {
  const body = Exchange.json(answer)
  const refused = refusal(answer, Result.getOrUndefined(body))
  if (refused !== undefined) return Effect.fail(refused)
  if (answer.status < 200 || answer.status > 299) {
    return Effect.fail(
      new UnreadableAnswer({ status: answer.status, problem: "a refusal that the provider does not document" })
    )
  }
  return Effect.fromResult(body).pipe(
    Effect.flatMap((body) => decodeGrant(answer, body)),
    Effect.map(({ expiresIn, result }) => ({
      accessToken: result.accessToken,
      refreshToken: result.refreshToken,
      expiry: [Expiry.relative(expiresIn)],
      timing: Exchange.timing(answer)
    }))
  )
}
