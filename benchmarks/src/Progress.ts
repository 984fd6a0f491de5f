/**
 * Says on standard error what is being measured: in place on a terminal, a line now and then elsewhere.
 */

const isTerminal = process.stderr.isTTY

/** How often a line is written where none can be replaced, in milliseconds. */
const interval = 5_000

let told = Number.NEGATIVE_INFINITY

/** Says what is being done. */
export const tell = (line: string): void => {
  const now = performance.now()
  if (isTerminal) process.stderr.write(`\r\u001B[K${line}`)
  else if (now - told >= interval) {
    told = now
    process.stderr.write(`${line}\n`)
  }
}

/** Says that something is done. */
export const settle = (line: string): void => {
  process.stderr.write(`${isTerminal ? "\r\u001B[K" : ""}${line}\n`)
}
