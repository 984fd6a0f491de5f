/**
 * Laws about what is sent to the provider.
 */
import type { History } from "../../History.ts"
import { all, type Breach, type Of } from "./breach.ts"
import { leaseOf, makeExcuses, unexcused } from "./excuses.ts"

/** Whether a request was sent without a lease, because the store did not serve the process. */
const alone = (history: History, sent: Of<"Sent">): boolean =>
  history.setting.rotation === "reusable" && history.facts.some((fact) =>
    fact._tag === "StoreFailed"
      ? fact.operation === "acquire" && fact.process === sent.process && fact.step <= sent.step
      : fact._tag === "Event" && fact.process === sent.process && fact.event._tag === "StoreUnavailable"
  )

/** Two requests for an account that are under way at once. */
interface Overlap {
  readonly fact: Of<"Sent">
  readonly other: Of<"Sent">
}

export const oneInFlight = (history: History): ReadonlyArray<Breach> => {
  const { frozen, storeLost } = makeExcuses(history)
  const unlicensed = overlaps(history).filter(({ fact, other }) =>
    fact.process === other.process || (!alone(history, fact) && !alone(history, other))
  )
  return unexcused(unlicensed, ({ fact, other }) =>
    [fact, other].flatMap((sent) => [
      ...frozen(sent),
      ...storeLost(sent, leaseOf(history, sent)?.step ?? 0, fact.step)
    ])).map(({ fact, other }) => ({
      what: `${fact.process} sent a ${fact.means} for ${fact.account} while one of ${other.process} was under way`,
      fact
    }))
}

const overlaps = ({ facts, setting: { timeout } }: History): ReadonlyArray<Overlap> => {
  const found: Array<Overlap> = []
  const underWay = new Map<number, Of<"Sent">>()
  for (const fact of facts) {
    if (fact._tag === "Answered" || fact._tag === "Received" || fact._tag === "GaveUp") underWay.delete(fact.request)
    if (fact._tag !== "Sent") continue
    for (const [request, other] of underWay) {
      if (fact.at - other.at >= timeout) underWay.delete(request)
      else if (other.account === fact.account) found.push({ fact, other })
    }
    underWay.set(fact.request, fact)
  }
  return found
}

export const noDoubleSpend = (history: History): ReadonlyArray<Breach> => {
  const { frozen, storeLost } = makeExcuses(history)
  const requests = new Map(all(history.facts, "Sent").map((sent) => [sent.request, sent]))
  const answered = new Set(
    all(history.facts, "Received").flatMap(({ access, request }) => access === undefined ? [] : [request])
  )
  /** It went out beside another one, of which it could not know; what follows from it nobody else could know either. */
  const strayed = (sent: Of<"Sent">, until: number) => [
    ...frozen(sent),
    ...storeLost(sent, leaseOf(history, sent)?.step ?? 0, until)
  ]
  const spent = all(history.facts, "Sent").filter(({ supersededBy }) => supersededBy !== undefined)
  return unexcused(spent, (sent) => {
    const other = requests.get(sent.supersededBy ?? 0)
    const told = other?.process === sent.process && answered.has(other.request)
    return [
      ...strayed(sent, sent.step),
      ...(other === undefined || told ? [] : strayed(other, sent.step)),
      ...storeLost(sent, 0, sent.step)
    ]
  }).map((fact) => ({
    what: `${fact.process} sent ${fact.secret}, which request ${fact.supersededBy} had spent or replaced`,
    fact
  }))
}
