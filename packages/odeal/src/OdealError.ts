/**
 * How every call of this package fails.
 *
 * One error, {@link OdealError}, names the operation and carries a reason. {@link Refused} is what Ödeal itself says; the
 * other reasons are the same for every provider and come from `@entegre/core/CallError`: what the caller did wrong, what
 * was surely not sent, what has an unknown outcome, and why there is no token.
 *
 * ```ts
 * odeal.call(startPayment(payment)).pipe(
 *   Effect.catchReason("OdealError", "OutcomeUnknown", ({ findOut }) => askLater(payment.externalId, findOut))
 * )
 * ```
 */
import * as CallError from "@entegre/core/CallError"
import type * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"

/**
 * Ödeal said no: a message stands in the answer's `error.message` or `result.message`, the two places that the provider's
 * page `guide/3d-odeme-baslat` names. The call was not carried out.
 *
 * A second request with an `externalId` that Ödeal knows already ends here too. The pages publish no codes, so what it was
 * is to be read in the provider's own words.
 *
 * What to do: show the words to whoever can act on them; for a payment that was refused, a new attempt needs a new
 * `externalId`.
 */
export class Refused extends Schema.TaggedError<Refused>("@entegre/odeal/Refused")("Refused", {
  /** The HTTP status of the answer. */
  status: Schema.Int,
  /** The provider's own words, without what looks like a token, a card number or an identity number. */
  providerMessage: Schema.String
}) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return `the call was refused (status ${this.status}): ${this.providerMessage}`
  }
}

/**
 * Why a call to Ödeal failed.
 */
export const Reason = Schema.Union([...CallError.reasons, Refused])

/**
 * Why a call to Ödeal failed.
 */
export type Reason = typeof Reason.Type

/**
 * A call to Ödeal failed.
 */
export class OdealError extends Schema.TaggedError<OdealError>("@entegre/odeal/OdealError")("OdealError", {
  /** The operation, by the name that it was given. */
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
