/**
 * A provider as the demonstration sees it, whichever it is.
 */
import type { Counters } from "@entegre/sandbox"
import type { Duration, Effect } from "effect"

/** What a call may fail with, as far as the demonstration prints it. */
export interface CallFailure {
  readonly message: string
  readonly operation: string
  readonly reason: { readonly _tag: string }
}

/** The provider's sandbox: what happens to it is in our hands. */
export interface Stage {
  readonly counters: Effect.Effect<Counters.Counters>
  /** How long the tokens live that are handed out from now on. */
  readonly tokenLifetime: (lifetime: Duration.Input) => Effect.Effect<void>
  /** Every access token is dead from now on. */
  readonly revokeTokens: Effect.Effect<void>
  /** The next requests for a token are answered 503. */
  readonly tokenEndpointFails: (times: number) => Effect.Effect<void>
  /** The next request for a token takes so long. */
  readonly tokenEndpointIsSlow: (duration: Duration.Input) => Effect.Effect<void>
  /** The next reads are answered 503. */
  readonly readsFail: (times: number) => Effect.Effect<void>
  /** Whether all of that has happened. */
  readonly isQuiet: Effect.Effect<boolean>
}

/**
 * How the provider's tokens are renewed: by a login, by a refresh token that may be sent again, or by one that is spent when
 * it is sent, so that a login must follow if the answer does not say what became of it.
 */
export type RenewedBy = "login" | "refreshToken" | "refreshTokenOnce"

export interface Subject {
  /** As in events and in the table. */
  readonly name: string
  readonly renewedBy: RenewedBy
  /** The calls of the traffic: reads, which may be repeated. */
  readonly reads: ReadonlyArray<Effect.Effect<unknown, CallFailure>>
  /** A call that must not be repeated, whose answer will be lost: what the caller is told, if not that all is well. */
  readonly unanswered: Effect.Effect<CallFailure | undefined>
  readonly stage: Stage
}
