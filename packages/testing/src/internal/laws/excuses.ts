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
 * Something that may have had a request sent that should not have been. It excuses for an account one request, or those that
 * were sent under one lease, whatever they break.
 */
export interface Excuse {
  /** What it is: a freeze, or a loss of the store. */
  readonly key: string
  /** What it excuses: a request, or the requests under a lease. */
  readonly strayed: string
}

/** The lease under which a process sent a request. */
export const leaseOf = ({ facts }: History, sent: Of<"Sent">): Of<"Leased"> | undefined =>
  all(facts, "Leased").findLast(({ account, process, step }) =>
    account === sent.account && process === sent.process && step <= sent.step
  )

/** What may excuse requests. */
export const makeExcuses = (history: History) => {
  const { facts, start } = history
  const allFreezes = freezes(facts)
  const events = all(facts, "Event")
  const closings = all(facts, "Closing")
  const losses = all(facts, "StoreLost")
  return {
    /**
     * A freeze that began when the lease had been looked at. The look is the moment of the `Asked` event, from which to the
     * send no time passes but that of freezes. An implementation that tells no events is given the benefit of the doubt, and
     * so is a process that is closing, to whose last events nobody listens.
     */
    frozen: ({ account, at: sentAt, means, process, request, step }: Of<"Sent">): ReadonlyArray<Excuse> => {
      const own = allFreezes.filter((freeze) => freeze.process === process && freeze.to <= sentAt)
      if (own.length === 0) return []
      const told = events.filter((fact) => fact.process === process)
      const looks = told.flatMap(({ account: whose, event, skew }) =>
        event._tag === "Asked" && whose === account && event.means === means ? [event.at - skew - start] : []
      )
      const isBetween = (look: number, { from }: Freeze) => {
        const frozenSince = own.filter((freeze) => freeze.from >= look).reduce(
          (sum, { from, to }) => sum + to - from,
          0
        )
        return look <= from && sentAt - look === frozenSince
      }
      const isClosing = closings.some((fact) => fact.process === process && fact.step < step)
      return own
        .filter((freeze) =>
          told.length === 0 || (isClosing && freeze.to === sentAt) || looks.some((look) => isBetween(look, freeze))
        )
        .map(({ from }) => ({ key: `${process} frozen at ${from} ${account}`, strayed: `request ${request}` }))
    },
    /**
     * The store lost what would have forbidden it, between two steps. Whoever thinks then that its lease stands may refresh
     * and, when that is refused, log in.
     */
    storeLost: (sent: Of<"Sent">, from: number, to: number): ReadonlyArray<Excuse> =>
      losses.filter(({ accounts, step }) => accounts.includes(sent.account) && from <= step && step <= to)
        .map(({ step }) => ({
          key: `store lost at ${step} ${sent.account}`,
          strayed: `${sent.process} leased at ${leaseOf(history, sent)?.step}`
        }))
  }
}

/** What is left of breaches when each excuse is taken for that for which it excuses most. */
export const unexcused = <A>(
  breaches: ReadonlyArray<A>,
  excusesOf: (breach: A) => ReadonlyArray<Excuse>
): ReadonlyArray<A> => {
  let left = breaches.map((breach) => ({ breach, excuses: excusesOf(breach) }))
  for (;;) {
    const candidates = left.flatMap(({ excuses }) => excuses)
    const excusedBy = ({ key, strayed }: Excuse) => (one: (typeof left)[number]) =>
      one.excuses.some((excuse) => excuse.key === key && excuse.strayed === strayed)
    const gain = (excuse: Excuse) => left.filter(excusedBy(excuse)).length
    const best = candidates.toSorted((a, b) => gain(b) - gain(a))[0]
    if (best === undefined) return left.map(({ breach }) => breach)
    left = left.filter((one) => !excusedBy(best)(one)).map(({ breach, excuses }) => ({
      breach,
      excuses: excuses.filter(({ key }) => key !== best.key)
    }))
  }
}
