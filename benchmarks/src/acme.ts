/**
 * A provider that answers at once, from the memory of this process: what is measured is the token cache alone.
 */
import { Expiry, type Grant, type Issuer, type IssuerError, TokenKey } from "@entegre/core"
import { Effect, Redacted } from "effect"

export type Login = Effect.Effect<Grant, IssuerError.IssuerError>

/** The key of an account. */
export const keyOf = (account: string): TokenKey.TokenKey =>
  TokenKey.make({
    provider: "acme",
    environment: "https://api.acme.example",
    account: Redacted.make(account)
  })

/** The issuer of a key, whose login is the same for all who call it. */
export const issuer = (key: TokenKey.TokenKey, login: () => Login): Issuer<void> => ({
  key,
  rotation: "reusable",
  credentials: Effect.void,
  login
})

/** An answer to a login: a token that lives for an hour, as most do, or for so many seconds. */
export const grant = (token: string | Redacted.Redacted<string>, seconds = 3600): Grant => ({
  accessToken: typeof token === "string" ? Redacted.make(token) : token,
  expiry: [Expiry.relative(seconds)]
})
