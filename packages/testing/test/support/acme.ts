/**
 * A provider of one's own: an issuer as a provider package writes it, and how its provider speaks.
 */
import { Exchange, Expiry, IssuerError, TokenKey } from "@entegre/core"
import { NotSent } from "@entegre/core/ExchangeError"
import type { Issuer, Rotation } from "@entegre/core/Issuer"
import type { CheckIssuer, Wire } from "@entegre/testing"
import { Effect, Redacted, Schema } from "effect"
import { type HttpClient, HttpClientRequest } from "effect/http"

/** What one can get wrong. */
export type Flaw =
  | "one key for all accounts"
  | "a login is tried twice"
  | "refused credentials are told as trouble"
  | "a dead refresh token is told as too many requests"
  | "a lost answer is told as a request that was not sent"
  | "the spent refresh token is kept"
  | "the life is read in minutes"

const Tokens = Schema.Struct({
  token: Schema.RedactedFromValue(Schema.String),
  refresh: Schema.RedactedFromValue(Schema.String),
  life: Schema.Finite
})
const Refusal = Schema.Struct({ code: Schema.String })
const decodeTokens = Exchange.decode(Tokens)
const decodeRefusal = Schema.decodeUnknownOption(Schema.fromJsonString(Refusal))

/** An issuer for Acme, with or without a flaw. */
export const issuer = (rotation: Rotation, flaw?: Flaw) =>
  Effect.fnUntraced(function*({ name, secret }: CheckIssuer.Account): Effect.fn.Return<
    Issuer<Redacted.Redacted<string>, "unavailable">,
    never,
    HttpClient.HttpClient
  > {
    const exchange = yield* Exchange.make({ httpSpan: false })
    const unavailable = (status: number) => new IssuerError.IssuerRefused({ status })
    const post = (path: string, body: Record<string, string>) =>
      exchange(HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.post(`https://acme.test${path}`), body)).pipe(
        Effect.flatMap((answer): Effect.Effect<Exchange.Answer, IssuerError.Reason> => {
          const { status } = answer
          if (status === 200) return Effect.succeed(answer)
          const code = decodeRefusal(answer.text)
          if (code._tag === "None") return Effect.fail(unavailable(status))
          return Effect.fail(
            path === "/login"
              ? flaw === "refused credentials are told as trouble"
                ? unavailable(status)
                : new IssuerError.InvalidCredentials({ status })
              : flaw === "a dead refresh token is told as too many requests"
              ? unavailable(429)
              : new IssuerError.RefreshTokenDead({ status })
          )
        }),
        Effect.flatMap((answer) => Effect.map(decodeTokens(answer), (body) => ({ answer, ...body }))),
        Effect.map(({ answer, life, refresh, token }) => ({
          accessToken: token,
          refreshToken: flaw === "the spent refresh token is kept" && path === "/refresh" ? undefined : refresh,
          expiry: [Expiry.relative(flaw === "the life is read in minutes" ? life * 60 : life)],
          timing: Exchange.timing(answer)
        })),
        Effect.mapError((reason) =>
          new IssuerError.IssuerError({
            reason: flaw === "a lost answer is told as a request that was not sent" && reason._tag === "Unanswered"
              ? new NotSent({ problem: "connectionRefused" })
              : reason
          })
        )
      )
    const login = (secret: Redacted.Redacted<string>) => post("/login", { secret: Redacted.value(secret) })
    return {
      key: TokenKey.make({
        provider: "acme",
        environment: "https://acme.test",
        account: Redacted.make(flaw === "one key for all accounts" ? "acme" : name)
      }),
      rotation,
      credentials: secret,
      login: flaw === "a login is tried twice" ? (secret) => Effect.retry(login(secret), { times: 1 }) : login,
      refresh: (token) => post("/refresh", { token: Redacted.value(token) }),
      timeout: "5 seconds"
    }
  })

const decodeBody = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Record(Schema.String, Schema.String)))
const encode = Schema.encodeSync(Schema.fromJsonString(Schema.Json))

/** How Acme speaks. */
export const wire: Wire.Wire = {
  hear: ({ path, text }) => {
    const { secret = "", token = "" } = decodeBody(text)
    return path === "/login" ? { _tag: "Login", secret } : { _tag: "Refresh", refreshToken: token }
  },
  say: (said) =>
    said._tag === "Granted"
      ? {
        status: 200,
        text: encode({ token: said.accessToken, refresh: said.refreshToken ?? "", life: said.expiresIn })
      }
      : { status: 401, text: encode({ code: said._tag }) }
}
