/**
 * Metrics of calls: how many, how long, and what came of them, by provider and operation.
 *
 * They are off until an application provides {@link layer} to its providers; a provider that is built without it pays
 * nothing for them.
 *
 * | name                    | kind      | unit     | attributes                                            |
 * | ----------------------- | --------- | -------- | ----------------------------------------------------- |
 * | `entegre.call.duration` | histogram | `s`      | `entegre.provider`, `entegre.operation`, `error.type` |
 * | `entegre.call.active`   | gauge     | `{call}` | `entegre.provider`, `entegre.operation`               |
 *
 * A call lasts from its start to its outcome, its retries and the wait for a token included. `error.type` is the tag of the
 * reason; it is absent when the call succeeded, and `interrupted` when the caller left.
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Metric from "effect/Metric"
import * as Predicate from "effect/Predicate"
import { CallObserver } from "./internal/callObserver.ts"
import * as Telemetry from "./internal/telemetry.ts"

/**
 * How long calls took, in seconds.
 */
export const duration: Metric.Histogram<number> = Telemetry.duration(
  "entegre.call.duration",
  "How long a call took, its retries and the wait for a token included"
)

/**
 * How many calls are under way.
 */
export const active: Metric.Gauge<number> = Telemetry.gauge(
  "entegre.call.active",
  "How many calls are under way",
  "{call}"
)

/**
 * Counts and measures the calls of the providers that it is provided to.
 *
 * ```ts
 * const Main = Providers.pipe(
 *   Layer.provide(CallMetrics.layer),
 *   Layer.provideMerge(TokenCache.layer),
 *   Layer.provide(NodeHttpClient.layerUndici)
 * )
 * ```
 */
export const layer: Layer.Layer<never> = Layer.effect(
  CallObserver,
  Effect.map(Effect.context<never>(), (context): CallObserver => {
    const operations = new Map<string, Operation>()
    return (provider, operation) => {
      const name = `${provider}.${operation}`
      const known = operations.get(name) ?? new Operation(context, provider, operation)
      operations.set(name, known)
      return (call) => known.observe(call)
    }
  })
)

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

class Operation {
  readonly #context: Context.Context<never>
  readonly #attributes: Telemetry.Attributes
  #active = 0

  constructor(context: Context.Context<never>, provider: string, operation: string) {
    this.#context = context
    this.#attributes = { [Telemetry.provider]: provider, [Telemetry.operation]: operation }
  }

  observe<A, E>(call: Effect.Effect<A, E>): Effect.Effect<A, E> {
    return Effect.clockWith((clock) => {
      const startedAt = clock.monotonicTimeNanosUnsafe()
      this.#moved(1)
      return Effect.onExit(call, (exit) =>
        Effect.sync(() => {
          this.#moved(-1)
          this.#ended(Number(clock.monotonicTimeNanosUnsafe() - startedAt) / 1e9, errorType(exit))
        }))
    })
  }

  #moved(by: 1 | -1): void {
    this.#active += by
    Telemetry.update(active, this.#context, this.#attributes, this.#active)
  }

  #ended(seconds: number, errorType: string | undefined): void {
    const attributes = errorType === undefined
      ? this.#attributes
      : { ...this.#attributes, [Telemetry.errorType]: errorType }
    Telemetry.update(duration, this.#context, attributes, seconds)
  }
}

const errorType = <A, E>(exit: Exit.Exit<A, E>): string | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  const error = Cause.findErrorOption(exit.cause)
  if (error._tag === "None") return Cause.hasInterruptsOnly(exit.cause) ? "interrupted" : "defect"
  return Predicate.hasProperty(error.value, "_tag") && typeof error.value._tag === "string" ? error.value._tag : "other"
}
