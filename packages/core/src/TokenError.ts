/**
 * Why there is no token, as callers see it.
 *
 * A provider's own error has these reasons among its own, so that `Effect.catchReason` works on them; the cache, used
 * directly, fails with {@link TokenError}.
 */
import * as Schema from "effect/Schema"

/**
 * The provider refused the credentials and nobody tries them again until they change or a probe is due.
 *
 * What to do: correct the secret where it lives; it is picked up within seconds, without a restart.
 */
export class CredentialsRefused extends Schema.TaggedError<CredentialsRefused>("@entegre/core/CredentialsRefused")(
  "CredentialsRefused",
  {
    /** How many logins were refused in a row. */
    attempts: Schema.Int,
    /** Time until the next probe. */
    retryAfter: Schema.DurationFromMillis,
    /** The provider's own code, if it gave one. */
    providerCode: Schema.optional(Schema.String),
    /** The provider's own words, if it gave any. */
    providerMessage: Schema.optional(Schema.String)
  }
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return `the credentials were refused (attempt ${this.attempts}${
      this.providerMessage === undefined ? "" : `: ${this.providerMessage}`
    })`
  }
}

/**
 * The effect that the application gave to obtain the credentials failed, or took too long.
 *
 * What to do: look at the secrets manager; calls succeed as soon as it answers.
 */
export class CredentialsUnavailable
  extends Schema.TaggedError<CredentialsUnavailable>("@entegre/core/CredentialsUnavailable")("CredentialsUnavailable", {
    /** Earliest moment of the next try, counted from now. */
    retryAfter: Schema.DurationFromMillis
  })
{
  get isRetryable(): boolean {
    return true
  }
  override get message(): string {
    return "the credentials could not be obtained"
  }
}

/**
 * The token endpoint could not give a token now: it refused, did not answer, answered what nobody can read, or could not
 * be reached.
 *
 * What to do: try again after `retryAfter`; the token endpoint is asked at its own pace, however many callers ask.
 */
export class IssuerUnavailable extends Schema.TaggedError<IssuerUnavailable>("@entegre/core/IssuerUnavailable")(
  "IssuerUnavailable",
  {
    /** What happened to the last attempt. */
    problem: Schema.Literals([
      "refused",
      "timedOut",
      "connectionLost",
      "notSent",
      "unreadableAnswer",
      "redirected",
      "busy",
      "exhausted"
    ]),
    /** The HTTP status of the last answer, if there was one. */
    status: Schema.optional(Schema.Int),
    /** Earliest moment of the next try, counted from now. */
    retryAfter: Schema.DurationFromMillis,
    /** More about it, in words that carry no secret. */
    detail: Schema.optional(Schema.String)
  }
) {
  get isRetryable(): boolean {
    return true
  }
  override get message(): string {
    return `no token: ${words[this.problem]}${this.status === undefined ? "" : ` (status ${this.status})`}${
      this.detail === undefined ? "" : `: ${this.detail}`
    }`
  }
}

const words = {
  refused: "the token endpoint refused",
  timedOut: "the token endpoint did not answer in time",
  connectionLost: "the connection to the token endpoint was lost",
  notSent: "the token endpoint could not be reached",
  unreadableAnswer: "the token endpoint's answer can not be read",
  redirected: "the token endpoint redirected",
  busy: "another cache is talking to the token endpoint",
  exhausted: "too many tokens were asked for in a short time"
}

/**
 * The provider refused the token of a call that was sent twice already, or that can not be sent twice.
 *
 * What to do: ask the provider what the account may do: it hands out tokens that it does not take.
 */
export class TokenRejected extends Schema.TaggedError<TokenRejected>("@entegre/core/TokenRejected")("TokenRejected", {
  /** The HTTP status of the last refusal. */
  status: Schema.Int
}) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return `the provider refused the token (status ${this.status}), and the call is not sent again`
  }
}

/**
 * Too many callers wait for the same token already.
 *
 * What to do: shed load; the token endpoint is slower than callers come.
 */
export class TooManyWaiting extends Schema.TaggedError<TooManyWaiting>("@entegre/core/TooManyWaiting")(
  "TooManyWaiting",
  {
    /** How many may wait. */
    limit: Schema.Int
  }
) {
  get isRetryable(): boolean {
    return true
  }
  override get message(): string {
    return `more than ${this.limit} callers wait for this token`
  }
}

/**
 * The token store is away, and this issuer's tokens must not be renewed without it.
 *
 * What to do: bring the store back; calls succeed within one renewal. Or set `aloneWithoutStore`, if there is one
 * process.
 */
export class TokenStoreUnavailable
  extends Schema.TaggedError<TokenStoreUnavailable>("@entegre/core/TokenStoreUnavailable")("TokenStoreUnavailable", {
    /** Earliest moment of the next try, counted from now. */
    retryAfter: Schema.DurationFromMillis
  })
{
  get isRetryable(): boolean {
    return true
  }
  override get message(): string {
    return "the token store is away"
  }
}

/**
 * The token cache was closed: the application is shutting down.
 *
 * What to do: nothing: the application is shutting down.
 */
export class TokenCacheClosed extends Schema.TaggedError<TokenCacheClosed>("@entegre/core/TokenCacheClosed")(
  "TokenCacheClosed",
  {}
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return "the token cache is closed"
  }
}

/**
 * The reasons of the token life. A provider's error has them among its own.
 */
export const reasons = [
  CredentialsRefused,
  CredentialsUnavailable,
  IssuerUnavailable,
  TokenRejected,
  TooManyWaiting,
  TokenStoreUnavailable,
  TokenCacheClosed
] as const

/**
 * The reasons of the token life.
 */
export const Reason = Schema.Union(reasons)

/**
 * The reasons of the token life.
 */
export type Reason = typeof Reason.Type

/**
 * There is no token for a key.
 */
export class TokenError extends Schema.TaggedError<TokenError>("@entegre/core/TokenError")("TokenError", {
  /** Whose key it is. */
  provider: Schema.String,
  reason: Reason
}) {
  override readonly cause = this.reason
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return `${this.provider}: ${this.reason.message}`
  }
}
