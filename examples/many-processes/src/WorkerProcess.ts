/**
 * A worker as a process of its own, which can be killed and frozen.
 */
import { Effect, Ref, Schema, Stream } from "effect"
import { ChildProcess } from "effect/process"
import { fileURLToPath } from "node:url"
import * as Report from "./Report.ts"

const program = fileURLToPath(new URL("worker.ts", import.meta.url))

export interface Worker {
  readonly name: string
  readonly pid: number
  /** What it told last. */
  readonly report: Ref.Ref<Report.Report>
  /** What it says in the end: how it left, and what it wrote to standard error. */
  readonly exit: Effect.Effect<number | undefined>
}

/** Starts a worker that lives as long as the scope. */
export const start = Effect.fnUntraced(function*(
  name: string,
  environment: Readonly<Record<string, string>>
) {
  const report = yield* Ref.make(Report.none)
  const handle = yield* ChildProcess.make(process.execPath, [program], {
    env: { ...environment, LABEL: name },
    extendEnv: true,
    stdin: "ignore",
    stderr: "inherit",
    killSignal: "SIGKILL"
  })
  yield* handle.stdout.pipe(
    Stream.decodeText,
    Stream.splitLines,
    Stream.mapEffect((line) => Schema.decodeEffect(Report.Line)(line)),
    Stream.runForEach((latest) => Ref.set(report, latest)),
    Effect.ignore,
    Effect.forkScoped
  )
  const worker: Worker = {
    name,
    pid: handle.pid,
    report,
    exit: Effect.match(handle.exitCode, { onFailure: () => undefined, onSuccess: (code) => code })
  }
  return worker
})

/** Sends a signal to a worker, which may be gone. */
export const signal = (worker: Worker, name: "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM"): Effect.Effect<void> =>
  Effect.ignore(Effect.try(() => process.kill(worker.pid, name)))
