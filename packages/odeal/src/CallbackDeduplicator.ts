/**
 * Sees to it that a callback which comes again is not handled again.
 *
 * The provider's page `guide/callback` says that repeated callbacks are to be filtered. {@link CallbackDeduplicator.layer}
 * does it within one process; for several, provide a service of your own over a store that they share, such as
 * `SET key NX PX`.
 */
import * as InvalidOptions from "@entegre/core/InvalidOptions"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Memory from "./internal/deduplication.ts"

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

const makeMemory = Effect.fnUntraced(function*(
  options: MemoryOptions
): Effect.fn.Return<Service, InvalidOptions.InvalidOptions> {
  const capacity = options.capacity ?? 10_000
  if (!Number.isInteger(capacity) || capacity < 1) {
    return yield* new InvalidOptions.InvalidOptions({ option: "capacity", problem: "must be a positive whole number" })
  }
  return Memory.make(
    capacity,
    yield* InvalidOptions.positiveDuration("timeToLive", options.timeToLive ?? "1 day")
  )
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
    Layer.effect(CallbackDeduplicator, makeMemory(options))

  /**
   * A deduplicator of one process. It is a value: however often it is written, an application has one.
   */
  static readonly layer: Layer.Layer<CallbackDeduplicator> = Layer.orDie(CallbackDeduplicator.layerWith({}))
}
