/**
 * One token for all processes.
 *
 * Ödeal has one active token for an account: a new one ends the one before. Here many processes call it at once, with
 * tokens that live for three seconds, over a token store in Redis. They are killed and frozen while they work, and Redis is
 * taken away. Nobody logs in twice, nobody ends another's token, and no call fails.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Data, Effect, Layer } from "effect"
import * as Conductor from "./Conductor.ts"
import * as Options from "./Options.ts"
import * as Summary from "./Summary.ts"

class Unexpected extends Data.TaggedError("Unexpected")<{ readonly message: string }> {}

const program = Effect.gen(function*() {
  const options = yield* Effect.try({
    try: () => Options.parse(process.argv.slice(2)),
    catch: (cause) => new Unexpected({ message: cause instanceof Error ? cause.message : String(cause) })
  })
  const summary = yield* Conductor.run(options)
  yield* Console.log(options.json ? Summary.json(summary) : Summary.table(summary))
  const problems = Summary.problems(summary, options)
  if (problems.length > 0) return yield* new Unexpected({ message: problems.join("; ") })
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(Layer.mergeAll(NodeServices.layer))))
