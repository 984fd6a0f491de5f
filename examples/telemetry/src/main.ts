/**
 * Shows what an application of Entegre is seen by: `node src/main.ts`.
 *
 * With `OTEL_EXPORTER_OTLP_ENDPOINT` it goes to that collector, for as long as the program is left to run; without, to one
 * of its own, and what came is listed in the end.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Config, Console, Effect, Option, Schema } from "effect"
import * as Backend from "./Backend.ts"
import { Collector } from "./Collector.ts"
import { traffic } from "./Traffic.ts"

const Metrics = Schema.fromJsonString(Schema.Struct({
  resourceMetrics: Schema.Array(Schema.Struct({
    scopeMetrics: Schema.Array(Schema.Struct({
      metrics: Schema.Array(Schema.Struct({ name: Schema.String }))
    }))
  }))
}))
const decodeMetrics = Schema.decodeUnknownOption(Metrics)

/** The names of the metrics in what came. */
const namesOf = (body: string): ReadonlyArray<string> =>
  Option.match(decodeMetrics(body), {
    onNone: () => [],
    onSome: ({ resourceMetrics }) =>
      resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics)).map(({ name }) =>
        name
      )
  })

const toCollector = (endpoint: string) =>
  Effect.forever(Effect.provide(traffic({ every: "2 seconds", rounds: 40 }), Backend.layer(endpoint)))

const toOwn = Effect.gen(function*() {
  const { endpoint, received } = yield* Collector
  yield* Effect.provide(traffic({ every: "20 millis", rounds: 12 }), Backend.layer(endpoint))
  const all = yield* received
  const names = new Set(all.flatMap(([kind, body]) => kind === "metrics" ? namesOf(body) : []))
  yield* Console.log([...names].toSorted().join("\n"))
  for (const kind of ["metrics", "traces", "logs"]) {
    yield* Console.log(`${all.filter(([of]) => of === kind).length} batches of ${kind}`)
  }
}).pipe(Effect.provide(Collector.layer))

const main = Effect.flatMap(
  Config.option(Config.String("OTEL_EXPORTER_OTLP_ENDPOINT")),
  Option.match({ onNone: () => toOwn, onSome: toCollector })
)

NodeRuntime.runMain(main)
