/**
 * What the figures may be at the most: `bounds.json`, by their paths in the closing line.
 *
 * Bounds are on ratios, on bytes and on counts, and never on times: those are the machine's as much as ours.
 */
import * as Schema from "effect/Schema"
import * as fs from "node:fs"
import * as path from "node:path"
import { numbersAt, type Summary } from "./Summary.ts"

const Bounds = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Finite))

/** The committed bounds. */
export const read = (): { readonly [path: string]: number } =>
  Schema.decodeSync(Bounds)(fs.readFileSync(path.join(import.meta.dirname, "../bounds.json"), "utf8"))

/** A figure, and what it may be at the most. */
export interface Finding {
  readonly path: string
  readonly value: number
  readonly atMost: number
  readonly holds: boolean
}

/**
 * Holds figures to bounds: those of the cases that were run. Fails if a bound is on a figure that there is none of.
 */
export const check = (
  summary: { readonly [name: string]: Summary },
  bounds: { readonly [path: string]: number }
): ReadonlyArray<Finding> =>
  Object.entries(bounds)
    .filter(([path]) => (path.split(".")[0] ?? "") in summary)
    .flatMap(([path, atMost]) => {
      const numbers = numbersAt(summary, path)
      if (numbers.length === 0) throw new Error(`there is no figure ${path}`)
      return numbers.map(([path, value]) => ({ path, value, atMost, holds: value <= atMost }))
    })
