/**
 * A case: one question about cost, answered in a process of its own.
 */
import type { CaseName, FiguresOf } from "../Figures.ts"
import type { Report } from "./Report.ts"

/**
 * What a case is told.
 */
interface Settings {
  /** Less time, at the price of a wider spread. */
  readonly quick: boolean
  /** Says what the case is doing. */
  readonly report: Report
}

/**
 * Measures, and answers with figures.
 */
export type Case<Name extends CaseName> = (settings: Settings) => Promise<FiguresOf<Name>>
