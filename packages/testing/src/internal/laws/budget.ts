/**
 * The law about credentials that were refused.
 */
import type { History } from "../../History.ts"
import { all, type Breach, type Of } from "./breach.ts"

/** How many refusals in a row somebody knows of, and since when. */
interface Known {
  readonly refusals: number
  readonly since: number
}

const nothing: Known = { refusals: 0, since: 0 }

/**
 * Looks at logins that are answered by a refusal, and the answer arrives: what nobody was told, nobody can heed. Such a
 * login is early if its own process was refused too short a time ago, or if the store had been told so of another one;
 * credentials that were replaced allow one early login.
 */
export const budget = (history: History): ReadonlyArray<Breach> => {
  const { facts, setting: { probes } } = history
  const breaches: Array<Breach> = []
  const refused = new Map(
    all(facts, "Received").flatMap((received) => received.refused ? [[received.request, received]] : [])
  )
  /** By account and process; under the account alone, what the store knows. */
  const known = new Map<string, Known>()
  const allowed = new Map<string, number>()
  const unsure = new Set([
    ...all(facts, "StoreFailed").map(({ process }) => process),
    ...all(facts, "Event").flatMap(({ event, process }) => event._tag === "StoreUnavailable" ? [process] : [])
  ])
  const dueAt = ({ refusals, since }: Known) =>
    refusals === 0 ? 0 : since + (probes[Math.min(refusals, probes.length) - 1] ?? 0)
  const ownOf = ({ account, process }: { readonly account: string; readonly process: string }) =>
    `${account} ${process}`
  const use = (place: string): boolean => {
    const left = allowed.get(place) ?? 0
    allowed.set(place, Math.max(0, left - 1))
    return left > 0
  }
  const forgive = (account: string) => {
    for (const place of known.keys()) if (place.startsWith(account)) known.delete(place)
  }
  const allow = (account: string) => {
    for (const place of known.keys()) if (place.startsWith(account)) allowed.set(place, (allowed.get(place) ?? 0) + 1)
  }

  for (const fact of facts) {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- nothing else has to do with credentials
    switch (fact._tag) {
      case "Sent": {
        if (!refused.has(fact.request)) break
        const places = unsure.has(fact.process) ? [ownOf(fact)] : [ownOf(fact), fact.account]
        const early = places.filter((place) => fact.at < dueAt(known.get(place) ?? nothing) && !use(place))
        const latest = Math.max(0, ...early.map((place) => dueAt(known.get(place) ?? nothing)))
        if (latest > 0) {
          breaches.push({
            what: `${fact.process} sent refused credentials ${latest - fact.at} ms before they were due`,
            fact
          })
        }
        break
      }
      case "Received": {
        const sent = fact.refused ? sentOf(history, fact.request) : undefined
        if (sent === undefined) break
        const own = known.get(ownOf(sent)) ?? nothing
        known.set(ownOf(sent), { refusals: own.refusals + 1, since: fact.at })
        break
      }
      case "Written": {
        if (!fact.lockedOut) known.delete(fact.account)
        // A record is also written, with the lockout that stands in it, for another reason.
        else if (known.get(ownOf(fact))?.since !== known.get(fact.account)?.since) {
          const { since } = known.get(ownOf(fact)) ?? nothing
          known.set(fact.account, { refusals: (known.get(fact.account)?.refusals ?? 0) + 1, since })
        }
        break
      }
      case "Granted":
        forgive(fact.account)
        break
      case "Provided":
      case "Announced":
        allow(fact.account)
        break
      case "StoreLost":
        // Whoever had the lease before still thinks so, and tries once.
        for (const account of fact.accounts) {
          known.delete(account)
          allowed.set(account, (allowed.get(account) ?? 0) + 1)
        }
        break
    }
  }
  return breaches
}

const sentOf = (history: History, request: number): Of<"Sent"> | undefined =>
  all(history.facts, "Sent").find((sent) => sent.request === request)
