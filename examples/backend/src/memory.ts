/**
 * What stands for a database in this example: the newest entries, in the memory of one process.
 */
import { Effect, Option } from "effect"

const capacity = 10_000

/** Values by their key. The oldest makes room for the newest. */
export const make = <Key, Value>() => {
  const entries = new Map<Key, Value>()

  const set = (key: Key, value: Value): void => {
    entries.set(key, value)
    const [oldest] = entries.keys()
    if (entries.size > capacity && oldest !== undefined) entries.delete(oldest)
  }

  return {
    list: Effect.sync((): ReadonlyArray<Value> => Array.from(entries.values())),
    find: (key: Key) => Effect.sync(() => Option.fromUndefinedOr(entries.get(key))),
    save: (key: Key, value: Value) => Effect.sync(() => set(key, value)),
    remove: (key: Key) => Effect.sync(() => entries.delete(key)),
    /** Saves what is not there yet, and gives what is there then. */
    open: (key: Key, value: Value) =>
      Effect.sync((): Value => {
        const present = entries.get(key)
        if (present !== undefined) return present
        set(key, value)
        return value
      })
  }
}
