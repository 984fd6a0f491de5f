/**
 * A token set: what a provider hands out at a login or a renewal, with the moment at which it ends.
 */
import type * as Redacted from "effect/Redacted"

/**
 * An access token, its expiry and, where the provider has one, its refresh token.
 *
 * All instants are milliseconds since the epoch on the clock of the process that holds the token set; a store that is
 * shared between processes converts them by its own clock.
 */
export interface TokenSet {
  /** Grows with every token set of a key. A rejection names the generation that it saw. */
  readonly generation: number
  /** The secret that goes on every request. */
  readonly accessToken: Redacted.Redacted<string>
  /** When the provider was asked for it. */
  readonly issuedAt: number
  /** When the access token ends. */
  readonly expiresAt: number
  /** The secret that buys the next token set, where the provider has one. */
  readonly refreshToken: Redacted.Redacted<string> | undefined
  /** When the refresh token ends, where the provider says so. */
  readonly refreshExpiresAt: number | undefined
}

/**
 * What a caller gets: the secret to send and the generation to name if the provider refuses it.
 */
export interface Token {
  /** The secret that goes on the request. */
  readonly value: Redacted.Redacted<string>
  /** Which token set it came from. */
  readonly generation: number
  /** When it ends, in milliseconds since the epoch. */
  readonly expiresAt: number
}
