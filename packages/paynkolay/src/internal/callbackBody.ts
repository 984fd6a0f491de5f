/**
 * The body of a callback as the fields that were written in it, every value as the text that it was.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

export type Problem = "tooLong" | "neitherFormNorJson" | "repeatedField" | "nestedField"

/** Longer than any callback that was ever seen, by far. */
const longest = 16_384

export const parse = (body: string): Result.Result<Readonly<Record<string, string>>, Problem> =>
  body.length > longest
    ? Result.fail("tooLong")
    : /^\s*\{/.test(body)
    ? parseJson(body)
    : parseForm(body)

const parseForm = (body: string): Result.Result<Readonly<Record<string, string>>, Problem> => {
  const entries = [...new URLSearchParams(body)]
  if (entries.every(([, value]) => value === "")) return Result.fail("neitherFormNorJson")
  // Of two values, one would be verified and the other acted on.
  return new Set(entries.map(([name]) => name)).size === entries.length
    ? Result.succeed(Object.fromEntries(entries))
    : Result.fail("repeatedField")
}

const parseJson = (body: string): Result.Result<Readonly<Record<string, string>>, Problem> => {
  const json = Result.getOrUndefined(readJson(quoteNumbers(body)))
  if (json === undefined) return Result.fail("neitherFormNorJson")
  const entries: Array<readonly [name: string, value: string]> = []
  for (const [name, value] of Object.entries(json)) {
    if (value === null) continue
    if (typeof value !== "string" && typeof value !== "boolean") return Result.fail("nestedField")
    entries.push([name, String(value)])
  }
  return Result.succeed(Object.fromEntries(entries))
}

const readJson = Schema.decodeResult(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

// A number that is parsed forgets how it was written: `1.3000` becomes 1.3, and the hash no longer fits. The first
// alternative takes whole strings, closed or not, so that no number within one is touched.
const quoteNumbers = (json: string): string =>
  json.replace(
    /"(?:[^"\\]|\\[\s\S]?)*"?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g,
    (token) => token.startsWith("\"") ? token : `"${token}"`
  )
