/**
 * What excuses a request to the provider that nobody could know better than to send.
 */
import type { Fact, History } from "../../History.ts"
import { all, type Of } from "./breach.ts"

/** When a process was frozen: from, to. */
type Freeze = { readonly process: string; readonly from: number; readonly to: number }

const freezes = (facts: ReadonlyArray<Fact>): ReadonlyArray<Freeze> => {
  const since = new Map<string, number>()
  const found: Array<Freeze> = []
  for (const fact of facts) {
    if (fact._tag === "Frozen") since.set(fact.process, fact.at)
    if (fact._tag === "Thawed") found.push({ process: fact.process, from: since.get(fact.process) ?? 0, to: fact.at })
  }
  return found
}

/**
 * What may excuse a request that should not have been sent. Each freeze, and each loss of the store, excuses one request
 * for an account.
 */
export const makeExcuses = ({ facts, start }: History) => {
  const allFreezes = freezes(facts)
  const events = all(facts, "Event")
  const losses = all(facts, "StoreLost")
  const excused = new Map<unknown, Map<string, number>>()
  const excuses = (excuse: unknown, { account, request }: Of<"Sent">): boolean => {
    if (excuse === undefined) return false
    const requests = excused.get(excuse) ?? new Map<string, number>()
    excused.set(excuse, requests)
    if (!requests.has(account)) requests.set(account, request)
    return requests.get(account) === request
  }
  /**
   * The freeze that came between the look at the lease and the send. The look is the moment of the `Asked` event, from
   * which to the send no time passes but that of freezes; an implementation that tells no events is given the benefit of
   * the doubt.
   */
  const freezeBefore = (sent: Of<"Sent">): Freeze | undefined => {
    const own = allFreezes.filter(({ process, to }) => process === sent.process && to <= sent.at)
    if (own.length === 0) return undefined
    const told = events.filter(({ process }) => process === sent.process)
    if (told.length === 0) return own.at(-1)
    const looks = told.flatMap(({ account, event, skew }) =>
      event._tag === "Asked" && account === sent.account && event.means === sent.means ? [event.at - skew - start] : []
    )
    return own.findLast((freeze) =>
      looks.some((at) => {
        const since = own.filter(({ from }) => from >= at).reduce((sum, { from, to }) => sum + to - from, 0)
        return at <= freeze.from && sent.at - at === since
      })
    )
  }
  return {
    /** It was sent after a freeze that began when its lease had been looked at. */
    frozen: (sent: Of<"Sent">) => excuses(freezeBefore(sent), sent),
    /** The store lost what would have forbidden it. */
    storeLost: (sent: Of<"Sent">, from: number, to: number) =>
      losses.some((loss) =>
        loss.accounts.includes(sent.account) && from <= loss.step && loss.step <= to && excuses(loss, sent)
      )
  }
}
