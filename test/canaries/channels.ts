/**
 * Everything by which something may leave a process: what was written to each of them is kept, to be searched.
 */
import { TokenAlerts, TokenCache, TokenLog, TokenMetrics } from "@entegre/core"
import { Cause, Effect, Exit, Layer, Logger, Metric, PubSub, References, Schema, Tracer } from "effect"
import type { LogLevel } from "effect"
import { HttpClient } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import { inspect } from "node:util"

/** The channels. More are the process's own: its standard output and standard error, files, and a Redis. */
export const names = ["log", "spans", "metrics", "events", "errors", "values"] as const

type Name = typeof names[number]

/** What was written to a channel; what is written twice is kept once. */
class Channel {
  readonly lines = new Set<string>()
  push(...texts: ReadonlyArray<string>): void {
    for (const text of texts) for (const line of text.split("\n")) this.lines.add(line)
  }
}

export type Channels = { readonly [name in Name]: Channel }

export const make = (): Channels => ({
  log: new Channel(),
  spans: new Channel(),
  metrics: new Channel(),
  events: new Channel(),
  errors: new Channel(),
  values: new Channel()
})

const json = (value: unknown): string => {
  const seen = new Set<unknown>()
  try {
    return JSON.stringify(value, (_, member: unknown) => {
      if (typeof member === "bigint") return String(member)
      if (typeof member !== "object" || member === null) return member
      if (seen.has(member)) return "…"
      seen.add(member)
      return member
    }) ?? ""
  } catch (error) {
    return String(error)
  }
}

/** Everything by which a value may end up somewhere. */
export const renderings = (value: unknown): string =>
  [String(value), inspect(value, { depth: 20, showHidden: true, getters: true }), json(value)].join("\n")

/** An error, as logs, exporters and answers have it. */
const errorRenderings = (error: unknown): ReadonlyArray<string> => [
  renderings(error),
  error instanceof Error ? `${error.stack}\n${error.message}\n${renderings(error.cause)}` : ""
]

const ofCause = (cause: Cause.Cause<unknown>): ReadonlyArray<string> => [
  renderings(cause),
  Cause.pretty(cause),
  ...Cause.prettyErrors(cause).flatMap(errorRenderings),
  ...cause.reasons.flatMap((reason) => reason._tag === "Fail" ? errorRenderings(reason.error) : [])
]

/** Writes what came of an effect to the log, and to the channels of errors and of values. */
export const outcome = <A, E, R>(
  channels: Channels,
  name: string,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<Exit.Exit<A, E>, never, R> =>
  Effect.withSpan(effect, `step ${name}`, { attributes: { name } }).pipe(
    Effect.exit,
    Effect.tap((exit) => {
      if (Exit.isSuccess(exit)) {
        channels.values.push(renderings(exit.value))
        return Effect.logInfo(name, exit.value)
      }
      channels.errors.push(...ofCause(exit.cause))
      return Effect.logError(name, exit.cause)
    })
  )

/** What is written down of everything that happens, at a log level. */
export const layer = (channels: Channels, level: LogLevel.LogLevel) => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const exported = Layer.effectDiscard(Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const { attributes, events, links, name, status } of spans) {
        channels.spans.push(renderings([name, [...attributes], events, links.map(({ attributes }) => attributes)]))
        if (status._tag === "Ended" && Exit.isFailure(status.exit)) channels.spans.push(...ofCause(status.exit.cause))
      }
    })
  ))
  const metrics = Layer.effectDiscard(Effect.addFinalizer(() =>
    Effect.map(
      Effect.all([Metric.snapshot, Metric.dump, PrometheusMetrics.format()]),
      (all) => channels.metrics.push(...all.map(renderings))
    )
  ))
  return Layer.mergeAll(exported, metrics).pipe(
    Layer.provideMerge(Layer.mergeAll(
      Layer.succeed(Tracer.Tracer, tracer),
      Layer.succeed(Metric.MetricRegistry, new Map()),
      Layer.succeed(References.MinimumLogLevel, level),
      // Even if the application has its spans show every header.
      Layer.succeed(HttpClient.TracerHeaderFilter, () => true),
      Logger.layer([
        Logger.consoleJson,
        Logger.map(Logger.formatStructured, (entry) => channels.log.push(renderings(entry))),
        Logger.map(Logger.formatLogFmt, (line) => channels.log.push(line)),
        Logger.map(Logger.formatSimple, (line) => console.error(line))
      ])
    ))
  )
}

const encodeAlert = Schema.encodeSync(TokenAlerts.Alert)

/** The library's own eyes on the token cache, and whoever else listens. */
export const observers = (channels: Channels) =>
  Layer.mergeAll(
    TokenLog.layer,
    TokenMetrics.layerWith({ interval: "20 millis" }),
    TokenAlerts.layer((alert) => Effect.sync(() => channels.events.push(json(encodeAlert(alert)))), { failures: 1 }),
    Layer.effectDiscard(Effect.gen(function*() {
      const cache = yield* TokenCache
      const events = yield* cache.subscribe
      yield* Effect.addFinalizer(() =>
        Effect.gen(function*() {
          for (const event of yield* PubSub.takeUpTo(events, 10_000)) channels.events.push(renderings(event))
          channels.values.push(renderings(yield* cache.status), renderings(yield* cache.readiness), renderings(cache))
        })
      )
    }))
  )
