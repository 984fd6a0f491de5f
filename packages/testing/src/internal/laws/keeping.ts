/**
 * Laws about what is kept, and where.
 */
import type { Fact, History } from "../../History.ts"
import { all, type Breach, type Of } from "./breach.ts"
import { makeExcuses } from "./excuses.ts"

/** Whether a process said that the store was away, from the moment at which the request for a token set was sent. */
const declaredAway = (history: History, process: string, account: string, from: number, to: number): boolean =>
  all(history.facts, "Event").some(({ account: whose, event, process: who, skew }) => {
    const at = event.at - skew - history.start
    return event._tag === "StoreUnavailable" && who === process && whose === account && from <= at && at <= to
  })

/**
 * When a token set was asked for at the earliest: when the process had got the one before it that anything became of. One
 * that came while this one was under way is of an attempt beside it, which was given up for frozen.
 */
const askedFrom = (history: History, access: string): number => {
  const received = all(history.facts, "Received")
  const own = received.find((fact) => fact.access === access)
  const sent = all(history.facts, "Sent").find(({ request }) => request === own?.request)
  const seen = new Set(history.facts.flatMap((fact) => isSeen(fact) ? [fact.access] : []))
  return received.findLast((before) =>
    before.process === sent?.process && before.step < sent.step && seen.has(before.access) &&
    history.issued.get(before.access ?? "")?.account === history.issued.get(access)?.account
  )?.at ?? 0
}

/** It was written, handed out or sent. */
const isSeen = (fact: Fact): fact is Of<"Written"> | Of<"Shown"> | Of<"Called"> =>
  fact._tag === "Written" || fact._tag === "Shown" || fact._tag === "Called"

export const storedBeforeShown = (history: History): ReadonlyArray<Breach> => {
  if (!history.setting.storeSeen) return []
  const stored = new Set<string>()
  const breaches: Array<Breach> = []
  for (const fact of history.facts) {
    if (fact._tag === "Written" && fact.access !== undefined) stored.add(fact.access)
    if ((fact._tag !== "Shown" && fact._tag !== "Called") || stored.has(fact.access)) continue
    if (declaredAway(history, fact.process, fact.account, askedFrom(history, fact.access), fact.at)) continue
    breaches.push({ what: `a caller of ${fact.process} got ${fact.access}, which the store never had`, fact })
  }
  return breaches
}

export const nothingLost = (history: History): ReadonlyArray<Breach> =>
  all(history.facts, "Received").flatMap((received) => {
    const { access } = received
    return access !== undefined && arrivedInTime(history, received) && !isKept(history, received, access)
      ? [{ what: `${received.process} got ${access} from the provider and forgot it`, fact: received }]
      : []
  })

/** Nobody was about to give up, and the process was neither about to end nor frozen at that moment. */
const arrivedInTime = (history: History, received: Of<"Received">): boolean => {
  const sent = all(history.facts, "Sent").find(({ request }) => request === received.request)
  const interfered = history.facts.some((fact) =>
    (fact._tag === "Closing" && fact.process === received.process && fact.step <= received.step) ||
    ((fact._tag === "Frozen" || fact._tag === "Thawed") && fact.process === received.process && fact.at === received.at)
  )
  return sent !== undefined && received.at - sent.at < history.setting.timeout && !interfered
}

const isKept = (history: History, received: Of<"Received">, access: string): boolean => {
  const { facts, setting } = history
  const { process, step } = received
  if (facts.some((fact) => isSeen(fact) && fact.access === access)) return true
  const own = facts.filter((fact) => fact.step >= step && "process" in fact && fact.process === process)
  if (own.some((fact) => fact._tag === "Crashed" || (fact._tag === "Fenced" && fact.access === access))) return true
  const account = history.issued.get(access)?.account ?? ""
  if (isOvertaken(history, received) || isForgotten(history, received)) return true
  if (!setting.storeSeen && mayBeFenced(history, received)) return true
  const away = own.some((fact) => fact._tag === "StoreFailed") ||
    declaredAway(history, process, account, askedFrom(history, access), Infinity)
  if (setting.storeSeen && !away) return false
  // It can only be in memory: then nothing else is asked for until it is done for.
  return !own.some((fact) =>
    fact._tag === "Sent" && fact.account === account && !isDoneFor(history, received, access, fact)
  )
}

