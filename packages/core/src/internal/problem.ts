/**
 * Says what is wrong with a value in words that do not repeat the value.
 */
import * as SchemaIssue from "effect/SchemaIssue"

/**
 * Where and what: `{ field: "data.orders[3].payment_key", problem: "Expected string" }`.
 */
export interface Problem {
  /** The path of the field, empty for the value itself. */
  readonly field: string
  /** What was expected there. */
  readonly problem: string
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/**
 * The first thing that a schema found wrong.
 */
export const fromIssue = (issue: SchemaIssue.Issue): Problem => {
  const first = format(issue).issues[0]
  return {
    field: (first?.path ?? []).map((part) => segment(typeof part === "object" ? part.key : part)).join("").replace(
      /^\./,
      ""
    ),
    problem: first?.message ?? "Expected a valid value"
  }
}

// A key that does not look like the name of a field may be data: the card token or the phone number by which a provider
// keys a record.
const segment = (key: PropertyKey): string =>
  typeof key === "number" ? `[${key}]` : typeof key === "string" && fieldName.test(key) ? `.${key}` : ".?"

const fieldName = /^[A-Za-z_$][\w$-]{0,39}$/
