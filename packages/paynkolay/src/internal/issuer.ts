/**
 * How Paynkolay hands out tokens: a login with user name, password and merchant number, and no way to refresh.
 *
 * From the provider's authentication page: `POST /authenticate`, a JWT whose `exp` is all that is said about its life (half
 * an hour in its sample). The page does not say whether a login ends earlier tokens.
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
import type { Credentials } from "../PaynkolayOptions.ts"
import { Data } from "../PaynkolaySchema.ts"
import * as Failures from "./failures.ts"
import { sensitive } from "./sensitive.ts"
import type { Settings } from "./settings.ts"

/** Whose tokens these are: a user's of a marketplace. */
export const tokenKey = ({ baseUrl, label }: Settings, { merchantNo, username }: Credentials): TokenKey.TokenKey =>
  TokenKey.make({
    provider: "paynkolay",
    environment: baseUrl,
    // Neither has a line break in it, so no two accounts read alike.
    account: Redacted.make(`${merchantNo}\n${username}`),
    label
  })

export const make = <E>(
  key: TokenKey.TokenKey,
  settings: Settings,
  credentials: Effect.Effect<Credentials, E>,
  secrets: () => unknown
): Effect.Effect<Issuer<Credentials, E>, never, HttpClient.HttpClient> =>
  Effect.map(
    Exchange.make({ baseUrl: settings.baseUrl, timeout: settings.loginTimeout, sensitive, secrets }),
    (exchange) => ({
      key,
      // Not documented. If a login does end earlier tokens, their callers get a 401 and adopt the new one.
      rotation: "reusable",
      credentials,
      login: ({ merchantNo, password, username }) =>
        HttpClientRequest.post("/authenticate").pipe(
          HttpClientRequest.acceptJson,
          HttpClientRequest.bodyJsonUnsafe({ username, password: Redacted.value(password), merchantNo }),
          exchange,
          Effect.flatMap((answer) => readGrant(answer, settings)),
          Effect.mapError((reason) => new IssuerError({ reason }))
        ),
      window: settings.window,
      timeout: settings.loginTimeout
    })
  )

const decodeGrant = Exchange.decodeValue(Data(Schema.Struct({
  // The token goes into a header.
  token: Schema.RedactedFromValue(Schema.String.check(Schema.isPattern(/^[\x21-\x7e]+$/, { expected: "a token" })))
})))

const readGrant = (
  answer: Exchange.Answer,
  settings: Settings
): Effect.Effect<Grant, Reason> => {
  const body = Exchange.json(answer)
  const refusal = Failures.ofLogin(answer, Result.getOrUndefined(body), settings)
  if (refusal !== undefined) return Effect.fail(refusal)
  if (answer.status < 200 || answer.status > 299) {
    return Effect.fail(
      new UnreadableAnswer({ status: answer.status, problem: "a refusal that the provider does not document" })
    )
  }
  return Effect.fromResult(body).pipe(
    Effect.flatMap((body) => decodeGrant(answer, body)),
    Effect.map(({ token }) => ({
      accessToken: token,
      expiry: [Expiry.jwt(token)],
      timing: Exchange.timing(answer)
    }))
  )
}
