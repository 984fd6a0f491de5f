/**
 * Laws about what is sent to the provider.
 */
import type { Fact, History } from "../../History.ts"
import { all, type Breach, type Of } from "./breach.ts"

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
 * The freeze that came between the look at the lease and the send. The look is the moment of the `Asked` event, from
 * which to the send no time passes but that of freezes; an implementation that tells no events is given the benefit of
 * the doubt.
 */
const freezeBefore = (history: History, sent: Of<"Sent">): Freeze | undefined => {
  const own = freezes(history.facts).filter(({ process, to }) => process === sent.process && to <= sent.at)
  const events = all(history.facts, "Event").filter(({ process }) => process === sent.process)
  if (events.length === 0) return own.at(-1)
  const looks = events.flatMap(({ account, event, skew }) =>
    event._tag === "Asked" && account === sent.account && event.means === sent.means
      ? [event.at - skew - history.start]
      : []
  )
  return own.findLast((freeze) =>
    looks.some((at) => {
      const since = own.filter(({ from }) => from >= at).reduce((sum, { from, to }) => sum + to - from, 0)
      return at <= freeze.from && sent.at - at === since
    })
  )
}

/** What may excuse a request that should not have been sent. Each excuse is for one request. */
const makeExcuses = (history: History) => {
  const excused = new Map<unknown, number>()
  const excuses = (excuse: unknown, sent: Of<"Sent">): boolean => {
    if (excuse === undefined) return false
    const request = excused.get(excuse) ?? sent.request
    excused.set(excuse, request)
    return request === sent.request
  }
  const losses = all(history.facts, "StoreLost")
  return {
    /** It was sent after a freeze that began when its lease had been looked at. */
    frozen: (sent: Of<"Sent">) => excuses(freezeBefore(history, sent), sent),
    /** The store lost what would have forbidden it. */
    storeLost: (sent: Of<"Sent">, from: number, to: number) =>
      losses.some((loss) =>
        loss.accounts.includes(sent.account) && from <= loss.step && loss.step <= to && excuses(loss, sent)
      )
  }
}

/** Whether a request was sent without a lease, because the store did not serve the process. */
const alone = (history: History, sent: Of<"Sent">): boolean =>
  history.setting.rotation === "reusable" && history.facts.some((fact) =>
    fact._tag === "StoreFailed"
      ? fact.operation === "acquire" && fact.process === sent.process && fact.step <= sent.step
      : fact._tag === "Event" && fact.process === sent.process && fact.event._tag === "StoreUnavailable"
  )

export const oneInFlight = (history: History): ReadonlyArray<Breach> => {
  const { facts, setting: { timeout } } = history
  const breaches: Array<Breach> = []
  const excuses = makeExcuses(history)
  const underWay = new Map<number, Of<"Sent">>()
  for (const fact of facts) {
    if (fact._tag === "Answered" || fact._tag === "Received" || fact._tag === "GaveUp") underWay.delete(fact.request)
    if (fact._tag !== "Sent") continue
    for (const [request, other] of underWay) {
      const lostLease = (sent: Of<"Sent">) => excuses.storeLost(sent, leasedAt(history, sent), fact.step)
      if (fact.at - other.at >= timeout) underWay.delete(request)
      else if (other.account === fact.account) {
        const excused = (fact.process !== other.process && (alone(history, fact) || alone(history, other))) ||
          [fact, other].some((sent) => excuses.frozen(sent) || lostLease(sent))
        if (!excused) {
          breaches.push({
            what:
              `${fact.process} sent a ${fact.means} for ${fact.account} while one of ${other.process} was under way`,
            fact
          })
        }
      }
    }
    underWay.set(fact.request, fact)
  }
  return breaches
}

/** The step at which a process got the lease under which it sent a request. */
const leasedAt = (history: History, sent: Of<"Sent">): number =>
  all(history.facts, "Leased").findLast(({ account, process, step }) =>
    account === sent.account && process === sent.process && step <= sent.step
  )?.step ?? 0

export const noDoubleSpend = (history: History): ReadonlyArray<Breach> => {
  const excuses = makeExcuses(history)
  const requests = new Map(all(history.facts, "Sent").map((sent) => [sent.request, sent]))
  const answered = new Set(
    all(history.facts, "Received").flatMap(({ access, request }) => access === undefined ? [] : [request])
  )
  /** It went out beside another one, of which it could not know; what follows from it nobody else could know either. */
  const isStray = (sent: Of<"Sent"> | undefined, until: number): boolean =>
    sent !== undefined && (excuses.frozen(sent) || excuses.storeLost(sent, leasedAt(history, sent), until))
  return all(history.facts, "Sent").filter((sent) => {
    if (sent.supersededBy === undefined || isStray(sent, sent.step)) return false
    const other = requests.get(sent.supersededBy)
    const told = other?.process === sent.process && answered.has(sent.supersededBy)
    if (!told && isStray(other, sent.step)) return false
    return !excuses.storeLost(sent, 0, sent.step)
  }).map((fact) => ({
    what: `${fact.process} sent ${fact.secret}, which request ${fact.supersededBy} had spent or replaced`,
    fact
  }))
}
