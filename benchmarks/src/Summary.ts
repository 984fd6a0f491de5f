/**
 * Figures as plain numbers: the median of what has a spread, to four digits.
 */
import * as Schema from "effect/Schema"
import { Spread } from "./measure/Spread.ts"

export type Summary = number | string | boolean | { readonly [name: string]: Summary } | ReadonlyArray<Summary>

const isSpread = Schema.is(Spread)

const isRecord = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null

/** Whether it is what was counted or weighed from second to second: a plot shows it, and no bound is on it. */
const isCourse = (name: string): boolean => name.endsWith("BySecond") || name === "bySecond"

/** Figures as plain numbers. */
export const of = (figures: unknown): Summary => {
  if (isSpread(figures)) return of(figures.median)
  if (typeof figures === "number") return Number(figures.toPrecision(4))
  if (typeof figures === "string" || typeof figures === "boolean") return figures
  if (Array.isArray(figures)) return figures.map(of)
  if (!isRecord(figures)) throw new Error(`no figure: ${String(figures)}`)
  return Object.fromEntries(
    Object.entries(figures).filter(([name]) => !isCourse(name)).map(([name, value]) => [name, of(value)])
  )
}

/**
 * The numbers at a path, whose steps are names or, in an array, places; `*` stands for all of them.
 *
 * ```ts
 * numbersAt({ call: { overPeers: { ky: 0.6, got: 0.4 } } }, "call.overPeers.*") // [["call.overPeers.ky", 0.6], …]
 * ```
 */
export const numbersAt = (summary: Summary, path: string): ReadonlyArray<readonly [path: string, value: number]> => {
  let found: ReadonlyArray<readonly [string, Summary]> = [["", summary]]
  for (const step of path.split(".")) {
    found = found.flatMap(([path, value]) =>
      typeof value === "object"
        ? Object.entries(value)
          .filter(([name]) => step === "*" || step === name)
          .map(([name, value]) => [path === "" ? name : `${path}.${name}`, value] as const)
        : []
    )
  }
  return found.flatMap(([path, value]) => typeof value === "number" ? [[path, value] as const] : [])
}
