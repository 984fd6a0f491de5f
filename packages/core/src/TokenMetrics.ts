/**
 * Metrics of the token life, for dashboards and alerts.
 *
 * They are derived from the cache's events and, every few seconds, from its status, so that handing out a token costs
 * nothing more.
 *
 * | name                             | kind      | unit          | attributes beside `entegre.provider` and `entegre.key` |
 * | -------------------------------- | --------- | ------------- | ------------------------------------------------------ |
 * | `entegre.token.request.duration` | histogram | `s`           | `entegre.token.means`, `error.type`                    |
 * | `entegre.token.renewals`         | counter   | `{renewal}`   | `entegre.token.cause`, `entegre.token.outcome`         |
 * | `entegre.token.time_to_token`    | histogram | `s`           |                                                        |
 * | `entegre.token.rejections`       | counter   | `{rejection}` |                                                        |
 * | `entegre.token.served`           | counter   | `{token}`     |                                                        |
 * | `entegre.token.notices`          | counter   | `{event}`     | `entegre.token.event`                                  |
 * | `entegre.token.skew`             | gauge     | `s`           |                                                        |
 * | `entegre.token.remaining_life`   | gauge     | `s`           |                                                        |
 * | `entegre.token.renewing`         | gauge     | `{renewal}`   |                                                        |
 * | `entegre.token.waiting`          | gauge     | `{caller}`    |                                                        |
 * | `entegre.token.budget`           | gauge     | `{login}`     |                                                        |
 * | `entegre.token.retry_in`         | gauge     | `s`           |                                                        |
 *
 * `entegre.key` is a key's label, or its number: never an account. `error.type` is the tag of the reason, and absent when a
 * token set came. The outcome of a renewal is `issued`, `adopted`, `failed` or `locked_out`.
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import { follow } from "./internal/follow.ts"
import * as Telemetry from "./internal/telemetry.ts"
import { TokenCache } from "./TokenCache.ts"
import type { TokenEvent } from "./TokenEvent.ts"
import type { KeyStatus } from "./Tokens.ts"

/**
 * How often metrics are taken.
 */
export interface Options {
  /** How often the gauges, and the tokens that were served, are read from the cache's status. Default: 10 seconds. */
  readonly interval?: Duration.Input | undefined
}

/**
 * How long logins and refreshes took, in seconds; their number is how many there were.
 */
export const requestDuration: Metric.Histogram<number> = Telemetry.duration(
  "entegre.token.request.duration",
  "How long the provider took for a login or a refresh"
)

/**
 * Renewals, by cause and outcome.
 */
export const renewals: Metric.Counter<number> = Telemetry.counter(
  "entegre.token.renewals",
  "Renewals, by cause and outcome",
  "renewal"
)

/**
 * How long those waited who found no token, in seconds.
 */
export const timeToToken: Metric.Histogram<number> = Telemetry.duration(
  "entegre.token.time_to_token",
  "How long the first caller waited who found no token"
)

/**
 * Tokens that the provider refused.
 */
export const rejections: Metric.Counter<number> = Telemetry.counter(
  "entegre.token.rejections",
  "Tokens that the provider refused",
  "rejection"
)

/**
 * Tokens that were handed out without waiting: hits of the cache.
 */
export const served: Metric.Counter<number> = Telemetry.counter(
  "entegre.token.served",
  "Tokens that were handed out without waiting",
  "token"
)

/**
 * What else happened: the store was away or came back, an expiry was doubtful, a window was clamped, asking was slowed, a
 * lockout ended, a token set was forgotten.
 */
export const notices: Metric.Counter<number> = Telemetry.counter(
  "entegre.token.notices",
  "What else happened to tokens, by event",
  "event"
)

/**
 * How far the provider's clock is ahead of ours, in seconds.
 */
export const skew: Metric.Gauge<number> = Telemetry.gauge(
  "entegre.token.skew",
  "How far the provider's clock is ahead of ours",
  "s"
)

/**
 * How long the token still lives, in seconds; 0 if there is none.
 */
export const remainingLife: Metric.Gauge<number> = Telemetry.gauge(
  "entegre.token.remaining_life",
  "How long the token still lives",
  "s"
)

/**
 * Whether a renewal is under way: 1 or 0.
 */
export const renewing: Metric.Gauge<number> = Telemetry.gauge(
  "entegre.token.renewing",
  "Whether a renewal is under way",
  "{renewal}"
)

/**
 * How many callers wait for a token.
 */
export const waiting: Metric.Gauge<number> = Telemetry.gauge(
  "entegre.token.waiting",
  "How many callers wait for a token",
  "{caller}"
)

/**
 * How many logins the lockout budget allows now: 1, and 0 while the credentials stand refused and no probe is due.
 */
export const budget: Metric.Gauge<number> = Telemetry.gauge(
  "entegre.token.budget",
  "How many logins the lockout budget allows now",
  "{login}"
)

