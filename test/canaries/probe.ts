/**
 * A process that does everything with one provider and writes every channel down; or crashes; or leaks by way of each, so
 * that it can be seen that a leak is found.
 *
 * `node probe.ts <scenario> <provider> <folder> [<redis>]`: what it writes into the folder is searched, and so are its
 * standard output and standard error, and what it sends to Redis. What to search for it writes beside the folder.
 */
import { NodeRedis } from "@effect/platform-node"
import { Effect, Metric } from "effect"
import { Redis } from "effect/persistence"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Canaries from "./canaries.ts"
import * as Channels from "./channels.ts"
import * as Journeys from "./journeys.ts"
import * as Stacks from "./stacks.ts"

const [, , scenario = "", provider = "", folder = "", redis = ""] = process.argv
const stack = Stacks.all.find(({ name }) => name === provider) ?? Stacks.all[0]
if (stack === undefined) throw new Error("there is no such provider")

const channels = Channels.make()

/** Puts a canary where it does not belong: one of its own into each channel, each in another spelling. */
const leaks: ReadonlyArray<Effect.Effect<unknown, Error>> = [
  Effect.sync(() => console.log(Canaries.leaked.stdout)),
  Effect.sync(() => console.error(encodeURIComponent(Canaries.leaked.stderr))),
  Effect.logDebug({ password: Canaries.leaked.log }),
  Effect.annotateCurrentSpan("url", `?key=${Buffer.from(`x${Canaries.leaked.spans}`).toString("base64url")}`),
  Metric.update(Metric.counter("leak", { attributes: { key: Canaries.leaked.metrics } }), 1),
  Effect.fail(Object.assign(new Error("no"), { response: { headers: { "api-key": Canaries.leaked.errors } } })),
  Effect.succeed(new Map([[{ token: Canaries.leaked.values }, 1]])),
  Effect.sync(() => channels.events.push(JSON.stringify({ at: JSON.stringify(Canaries.leaked.events) }))),
  Effect.sync(() => writeFileSync(join(folder, "files"), Buffer.from(Canaries.leaked.files).toString("hex"))),
  ...redis === "" ? [] : [
    Effect.provide(
      Effect.flatMap(Redis.Redis, ({ send }) => send("SET", "leak", JSON.stringify([Canaries.leaked.redis]))),
      NodeRedis.layer({ url: redis })
    )
  ]
]

const write = (canaries: Iterable<string>, report: unknown) => {
  mkdirSync(folder, { recursive: true })
  for (const name of Channels.names) writeFileSync(join(folder, name), [...channels[name].lines].join("\n"))
  writeFileSync(`${folder}.json`, JSON.stringify({ canaries: [...new Set(canaries)], report }))
}

const tour = Effect.gen(function*() {
  const journeys = redis === "" ? Journeys.of(stack) : Journeys.shared(stack, redis)
  const travelled = yield* Effect.forEach(journeys, (journey) => stack.travel(channels, journey), {
    concurrency: 4
  })
  const [first] = travelled
  const failures = travelled.flatMap(({ failed }) => failed)
  write(
    travelled.flatMap(({ canaries }) => canaries),
    { operations: first?.operations, done: first?.done, failures: failures.length }
  )
})

/** An error of the provider that was told a secret, and of one that refused the credentials. */
const errors = Effect.gen(function*() {
  const travelled = yield* Effect.forEach(Journeys.refusals(stack), (journey) => stack.travel(channels, journey))
  write(travelled.flatMap(({ canaries }) => canaries), {})
  return travelled.flatMap(({ failed }) => failed.map(([, error]) => error))
})

const crashes: { readonly [scenario: string]: (errors: ReadonlyArray<unknown>) => void } = {
  // Nobody catches it: Node prints it, with all that hangs on it.
  crash: (errors) => {
    throw Object.assign(new Error("crash", { cause: errors[0] }), { errors })
  },
  rejection: (errors) => {
    void Promise.reject(new AggregateError(errors, "rejection"))
  },
  defect: (errors) => {
    Effect.runFork(Effect.die(errors[0]))
    void Effect.runPromise(Effect.die(new AggregateError(errors, "defect")))
  }
}

if (scenario === "tour") {
  await Effect.runPromise(tour)
} else if (scenario in crashes) {
  const all = await Effect.runPromise(errors)
  console.log(`${all.length} errors`)
  setImmediate(() => crashes[scenario]?.(all))
} else {
  mkdirSync(folder, { recursive: true })
  const leaking = Effect.forEach(leaks, (leak) => Channels.outcome(channels, "leak", leak))
  await Effect.runPromise(Effect.provide(leaking, Channels.layer(channels, "All")))
  write([], {})
}
