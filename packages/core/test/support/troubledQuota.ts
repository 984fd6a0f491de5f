import type * as Quota from "@entegre/core/Quota"
import { TokenStoreError } from "@entegre/core/TokenStore"
import { Effect } from "effect"

/** A quota that answers, refuses to, at once or after a second, or is silent, as it is told; and what it was asked for. */
export const troubled = (quota: Quota.Service) => {
  const asked: Array<keyof Quota.Service> = []
  const state: { is: "well" | "away" | "slowly away" | "silent" } = { is: "well" }
  const reach = <A>(operation: keyof Quota.Service, effect: Effect.Effect<A, TokenStoreError>) =>
    Effect.suspend(() => {
      asked.push(operation)
      if (state.is === "well") return effect
      if (state.is === "silent") return Effect.never
      const refusal = Effect.fail(new TokenStoreError({ operation, problem: "no connection" }))
      return state.is === "away" ? refusal : Effect.delay(refusal, "1 second")
    })
  const service: Quota.Service = {
    take: (allowance, claim) => reach("take", quota.take(allowance, claim)),
    remaining: (allowance, limit) => reach("remaining", quota.remaining(allowance, limit)),
    rest: (allowance, ticket, period) => reach("rest", quota.rest(allowance, ticket, period)),
    extend: (allowance, ticket, period) => reach("extend", quota.extend(allowance, ticket, period)),
    giveBack: (allowance, ticket) => reach("giveBack", quota.giveBack(allowance, ticket)),
    pause: (allowance, duration) => reach("pause", quota.pause(allowance, duration))
  }
  return { quota: service, state, asked }
}