/**
 * How long until the provider may be asked again after a failure, in seconds; 0 if it may be asked now.
 */
export const retryIn: Metric.Gauge<number> = Telemetry.gauge(
  "entegre.token.retry_in",
  "How long until the provider may be asked again",
  "s"
)

/**
 * Takes the metrics of the token cache, every {@link Options.interval}.
 */
export const layerWith = (options: Options): Layer.Layer<never, never, TokenCache> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const cache = yield* TokenCache
    const recorder = new Recorder(yield* Effect.context<never>())
    yield* follow((event) => Effect.sync(() => recorder.record(event)))
    yield* Effect.zipWith(cache.status, Clock.currentTimeMillis, (status, now) => recorder.read(status, now)).pipe(
      Effect.repeat(Schedule.spaced(options.interval ?? "10 seconds")),
      Effect.forkScoped
    )
  }))

/**
 * Takes the metrics of the token cache.
 *
 * ```ts
 * const Main = Layer.mergeAll(Providers, TokenMetrics.layer).pipe(
 *   Layer.provideMerge(TokenCache.layer),
 *   Layer.provide(Otlp.layerJson({ baseUrl: "http://localhost:4318" })),
 *   Layer.provide(NodeHttpClient.layerUndici)
 * )
 * ```
 */
export const layer: Layer.Layer<never, never, TokenCache> = layerWith({})

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

const gauges = [remainingLife, renewing, waiting, budget, retryIn]

class Recorder {
  readonly #context: Context.Context<never>
  #known = new Map<string, KeyStatus>()

  constructor(context: Context.Context<never>) {
    this.#context = context
  }

  /** An event, as it happens. */
  record(event: TokenEvent): void {
    const update = (metric: Metric.Metric<number, unknown>, value: number, attributes?: Telemetry.Attributes) =>
      Telemetry.update(metric, this.#context, { ...attributesOf(event), ...attributes }, value)
    switch (event._tag) {
      case "Asked":
        return
      case "Issued":
        update(requestDuration, event.duration / 1000, { [Telemetry.means]: event.means })
        if (event.cause !== "window") update(timeToToken, event.elapsed / 1000)
        return update(renewals, 1, { [Telemetry.cause]: event.cause, [Telemetry.outcome]: "issued" })
      case "NotIssued":
        return update(requestDuration, event.duration / 1000, {
          [Telemetry.means]: event.means,
          [Telemetry.errorType]: event.reason
        })
      case "Failed":
        return update(renewals, 1, { [Telemetry.cause]: event.cause, [Telemetry.outcome]: "failed" })
      case "Adopted":
        if (event.elapsed > 0) update(timeToToken, event.elapsed / 1000)
        return update(renewals, 1, { [Telemetry.outcome]: "adopted" })
      case "LockedOut":
        return update(renewals, 1, { [Telemetry.outcome]: "locked_out" })
      case "Rejected":
        return update(rejections, 1)
      case "SkewLearnt":
        return update(skew, event.millis / 1000)
      case "LockoutEnded":
      case "Forgotten":
      case "ExpiryDoubtful":
      case "WindowClamped":
      case "Slowed":
      case "StoreUnavailable":
      case "StoreRecovered":
        return update(notices, 1, { [Telemetry.event]: event._tag })
    }
  }

  /** How all keys stand. */
  read(status: ReadonlyArray<KeyStatus>, now: number): void {
    const gone = this.#known
    this.#known = new Map()
    for (const key of status) {
      const name = `${key.provider}/${key.key}`
      const servedBefore = gone.get(name)?.served ?? 0
      gone.delete(name)
      this.#known.set(name, key)
      this.#readKey(key, servedBefore, now)
    }
    // A key that was forgotten leaves no needle behind.
    for (const key of gone.values()) {
      for (const gauge of gauges) {
        Metric.removeUnsafe(Metric.withAttributes(gauge, attributesOf(key)), this.#context)
      }
    }
  }

  #readKey(key: KeyStatus, servedBefore: number, now: number): void {
    const update = (metric: Metric.Metric<number, unknown>, value: number) =>
      Telemetry.update(metric, this.#context, attributesOf(key), value)
    const life = key.state === "alive" ? Math.max(0, (key.expiresAt ?? now) - now) : 0
    update(remainingLife, life / 1000)
    update(renewing, key.renewing ? 1 : 0)
    update(waiting, key.waiting)
    update(budget, key.state === "lockedOut" && (key.retryAt ?? 0) > now ? 0 : 1)
    update(retryIn, Math.max(0, (key.retryAt ?? now) - now) / 1000)
    // A key that was dropped and met again counts from nothing.
    update(served, key.served >= servedBefore ? key.served - servedBefore : key.served)
  }
}

const attributesOf = (
  { key, provider }: { readonly key: string; readonly provider: string }
): Telemetry.Attributes => ({
  [Telemetry.provider]: provider,
  [Telemetry.key]: key
})
