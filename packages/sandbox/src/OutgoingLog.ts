/**
 * The requests that a provider of the sandbox sent by itself: callbacks and
 * webhooks.
 */
import * as Schema from "effect/Schema"

/**
 * One request that a provider sent, as it may be shown to anyone: no header
 * values, no body.
 *
 * - `at`: when it was sent, in milliseconds of the sandbox's clock.
 * - `outcome`: the status of the answer, or what happened instead of one:
 *   `Unreachable` (nobody listens, or the connection broke), `TimedOut` (no
 *   answer for 10 seconds), `NotLoopback` (the address is not on this machine,
 *   so nothing was sent), `Dropped` (a thousand others were underway).
 */
export const OutgoingSummary = Schema.Struct({
  at: Schema.Finite,
  method: Schema.String,
  url: Schema.String,
  headerNames: Schema.Array(Schema.String),
  outcome: Schema.Union([Schema.Int, Schema.Literals(["Unreachable", "TimedOut", "NotLoopback", "Dropped"])])
})

/**
 * One request that a provider sent, as a test may look at it: header values and
 * the body are there, wrapped so that they are not printed by accident.
 */
export const OutgoingEntry = Schema.Struct({
  ...OutgoingSummary.fields,
  headers: Schema.Redacted(Schema.Record(Schema.String, Schema.String), { disallowJsonEncode: true }),
  body: Schema.Redacted(Schema.String, { disallowJsonEncode: true })
})

/**
 * One request that a provider sent, as a test may look at it.
 */
export type OutgoingEntry = typeof OutgoingEntry.Type
