/**
 * Keeps the number of requests that Apex allows an API key, for all layers of an application together.
 *
 * Apex allows 50 requests a minute per API key (the provider's introduction). Accounts are told apart by their token key,
 * so two layers with the same API key share the limit, and two with different ones do not.
 *
 * `Apex.layer` brings {@link ApexRateLimit.layer} along, which is a value: all Apex layers of an application share it
 * without being told to. Merge it into your own layers if Apex layers come and go, as in a `LayerMap`, or if you build
 * services by `Apex.make`.
 */
import type { TokenKey } from "@entegre/core/TokenKey"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MutableHashMap from "effect/MutableHashMap"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Limiter from "./internal/limiter.ts"

/**
 * The limits of all accounts. What it offers is for this package.
 */
export interface Service {
  /** The limiter of an account, for as long as the scope lives. Of several limits for one account the strictest counts. */
  readonly open: (key: TokenKey, limit: Limiter.Limit) => Effect.Effect<Limiter.Limiter, never, Scope.Scope>
}

/**
 * The limits of all accounts.
 */
export class ApexRateLimit extends Context.Service<ApexRateLimit, Service>()("@entegre/apex/ApexRateLimit") {
  /**
   * The limits of one process. It is a value: however often it is written, an application has one.
   *
   * Processes do not know of each other's requests. Two that use the same key share out the limit by their settings
   * (`requestLimit`), or get 429 from time to time, which each takes as a pause.
   */
  static readonly layer: Layer.Layer<ApexRateLimit> = Layer.sync(ApexRateLimit, () => {
    const accounts = MutableHashMap.empty<TokenKey, Limiter.Account>()

    const accountOf = (key: TokenKey, now: number): Limiter.Account => {
      for (const [key, account] of accounts) {
        if (account.isIdle(now)) MutableHashMap.remove(accounts, key)
      }
      return Option.getOrElse(MutableHashMap.get(accounts, key), () => {
        const account = new Limiter.Account()
        MutableHashMap.set(accounts, key, account)
        return account
      })
    }

    return {
      open: (key, limit) =>
        Effect.acquireRelease(
          Effect.clockWith((clock) =>
            Effect.sync(() => {
              const account = accountOf(key, clock.currentTimeMillisUnsafe())
              account.join(limit)
              return account
            })
          ),
          (account) => Effect.sync(() => account.leave(limit))
        )
    }
  })
}
