import * as Quota from "@entegre/core/Quota"
import { TokenStoreError } from "@entegre/core/TokenStore"
import { Effect } from "effect"

/** A quota that answers, refuses to, at once or after a second, or is silent, as it is told; and what it was asked for. */
export const troubled = (quota: Quota.Service) => {
  const asked: Array<keyof Quota.Service> = []
  const state: { is: "well" | "away" | "slowly away" | "silent" } = { is: "well" }
  const service = Quota.transform(quota, (effect, operation) =>
    Effect.suspend(() => {
      asked.push(operation)
      if (state.is === "well") return effect
      if (state.is === "silent") return Effect.never
      const refusal = Effect.fail(new TokenStoreError({ operation, problem: "no connection" }))
      return state.is === "away" ? refusal : Effect.delay(refusal, "1 second")
    }))
  return { quota: service, state, asked }
}
