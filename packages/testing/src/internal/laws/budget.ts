/**
 * The law about credentials that were refused.
 */
import type { Fact, History } from "../../History.ts"
import type { Breach } from "./breach.ts"

/** What is known of an account's credentials. */
interface Account {
  /** How many refusals in a row have reached a process. */
  refusals: number
  /** When the next login may be tried. */
  notBefore: number
  /** How many logins are allowed in spite of that. */
  allowed: number
}

/**
 * Looks at refusals that reached a process: what nobody was told, nobody can heed. A login that is answered by a refusal
 * before the probe was due is a breach, unless something allowed it.
 */
export const budget = (history: History): ReadonlyArray<Breach> => {
  const { facts, setting: { probes } } = history
  const accounts = new Map<string, Account>()
  const breaches: Array<Breach> = []
  const sent = new Map<number, Extract<Fact, { readonly _tag: "Sent" }>>()
  const accountOf = (name: string): Account => {
    const account = accounts.get(name) ?? { refusals: 0, notBefore: 0, allowed: 0 }
    accounts.set(name, account)
    return account
  }
  const excused = new Set(
    facts.filter((fact) => fact._tag === "StoreFailed" || fact._tag === "Frozen").map(({ process }) => process)
  )
  for (const fact of facts) {
    switch (fact._tag) {
      case "Sent":
        sent.set(fact.request, fact)
        break
      case "Granted":
        accounts.delete(fact.account)
        break
      case "Provided":
      case "Announced":
        accountOf(fact.account).allowed++
        break
      case "StoreLost":
        for (const name of fact.accounts) accounts.delete(name)
        break
      case "Received": {
        const login = sent.get(fact.request)
        if (login === undefined || !fact.refused) break
        const account = accountOf(login.account)
        if (login.at < account.notBefore) {
          if (account.allowed > 0) account.allowed--
          else if (!excused.has(login.process)) {
            breaches.push({
              what: `${login.process} sent refused credentials ${account.notBefore - login.at} ms before they were due`,
              fact: login
            })
          }
        }
        account.refusals++
        account.notBefore = fact.at + (probes[Math.min(account.refusals, probes.length) - 1] ?? 0)
        break
      }
      default:
    }
  }
  return breaches
}
