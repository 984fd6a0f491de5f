/**
 * How much memory is used, after everything that nobody needs is gone.
 */

const collector = (): NodeJS.GCFunction => {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc")
  return globalThis.gc
}

/** Collects all garbage. */
export const collect = (): void => {
  collector()()
}

/** Collects young garbage, so that nobody pays for another's, and leaves caches and compiled code alone. */
export const collectYoung = (): void => {
  collector()({ type: "minor" })
}

/** Bytes on the heap that somebody holds. */
export const heldBytes = async (): Promise<number> => {
  // What finalizers and weak references let go of is only gone after a further turn.
  for (let turn = 0; turn < 3; turn++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().heapUsed
}
