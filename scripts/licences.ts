/**
 * Fails if anything that is installed, to build with or to run with, comes under a licence that is not permissive.
 */
import * as Schema from "effect/Schema"
import { parseJson, root, run } from "./packages.ts"

const permissive = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MPL-2.0",
  "Python-2.0",
  "Unlicense",
  "(BSD-2-Clause OR MIT OR Apache-2.0)"
])

const Installed = Schema.Record(Schema.String, Schema.Array(Schema.Struct({ name: Schema.String })))

const installed = parseJson(Installed, run(root, "pnpm", "licenses", "list", "--json"))

for (const [licence, packages] of Object.entries(installed)) {
  if (permissive.has(licence)) continue
  console.error(`${licence}: ${packages.map(({ name }) => name).join(", ")}`)
  process.exitCode = 1
}
