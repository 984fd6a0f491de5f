/**
 * What happens to tokens, as it happens: for audit logs, alerts and tests.
 *
 * Every event names the provider and the key's label, never the account, a credential or a token.
 */
import * as Schema from "effect/Schema"

/**
 * Why a token was asked for: nobody had one, its refresh window began, it had expired, or the provider rejected it.
 */
export const Cause = Schema.Literals(["cold", "window", "expired", "rejected"])

/**
 * Why a token was asked for.
 */
export type Cause = typeof Cause.Type

/**
 * How a token was asked for: by credentials or by a refresh token.
 */
export const Means = Schema.Literals(["login", "refresh"])

/**
 * How a token was asked for.
 */
export type Means = typeof Means.Type

const origin = {
  /** The provider of the key. */
  provider: Schema.String,
  /** The key's label, or its number among the provider's keys. */
  key: Schema.String,
  /** When it happened: milliseconds since the epoch. */
  at: Schema.Finite
}

/** Which attempt of its renewal it is, from 1. */
const attempt = Schema.Int

/**
 * An event of the token life.
 *
 * - `Asked`: a login or a refresh is about to be sent.
 * - `Issued`: the provider answered with a token set.
 * - `NotIssued`: the login or refresh that was asked last brought none.
 * - `Failed`: an attempt to get a token failed, whether the provider was asked or not; the next is `retryAfter` away.
 * - `Adopted`: another cache's token set was taken from the store; the provider was not asked.
 * - `Rejected`: the provider refused a token of this generation.
 * - `Slowed`: too many tokens in a row were refused as soon as they were issued; nobody asks before `retryAfter`.
 * - `LockedOut`: the credentials were refused; nobody tries them before `retryAfter` unless they change.
 * - `LockoutEnded`: the credentials changed, or were accepted.
 * - `Forgotten`: the token set was dropped by request.
 * - `ExpiryDoubtful`: what the provider said about expiry could not be used as it stood.
 * - `WindowClamped`: the refresh window is longer than half of the token's life and was cut to it.
 * - `SkewLearnt`: the provider's clock differs from ours by `millis` (positive: theirs is ahead).
 * - `StoreUnavailable`: the token store did not serve; what happens next follows the issuer's rotation.
 * - `StoreRecovered`: a token set that could only be kept in memory has reached the store.
 */
export const TokenEvent = Schema.TaggedUnion({
  Asked: { ...origin, means: Means, cause: Cause, attempt },
  Issued: {
    ...origin,
    means: Means,
    cause: Cause,
    attempt,
    generation: Schema.Finite,
    expiresAt: Schema.Finite,
    /** How long the provider took, in milliseconds. */
    duration: Schema.Finite,
    /** How long it is since the renewal began, in milliseconds: what the first caller waited. */
    elapsed: Schema.Finite
  },
  NotIssued: {
    ...origin,
    means: Means,
    cause: Cause,
    attempt,
    /** The reason's tag, as in `IssuerError`. */
    reason: Schema.String,
    /** The HTTP status, if there was an answer. */
    status: Schema.optional(Schema.Int),
    /** How long the provider took, in milliseconds. */
    duration: Schema.Finite
  },
  Failed: {
    ...origin,
    cause: Cause,
    attempt,
    /** The reason's tag, as in `TokenError`. */
    reason: Schema.String,
    /** What happened, in words that carry no secret. */
    message: Schema.String,
    /** Milliseconds until the next try. */
    retryAfter: Schema.Finite,
    /** Whether a token is still there to go on with. */
    tokenAlive: Schema.Boolean
  },
  Adopted: {
    ...origin,
    generation: Schema.Finite,
    expiresAt: Schema.Finite,
    /** How long it is since the renewal began, in milliseconds; 0 if nobody here had asked. */
    elapsed: Schema.Finite
  },
  Rejected: { ...origin, generation: Schema.Finite },
  Slowed: { ...origin, retryAfter: Schema.Finite },
  LockedOut: { ...origin, attempts: Schema.Int, retryAfter: Schema.Finite },
  LockoutEnded: { ...origin },
  Forgotten: { ...origin, generation: Schema.Finite },
  ExpiryDoubtful: { ...origin, problem: Schema.String },
  WindowClamped: { ...origin, window: Schema.Finite, life: Schema.Finite },
  SkewLearnt: { ...origin, millis: Schema.Finite },
  StoreUnavailable: { ...origin, operation: Schema.String, problem: Schema.String },
  StoreRecovered: { ...origin, generation: Schema.Finite }
})

/**
 * An event of the token life.
 */
export type TokenEvent = typeof TokenEvent.Type