/** Whether the process was frozen past its lease with the request in hand: a store of its own refuses the write unseen. */
const mayBeFenced = (history: History, { request }: Of<"Received">): boolean => {
  const { frozen } = makeExcuses(history)
  return all(history.facts, "Sent").some((sent) => sent.request === request && frozen(sent).length > 0)
}

/** Whether the tokens were to be forgotten while these were on their way, or about to be asked for. */
const isForgotten = ({ facts, issued }: History, received: Of<"Received">): boolean => {
  const account = issued.get(received.access ?? "")?.account
  const since =
    all(facts, "Received").findLast((before) =>
      before.process === received.process && before.step < received.step && before.access !== undefined &&
      issued.get(before.access)?.account === account
    )?.step ?? 0
  return facts.some((fact) =>
    (fact._tag === "Forgotten" || fact._tag === "Began" && fact.act === "forget") && fact.account === account &&
    fact.step >= since
  )
}

/**
 * Whether the process had asked anew since it looked at the lease that this was asked for under: a late older answer does
 * not replace a newer one. The look is the `Asked` event; a process that was frozen right after it sends under a lease that
 * is another attempt's by then.
 */
const isOvertaken = ({ facts }: History, received: Of<"Received">): boolean => {
  const sent = all(facts, "Sent").find(({ request }) => request === received.request)
  if (sent === undefined) return false
  const looked = all(facts, "Event").findLast(({ account, event, process, step }) =>
    event._tag === "Asked" && event.means === sent.means && process === sent.process && account === sent.account &&
    step < sent.step
  )
  return facts.some((fact) =>
    (fact._tag === "Leased" || fact._tag === "Sent" && fact !== sent) && fact.process === sent.process &&
    fact.account === sent.account && (looked ?? sent).step < fact.step && fact.step < received.step
  )
}

/** Whether a token set had ended, or was given up for a good reason, when the next one was asked for. */
const isDoneFor = (history: History, received: Of<"Received">, access: string, sent: Of<"Sent">): boolean => {
  const issued = history.issued.get(access)
  if (issued === undefined || !issued.exact) return true
  const windowAt = issued.expiresAt - (issued.expiresAt - received.at) / 2
  return sent.at >= windowAt ||
    history.facts.some((fact) =>
      fact.step <= sent.step && "account" in fact && fact.account === sent.account &&
      (fact._tag === "Began" && fact.act !== "get" && fact.act !== "call" ||
        fact._tag === "Written" && fact.step >= received.step ||
        fact._tag === "Event" && (fact.event._tag === "Adopted" || fact.event._tag === "ExpiryDoubtful") &&
          fact.step >= received.step)
    )
}

export const monotonic = (history: History): ReadonlyArray<Breach> => {
  const breaches: Array<Breach> = []
  /** For each process and account: the highest generation that a caller had when it left. */
  const highest = new Map<string, number>()
  const began = new Map<number, { readonly highest: number; readonly place: string }>()
  for (const fact of history.facts) {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- nothing else has to do with generations
    switch (fact._tag) {
      case "Written":
        if (fact.over !== undefined && fact.generation < fact.over) {
          breaches.push({ what: `${fact.process} wrote generation ${fact.generation} over ${fact.over}`, fact })
        }
        break
      case "Began": {
        const place = `${fact.process} ${fact.account}`
        began.set(fact.caller, { place, highest: highest.get(place) ?? 0 })
        break
      }
      case "Shown": {
        const before = began.get(fact.caller)
        if (before === undefined) break
        if (fact.generation < before.highest) {
          breaches.push({
            what: `a caller of ${fact.process} got generation ${fact.generation} after ${before.highest}`,
            fact
          })
        }
        highest.set(before.place, Math.max(highest.get(before.place) ?? 0, fact.generation))
        break
      }
    }
  }
  return breaches
}
