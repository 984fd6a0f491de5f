/**
 * Laws about what callers get.
 */
import type { Fact, History } from "../../History.ts"
import { all, type Breach, type Of } from "./breach.ts"
import { leaseOf } from "./excuses.ts"

export const noStale = (history: History): ReadonlyArray<Breach> => [
  ...deadTokens(history),
  ...compromisedTokens(history),
  ...compromisedElsewhere(history),
  ...compromisedRefreshes(history)
]

/** Who began what, by caller. */
const begunIn = (history: History): ReadonlyMap<number, Of<"Began">> =>
  new Map(all(history.facts, "Began").map((fact) => [fact.caller, fact]))

/** When token sets were to be forgotten, and when whoever wanted it could go on. */
const forgetsIn = (
  history: History,
  began: ReadonlyMap<number, Of<"Began">>
): ReadonlyArray<Of<"Began"> & { readonly ended: number }> =>
  all(history.facts, "Ended").flatMap(({ caller, how, step }) => {
    const forget = began.get(caller)
    return how === "succeeded" && forget?.act === "forget" ? [{ ...forget, ended: step }] : []
  })

/** Token sets that came of a refresh that was sent before they were to be forgotten. */
const compromisedTokens = (history: History): ReadonlyArray<Breach> => {
  const sent = new Map(all(history.facts, "Sent").map((fact) => [fact.request, fact]))
  const origins = new Map(all(history.facts, "Granted").map(({ access, request }) => [access, sent.get(request)]))
  const began = begunIn(history)
  const forgets = forgetsIn(history, began)
  return all(history.facts, "Shown").filter(({ access, caller, process }) => {
    const asked = began.get(caller)
    const origin = origins.get(access)
    return asked !== undefined && origin?.means === "refresh" &&
      forgets.some((forget) =>
        forget.process === process && forget.account === origin.account && forget.ended < asked.step &&
        origin.process === process && origin.step < forget.step
      )
  }).map((fact) => ({
    what: `a caller of ${fact.process} got ${fact.access}, which came of one to be forgotten`,
    fact
  }))
}

/** How long it takes a store that serves again to be told what is to be forgotten, and to tell the others, in milliseconds. */
const told = 20_000

/**
 * Token sets that stood in the store when another process was to forget them. However long the store did not serve that one,
 * it is told as soon as it does; where it did not serve who has them, or something was lost before, the token set
 * itself or a notice of an earlier forgetting, nothing is expected.
 */
const compromisedElsewhere = (history: History): ReadonlyArray<Breach> => {
  const began = begunIn(history)
  const forgets = forgetsIn(history, began)
  const written = new Map(all(history.facts, "Written").toReversed().map(({ access, step }) => [access, step]))
  const disturbs = (fact: Fact, forget: Of<"Began">, asked: Of<"Began">): boolean => {
    if (fact._tag === "StoreLost") return true
    if (fact.step < forget.step) {
      return fact._tag === "StoreFailed" && fact.operation === "changes" && fact.process === asked.process
    }
    const isForgetter = "process" in fact && fact.process === forget.process
    const isHolder = "process" in fact && fact.process === asked.process
    if (fact._tag === "StoreFailed") return isHolder || (isForgetter && fact.at + told >= asked.at)
    return (isForgetter || isHolder) &&
      (fact._tag === "Frozen" || fact._tag === "Thawed" || fact._tag === "Crashed" || fact._tag === "Closing")
  }
  return all(history.facts, "Shown").filter(({ access, caller, process }) => {
    const asked = began.get(caller)
    const stored = written.get(access)
    return asked !== undefined && stored !== undefined &&
      forgets.some((forget) =>
        forget.process !== process && forget.account === asked.account && forget.at + told < asked.at &&
        stored < forget.step &&
        !history.facts.some((fact) => stored <= fact.step && fact.step <= asked.step && disturbs(fact, forget, asked))
      )
  }).map((fact) => ({
    what: `a caller of ${fact.process} got ${fact.access}, which another process was to forget`,
    fact
  }))
}

