/**
 * What the token cache must know about a provider: how to log in, how to refresh, and how it rotates.
 *
 * A provider package writes one `Issuer`; the cache does the rest. An issuer speaks to the provider through a bare
 * HTTP client: it never asks the cache for a token, so a login can not wait for itself.
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Expiry from "./Expiry.ts"
import type { IssuerError } from "./IssuerError.ts"
import type { TokenKey } from "./TokenKey.ts"

/**
 * How a provider treats the tokens that it handed out before.
 *
 * - `reusable`: many tokens live side by side; asking again does no harm.
 * - `rotating`: a refresh token is spent once; the answer carries the next one.
 * - `singleActive`: a new token kills the old one, and its refresh token with it.
 */
export type Rotation = "reusable" | "rotating" | "singleActive"

/**
 * What a provider answered to a login or a refresh.
 */
export interface Grant {
  /** The access token. */
  readonly accessToken: Redacted.Redacted<string>
  /** Everything that the provider said about the access token's end; the earliest plausible statement counts. */
  readonly expiry: ReadonlyArray<Expiry.Statement>
  /** The refresh token. Absent in the answer to a refresh: the one that was sent goes on living. */
  readonly refreshToken?: Redacted.Redacted<string> | undefined
  /** Everything that the provider said about the refresh token's end. Default: nothing, it lives until refused. */
  readonly refreshExpiry?: ReadonlyArray<Expiry.Statement> | undefined
  /**
   * When the request left, when the answer came and what the server's clock showed. Default: the cache's own
   * measurement of the whole login, without a server clock.
   */
  readonly timing?: Expiry.Timing | undefined
}

/**
 * A provider's way to hand out tokens.
 *
 * `Credentials` is whatever `login` needs. It is compared by value (`Equal`), which is how the cache sees that refused
 * credentials were replaced: use a `Data` or `Schema` class, or a plain record, of `Redacted` fields.
 */
export interface Issuer<Credentials, CredentialsError = never> {
  /** Under which name the tokens are kept. */
  readonly key: TokenKey
  /** How the provider treats earlier tokens. */
  readonly rotation: Rotation
  /** Asked at every login, and every few seconds while the credentials stand refused, so that they can be rotated. */
  readonly credentials: Effect.Effect<Credentials, CredentialsError>
  /** One login: exactly one request to the provider. */
  readonly login: (credentials: Credentials) => Effect.Effect<Grant, IssuerError>
  /** One refresh: exactly one request. Absent: the provider has none, and a renewal is a login. */
  readonly refresh?: ((refreshToken: Redacted.Redacted<string>) => Effect.Effect<Grant, IssuerError>) | undefined
  /** How long before expiry renewal starts. Never more than half the token's life. Default: 5 minutes. */
  readonly window?: Duration.Input | undefined
  /** How long one login or one refresh may take. Default: 15 seconds. */
  readonly timeout?: Duration.Input | undefined
}
