/**
 * Makes calls when it is told to, and tells what they took: `worker.ts <subject> <address> <address over TLS>`.
 */
import * as Schema from "effect/Schema"
import { collectYoung } from "../../measure/memory.ts"
import * as Stopwatch from "../../measure/stopwatch.ts"
import { connections } from "../../peers/Peer.ts"
import { type SubjectName, subjects } from "./subjects.ts"

const isSubject = (name: string | undefined): name is SubjectName => name !== undefined && name in subjects

const decodeOperations = Schema.decodeUnknownSync(Schema.Int)

const [name, plain = "", tls = ""] = process.argv.slice(2)
if (!isSubject(name)) throw new Error(`nobody is called ${name}`)
const run = await subjects[name]({ plain, tls })

const measure = async (operations: number): Promise<Stopwatch.Time> => {
  // While others had their turns, its code and its data have left the processor's caches: what finds them again is not counted.
  await run(Math.ceil(operations / 3 / connections) * connections)
  collectYoung()
  const elapsed = Stopwatch.start()
  await run(operations)
  return elapsed()
}

process.on("message", (message) => {
  void measure(decodeOperations(message)).then((time) => process.send?.(time))
})
process.on("disconnect", () => process.exit())
process.send?.("ready")
