/**
 * The names that spans and metrics share. Where OpenTelemetry's semantic conventions have a name it is theirs; the others
 * have a namespace of their own.
 */
import type * as Context from "effect/Context"
import * as Metric from "effect/Metric"

/** From the registry of OpenTelemetry's semantic conventions. */
export const errorType = "error.type"

export const provider = "entegre.provider"
export const operation = "entegre.operation"
export const key = "entegre.key"
export const means = "entegre.token.means"
export const cause = "entegre.token.cause"
export const outcome = "entegre.token.outcome"
export const event = "entegre.token.event"

export type Attributes = { readonly [name: string]: string }

/** In seconds: what the conventions advise for the duration of an HTTP request, and the timeouts of this library. */
const seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30, 60]

export const duration = (name: string, description: string): Metric.Histogram<number> =>
  Metric.histogram(name, { description, boundaries: seconds, attributes: { unit: "s" } })

export const counter = (name: string, description: string, unit: string): Metric.Counter<number> =>
  Metric.counter(name, { description, incremental: true, attributes: { unit: `{${unit}}` } })

export const gauge = (name: string, description: string, unit: string): Metric.Gauge<number> =>
  Metric.gauge(name, { description, attributes: { unit } })

/** Updates a metric under some attributes, in the registry of a context. */
export const update = <State>(
  metric: Metric.Metric<number, State>,
  context: Context.Context<never>,
  attributes: Attributes,
  value: number
): void => Metric.withAttributes(metric, attributes).updateUnsafe(value, context)
