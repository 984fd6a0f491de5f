/**
 * The shared layer that keeps every provider's tokens.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Issuer } from "./Issuer.ts"
import type { TokenError } from "./TokenError.ts"
import type { TokenEvent } from "./TokenEvent.ts"
import type { TokenKey } from "./TokenKey.ts"
import type { Token } from "./TokenSet.ts"

/**
 * The tokens of one key, as a provider package uses them.
 */
export interface Tokens {
  /** The key. */
  readonly key: TokenKey
  /** A token that is good now. Waits for a renewal only if there is none. */
  readonly get: Effect.Effect<Token, TokenError>
  /**
   * Says that the provider refused this token, and waits for its successor. Rejects that generation only: a newer one
   * that is already there is handed out without asking the provider.
   */
  readonly reject: (token: Token) => Effect.Effect<Token, TokenError>
  /** Drops the token set everywhere: use it for a compromised token. */
  readonly forget: Effect.Effect<void>
  /** Starts a login in the background if there is no token; never waits for it. */
  readonly warmUp: Effect.Effect<void>
  /** Says that the credentials were replaced: opens the lockout at once. */
  readonly credentialsChanged: Effect.Effect<void>
}

/**
 * The token cache.
 */
export interface Service {
  /** Registers an issuer for as long as the scope lives, and gives access to its key's tokens. */
  readonly open: <Credentials>(issuer: Issuer<Credentials>) => Effect.Effect<Tokens, never, Scope.Scope>
  /** Drops a key's token set everywhere. */
  readonly forget: (key: TokenKey) => Effect.Effect<void>
  /** What happens to tokens, as it happens. */
  readonly events: Stream.Stream<TokenEvent>
}

/**
 * The token cache.
 */
export class TokenCache extends Context.Service<TokenCache, Service>()("@entegre/core/TokenCache") {}