/** How long a notice takes to reach every process, in milliseconds, and what came of the token set to go after it. */
const notice = 3_000

/**
 * Refreshes of token sets that had been forgotten when the lease was given. Whoever was about to write what came of one
 * must hear of it first: where a process was not there, a notice was lost or the store was, nothing is expected.
 */
const compromisedRefreshes = (history: History): ReadonlyArray<Breach> => {
  const forgotten = all(history.facts, "Forgotten")
  const disturbances = history.facts.filter((fact) =>
    fact._tag === "StoreLost" || fact._tag === "StoreFailed" || fact._tag === "Frozen" || fact._tag === "Crashed" ||
    fact._tag === "Closing"
  )
  return all(history.facts, "Sent").filter((sent) => {
    const lease = leaseOf(history, sent)
    if (sent.means !== "refresh" || lease === undefined || isAlone(history, sent, lease.at)) return false
    return forgotten.some(({ at, refresh, step }) =>
      refresh === sent.secret && at + notice < lease.at &&
      !disturbances.some((fact) => step <= fact.step && fact.step <= sent.step)
    )
  }).map((fact) => ({ what: `${fact.process} sent ${fact.secret}, which had been forgotten`, fact }))
}

/** Whether the process had not heard that the lease was given: then it was not told of the record either. */
const isAlone = (history: History, sent: Of<"Sent">, leasedAt: number): boolean =>
  all(history.facts, "Event").some(({ account, event, process, skew }) => {
    const at = event.at - skew - history.start
    return event._tag === "StoreUnavailable" && process === sent.process && account === sent.account &&
      leasedAt <= at && at <= sent.at
  })

const deadTokens = (history: History): ReadonlyArray<Breach> => {
  const breaches: Array<Breach> = []
  const began = new Map<number, Of<"Began"> & { readonly refused: number }>()
  /** For each process and account: up to which generation tokens are known to be dead. */
  const refused = new Map<string, number>()
  /** What a process had seen when it was told to forget. */
  const newest = new Map<string, number>()
  const doubtful = declaredDoubtful(history)
  const late = cameLate(history)
  const generations = new Map(all(history.facts, "Shown").map(({ access, generation }) => [access, generation]))
  const placeOf = ({ account, process }: { readonly account: string; readonly process: string }) =>
    `${process} ${account}`
  for (const fact of history.facts) {
    if (fact._tag === "Began") {
      const place = placeOf(fact)
      const own = fact.act === "reject" ? fact.generation ?? 0 : 0
      began.set(fact.caller, { ...fact, refused: Math.max(refused.get(place) ?? 0, own) })
      if (fact.act === "forget") began.set(fact.caller, { ...fact, refused: newest.get(place) ?? 0 })
    } else if (fact._tag === "Ended") {
      const caller = began.get(fact.caller)
      if (caller === undefined || fact.how !== "succeeded") continue
      const place = placeOf(caller)
      const dead = caller.act === "forget" ? caller.refused : caller.act === "get" ? 0 : caller.generation ?? 0
      refused.set(place, Math.max(refused.get(place) ?? 0, dead))
    } else if (fact._tag === "Shown") {
      const caller = began.get(fact.caller)
      if (caller === undefined) continue
      newest.set(placeOf(fact), Math.max(newest.get(placeOf(fact)) ?? 0, fact.generation))
      const issued = history.issued.get(fact.access)
      const isDoubtful = late.has(fact.access) || doubtful.has(`${fact.account} ${fact.generation}`)
      const end = issued?.exact === true && !isDoubtful
        ? Math.min(fact.expiresAt, issued.expiresAt)
        : fact.expiresAt
      if (end <= caller.at) {
        const late = caller.at - end
        breaches.push({ what: `a caller of ${fact.process} got ${fact.access}, which had ended ${late} ms ago`, fact })
      }
      if (fact.generation <= caller.refused) {
        breaches.push({ what: `a caller of ${fact.process} got ${fact.access}, which had been refused`, fact })
      }
    } else if (fact._tag === "Called") {
      // Which generation it is of, the wire does not tell.
      const caller = began.get(fact.caller)
      const generation = generations.get(fact.access)
      const dead = generation !== undefined && caller !== undefined && generation <= caller.refused
      if (dead) {
        breaches.push({ what: `a call of ${fact.process} left with ${fact.access}, which had been refused`, fact })
      }
    }
  }
  return breaches
}

