/**
 * Why a call to a provider failed, as far as providers are alike.
 *
 * A provider's own error has these among its reasons, next to the refusals that it documents, so that
 * `Effect.catchReason` works on them whatever the provider. They tell apart what the caller did wrong
 * ({@link InvalidRequest}), what was surely not sent ({@link NotSent}), what the provider can not do now
 * ({@link ProviderUnavailable}) and what nobody knows ({@link Unanswered}, {@link OutcomeUnknown}).
 */
import * as Schema from "effect/Schema"
import * as ExchangeError from "./ExchangeError.ts"
import * as Refusal from "./Refusal.ts"
import * as TokenError from "./TokenError.ts"

export {
  /** The request surely did not reach the provider. */
  NotSent,
  /** The provider answered with a redirect, which was not followed. */
  Redirected,
  /** The request was sent and no whole answer came back. */
  Unanswered,
  /** The answer is not what the provider documents. */
  UnreadableAnswer
} from "./ExchangeError.ts"

/**
 * What the caller asked for can not be asked: found before anything was sent.
 *
 * What to do: correct the field; the same call fails again.
 */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>("@entegre/core/InvalidRequest")(
  "InvalidRequest",
  {
    /** The field's path in what the caller gave: `"customer.phone"`. */
    field: Schema.String,
    /** What is wrong with it, in words that do not repeat its value. */
    problem: Schema.String
  }
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return this.field === "" ? `the request is invalid: ${this.problem}` : `${this.field} is invalid: ${this.problem}`
  }
}

/**
 * A call that must not be made twice was sent, and what came back does not say whether the provider acted. It is never
 * repeated; `findOut` says how to learn what happened.
 *
 * What to do: do not repeat the call; do what `findOut` says, then decide.
 */
export class OutcomeUnknown extends Schema.TaggedError<OutcomeUnknown>("@entegre/core/OutcomeUnknown")(
  "OutcomeUnknown",
  {
    /**
     * What came back: nothing in the time allowed, nothing before the connection was lost, an answer that can not be
     * read, a redirect, or a status that tells of a fault on the way (500 to 599).
     */
    problem: Schema.Literals(["timedOut", "connectionLost", "unreadableAnswer", "redirected", "serverError"]),
    /** The HTTP status, if there was an answer. */
    status: Schema.optional(Schema.Int),
    /** What of an answer can not be read: names of fields and types, never values. */
    detail: Schema.optional(Schema.String),
    /** How to find out whether the provider acted. */
    findOut: Schema.String
  }
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return `the call was sent and its outcome is unknown: ${outcomes[this.problem]}${
      this.status === undefined ? "" : ` (status ${this.status})`
    }${this.detail === undefined ? "" : `: ${this.detail}`}; to find out: ${this.findOut}`
  }
}

const outcomes = {
  timedOut: "no answer in the time allowed",
  connectionLost: "the connection was lost before the answer",
  unreadableAnswer: "the answer can not be read",
  redirected: "the provider redirected",
  serverError: "the answer tells of a fault"
}

/**
 * The provider can not serve the call now: too many requests, or trouble of its own.
 *
 * What to do: try again after `retryAfter`, or later; reads were tried again already.
 */
export class ProviderUnavailable
  extends Schema.TaggedError<ProviderUnavailable>("@entegre/core/ProviderUnavailable")("ProviderUnavailable", {
    ...Refusal.fields,
    /** How long the provider asks to wait, if it says so. */
    retryAfter: Schema.optional(Schema.DurationFromMillis)
  })
{
  get isRetryable(): boolean {
    return true
  }
  override get message(): string {
    return `the provider can not serve the call now (status ${this.status})${
      this.providerMessage === undefined ? "" : `: ${this.providerMessage}`
    }`
  }
}

/**
 * The reasons that every provider's error shares, to be spread into a provider's own union.
 *
 * ```ts
 * export const Reason = Schema.Union([...CallError.reasons, OrderNotFound, RestaurantClosed])
 * ```
 */
export const reasons = [
  InvalidRequest,
  ...ExchangeError.reasons,
  OutcomeUnknown,
  ProviderUnavailable,
  ...TokenError.reasons
] as const

/**
 * The reasons that every provider's error shares.
 */
export const Reason = /* @__PURE__ */ Schema.Union(reasons)

/**
 * The reasons that every provider's error shares.
 */
export type Reason = typeof Reason.Type
