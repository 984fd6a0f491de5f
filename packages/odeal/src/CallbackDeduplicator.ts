/**
 * Sees to it that a callback which comes again is not handled again.
 *
 * The provider's page `guide/callback` says that repeated callbacks are to be filtered. {@link CallbackDeduplicator.layer}
 * does it within one process, {@link CallbackDeduplicator.layerShared} over all that share a token store.
 */
import * as InvalidOptions from "@entegre/core/InvalidOptions"
import * as Quota from "@entegre/core/Quota"
import { TokenCache } from "@entegre/core/TokenCache"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Memory from "./internal/deduplication.ts"
import * as Shared from "./internal/sharedDeduplication.ts"

/**
 * What a deduplicator does, whatever it keeps its keys in.
 */
export interface Service {
  /**
   * Runs `handle` unless it has succeeded for this key before; then the result is none.
   *
   * A key is remembered only after `handle` succeeded: one that failed, died or was interrupted is handled when the callback
   * comes again, and so is one whose claim `Callback.confirm` did not bear out, if that is part of `handle`. A callback that
   * comes while its like is being handled waits for the outcome, and is handled if that is a failure: bound the time that
   * `handle` takes.
   *
   * A store that can not be reached must not keep a payment from being handled: twice is better than never, because what
   * follows from a payment is to be done once per `ConfirmedPayment.key` anyway.
   */
  readonly once: <A, E, R>(key: string, handle: Effect.Effect<A, E, R>) => Effect.Effect<Option.Option<A>, E, R>
}

/**
 * How much a deduplicator in memory remembers.
 */
export interface MemoryOptions {
  /** How many keys; the oldest is forgotten first. A key has at most 321 characters. Default: 10,000. */
  readonly capacity?: number | undefined
  /** For how long. The page does not say how late a callback may be repeated. Default: 1 day. */
  readonly timeToLive?: Duration.Input | undefined
}

/**
 * What a deduplicator of several processes remembers.
 */
export interface SharedOptions extends MemoryOptions {
  /**
   * What tells these callbacks from those of another application that uses the same token store. Default: `"callbacks"`.
   */
  readonly name?: string | undefined
}

const timeToLiveOf = ({ timeToLive = "1 day" }: MemoryOptions) =>
  InvalidOptions.positiveDuration("timeToLive", timeToLive)

const makeMemory = Effect.fnUntraced(function*(
  options: MemoryOptions
): Effect.fn.Return<Memory.Attempt, InvalidOptions.InvalidOptions> {
  const capacity = options.capacity ?? 10_000
  if (!Number.isInteger(capacity) || capacity < 1) {
    return yield* new InvalidOptions.InvalidOptions({ option: "capacity", problem: "must be a positive whole number" })
  }
  return Memory.make(capacity, yield* timeToLiveOf(options))
})

const serviceOf = (attempt: Memory.Attempt): Service => ({
  once: (key, handle) => attempt(key, Effect.asSome(handle))
})

const makeShared = Effect.fnUntraced(function*(
  options: SharedOptions
): Effect.fn.Return<Memory.Attempt, InvalidOptions.InvalidOptions, TokenCache> {
  return yield* Shared.make(yield* makeMemory(options), Quota.of(yield* TokenCache), {
    name: options.name ?? "callbacks",
    timeToLive: yield* timeToLiveOf(options)
  })
})

/**
 * Handles each callback once.
 */
export class CallbackDeduplicator
  extends Context.Service<CallbackDeduplicator, Service>()("@entegre/odeal/CallbackDeduplicator")
{
  /**
   * A deduplicator of one process, with options. Writing it twice makes two: keep the layer in a constant. Fails with
   * `InvalidOptions`, which names the option.
   */
  static readonly layerWith = (
    options: MemoryOptions
  ): Layer.Layer<CallbackDeduplicator, InvalidOptions.InvalidOptions> =>
    Layer.effect(CallbackDeduplicator, Effect.map(makeMemory(options), serviceOf))

  /**
   * A deduplicator of one process. It is a value: however often it is written, an application has one.
   */
  static readonly layer: Layer.Layer<CallbackDeduplicator> = Layer.orDie(CallbackDeduplicator.layerWith({}))

  /**
   * A deduplicator of all processes that share the token cache's store, with options. Fails with `InvalidOptions`, which
   * names the option.
   *
   * What the store has of a callback is over after `timeToLive`. If a process dies while it handles one, the callback is
   * handled when it comes again 30 seconds later. While the store is away each process filters what comes to itself.
   */
  static readonly layerSharedWith = (
    options: SharedOptions
  ): Layer.Layer<CallbackDeduplicator, InvalidOptions.InvalidOptions, TokenCache> =>
    Layer.effect(CallbackDeduplicator, Effect.map(makeShared(options), serviceOf))

  /**
   * A deduplicator of all processes that share the token cache's store: what a backend of more than one process needs.
   */
  static readonly layerShared: Layer.Layer<CallbackDeduplicator, never, TokenCache> = Layer.orDie(
    CallbackDeduplicator.layerSharedWith({})
  )
}
