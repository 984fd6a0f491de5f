/**
 * Why a callback was not taken for what it says.
 *
 * Whoever posts to the callback's address wrote what the fields say; no reason repeats a value of theirs. None of them
 * says that the payment failed: ask for its status.
 */
import * as Schema from "effect/Schema"
import { SeparatorInField } from "./Hash.ts"

export {
  /** A field that is covered by the signature contains the separator `|`. */
  SeparatorInField
} from "./Hash.ts"

/**
 * The body can not be read.
 *
 * - `tooLong`: more than 16,384 characters.
 * - `neitherFormNorJson`: neither a form nor a JSON object.
 * - `repeatedField`: a form with two values for one name.
 * - `nestedField`: a JSON object with another, or a list, in it.
 *
 * What to do: answer 400 and change nothing; hand the raw body over, as it was received.
 */
export class MalformedBody extends Schema.TaggedError<MalformedBody>("@entegre/paynkolay/MalformedBody")(
  "MalformedBody",
  {
    /** What is wrong with it. */
    problem: Schema.Literals(["tooLong", "neitherFormNorJson", "repeatedField", "nestedField"])
  }
) {
  /** Whether taking the same callback again may have another result. */
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return `the body of the callback can not be read: ${this.problem}`
  }
}

/**
 * A field is not there, or is empty.
 *
 * What to do: answer 400 and change nothing. If Paynkolay names the field otherwise, set `otherNames`; if two-step callbacks come
 * without `hashDataV2`, read about `twoStepSignature`.
 */
export class MissingField extends Schema.TaggedError<MissingField>("@entegre/paynkolay/MissingField")("MissingField", {
  /** The field's name. */
  field: Schema.String
}) {
  /** Whether taking the same callback again may have another result. */
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return `the callback has no ${this.field}`
  }
}

/**
 * A field is there that does not belong to such a callback.
 *
 * What to do: answer 400 and change nothing.
 */
export class UnexpectedField extends Schema.TaggedError<UnexpectedField>("@entegre/paynkolay/UnexpectedField")(
  "UnexpectedField",
  {
    /** The field's name. */
    field: Schema.String
  }
) {
  /** Whether taking the same callback again may have another result. */
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return `the callback has ${this.field}, which does not go with its other fields`
  }
}

/**
 * The signature does not fit the fields: they were not written by Paynkolay, were changed on the way, or were signed with
 * another key.
 *
 * What to do: answer 400 and change nothing. If it happens to every callback, compare the keys with those in Paynkolay's panel.
 */
export class InvalidSignature extends Schema.TaggedError<InvalidSignature>("@entegre/paynkolay/InvalidSignature")(
  "InvalidSignature",
  {}
) {
  /** Whether taking the same callback again may have another result. */
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return "the signature does not fit the fields of the callback"
  }
}

/**
 * The signature fits, but a field can not be read as what it should be.
 *
 * What to do: ask for the payment's status; if it happens to every callback, update the package.
 */
export class UnreadableField extends Schema.TaggedError<UnreadableField>("@entegre/paynkolay/UnreadableField")(
  "UnreadableField",
  {
    /** The field's name. */
    field: Schema.String
  }
) {
  /** Whether taking the same callback again may have another result. */
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return `${this.field} of the callback can not be read`
  }
}

/**
 * The signature fits, but two fields say different things about the outcome, and only one of them is signed.
 *
 * What to do: ask for the payment's status, and act on that.
 */
export class Contradiction extends Schema.TaggedError<Contradiction>("@entegre/paynkolay/Contradiction")(
  "Contradiction",
  {
    /** The field that is signed. */
    signed: Schema.String,
    /** The field that is not. */
    unsigned: Schema.String
  }
) {
  /** Whether taking the same callback again may have another result. */
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return `${this.unsigned} of the callback, which is not signed, contradicts ${this.signed}; ask for the payment's status`
  }
}

