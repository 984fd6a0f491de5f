/**
 * Where and of what figures are measured.
 */
import * as Schema from "effect/Schema"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { Machine } from "./Figures.ts"
import { root } from "./measure/installed.ts"

const Versioned = Schema.fromJsonString(Schema.Struct({ version: Schema.String }))

const versionOf = (name: string): string =>
  Schema.decodeSync(Versioned)(fs.readFileSync(path.join(root, "node_modules", name, "package.json"), "utf8")).version

/** This machine, now. */
export const machine = (quick: boolean): Machine => {
  const processors = os.cpus()
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    system: `${os.type()} ${os.arch()}`,
    node: process.versions.node,
    effect: versionOf("effect"),
    date: new Date().toISOString().slice(0, 10),
    quick
  }
}
