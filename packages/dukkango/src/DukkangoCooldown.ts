/**
 * Keeps the pauses that Dükkango demands, for all who share a token cache or its store.
 *
 * `orders.current` and `foods.list` may each be asked once in 30 seconds per account (the provider's overview). Accounts
 * are told apart by their token key, so two layers with the same keys share a cooldown, in one process or in several, and
 * two with different keys do not.
 *
 * `Dukkango.layer` brings {@link layer} along, which is a value: all Dükkango layers of an application share it without
 * being told to. Provide it yourself only if you build services by `Dukkango.make`.
 */
import * as Quota from "@entegre/core/Quota"
import { TokenCache } from "@entegre/core/TokenCache"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Cooldowns from "./internal/cooldown.ts"

/**
 * The cooldowns of all accounts.
 */
export class DukkangoCooldown extends Context.Service<DukkangoCooldown, Cooldowns.Cooldowns>()(
  "@entegre/dukkango/DukkangoCooldown"
) {
  /**
   * The cooldowns of an application, over the token cache at hand: with a store that several processes share, a cooldown
   * holds for all of them together. It is a value: however often it is written, an application has one.
   *
   * While the store is away each process keeps the cooldowns for itself. Two that poll with the same keys then get 429 from
   * time to time, which each takes as a cooldown.
   */
  static readonly layer: Layer.Layer<DukkangoCooldown, never, TokenCache> = Layer.effect(
    DukkangoCooldown,
    Effect.gen(function*() {
      return yield* Cooldowns.make(yield* Quota.resilient(Quota.of(yield* TokenCache)))
    })
  )
}
