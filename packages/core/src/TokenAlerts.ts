/**
 * Tells somebody when tokens fail again and again: so many failures of one key within some time.
 *
 * One failure is the retry schedule's business. Several in a row mean that somebody has to act, and refused credentials
 * mean it at once. An alert is raised once, and again only after the key has been quiet or well for as long as failures
 * are counted; that it is over is told as well.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Schema from "effect/Schema"
import { TokenCache } from "./TokenCache.ts"
import { TokenEvent } from "./TokenEvent.ts"

/**
 * When an alert is raised.
 */
export interface Options {
  /** How many failures raise an alert. Default: 3. */
  readonly failures?: number | undefined
  /** Within which time they must fall. Default: 5 minutes. */
  readonly within?: Duration.Input | undefined
  /** Which events count as failures. Default: {@link isFailure}. */
  readonly isFailure?: ((event: TokenEvent) => boolean) | undefined
  /** Which events raise an alert at once. Default: `LockedOut`, the credentials were refused. */
  readonly isUrgent?: ((event: TokenEvent) => boolean) | undefined
}

const key = {
  /** The provider of the key. */
  provider: Schema.String,
  /** The key's label, or its number among the provider's keys. */
  key: Schema.String,
  /** When: milliseconds since the epoch. */
  at: Schema.Finite
}

/**
 * What somebody is told.
 *
 * - `Raised`: so many failures within the time, or an urgent one. `event` is the last of them.
 * - `Resolved`: the key got a token again.
 */
export const Alert = Schema.TaggedUnion({
  Raised: { ...key, failures: Schema.Int, event: TokenEvent },
  Resolved: key
})

/**
 * What somebody is told.
 */
export type Alert = typeof Alert.Type

/**
 * Whether an event is a failure: an attempt to get a token failed, the provider refused the credentials or tokens as soon
 * as it had issued them, or the token store did not serve.
 */
export const isFailure = ({ _tag }: TokenEvent): boolean =>
  _tag === "Failed" || _tag === "LockedOut" || _tag === "Slowed" || _tag === "StoreUnavailable"

const isUrgent = ({ _tag }: TokenEvent): boolean => _tag === "LockedOut"

/** How many alerts may stand at a time; of more, the oldest are never resolved. */
const mostRaised = 10_000

const isRecovery = ({ _tag }: TokenEvent): boolean => _tag === "Issued" || _tag === "Adopted"

/**
 * Follows events and says what to tell about each: nothing, mostly. Its memory is one number for each failure that still
 * counts, and no more of them than raise an alert, and the names of up to 10,000 keys whose alert stands.
 *
 * ```ts
 * const follow = TokenAlerts.make({ failures: 3, within: "5 minutes" })
 * const alert = follow(event)
 * ```
 */
export const make = (options: Options = {}): (event: TokenEvent) => Alert | undefined => {
  const failures = Math.max(1, options.failures ?? 3)
  const within = Duration.toMillis(options.within ?? "5 minutes")
  const fails = options.isFailure ?? isFailure
  const isAtOnce = options.isUrgent ?? isUrgent
  /** When keys failed lately, whoever failed last at the end. */
  const failing = new Map<string, ReadonlyArray<number>>()
  /** The alerts that are to be resolved, and whether the key has failed ever since. */
  const raised = new Map<string, boolean>()

  const forgetOld = (now: number): void => {
    for (const [name, times] of failing) {
      if (now - (times.at(-1) ?? 0) < within) break
      failing.delete(name)
    }
    // Keys that are gone recover no more.
    for (const name of raised.keys()) {
      if (raised.size <= mostRaised) break
      raised.delete(name)
    }
  }

  return (event) => {
    const { at, key, provider } = event
    const name = `${provider}/${key}`
    if (isRecovery(event)) {
      failing.delete(name)
      return raised.delete(name) ? Alert.cases.Resolved.make({ provider, key, at }) : undefined
    }
    if (!fails(event) && !isAtOnce(event)) return undefined
    forgetOld(at)
    const recent = (failing.get(name) ?? []).filter((time) => at - time < within)
    const times = [...recent, at].slice(-failures)
    failing.delete(name)
    failing.set(name, times)
    if (recent.length === 0 && raised.has(name)) raised.set(name, false)
    if (raised.get(name) === true || (times.length < failures && !isAtOnce(event))) return undefined
    raised.set(name, true)
    return Alert.cases.Raised.make({ provider, key, at, failures: times.length, event })
  }
}

/**
 * Runs an effect for each alert: a message to whoever is on call, say. One that fails is logged and forgotten, one that
 * hangs is cut off after 30 seconds; the next alert waits for it.
 *
 * ```ts
 * const Alerts = TokenAlerts.layer((alert) =>
 *   alert._tag === "Raised" ? pager.trigger(alert.provider, TokenLog.describe(alert.event)) : pager.resolve(alert.provider)
 * )
 * ```
 */
export const layer = <E, R>(
  onAlert: (alert: Alert) => Effect.Effect<unknown, E, R>,
  options: Options = {}
): Layer.Layer<never, never, R | TokenCache> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const events = yield* (yield* TokenCache).subscribe
    const follow = make(options)
    yield* PubSub.take(events).pipe(
      Effect.flatMap((event) => {
        const alert = follow(event)
        return alert === undefined ? Effect.void : Effect.suspend(() => onAlert(alert)).pipe(
          Effect.timeout("30 seconds"),
          Effect.catchCause((cause) => Effect.logError("an alert could not be delivered", cause))
        )
      }),
      Effect.forever,
      Effect.forkScoped
    )
  }))
