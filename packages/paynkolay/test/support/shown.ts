import { inspect } from "node:util"

/** Everything that a log, a debugger or a crash would show of a value. */
export const shown = (value: unknown): string =>
  `${JSON.stringify({ value })}\n${inspect(value, { depth: Infinity, showHidden: true })}`
