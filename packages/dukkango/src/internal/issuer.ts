/**
 * How Dükkango hands out tokens: a login with two keys, and no way to refresh.
 *
 * From the provider's authentication page: `POST /auth/login`, a token that lives for 24 hours, and its end as a date
 * without an offset. The page says neither in which zone that is written nor whether a login ends earlier tokens.
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
import type { Credentials } from "../DukkangoOptions.ts"
import * as Failures from "./failures.ts"
import { sensitive } from "./sensitive.ts"
import type { Settings } from "./settings.ts"

/** The longest life that the page promises to a token. */
const documentedLife = "24 hours"

/** Whose tokens these are: Dükkango has no name for an account but its two keys. */
export const tokenKey = (
  { baseUrl, label }: Settings,
  { appSecretKey, restSecretKey }: Credentials
): TokenKey.TokenKey =>
  TokenKey.make({
    provider: "dukkango",
    environment: baseUrl,
    // A key has no line break in it, so no two pairs of keys read alike.
    account: Redacted.make(`${Redacted.value(appSecretKey)}\n${Redacted.value(restSecretKey)}`),
    label
  })

export const make = <E>(
  key: TokenKey.TokenKey,
  settings: Settings,
  credentials: Effect.Effect<Credentials, E>
): Effect.Effect<Issuer<Credentials, E>, never, HttpClient.HttpClient> =>
  Effect.map(Exchange.make({ baseUrl: settings.baseUrl, timeout: settings.loginTimeout, sensitive }), (exchange) => ({
    key,
    // Not documented. If a login does end earlier tokens, their callers get a 401 and adopt the new one.
    rotation: "reusable",
    credentials,
    login: ({ appSecretKey, restSecretKey }) =>
      HttpClientRequest.post("/auth/login").pipe(
        HttpClientRequest.acceptJson,
        HttpClientRequest.bodyJsonUnsafe({
          app_secret_key: Redacted.value(appSecretKey),
          rest_secret_key: Redacted.value(restSecretKey)
        }),
        exchange,
        Effect.flatMap((answer) => readGrant(answer, settings)),
        Effect.mapError((reason) => new IssuerError({ reason }))
      ),
    window: settings.window,
    timeout: settings.loginTimeout
  }))

const decodeGrant = Exchange.decodeValue(Schema.Struct({
  status: Schema.Literal(true),
  data: Schema.Struct({
    // The token goes into a header.
    access_token: Schema.RedactedFromValue(
      Schema.String.check(Schema.isPattern(/^[\x21-\x7e]+$/, { expected: "a token" }))
    ),
    expiration_date: Schema.optionalKey(Schema.Unknown)
  })
}))

const readGrant = (
  answer: Exchange.Answer,
  { expiryZone }: Settings
): Effect.Effect<Grant, Reason> => {
  const body = Exchange.json(answer)
  const refusal = Failures.ofLogin(answer, Result.getOrUndefined(body))
  if (refusal !== undefined) return Effect.fail(refusal)
  if (answer.status < 200 || answer.status > 299) {
    return Effect.fail(
      new UnreadableAnswer({ status: answer.status, problem: "a refusal that the provider does not document" })
    )
  }
  return Effect.fromResult(body).pipe(
    Effect.flatMap((body) => decodeGrant(answer, body)),
    Effect.map(({ data }) => ({
      accessToken: data.access_token,
      expiry: [Expiry.absolute(data.expiration_date, expiryZone), Expiry.atMost(documentedLife)],
      timing: Exchange.timing(answer)
    }))
  )
}
