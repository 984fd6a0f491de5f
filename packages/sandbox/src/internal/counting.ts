import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Counters from "../Counters.ts"
import type { Answer } from "./exchange.ts"
import type { Operation } from "./provider.ts"

/** How an exchange went: what the provider meant to answer, and what became of that. */
interface Outcome {
  readonly meant: Answer
  /** Whether the provider did what it was asked. */
  readonly acted: boolean
  /** Whether the answer went out as it was meant. */
  readonly intact: boolean
}

/** The counters of one provider, and the occupancy of its token endpoint. */
export interface Counting {
  readonly get: Effect.Effect<Counters.Counters>
  readonly reset: Effect.Effect<void>
  readonly received: (operation: Operation) => Effect.Effect<void>
  readonly finished: (operation: Operation, outcome: Outcome) => Effect.Effect<void>
  /** Occupies the token endpoint for an account as long as the scope lasts. */
  readonly occupyTokenEndpoint: (account: string) => Effect.Effect<void, never, Scope.Scope>
}

export const make: Effect.Effect<Counting> = Effect.gen(function*() {
  const counters = yield* Ref.make(Counters.zero)
  const inProgress = yield* Ref.make(HashMap.empty<string, number>())

  const enter = Effect.fnUntraced(function*(account: string) {
    const [others, total] = yield* Ref.modify(inProgress, (accounts) => {
      const others = Option.getOrElse(HashMap.get(accounts, account), () => 0)
      const entered = HashMap.set(accounts, account, others + 1)
      return [[others, HashMap.reduce(entered, 0, (sum, count) => sum + count)] as const, entered]
    })
    yield* Ref.update(counters, (counts) => ({
      ...counts,
      overlaps: counts.overlaps + (others > 0 ? 1 : 0),
      peakLogins: Math.max(counts.peakLogins, total)
    }))
  })

  const leave = (account: string) =>
    Ref.update(inProgress, (accounts) => {
      const left = Option.getOrElse(HashMap.get(accounts, account), () => 1) - 1
      return left === 0 ? HashMap.remove(accounts, account) : HashMap.set(accounts, account, left)
    })

  return {
    get: Ref.get(counters),
    reset: Ref.set(counters, Counters.zero),
    received: (operation) => Ref.update(counters, (counts) => addTo(counts, operation, { received: 1, done: 0 })),
    finished: (operation, outcome) =>
      Ref.update(counters, (counts) => {
        const kind = kindOf(operation, outcome)
        const done = outcome.acted && isOk(outcome.meant) ? 1 : 0
        return addTo({ ...counts, [kind]: counts[kind] + 1 }, operation, { received: 0, done })
      }),
    occupyTokenEndpoint: (account) => Effect.acquireRelease(enter(account), () => leave(account))
  }
})

const isOk = (answer: Answer) => answer.status >= 200 && answer.status < 300 && answer.refused !== true

const addTo = (
  counts: Counters.Counters,
  operation: Operation,
  more: { readonly received: number; readonly done: number }
): Counters.Counters => {
  const before = counts.operations[operation.name] ?? { received: 0, done: 0 }
  return {
    ...counts,
    operations: {
      ...counts.operations,
      [operation.name]: { received: before.received + more.received, done: before.done + more.done }
    }
  }
}

const kindOf = (operation: Operation, { intact, meant }: Outcome) => {
  if (operation.target === "auth") {
    if (!intact) return "loginsFailed"
    if (!isOk(meant)) return "loginsRefused"
    return operation.renews ? "renewals" : "logins"
  }
  if (!intact) return "failed"
  if (isOk(meant)) return "calls"
  if (meant.status === 401) return "refused"
  return meant.status === 429 ? "cooldownRefusals" : "rejected"
}
