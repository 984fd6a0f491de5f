/**
 * The process in which a case runs, as the command sees it.
 */
import * as Schema from "effect/Schema"
import { fork } from "node:child_process"
import * as path from "node:path"
import { type CaseName, decoders, type FiguresOf } from "./Figures.ts"
import type { Report } from "./measure/Report.ts"

/** What the process of a case tells. */
export const Message = Schema.Union([
  Schema.TaggedStruct("Doing", { doing: Schema.String }),
  Schema.TaggedStruct("Done", { figures: Schema.Unknown })
])
export type Message = typeof Message.Type

const decodeMessage = Schema.decodeUnknownSync(Message)

/** Runs a case to its end. */
export const runCase = <Name extends CaseName>(
  name: Name,
  quick: boolean,
  report: Report
): Promise<FiguresOf<Name>> =>
  new Promise((resolve, reject) => {
    const child = fork(path.join(import.meta.dirname, "worker.ts"), [name, quick ? "quick" : "full"], {
      execArgv: ["--expose-gc"],
      stdio: ["ignore", "inherit", "inherit", "ipc"]
    })
    let figures: unknown
    child.on("message", (received) => {
      const message = decodeMessage(received)
      if (message._tag === "Doing") report(message.doing)
      else figures = message.figures
    })
    child.on("error", reject)
    child.on("exit", (code) => {
      if (code === 0) resolve(decoders[name](figures))
      else reject(new Error(`the case ${name} ended with ${code}`))
    })
  })
