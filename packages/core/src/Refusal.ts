/**
 * What a provider says when it refuses, for the reasons of its own error.
 *
 * ```ts
 * export class OrderNotFound extends Schema.TaggedError<OrderNotFound>("app/Acme/OrderNotFound")(
 *   "OrderNotFound",
 *   Refusal.fields
 * ) {
 *   get isRetryable(): boolean {
 *     return false
 *   }
 *   override get message(): string {
 *     return Refusal.sentence("there is no such order", this)
 *   }
 * }
 * ```
 */
import * as Schema from "effect/Schema"

/**
 * The fields of a reason that tells of a refusal. What stands in them went through `Exchange.scrub`.
 */
export const fields = {
  /** The HTTP status of the answer. */
  status: Schema.Int,
  /** The provider's own code, if it gave one. */
  providerCode: Schema.optional(Schema.String),
  /** The provider's own words, if it gave any. */
  providerMessage: Schema.optional(Schema.String)
}

/**
 * What a provider said when it refused.
 */
export interface Refusal {
  /** The HTTP status of the answer. */
  readonly status: number
  /** The provider's own code, if it gave one. */
  readonly providerCode?: string | undefined
  /** The provider's own words, if it gave any. */
  readonly providerMessage?: string | undefined
}

/**
 * A reason's message: what a refusal means, the provider's code or else the status, and the provider's words.
 *
 * ```ts
 * Refusal.sentence("there is no such order", { status: 404, providerMessage: "gone" })
 * // "there is no such order (status 404): gone"
 * ```
 */
export const sentence = (what: string, { providerCode, providerMessage, status }: Refusal): string =>
  `${what} (${providerCode ?? `status ${status}`})${providerMessage === undefined ? "" : `: ${providerMessage}`}`
