/**
 * Where it is kept which callbacks were taken, so that none is acted on twice.
 */
import * as Quota from "@entegre/core/Quota"
import { TokenCache } from "@entegre/core/TokenCache"
import * as TokenKey from "@entegre/core/TokenKey"
import type { TokenStoreError } from "@entegre/core/TokenStore"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/**
 * The store can not tell.
 *
 * What to do: nothing, in an application: `Callback.once` turns it into `StoreUnavailable`.
 */
export class CallbackStoreError extends Schema.TaggedError<CallbackStoreError>("@entegre/paynkolay/CallbackStoreError")(
  "CallbackStoreError",
  {
    /** What is wrong, in words that may be shown. */
    problem: Schema.String
  }
) {
  get isRetryable(): boolean {
    return true
  }
  override get message(): string {
    return this.problem
  }
}

/**
 * A claim on a callback.
 */
export interface Claim {
  /** What the callback is known by. It holds codes of the payment and no secret. */
  readonly key: string
  /** Who claims it; no two claims have the same. */
  readonly owner: string
}

/**
 * Which callbacks were taken. With more than one process it must be a store that all of them share, as that of
 * {@link layerShared} is.
 */
export class CallbackStore extends Context.Service<CallbackStore, {
  /**
   * Claims a callback for so long, in one step. False if somebody else holds it.
   */
  readonly claim: (claim: Claim, timeToLive: Duration.Duration) => Effect.Effect<boolean, CallbackStoreError>
  /**
   * Gives a claim back, if it is still this owner's.
   */
  readonly release: (claim: Claim) => Effect.Effect<void, CallbackStoreError>
}>()("@entegre/paynkolay/CallbackStore") {}

/**
 * How the memory of one process keeps claims.
 */
export interface MemoryOptions {
  /**
   * How many claims are kept at a time. When there is no room left, claims fail until the oldest one ends: better a
   * callback that is posted again than one that is acted on twice. Default: 100,000.
   */
  readonly capacity?: number | undefined
}

/**
 * A store in the memory of one process.
 */
export const layerMemoryWith = ({ capacity = 100_000 }: MemoryOptions): Layer.Layer<CallbackStore> =>
  Layer.sync(CallbackStore, () => {
    const claims = new Map<string, { readonly owner: string; readonly endsAt: number }>()

    /** Forgets from the oldest on, as far as they have ended. */
    const forgetEnded = (now: number): void => {
      for (const [key, { endsAt }] of claims) {
        if (endsAt > now) break
        claims.delete(key)
      }
    }

    return CallbackStore.of({
      claim: ({ key, owner }, timeToLive) =>
        Clock.clockWith((clock) => {
          const now = clock.currentTimeMillisUnsafe()
          forgetEnded(now)
          const held = claims.get(key)
          if (held !== undefined && held.endsAt > now) return Effect.succeed(false)
          claims.delete(key)
          if (claims.size >= capacity) {
            return Effect.fail(new CallbackStoreError({ problem: "no room for another claim" }))
          }
          claims.set(key, { owner, endsAt: now + Duration.toMillis(timeToLive) })
          return Effect.succeed(true)
        }),
      release: ({ key, owner }) =>
        Effect.sync(() => {
          if (claims.get(key)?.owner === owner) claims.delete(key)
        })
    })
  })

/**
 * A store in the memory of one process, with room for 100,000 claims.
 */
export const layerMemory: Layer.Layer<CallbackStore> = layerMemoryWith({})

/**
 * Whose callbacks a store of several processes has.
 */
export interface SharedOptions {
  /**
   * What tells these callbacks from those of another application that uses the same token store. Default: `"callbacks"`.
   */
  readonly name?: string | undefined
}

/**
 * The token cache's store, with options. While it is away no callback is taken: `Callback.once` fails with
 * `StoreUnavailable`.
 */
export const layerSharedWith = ({ name = "callbacks" }: SharedOptions): Layer.Layer<CallbackStore, never, TokenCache> =>
  Layer.effect(
    CallbackStore,
    Effect.map(TokenCache, (cache) => {
      const quota = Quota.of(cache)
      const whose = TokenKey.make({ provider: "paynkolay", environment: "callbacks", account: Redacted.make(name) })
      const unavailable = ({ message }: TokenStoreError) => new CallbackStoreError({ problem: message })

      return CallbackStore.of({
        claim: ({ key, owner }, timeToLive) =>
          quota.take(new Quota.Allowance({ key: whose, name: key }), { ticket: owner, limit: 1, period: timeToLive })
            .pipe(
              Effect.mapBoth({ onFailure: unavailable, onSuccess: Duration.isZero })
            ),
        release: ({ key, owner }) =>
          Effect.mapError(quota.giveBack(new Quota.Allowance({ key: whose, name: key }), owner), unavailable)
      })
    })
  )

/**
 * The token cache's store: what a backend of more than one process needs.
 */
export const layerShared: Layer.Layer<CallbackStore, never, TokenCache> = layerSharedWith({})
