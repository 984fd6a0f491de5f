import { assert, describe, it } from "@effect/vitest"
import { CallMetrics, TokenMetrics } from "@entegre/core"
import { Sandbox } from "@entegre/sandbox"
import { Effect, Metric, Redacted, Schema } from "effect"
import { readFileSync } from "node:fs"
import * as Backend from "../src/Backend.ts"
import { Collector } from "../src/Collector.ts"
import { traffic } from "../src/Traffic.ts"

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8")

// -----------------------------------------------------------------------------
// The names
// -----------------------------------------------------------------------------

/** The series under which Prometheus has a metric that came by OTLP. */
const seriesOf = ({ attributes, id, type }: Metric.Metric<never, unknown>): ReadonlyArray<string> => {
  const unit = attributes?.unit === "s" ? "_seconds" : ""
  const name = `${id.replaceAll(".", "_")}${unit}`
  return type === "Histogram"
    ? [`${name}_bucket`, `${name}_count`, `${name}_sum`]
    : [type === "Counter" ? `${name}_total` : name]
}

const metrics = [...Object.values(TokenMetrics), ...Object.values(CallMetrics)].flatMap((member) =>
  Metric.isMetric(member) ? [member] : []
)

/** What is called in the library's namespace in the queries of a file. */
const queried = (text: string) => new Set(text.match(/\bentegre_\w+/g))

const labels = new Set([
  "entegre_provider",
  "entegre_key",
  "entegre_operation",
  "entegre_token_means",
  "entegre_token_cause",
  "entegre_token_outcome",
  "entegre_token_event"
])

const Panel = Schema.Struct({
  id: Schema.Int,
  type: Schema.Literals(["row", "stat", "timeseries"]),
  title: Schema.NonEmptyString,
  gridPos: Schema.Struct({ h: Schema.Int, w: Schema.Int, x: Schema.Int, y: Schema.Int }),
  targets: Schema.optional(Schema.Array(Schema.Struct({
    refId: Schema.NonEmptyString,
    expr: Schema.NonEmptyString,
    datasource: Schema.Struct({ type: Schema.Literal("prometheus"), uid: Schema.Literal("${DS_PROMETHEUS}") })
  })))
})

/** What Grafana's import asks of a dashboard. */
const Dashboard = Schema.fromJsonString(Schema.Struct({
  __inputs: Schema.Tuple([
    Schema.Struct({
      name: Schema.Literal("DS_PROMETHEUS"),
      type: Schema.Literal("datasource"),
      pluginId: Schema.Literal("prometheus")
    })
  ]),
  id: Schema.Null,
  uid: Schema.NonEmptyString,
  title: Schema.NonEmptyString,
  schemaVersion: Schema.Int,
  templating: Schema.Struct({ list: Schema.Array(Schema.Struct({ name: Schema.NonEmptyString })) }),
  panels: Schema.Array(Panel)
}))

describe("the dashboard", () => {
  it.effect("is what Grafana imports, and no panel lies over another", () =>
    Effect.gen(function*() {
      const { panels } = yield* Schema.decodeEffect(Dashboard)(read("dashboard.json"))
      assert.strictEqual(new Set(panels.map(({ id }) => id)).size, panels.length)
      const taken = new Set<string>()
      for (const { gridPos: { h, w, x, y }, title } of panels) {
        assert.isAtMost(x + w, 24, title)
        for (let column = x; column < x + w; column++) {
          for (let row = y; row < y + h; row++) {
            assert.isFalse(taken.has(`${column},${row}`), title)
            taken.add(`${column},${row}`)
          }
        }
      }
    }))

  it("shows every metric that there is, and asks for no other", () => {
    const known = new Set(metrics.flatMap(seriesOf))
    const asked = [...queried(read("dashboard.json"))].filter((name) => !labels.has(name))
    for (const name of asked) assert.include([...known], name)
    for (const metric of metrics) {
      assert.isTrue(seriesOf(metric).some((name) => asked.includes(name)), metric.id)
    }
    assert.isAbove(metrics.length, 10)
  })
})

describe("the alerts", () => {
  it("ask for metrics that there are", () => {
    const known = [...metrics.flatMap(seriesOf), ...labels]
    for (const name of queried(read("alerts.yaml"))) assert.include(known, name)
  })
})

// -----------------------------------------------------------------------------
// What goes out
// -----------------------------------------------------------------------------

const Attribute = Schema.Struct({ key: Schema.String })

const Exported = Schema.fromJsonString(Schema.Struct({
  resourceMetrics: Schema.Array(Schema.Struct({
    scopeMetrics: Schema.Array(Schema.Struct({
      metrics: Schema.Array(Schema.Struct({
        name: Schema.String,
        unit: Schema.String,
        sum: Schema.optional(Schema.Struct({
          isMonotonic: Schema.Boolean,
          dataPoints: Schema.Array(Schema.Struct({ attributes: Schema.Array(Attribute) }))
        }))
      }))
    }))
  }))
}))

describe("what goes out by OTLP", () => {
  it.live(
    "has metrics, spans and logs in it, under the names of the dashboard, and no secret",
    () =>
      Effect.gen(function*() {
        const { endpoint, received } = yield* Collector
        const secrets = yield* Effect.gen(function*() {
          yield* traffic({ every: "5 millis", rounds: 5 })
          const { apex, dukkango, environment } = yield* Sandbox
          const requests = [...yield* apex.requests, ...yield* dukkango.requests]
          const tokens = requests.flatMap(({ headers }) => {
            const sent = Redacted.value(headers)
            return [sent["access-token"], sent.authorization?.replace("Bearer ", "")].filter((token) =>
              token !== undefined
            )
          })
          const keys = Object.entries(Redacted.value(environment)).filter(([name]) => name.endsWith("KEY"))
          return [...tokens, ...keys.map(([, value]) => value)]
        }).pipe(Effect.provide(Backend.layer(endpoint)))
        const all = yield* received
        const of = (kind: string) => all.flatMap(([name, body]) => name === kind ? [body] : [])

        const exported = (yield* Effect.forEach(of("metrics"), (body) => Schema.decodeEffect(Exported)(body)))
          .flatMap(({ resourceMetrics }) => resourceMetrics)
          .flatMap(({ scopeMetrics }) => scopeMetrics)
          .flatMap(({ metrics }) => metrics)
        const known = metrics.map(({ id }) => id)
        const names = new Set(exported.map(({ name }) => name).filter((name) => name.startsWith("entegre.")))
        for (const name of names) assert.include(known, name)
        assert.includeMembers([...names], ["entegre.call.duration", "entegre.token.renewals", "entegre.token.budget"])
        const renewals = exported.find(({ name }) => name === "entegre.token.renewals")
        assert.deepInclude(renewals, { unit: "{renewal}" })
        assert.isTrue(renewals?.sum?.isMonotonic)
        for (const { attributes } of renewals?.sum?.dataPoints ?? []) {
          for (const { key } of attributes) assert.include([...labels, "unit"], key.replaceAll(".", "_"))
        }

        const spans = of("traces").join()
        assert.include(spans, "\"dukkango.restaurants.list\"")
        assert.include(spans, "\"apex.login\"")
        assert.include(of("logs").join(), "LockedOut")

        assert.isAbove(secrets.length, 5)
        const everything = all.map(([, body]) => body).join()
        for (const secret of secrets) assert.notInclude(everything, secret)
      }).pipe(Effect.provide(Collector.layer)),
    30_000
  )
})
