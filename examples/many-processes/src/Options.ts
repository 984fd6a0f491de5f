/**
 * What the command line says.
 */
import { Data } from "effect"
import { parseArgs } from "node:util"

export interface Options {
  /** How many workers there are at any time. */
  readonly processes: number
  /** For how long they work. */
  readonly seconds: number
  /** A worker is killed every so many seconds; 0: never. */
  readonly killEvery: number
  /** A worker is frozen every so many seconds; 0: never. */
  readonly pauseEvery: number
  /** What happens to Redis: nothing, it is killed and comes back empty half-way, or it comes seconds after the workers. */
  readonly redis: "steady" | "restart" | "late"
  /** Nothing but one line of JSON. */
  readonly json: boolean
}

const redis: ReadonlyArray<Options["redis"]> = ["steady", "restart", "late"]

/** An option that can not be used. */
class UnusableOption extends Data.TaggedError("UnusableOption")<{ readonly message: string }> {}

/** Reads the command line; throws `UnusableOption`. */
export const parse = (args: ReadonlyArray<string>): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      processes: { type: "string", default: "8" },
      seconds: { type: "string", default: "60" },
      "kill-every": { type: "string", default: "5" },
      "pause-every": { type: "string", default: "10" },
      redis: { type: "string", default: "restart" },
      json: { type: "boolean", default: false }
    }
  })
  const number = (name: "processes" | "seconds" | "kill-every" | "pause-every", least: number): number => {
    const value = Number(values[name])
    if (Number.isSafeInteger(value) && value >= least) return value
    throw new UnusableOption({ message: `--${name} must be a whole number of ${least} or more, not ${values[name]}` })
  }
  const mode = redis.find((mode) => mode === values.redis)
  if (mode === undefined) {
    throw new UnusableOption({ message: `--redis must be one of ${redis.join(", ")}, not ${values.redis}` })
  }
  return {
    processes: number("processes", 1),
    seconds: number("seconds", 1),
    killEvery: number("kill-every", 0),
    pauseEvery: number("pause-every", 0),
    redis: mode,
    json: values.json
  }
}
