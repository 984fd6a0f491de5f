/**
 * Laws about what is sent to the provider.
 */
import type { History } from "../../History.ts"
import { all, type Breach, type Of } from "./breach.ts"
import { makeExcuses } from "./excuses.ts"

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