/** The generations whose end the cache had declared doubtful: what it made of it stands in place of the provider's word. */
const declaredDoubtful = (history: History): ReadonlySet<string> => {
  const events = all(history.facts, "Event")
  const doubts = events.filter(({ event }) => event._tag === "ExpiryDoubtful")
  return new Set(events.flatMap(({ account, event, process }) =>
    event._tag === "Issued" &&
      doubts.some((doubt) => doubt.process === process && doubt.account === account && doubt.event.at === event.at)
      ? [`${account} ${event.generation}`]
      : []
  ))
}

/** The tokens that had ended when the answer came: a cache gives them a short life, and one that is closing tells nobody. */
const cameLate = (history: History): ReadonlySet<string> =>
  new Set(
    all(history.facts, "Received").flatMap(({ access, at }) => {
      const issued = access === undefined ? undefined : history.issued.get(access)
      return access !== undefined && issued !== undefined && at >= issued.expiresAt ? [access] : []
    })
  )

export const noCrossing = (history: History): ReadonlyArray<Breach> =>
  [...all(history.facts, "Shown"), ...all(history.facts, "Called")].filter(({ access, account }) =>
    history.issued.get(access)?.account !== account
  ).map((fact) => ({
    what: `a token of ${history.issued.get(fact.access)?.account} was used for ${fact.account}`,
    fact
  }))

export const oneReplay = (history: History): ReadonlyArray<Breach> => {
  const sent = new Map<number, number>()
  return all(history.facts, "Called").flatMap((fact) => {
    const times = (sent.get(fact.caller) ?? 0) + 1
    sent.set(fact.caller, times)
    return times > 2 ? [{ what: `the call of caller ${fact.caller} was sent ${times} times`, fact }] : []
  })
}

export const everyoneLeaves = (history: History): ReadonlyArray<Breach> => {
  const { facts } = history
  const ended = new Set(all(facts, "Ended").map(({ caller }) => caller))
  const crashed = new Set(all(facts, "Crashed").map(({ process }) => process))
  const closed = new Set(all(facts, "Closed").map(({ process }) => process))
  return [
    ...all(facts, "Began").filter(({ caller, process }) => !ended.has(caller) && !crashed.has(process))
      .map((fact) => ({ what: `caller ${fact.caller} of ${fact.process} never got a result`, fact })),
    ...all(facts, "Hung").map((fact) => ({ what: `caller ${fact.caller} of ${fact.process} waits for ever`, fact })),
    ...all(facts, "Ended").filter(({ how }) => how === "died")
      .map((fact) => ({ what: `caller ${fact.caller} died: ${fact.reason}`, fact })),
    ...all(facts, "Closing").filter(({ process }) => !closed.has(process) && !crashed.has(process))
      .map((fact) => ({ what: `${fact.process} was never done closing`, fact })),
    ...all(facts, "Left").filter(({ fibers, leases, steps }) => fibers + leases + steps > 0).map((fact) => ({
      what:
        `${fact.process} left ${fact.fibers} fibers, ${fact.steps} timers or steps and ${fact.leases} leases behind`,
      fact
    })),
    ...all(facts, "Astray").map((fact) => ({ what: "the run did not come to an end", fact }))
  ]
}

export const recovers = (history: History): ReadonlyArray<Breach> =>
  all(history.facts, "Recovered").filter(({ succeeded }) => !succeeded).map((fact) => ({
    what: `${fact.process} got no token for ${fact.account} that the provider takes after all faults had ended`,
    fact
  }))
