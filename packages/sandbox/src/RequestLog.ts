/**
 * The most recent requests that a provider of the sandbox received.
 */
import * as Schema from "effect/Schema"

/**
 * One request as it may be shown to anyone: no header values, no body.
 *
 * - `at`: when it came, in milliseconds of the sandbox's clock.
 * - `path`: with its query, below the address of the sandbox.
 * - `operation`: the provider's operation, or `"unknown"`.
 * - `reply`: the status of the answer, or what happened instead of one.
 */
export const RequestSummary = Schema.Struct({
  at: Schema.Finite,
  method: Schema.String,
  path: Schema.String,
  operation: Schema.String,
  headerNames: Schema.Array(Schema.String),
  reply: Schema.Union([Schema.Int, Schema.Literals(["Reset", "Hang", "Truncated"])])
})

/**
 * One request as a test may look at it: header values and the body are there,
 * wrapped so that they are not printed by accident. A body is cut after 65,536
 * characters.
 */
export const RequestEntry = Schema.Struct({
  ...RequestSummary.fields,
  headers: Schema.Redacted(Schema.Record(Schema.String, Schema.String), { disallowJsonEncode: true }),
  body: Schema.Redacted(Schema.String, { disallowJsonEncode: true })
})

/**
 * One request as a test may look at it.
 */
export type RequestEntry = typeof RequestEntry.Type
