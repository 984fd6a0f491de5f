/**
 * How every method of this package fails.
 *
 * One error, {@link PaynkolayError}, names the operation and carries a reason. Some reasons are Paynkolay's own refusals,
 * which are here; the others are the same for every provider and come from `@entegre/core/CallError`: what was surely not
 * sent, what was not answered, what has an unknown outcome, and why there is no token.
 *
 * ```ts
 * paynkolay.payments.refund(refund).pipe(
 *   Effect.catchReason("PaynkolayError", "SameDayUseCancel", () => paynkolay.payments.cancel(refund))
 * )
 * ```
 *
 * Codes and messages are from the provider's pages 35, 37, 39 and 43. They come with HTTP status 200 or 400; the reasons
 * carry whichever it was. Its words are mostly Turkish; what was sent is not repeated in them.
 */
import * as CallError from "@entegre/core/CallError"
import * as Refusal from "@entegre/core/Refusal"
import type * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as BankCode from "./BankCode.ts"

// -----------------------------------------------------------------------------
// Refunds and cancels
// -----------------------------------------------------------------------------

/**
 * `ALREADY_REFUNDED`: the payment was refunded or cancelled before.
 *
 * What to do: nothing goes back a second time; `payments.status` shows the earlier refund.
 */
export class AlreadyRefunded extends Schema.TaggedError<AlreadyRefunded>("@entegre/paynkolay/AlreadyRefunded")(
  "AlreadyRefunded",
  Refusal.fields
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("the payment was refunded before", this)
  }
}

/**
 * `INSUFFICIENT_BALANCE`: a seller's balance, or what is left of the payment, does not cover the refund.
 *
 * What to do: refund no more than is left of the payment; if it is the seller's balance, try again after the next sale.
 */
export class InsufficientBalance
  extends Schema.TaggedError<InsufficientBalance>("@entegre/paynkolay/InsufficientBalance")(
    "InsufficientBalance",
    Refusal.fields
  )
{
  get isRetryable(): boolean {
    return true
  }
  override get message(): string {
    return Refusal.sentence("the balance does not cover the refund", this)
  }
}

/**
 * `INVALID_DATE`: Paynkolay does not take the date of the refund or cancel, which is today's in Istanbul. A cancel is
 * possible on the day of the payment only.
 *
 * What to do: refund a payment of an earlier day; if it is of today, compare the machine's clock.
 */
export class InvalidDate extends Schema.TaggedError<InvalidDate>("@entegre/paynkolay/InvalidDate")(
  "InvalidDate",
  Refusal.fields
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("the date of the refund or cancel was not taken", this)
  }
}

/**
 * `TRANSACTION_NOT_FOUND`: the marketplace has no payment with this `refCode` that could be refunded.
 *
 * What to do: look at `refCode`, which is Paynkolay's code and not your own; `payments.status` finds it by `trxCode`.
 */
export class TransactionNotFound
  extends Schema.TaggedError<TransactionNotFound>("@entegre/paynkolay/TransactionNotFound")(
    "TransactionNotFound",
    Refusal.fields
  )
{
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("there is no such payment", this)
  }
}

/**
 * `SAME_DAY_USE_CANCEL`: the payment is of today, in Istanbul, and can not be refunded before tomorrow.
 *
 * What to do: take back the whole of it with `payments.cancel`, or a part tomorrow.
 */
export class SameDayUseCancel extends Schema.TaggedError<SameDayUseCancel>("@entegre/paynkolay/SameDayUseCancel")(
  "SameDayUseCancel",
  Refusal.fields
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("the payment is of today: cancel it", this)
  }
}

/**
 * `INVALID_HASH`: the hash does not fit the call. A key is wrong, or the rule of the hash is another one.
 *
 * What to do: compare the three keys with those in Paynkolay's panel; for payments, try the option `paymentHash`.
 */
export class InvalidHash extends Schema.TaggedError<InvalidHash>("@entegre/paynkolay/InvalidHash")(
  "InvalidHash",
  Refusal.fields
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("the hash does not fit the call", this)
  }
}

// -----------------------------------------------------------------------------
// Sellers and payments
// -----------------------------------------------------------------------------

/**
 * `Aktif Satıcı Bulunamadı!`: the marketplace has no active seller with this identifier.
 *
 * What to do: look at `sellerExternalId`; activate the seller with `sellers.update`.
 */
export class NoActiveSeller extends Schema.TaggedError<NoActiveSeller>("@entegre/paynkolay/NoActiveSeller")(
  "NoActiveSeller",
  Refusal.fields
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("there is no such active seller", this)
  }
}

/**
 * `status: "REJECTED"`: what the call names does not exist: a payment profile, in the list of its sellers.
 *
 * What to do: look at the identifiers of the call; `profiles.list` shows those that there are.
 */
export class Rejected extends Schema.TaggedError<Rejected>("@entegre/paynkolay/Rejected")("Rejected", Refusal.fields) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("the call was rejected", this)
  }
}

/**
 * The bank refused the card, with a two-digit code that is documented.
 *
 * What to do: decide by `kind`: say `meaning` to the cardholder, let them use another card, or start a new payment later. For
 * `unavailable` and `duplicate`, ask `payments.status` first.
 */
export class Declined extends Schema.TaggedError<Declined>("@entegre/paynkolay/Declined")("Declined", {
  ...Refusal.fields,
  /** The bank's code, two digits; `BankCode` has them all. */
  bankCode: Schema.String,
  /** Paynkolay's code of the payment, if the answer has one. */
  refCode: Schema.optional(Schema.String)
}) {
  /** What the bank's code comes down to. */
  get kind(): BankCode.Kind {
    return Option.match(BankCode.find(this.bankCode), { onNone: () => "declined", onSome: ({ kind }) => kind })
  }
  /** What the bank's code means, in English. */
  get meaning(): string {
    return Option.match(BankCode.find(this.bankCode), { onNone: () => "declined", onSome: ({ meaning }) => meaning })
  }
  get isRetryable(): boolean {
    return this.kind === "tryAgain"
  }
  override get message(): string {
    return `the bank declined: ${this.meaning} (${this.bankCode})`
  }
}

/**
 * Paynkolay said no, in its own form, and not with words that its pages show. The call was not carried out.
 *
 * What to do: read `providerCode` and `providerMessage`.
 */
export class Refused extends Schema.TaggedError<Refused>("@entegre/paynkolay/Refused")("Refused", Refusal.fields) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("the call was refused", this)
  }
}

// -----------------------------------------------------------------------------
// The error
// -----------------------------------------------------------------------------

/**
 * Why a call to Paynkolay failed.
 */
export const Reason = Schema.Union([
  ...CallError.reasons,
  AlreadyRefunded,
  InsufficientBalance,
  InvalidDate,
  TransactionNotFound,
  SameDayUseCancel,
  InvalidHash,
  NoActiveSeller,
  Rejected,
  Declined,
  Refused
])

/**
 * Why a call to Paynkolay failed.
 */
export type Reason = typeof Reason.Type

/**
 * A call to Paynkolay failed.
 */
export class PaynkolayError extends Schema.TaggedError<PaynkolayError>("@entegre/paynkolay/PaynkolayError")(
  "PaynkolayError",
  {
    /** The operation, as the service names it: `payments.create`. */
    operation: Schema.String,
    /** Why it failed. */
    reason: Reason
  }
) {
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
