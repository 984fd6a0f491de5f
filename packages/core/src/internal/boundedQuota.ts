/**
 * A quota whose operations answer in time, or fail.
 */
import * as Effect from "effect/Effect"
import * as Quota from "../Quota.ts"
import { TokenStoreError } from "../TokenStore.ts"

export const make = (quota: Quota.Service, timeout: number): Quota.Service =>
  Quota.transform(quota, (effect, operation) =>
    Effect.timeoutOrElse(effect, {
      duration: timeout,
      orElse: () => Effect.fail(new TokenStoreError({ operation, problem: "no answer in the time allowed" }))
    }))
