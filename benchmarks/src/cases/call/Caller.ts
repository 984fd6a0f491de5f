/**
 * The process of a caller, as the case sees it.
 */
import * as Schema from "effect/Schema"
import { fork } from "node:child_process"
import * as path from "node:path"
import type { Subject } from "../../measure/Rounds.ts"
import * as Stopwatch from "../../measure/stopwatch.ts"
import type { Addresses, SubjectName } from "./subjects.ts"

/** A caller in a process of its own. */
export interface Caller extends Subject {
  readonly close: () => void
}

const decodeTime = Schema.decodeUnknownSync(Stopwatch.Time)

/** Starts a caller; it is there when it can call. */
export const start = async (name: SubjectName, { plain, tls }: Addresses): Promise<Caller> => {
  const child = fork(path.join(import.meta.dirname, "worker.ts"), [name, plain, tls], { execArgv: ["--expose-gc"] })
  const answer = () =>
    new Promise<unknown>((resolve, reject) => {
      const fail = (code: number | null) => reject(new Error(`the process of ${name} ended with ${code}`))
      child.once("exit", fail)
      child.once("message", (message) => {
        child.off("exit", fail)
        resolve(message)
      })
    })
  await answer()
  return {
    name,
    run: async (operations) => {
      child.send(operations)
      return decodeTime(await answer())
    },
    close: () => child.disconnect()
  }
}