/**
 * The signature fits, but its time is too long ago, or ahead of the clock: a callback that was kept and sent again, or
 * one that was late.
 *
 * What to do: ask for the payment's status, and act on that. If it happens to every callback, compare the machine's clock.
 */
export class Stale extends Schema.TaggedError<Stale>("@entegre/paynkolay/Stale")("Stale", {
  /** When the callback was signed, as it says. */
  timestamp: Schema.DateTimeUtcFromString,
  /** Which way it is off. */
  problem: Schema.Literals(["tooOld", "inTheFuture"])
}) {
  /** Whether taking the same callback again may have another result. */
  get isRetryable(): boolean {
    return this.problem === "inTheFuture"
  }
  override get message(): string {
    return `the time of the callback is ${
      this.problem === "tooOld" ? "too long ago" : "in the future"
    }; ask for the payment's status`
  }
}

/**
 * The same callback was taken before. Answer it as the first time: whoever sends it again did not see that answer.
 *
 * What to do: answer as the first time, and do nothing else.
 */
export class Duplicate extends Schema.TaggedError<Duplicate>("@entegre/paynkolay/Duplicate")("Duplicate", {}) {
  /** Whether taking the same callback again may have another result. */
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return "the callback was taken before"
  }
}

/**
 * It can not be told whether the callback was taken before.
 *
 * What to do: answer 503, so that the callback comes again, or ask for the payment's status later; bring the store back.
 */
export class StoreUnavailable extends Schema.TaggedError<StoreUnavailable>("@entegre/paynkolay/StoreUnavailable")(
  "StoreUnavailable",
  {
    /** What is wrong with the store. */
    problem: Schema.String
  }
) {
  /** Whether taking the same callback again may have another result. */
  get isRetryable(): boolean {
    return true
  }
  override get message(): string {
    return `it can not be told whether the callback was taken before: ${this.problem}`
  }
}

/**
 * Paynkolay, when asked, does not say what the callback says.
 *
 * - `notFound`: it knows no such sale.
 * - `status`: the sale stands otherwise; `trxStatus` is how. `PENDING` may become another.
 * - `amount`: less was paid than was expected.
 * - `currency`: it was paid in another currency than was expected.
 *
 * What to do: do not ship. For `PENDING` and `notFound`, ask for the status again later; for the others, look at the payment.
 */
export class NotConfirmed extends Schema.TaggedError<NotConfirmed>("@entegre/paynkolay/NotConfirmed")("NotConfirmed", {
  /** What does not fit. */
  problem: Schema.Literals(["notFound", "status", "amount", "currency"]),
  /** How the sale stands, if there is one. */
  trxStatus: Schema.optional(Schema.String)
}) {
  /** Whether asking again may have another result. */
  get isRetryable(): boolean {
    return this.problem === "notFound" || (this.problem === "status" && this.trxStatus === "PENDING")
  }
  override get message(): string {
    return `the payment's status does not confirm the callback: ${this.problem}${
      this.trxStatus === undefined ? "" : ` (${this.trxStatus})`
    }`
  }
}

/**
 * Why a callback was not taken for what it says.
 */
export const Reason = Schema.Union([
  MalformedBody,
  MissingField,
  UnexpectedField,
  SeparatorInField,
  InvalidSignature,
  UnreadableField,
  Contradiction,
  Stale,
  Duplicate,
  StoreUnavailable,
  NotConfirmed
])

/**
 * Why a callback was not taken for what it says.
 */
export type Reason = typeof Reason.Type

/**
 * A callback was not taken for what it says.
 *
 * ```ts
 * Effect.catchReason("CallbackError", "Duplicate", () => Effect.succeed(HttpServerResponse.text("OK")))
 * ```
 */
export class CallbackError extends Schema.TaggedError<CallbackError>("@entegre/paynkolay/CallbackError")(
  "CallbackError",
  {
    /** Why. */
    reason: Reason
  }
) {
  override readonly cause = this.reason
  /** Whether taking the same callback again may have another result. */
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return this.reason.message
  }
}
