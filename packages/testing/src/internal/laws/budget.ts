/**
 * The law about credentials that were refused.
 */
import type { History } from "../../History.ts"
import { all, type Breach, type Of } from "./breach.ts"
import { makeExcuses, unexcused } from "./excuses.ts"

/** What somebody knows of refusals: how many in a row, the last one, and of what. */
interface Known {
  readonly refusals: number
  readonly since: number
  readonly secret: string
}

/** A login that came by so many milliseconds too soon. */
interface Early {
  readonly fact: Of<"Sent">
  readonly by: number
}

/**
 * Looks at logins that are answered by a refusal, and the answer arrives: what nobody was told, nobody can heed. Such a
 * login is early if the same credentials were refused too short a time ago, to its own process or, as the store had been
 * told, to another one.
 */
export const budget = (history: History): ReadonlyArray<Breach> => {
  const { facts, setting: { probes, timeout } } = history
  const { frozen } = makeExcuses(history)
  const early: Array<Early> = []
  const refused = new Set(all(facts, "Received").flatMap((fact) => fact.refused ? [fact.request] : []))
  const logins = new Map(all(facts, "Sent").map((sent) => [sent.request, sent]))
  /** By account and process; under the account alone, what the store knows. */
  const known = new Map<string, Known>()
  /** How many logins may be early, by account: the application said that it has other credentials, or the store forgot. */
  const allowed = new Map<string, number>()
  // A process that the store did not serve knows what it was told itself, and no more.
  const unsure = new Set([
    ...all(facts, "StoreFailed").map(({ process }) => process),
    ...all(facts, "Event").flatMap(({ event, process }) => event._tag === "StoreUnavailable" ? [process] : [])
  ])
  const ownOf = ({ account, process }: { readonly account: string; readonly process: string }) =>
    `${account} ${process}`
  const allow = (account: string) => allowed.set(account, (allowed.get(account) ?? 0) + 1)
  const dueAt = (place: string, secret: string): number => {
    const refusal = known.get(place)
    if (refusal === undefined || refusal.secret !== secret) return 0
    return refusal.since + (probes[Math.min(refusal.refusals, probes.length) - 1] ?? 0)
  }
  const learn = (place: string, since: number, secret: string) =>
    known.set(place, { refusals: (known.get(place)?.refusals ?? 0) + 1, since, secret })

  const look = (sent: Of<"Sent">) => {
    const places = unsure.has(sent.process) ? [ownOf(sent)] : [ownOf(sent), sent.account]
    const by = Math.max(...places.map((place) => dueAt(place, sent.secret))) - sent.at
    const left = allowed.get(sent.account) ?? 0
    if (by <= 0) return
    if (left > 0 && frozen(sent).length === 0) allowed.set(sent.account, left - 1)
    else early.push({ fact: sent, by })
  }

  for (const fact of facts) {
    // oxlint-disable-next-line switch-exhaustiveness-check - nothing else has to do with credentials
    switch (fact._tag) {
      case "Sent":
        if (refused.has(fact.request)) look(fact)
        break
      case "Received": {
        const login = logins.get(fact.request)
        // At the very end of the timeout, nobody listens any more.
        const heard = login !== undefined && fact.at - login.at < timeout
        if (fact.refused && heard) learn(ownOf(login), fact.at, login.secret)
        break
      }
      case "Written": {
        const own = known.get(ownOf(fact))
        if (!fact.lockedOut) known.delete(fact.account)
        // A record is also written, with the lockout that stands in it, for another reason.
        else if (own !== undefined && own.since !== known.get(fact.account)?.since) {
          learn(fact.account, own.since, own.secret)
        }
        break
      }
      case "Granted":
        for (const place of known.keys()) {
          if (place === fact.account || place.startsWith(`${fact.account} `)) known.delete(place)
        }
        break
      case "Announced":
        allow(fact.account)
        break
      case "StoreLost":
        // Whoever had the lease before still thinks so, and tries once.
        for (const account of fact.accounts) {
          known.delete(account)
          allow(account)
        }
        break
      default:
    }
  }
  return unexcused(early, ({ fact }) => frozen(fact)).map(({ by, fact }) => ({
    what: `${fact.process} sent refused credentials ${by} ms before they were due`,
    fact
  }))
}
