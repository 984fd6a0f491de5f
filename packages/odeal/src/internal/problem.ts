/**
 * Says what is wrong with a value in words that do not repeat the value.
 */
import * as SchemaIssue from "effect/SchemaIssue"

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** The first thing that a schema found wrong, with the path of its field. */
export const fromIssue = (issue: SchemaIssue.Issue): { readonly field: string; readonly problem: string } => {
  const first = format(issue).issues[0]
  return {
    field: (first?.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join("."),
    problem: first?.message ?? "Expected a valid value"
  }
}
