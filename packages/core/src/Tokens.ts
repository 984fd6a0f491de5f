/**
 * The tokens of one key.
 */
import type * as Effect from "effect/Effect"
import type { TokenError } from "./TokenError.ts"
import type { TokenKey } from "./TokenKey.ts"
import type { Token } from "./TokenSet.ts"

/**
 * The tokens of one key, as a provider package uses them. It is one object for all that use the key: a copy by spreading
 * it would lack its members.
 */
export interface Tokens {
  /** The key. */
  readonly key: TokenKey
  /** The key's label, or its number among the provider's keys: the name that events and `status` use. */
  readonly name: string
  /**
   * A token that is good now. Waits for a renewal only if there is none; fails with the reason why there can be none.
   */
  readonly get: Effect.Effect<Token, TokenError>
  /**
   * Says that the provider refused this token, and waits for its successor. Rejects that generation only: a newer one
   * that is already there is handed out without asking the provider.
   */
  readonly reject: (token: Token) => Effect.Effect<Token, TokenError>
  /** Says that the provider refused this token, and leaves it to the next caller to ask for its successor. */
  readonly discard: (token: Token) => Effect.Effect<void>
  /** Drops the token set everywhere: for a token that was compromised. The next caller causes a full login. */
  readonly forget: Effect.Effect<void>
  /** Starts a login in the background if there is no token, and does not wait for it. */
  readonly warmUp: Effect.Effect<void>
  /** Says that the credentials were replaced: ends the lockout at once. */
  readonly credentialsChanged: Effect.Effect<void>
  /** How the key stands now. Reads state only. */
  readonly status: Effect.Effect<KeyStatus>
}

/**
 * How a key stands, without a secret: for a debug page or a readiness check. Instants are milliseconds since the epoch.
 */
export interface KeyStatus {
  /** The provider of the key. */
  readonly provider: string
  /** The key's label, or its number among the provider's keys. */
  readonly key: string
  /**
   * - `cold`: nobody has asked for a token yet.
   * - `alive`: there is a token to hand out.
   * - `ended`: the token has expired or was rejected, and nobody has asked for the next one yet.
   * - `failing`: there is no token, and the last attempt to get one failed.
   * - `lockedOut`: the credentials were refused.
   */
  readonly state: "cold" | "alive" | "ended" | "failing" | "lockedOut"
  /** The newest token set's generation. */
  readonly generation: number | undefined
  /** When the newest token set ends or ended. */
  readonly expiresAt: number | undefined
  /** Whether the provider is being asked. */
  readonly renewing: boolean
  /** How many callers wait. */
  readonly waiting: number
  /** How many times a token was handed out without waiting, since the cache was made. */
  readonly served: number
  /** Whether the token store has the newest token set. */
  readonly saved: boolean
  /** Whether the token store has yet to answer that it forgot a compromised token set. */
  readonly forgetting: boolean
  /** When the next attempt may be made, if there is something to wait for. */
  readonly retryAt: number | undefined
  /** The tag of the last failure's reason, until the next success. */
  readonly lastFailure: string | undefined
}
