/**
 * How every method of this package fails.
 *
 * One error, {@link DukkangoError}, names the operation and carries a reason. Some reasons are Dükkango's own refusals,
 * which are here; the others are the same for every provider and come from `@entegre/core/CallError`: what was surely not
 * sent, what was not answered, what has an unknown outcome, and why there is no token.
 *
 * ```ts
 * dukkango.orders.accept(key, { preparingTime: 30 }).pipe(
 *   Effect.catchReason("DukkangoError", "OrderNotFound", () => Effect.log("the order is gone"))
 * )
 * ```
 *
 * Codes (`providerCode`: `eksik alan`) and messages are from the provider's page `api-reference/overview`.
 */
import * as CallError from "@entegre/core/CallError"
import * as Refusal from "@entegre/core/Refusal"
import type * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"

/**
 * `eksik alan`: a field that Dükkango requires was not sent. Status 400 on the overview, 422 on the authentication page.
 *
 * What to do: this package sends every field that the pages name; update it, if the provider wants another.
 */
export class MissingField extends Schema.TaggedError<MissingField>("@entegre/dukkango/MissingField")("MissingField", {
  ...Refusal.fields,
  /** The field, if the answer names it: `preparing_time`. */
  field: Schema.optional(Schema.String)
}) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("a required field is missing", this)
  }
}

/**
 * `yetkisiz erişim` under another status than 401: the token is good, and the account may not do this. Under 401 it means
 * that the token is dead, which is taken care of; if it stays so, the reason is `TokenRejected`.
 *
 * What to do: use the keys of the branch that this is about, or ask Dükkango what the keys may do.
 */
export class Unauthorized extends Schema.TaggedError<Unauthorized>("@entegre/dukkango/Unauthorized")(
  "Unauthorized",
  Refusal.fields
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("the account may not do this", this)
  }
}

/**
 * `URL hatalı`, status 403: there is nothing at this address. A wrong base address, or a path that `client` was given.
 *
 * What to do: correct the base address, or the path.
 */
export class Forbidden
  extends Schema.TaggedError<Forbidden>("@entegre/dukkango/Forbidden")("Forbidden", Refusal.fields)
{
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("there is nothing at this address", this)
  }
}

/**
 * `sipariş bulunamadı`, status 404: the account has no such order.
 *
 * What to do: take the order's `key`, not its `id`, and the keys of the branch that has the order.
 */
export class OrderNotFound extends Schema.TaggedError<OrderNotFound>("@entegre/dukkango/OrderNotFound")(
  "OrderNotFound",
  Refusal.fields
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("there is no such order", this)
  }
}

/**
 * `restoran bulunamadı`, status 404: the account has no such restaurant.
 *
 * What to do: take an id that `restaurants.list` shows with the same keys.
 */
export class RestaurantNotFound extends Schema.TaggedError<RestaurantNotFound>("@entegre/dukkango/RestaurantNotFound")(
  "RestaurantNotFound",
  Refusal.fields
) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("there is no such restaurant", this)
  }
}

/**
 * `çok fazla istek`, status 429: Dükkango has counted more requests than it allows. For the two endpoints with a cooldown
 * the package keeps it by itself, so this means that somebody else asks with the same keys.
 *
 * What to do: let all processes that use the keys share a token store; try again after `retryAfter`.
 */
export class TooManyRequests extends Schema.TaggedError<TooManyRequests>("@entegre/dukkango/TooManyRequests")(
  "TooManyRequests",
  {
    ...Refusal.fields,
    /** How long to wait: what the answer says, or the cooldown. */
    retryAfter: Schema.DurationFromMillis
  }
) {
  get isRetryable(): boolean {
    return true
  }
  override get message(): string {
    return Refusal.sentence("too many requests", this)
  }
}

/**
 * The endpoint cools down: nothing was sent, because Dükkango would have answered 429.
 *
 * What to do: use what the last call brought, or try again after `retryAfter`. To receive orders, use `orders.run`.
 */
export class Cooldown extends Schema.TaggedError<Cooldown>("@entegre/dukkango/Cooldown")("Cooldown", {
  /** How long until it may be asked again. */
  retryAfter: Schema.DurationFromMillis
}) {
  get isRetryable(): boolean {
    return true
  }
  override get message(): string {
    return "the endpoint cools down, and nothing was sent"
  }
}

/**
 * Dükkango said no, in its own form, with a code that its pages do not list. The call was not carried out.
 *
 * What to do: read `providerCode` and `providerMessage`; Dükkango's support knows what they mean.
 */
export class Refused extends Schema.TaggedError<Refused>("@entegre/dukkango/Refused")("Refused", Refusal.fields) {
  get isRetryable(): boolean {
    return false
  }
  override get message(): string {
    return Refusal.sentence("the call was refused", this)
  }
}

/**
 * Why a call to Dükkango failed.
 */
export const Reason = Schema.Union([
  ...CallError.reasons,
  MissingField,
  Unauthorized,
  Forbidden,
  OrderNotFound,
  RestaurantNotFound,
  TooManyRequests,
  Cooldown,
  Refused
])

/**
 * Why a call to Dükkango failed.
 */
export type Reason = typeof Reason.Type

/**
 * A call to Dükkango failed.
 */
export class DukkangoError extends Schema.TaggedError<DukkangoError>("@entegre/dukkango/DukkangoError")(
  "DukkangoError",
  {
    /** The operation, as the service names it: `orders.accept`. */
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
