/**
 * What a worker tells the process that watches it: one line of JSON each time.
 */
import { Schema } from "effect"

/** So far. */
export const Report = Schema.Struct({
  /** Calls that came to an end, but for those that a freeze fell into. */
  calls: Schema.Int,
  /** Those of them that failed. */
  failed: Schema.Int,
  /** Those of them that failed because there was no token, and no store to get one by. */
  withoutStore: Schema.Int,
  /** Calls that a freeze of the process fell into. */
  frozen: Schema.Int,
  /** Why calls failed, and how often. */
  reasons: Schema.Record(Schema.String, Schema.Int),
  /** Token sets that this process got from the provider. */
  issued: Schema.Int,
  /** Token sets that it took over from another process. */
  adopted: Schema.Int,
  /** How often it was handed an older token than before. */
  backwards: Schema.Int
})

/** So far. */
export type Report = typeof Report.Type

/** A report as a line. */
export const Line = Schema.fromJsonString(Report)

export const none: Report = {
  calls: 0,
  failed: 0,
  withoutStore: 0,
  frozen: 0,
  reasons: {},
  issued: 0,
  adopted: 0,
  backwards: 0
}
