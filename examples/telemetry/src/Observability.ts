/**
 * What an application provides to be seen: the part to copy.
 */
import { CallMetrics, TokenAlerts, type TokenCache, TokenLog, TokenMetrics } from "@entegre/core"
import { Effect, Layer } from "effect"
import type { HttpClient } from "effect/http"
import { Otlp, type OtlpExporter } from "effect/observability"

/** Metrics, spans and logs go out by OTLP, every few seconds, to whoever collects them. */
export const exporter = (endpoint: string): Layer.Layer<OtlpExporter.Flusher, never, HttpClient.HttpClient> =>
  Otlp.layerJson({
    baseUrl: endpoint,
    resource: { serviceName: "shop", serviceVersion: "1.0.0" },
    loggerExportInterval: "1 second",
    metricsExportInterval: "1 second",
    tracerExportInterval: "1 second"
  })

/** Whoever is on call hears of tokens that keep failing, and of credentials that are refused. Here it is the log. */
const onCall = TokenAlerts.layer((alert) =>
  alert._tag === "Raised"
    ? Effect.logFatal(`${alert.failures} failures, the last: ${TokenLog.describe(alert.event)}`)
    : Effect.log(`${alert.provider}/${alert.key} is well again`)
)

/** What the token cache has to tell: metrics, an audit trail in the log, alerts. */
export const tokens: Layer.Layer<never, never, TokenCache> = Layer.mergeAll(
  TokenMetrics.layerWith({ interval: "1 second" }),
  TokenLog.layer,
  onCall
)

/** What providers have to tell of each call: give it to them. */
export const calls: Layer.Layer<never> = CallMetrics.layer
