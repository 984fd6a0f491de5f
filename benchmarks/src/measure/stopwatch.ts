/**
 * Measures time in two ways: by the clock on the wall, and by what this process had of the processors.
 *
 * The second is what work costs, however busy the machine is with something else. It counts the threads that collect
 * garbage and compile, too.
 */

import * as Schema from "effect/Schema"

/** Milliseconds. */
export const Time = Schema.Struct({ cpu: Schema.Finite, wall: Schema.Finite })
export interface Time extends Schema.Schema.Type<typeof Time> {}

/** Starts a stopwatch; what it returns reads it. */
export const start = (): () => Time => {
  const cpu = process.cpuUsage()
  const began = performance.now()
  return () => {
    const wall = performance.now() - began
    const { system, user } = process.cpuUsage(cpu)
    return { cpu: (user + system) / 1000, wall }
  }
}
