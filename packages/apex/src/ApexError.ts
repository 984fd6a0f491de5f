/**
 * How every method of this package fails.
 *
 * One error, {@link ApexError}, names the operation and carries a reason. Some reasons are Apex's own refusals, which are
 * here; the others are the same for every provider and come from `@entegre/core/CallError`: what was surely not sent, what
 * was not answered, what has an unknown outcome, and why there is no token.
 *
 * ```ts
 * apex.nodes.get(id).pipe(
 *   Effect.catchReason("ApexError", "NotFound", () => Effect.log("the node is gone"))
 * )
 * ```
 *
 * Apex refuses in one form, `{"error": {"code", "message", "details"}}` (the provider's page `intro`). Of the codes, only
 * those of the token endpoints are published, so reasons go by the HTTP status, and the code (`INVALID_API_KEY`)
 * is kept as data.
 */
import * as CallError from "@entegre/core/CallError"
import * as Refusal from "@entegre/core/Refusal"
import type * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"

const refusal = {
  ...Refusal.fields,
  /** What else the provider said. Its form is not published. What looks like a secret is left out of it. */
  details: Schema.optional(Schema.Unknown)
}

/**
 * Status 400 or 422: what was sent is not what Apex wants.
 *
 * What to do: read `providerMessage` and `details`, and correct what was sent.
 */
export class ValidationFailed
  extends Schema.TaggedError<ValidationFailed>("@entegre/apex/ValidationFailed")("ValidationFailed", refusal)
{
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("Apex does not take what was sent", this)
  }
}

/**
 * Status 403: the token is good, and the account may not do this.
 *
 * What to do: ask Apex what the account may do; the same call fails again.
 */
export class Forbidden extends Schema.TaggedError<Forbidden>("@entegre/apex/Forbidden")("Forbidden", refusal) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("the account may not do this", this)
  }
}

/**
 * Status 404: there is no such node, market, distributor, token or address. After a `nodes.delete` it may mean that an
 * earlier attempt of the same call has deleted the node.
 *
 * What to do: treat it as gone, or correct the identifier.
 */
export class NotFound extends Schema.TaggedError<NotFound>("@entegre/apex/NotFound")("NotFound", refusal) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("there is nothing of that name", this)
  }
}

/**
 * Status 409: what is there already stands against it.
 *
 * What to do: read what is there, and decide; the same call fails again.
 */
export class Conflict extends Schema.TaggedError<Conflict>("@entegre/apex/Conflict")("Conflict", refusal) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("what is there already stands against it", this)
  }
}

/**
 * One request more would be too many for the API key. Either nothing was sent, because the wait for a place would have
 * been longer than `maxWait`; or Apex answered 429, because somebody else asks with the same key.
 *
 * What to do: try again after `retryAfter`, or raise `maxWait`; if programs that do not share the token store use the same
 * key, lower `requestLimit`.
 */
export class RateLimited extends Schema.TaggedError<RateLimited>("@entegre/apex/RateLimited")("RateLimited", {
  /** How long until there is a place. */
  retryAfter: Schema.DurationFromMillis,
  /** The HTTP status of the answer. Absent if nothing was sent. */
  status: Schema.optional(Schema.Int),
  /** The provider's own code, if it gave one. */
  providerCode: Schema.optional(Schema.String),
  /** The provider's own words, if it gave any. */
  providerMessage: Schema.optional(Schema.String)
}) {
  get isRetryable(): boolean {
    return true
  }
  override get message(): string {
    const { providerCode, providerMessage, status } = this
    return status === undefined
      ? "too many requests for the API key, and nothing was sent"
      : Refusal.sentence("too many requests for the API key", { status, providerCode, providerMessage })
  }
}

/**
 * Apex said no in its own form, with a status that has no reason of its own here. The call was not carried out.
 *
 * What to do: read `providerCode` and `providerMessage`; they are Apex's own.
 */
export class Refused extends Schema.TaggedError<Refused>("@entegre/apex/Refused")("Refused", refusal) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("the call was refused", this)
  }
}

/**
 * Why a call to Apex failed.
 */
export const Reason = Schema.Union([
  ...CallError.reasons,
  ValidationFailed,
  Forbidden,
  NotFound,
  Conflict,
  RateLimited,
  Refused
])

/**
 * Why a call to Apex failed.
 */
export type Reason = typeof Reason.Type

/**
 * A call to Apex failed.
 */
export class ApexError extends Schema.TaggedError<ApexError>("@entegre/apex/ApexError")("ApexError", {
  /** The operation, as the service names it: `nodes.create`. */
  operation: Schema.String,
  /** Why it failed. */
  reason: Reason
}) {
  override readonly cause = this.reason
  /** Whether the same call may succeed later. */
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  /** How long to wait before the next try, if that is known. */
  get retryAfter(): Duration.Duration | undefined {
    return "retryAfter" in this.reason ? this.reason.retryAfter : undefined
  }
  override get message(): string {
    return `${this.operation}: ${this.reason.message}`
  }
}
