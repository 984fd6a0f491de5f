/**
 * Keeps the pauses that Dükkango demands, for all layers of an application together.
 *
 * `orders.current` and `foods.list` may each be asked once in 30 seconds per account (the provider's overview). Accounts
 * are told apart by their token key, so two layers with the same keys share a cooldown, and two with different keys do
 * not.
 *
 * `Dukkango.layer` brings {@link layer} along, which is a value: all Dükkango layers of an application share it without
 * being told to. Provide it yourself only if you build services by `Dukkango.make`.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Cooldowns from "./internal/cooldown.ts"
import * as Turns from "./internal/turns.ts"

/**
 * The cooldowns of all accounts.
 */
export class DukkangoCooldown extends Context.Service<DukkangoCooldown, Cooldowns.Cooldowns>()(
  "@entegre/dukkango/DukkangoCooldown"
) {
  /**
   * Cooldowns of one process. It is a value: however often it is written, an application has one.
   *
   * Processes do not know of each other's requests. Two that poll with the same keys get 429 from time to time, which
   * each takes as a cooldown.
   */
  static readonly layer: Layer.Layer<DukkangoCooldown> = Layer.effect(
    DukkangoCooldown,
    Effect.flatMap(Turns.makeMemory, Cooldowns.make)
  )
}
