/**
 * How a login or a refresh fails.
 *
 * An issuer tells apart what the cache must treat differently: credentials that were definitively refused, a refresh
 * token that is definitively dead, a request that was surely not sent, one that was refused for now, and one whose
 * outcome nobody knows.
 */
import * as Schema from "effect/Schema"
import { NotSent, Redirected, Unanswered, UnreadableAnswer } from "./ExchangeError.ts"
import * as Refusal from "./Refusal.ts"

/**
 * The provider says definitively that the credentials are wrong. The cache latches: nobody tries them again until they
 * change or a probe is due.
 *
 * What to do: nothing, in an application: the cache turns it into `CredentialsRefused`.
 */
export class InvalidCredentials extends Schema.TaggedError<InvalidCredentials>("@entegre/core/InvalidCredentials")(
  "InvalidCredentials",
  Refusal.fields
) {
  override get message(): string {
    return `the credentials were refused (${this.providerCode ?? this.status})`
  }
}

/**
 * The provider says definitively that the refresh token is dead. The cache logs in instead.
 *
 * What to do: nothing, in an application: the cache logs in.
 */
export class RefreshTokenDead extends Schema.TaggedError<RefreshTokenDead>("@entegre/core/RefreshTokenDead")(
  "RefreshTokenDead",
  {
    /** The HTTP status of the answer. */
    status: Schema.Int,
    /** The provider's own code, if it gave one. */
    providerCode: Schema.optional(Schema.String)
  }
) {
  override get message(): string {
    return `the refresh token is dead (${this.providerCode ?? this.status})`
  }
}

/**
 * The provider answered that it can not serve now: too many requests, or trouble of its own.
 *
 * What to do: nothing, in an application: the cache tries again and turns it into `IssuerUnavailable`.
 */
export class IssuerRefused extends Schema.TaggedError<IssuerRefused>("@entegre/core/IssuerRefused")("IssuerRefused", {
  ...Refusal.fields,
  /** How long the provider asks to wait, if it says so. */
  retryAfter: Schema.optional(Schema.DurationFromMillis)
}) {
  override get message(): string {
    return `the token endpoint refused with status ${this.status}`
  }
}

/**
 * Everything that a login or a refresh can fail with.
 */
export const Reason = Schema.Union([
  InvalidCredentials,
  RefreshTokenDead,
  IssuerRefused,
  NotSent,
  Unanswered,
  UnreadableAnswer,
  Redirected
])

/**
 * Everything that a login or a refresh can fail with.
 */
export type Reason = typeof Reason.Type

/**
 * A login or a refresh failed.
 */
export class IssuerError extends Schema.TaggedError<IssuerError>("@entegre/core/IssuerError")("IssuerError", {
  reason: Reason
}) {
  override readonly cause = this.reason
  override get message(): string {
    return this.reason.message
  }
}
