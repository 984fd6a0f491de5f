/**
 * Keeps the number of requests that Apex allows an API key, for all who share a token cache or its store.
 *
 * Apex allows 50 requests a minute per API key (the provider's introduction). Accounts are told apart by their token key,
 * so two layers with the same API key share the limit, in one process or in several, and two with different ones do not.
 *
 * `Apex.layer` brings {@link ApexRateLimit.layer} along, which is a value: all Apex layers of an application share it
 * without being told to. Provide it yourself only if you build services by `Apex.make`.
 */
import * as Quota from "@entegre/core/Quota"
import { TokenCache } from "@entegre/core/TokenCache"
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
   * The limits of an application, over the token cache at hand: with a store that several processes share, the limit holds
   * for all of them together. It is a value: however often it is written, an application has one.
   *
   * While the store is away each process keeps the limit for itself. Together they may then exceed it, and Apex answers 429,
   * which each takes as a pause.
   */
  static readonly layer: Layer.Layer<ApexRateLimit, never, TokenCache> = Layer.effect(
    ApexRateLimit,
    Effect.gen(function*() {
      const places = yield* Quota.resilient(Quota.of(yield* TokenCache))
      const newTicket = yield* Quota.tickets
      const accounts = MutableHashMap.empty<TokenKey, Limiter.Account>()

      const accountOf = (key: TokenKey): Limiter.Account =>
        Option.getOrElse(MutableHashMap.get(accounts, key), () => {
          const account = new Limiter.Account(places, new Quota.Allowance({ key, name: "calls" }), newTicket)
          MutableHashMap.set(accounts, key, account)
          return account
        })

      return {
        open: (key, limit) =>
          Effect.acquireRelease(
            Effect.sync(() => {
              const account = accountOf(key)
              account.join(limit)
              return account
            }),
            (account) =>
              Effect.sync(() => {
                account.leave(limit)
                if (!account.isUsed) MutableHashMap.remove(accounts, key)
              })
          )
      }
    })
  )
}
