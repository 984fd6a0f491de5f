/**
 * The guide for whoever is on call has every event and every metric in it, and none that does not exist.
 */
import { CallMetrics, TokenEvent, TokenMetrics } from "@entegre/core"
import { Metric } from "effect"
import { readFileSync } from "node:fs"
import { assert, describe, it } from "vitest"

const guide = readFileSync(new URL("../docs/observability.md", import.meta.url), "utf8")

/** The first cells of the tables below a heading. */
const named = (heading: string): ReadonlyArray<string> => {
  const [, section = ""] = guide.split(`\n## ${heading}\n`)
  const [table = ""] = section.split("\n## ")
  return Array.from(table.matchAll(/^\| `([\w.]+)`/gm), ([, name = ""]) => name).toSorted()
}

describe("docs/observability.md", () => {
  it("has every event of the token life", () => {
    assert.deepStrictEqual(named("Events"), Object.keys(TokenEvent.cases).toSorted())
  })

  it("has every metric", () => {
    const metrics = [...Object.values(TokenMetrics), ...Object.values(CallMetrics)]
    const ids = metrics.flatMap((member) => Metric.isMetric(member) ? [member.id] : [])
    assert.deepStrictEqual(named("Metrics"), ids.toSorted())
  })
})
