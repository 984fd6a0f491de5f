/**
 * A quota whose operations answer in time, or fail.
 */
import * as Effect from "effect/Effect"
import type * as Quota from "../Quota.ts"
import { TokenStoreError } from "../TokenStore.ts"

export const make = (quota: Quota.Service, timeout: number): Quota.Service => {
  const inTime = <A>(operation: string, effect: Effect.Effect<A, TokenStoreError>): Effect.Effect<A, TokenStoreError> =>
    Effect.timeoutOrElse(effect, {
      duration: timeout,
      orElse: () => Effect.fail(new TokenStoreError({ operation, problem: "no answer in the time allowed" }))
    })
  return {
    take: (allowance, claim) => inTime("take", quota.take(allowance, claim)),
    remaining: (allowance, limit) => inTime("remaining", quota.remaining(allowance, limit)),
    rest: (allowance, ticket, period) => inTime("rest", quota.rest(allowance, ticket, period)),
    extend: (allowance, ticket, period) => inTime("extend", quota.extend(allowance, ticket, period)),
    giveBack: (allowance, ticket) => inTime("giveBack", quota.giveBack(allowance, ticket)),
    pause: (allowance, duration) => inTime("pause", quota.pause(allowance, duration))
  }
}
