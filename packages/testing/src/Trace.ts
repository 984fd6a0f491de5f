/**
 * A run in words, one line for each fact.
 */
import type { Fact, History } from "./History.ts"
import type { Violation } from "./Laws.ts"
import type { Command, Leaving } from "./Workload.ts"

/**
 * The facts of a run, each with its time in seconds and its step; the ones by which violations showed are marked.
 */
export const format = (history: History, violations: ReadonlyArray<Violation> = []): string => {
  const broken = new Map(violations.map(({ fact, law }) => [fact, law]))
  return history.facts.map((fact) => {
    const law = broken.get(fact)
    const time = (fact.at / 1000).toFixed(3).padStart(10)
    return `${time}s ${String(fact.step).padStart(6)}  ${describe(fact)}${law === undefined ? "" : `   <-- ${law}`}`
  }).join("\n")
}

/**
 * A fact in words.
 */
export const describe = (fact: Fact): string => {
  switch (fact._tag) {
    case "Sent":
      return `${fact.process} sends ${fact.means} #${fact.request} for ${fact.account} with ${fact.secret}${
        fact.supersededBy === undefined ? "" : `, which #${fact.supersededBy} spends or replaces`
      }`
    case "Granted":
      return `the provider hands out ${fact.access} (#${fact.request})`
    case "Refused":
      return `the provider refuses ${fact.secret} (#${fact.request})`
    case "Answered":
      return `the provider is done with #${fact.request}`
    case "Received":
      return `${fact.process} hears of #${fact.request}: ${fact.access ?? (fact.refused ? "refused" : "no token")}`
    case "GaveUp":
      return `nobody waits for #${fact.request} any more`
    case "Revoked":
      return `the provider lets ${fact.access} die`
    case "Provided":
      return `the credentials of ${fact.account} are ${fact.secret} from now on`
    case "Announced":
      return `${fact.process} is told that the credentials of ${fact.account} changed`
    case "Leased":
      return `${fact.process} gets the lease of ${fact.account}, number ${fact.fence}`
    case "Written":
      return `${fact.process} writes ${fact.access ?? "no tokens"} for ${fact.account}, generation ${fact.generation}${
        fact.over === undefined ? "" : ` over ${fact.over}`
      }`
    case "Forgotten":
      return `${fact.process} has the store forget the tokens of ${fact.account}`
    case "Fenced":
      return `${fact.process} is refused a write for ${fact.account}`
    case "StoreFailed":
      return `the store fails ${fact.process}: ${fact.operation}`
    case "StoreLost":
      return `the store loses ${fact.what}: ${fact.accounts.join(", ")}`
    case "Opened":
    case "Frozen":
    case "Thawed":
    case "Crashed":
    case "Closing":
    case "Closed":
      return `${fact.process} ${verbs[fact._tag]}`
    case "Event": {
      const { event } = fact
      const words = Object.entries(event)
        .filter(([name]) => !common.has(name))
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(", ")
      return `${fact.process} tells of ${fact.account}: ${event._tag}${words === "" ? "" : ` (${words})`}`
    }
    case "Began":
      return `${fact.process} caller ${fact.caller}: ${fact.act} ${fact.account}${
        fact.generation === undefined ? "" : ` generation ${fact.generation}`
      }`
    case "Shown":
      return `${fact.process} caller ${fact.caller} has ${fact.access}, generation ${fact.generation}, until ${
        (fact.expiresAt / 1000).toFixed(3)
      }s`
    case "Ended":
      return `caller ${fact.caller} ${fact.how}${fact.reason === undefined ? "" : `: ${fact.reason}`}`
    case "Hung":
      return `${fact.process} caller ${fact.caller} still waits`
    case "Called":
      return `${fact.process} caller ${fact.caller} sends a call with ${fact.access}`
    case "Unauthorized":
      return `caller ${fact.caller} is answered that ${fact.access} is dead`
    case "Recovered":
      return `${fact.process} ${fact.succeeded ? "has" : "does not get"} a good token for ${fact.account}`
    case "Left":
      return `${fact.process} leaves ${fact.fibers} fibers, ${fact.steps} steps, ${fact.leases} leases`
    case "Astray":
      return "there is no end to it"
  }
}

/** What every event has, and the line says already. */
const common: ReadonlySet<string> = new Set(["_tag", "at", "key", "provider"])

const verbs = {
  Opened: "is open",
  Frozen: "is frozen",
  Thawed: "goes on",
  Crashed: "crashes",
  Closing: "is told to close",
  Closed: "is closed"
}

/**
 * A command in words.
 */
export const describeCommand = (command: Command): string => {
  const { _tag, ...details } = command
  const words = Object.entries<Leaving | string | number | boolean | undefined>(details).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${typeof value === "object" ? span(value) : String(value)}`]
  )
  return [_tag, ...words].join(" ")
}

const span = (leaving: Leaving): string =>
  "steps" in leaving ? `after ${leaving.steps} steps` : `after ${leaving.millis} ms`
