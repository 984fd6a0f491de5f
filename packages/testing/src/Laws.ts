/**
 * The laws of the token life, as checks over what happened in a run.
 *
 * Each law has a name, says in words what must not happen, and names its exceptions. A law looks at the history and at
 * nothing else, so it holds any implementation to its word.
 */
import type { Fact, History } from "./History.ts"
import type { Breach } from "./internal/laws/breach.ts"
import * as Budget from "./internal/laws/budget.ts"
import * as Callers from "./internal/laws/callers.ts"
import * as Issuing from "./internal/laws/issuing.ts"
import * as Keeping from "./internal/laws/keeping.ts"

/**
 * A law was broken.
 */
export interface Violation {
  readonly law: Name
  /** What happened, in words. */
  readonly what: string
  /** The fact by which it showed. */
  readonly fact: Fact
}

/**
 * The laws by name.
 *
 * - `oneInFlight`: per account and store, at most one request to the issuer is under way at a time: sent, not answered,
 *   not given up, within its timeout. Exceptions: a process that was frozen between the look at its lease and the send,
 *   once per freeze; a store that lost the lease, once per loss; `reusable` issuers while the store is away.
 * - `noDoubleSpend`: a refresh token that was spent or replaced is never sent. Exceptions: the same overlap after a
 *   freeze; a store that lost what was written, once per loss.
 * - `storedBeforeShown`: no caller has a token that was not written to the store, unless the process had declared the
 *   store unavailable.
 * - `nothingLost`: a token set that reached a process in time is written, or handed out, or kept until it ends.
 *   Exceptions: a write refused for an older fencing number; a process that was closed or crashed meanwhile; a store that
 *   was declared unavailable.
 * - `monotonic`: no record replaces one of a higher generation, and no caller of a process gets an older token than a
 *   caller before it.
 * - `noStale`: no caller gets a token that had ended, or had been rejected or forgotten in its process, when it asked, or had
 *   stood in the store when another process was to forget it; no token set that was forgotten is refreshed. Exceptions: an
 *   expiry that was doubtful, or had passed when the answer came, which stands for a short life; what another process was to
 *   forget, for as long as the store does not serve both, and if it loses something or notices of it get lost.
 * - `noCrossing`: no caller gets a token of another key.
 * - `oneReplay`: no call is sent more than twice.
 * - `budget`: credentials that were refused are tried again when the next probe is due, or when they or their secret were
 *   replaced, whichever process tries. Exceptions: a refusal that did not arrive in time; a lockout that the store lost,
 *   or was not told; a process that was frozen between the look at its lease and the send, once per freeze.
 * - `everyoneLeaves`: every caller gets a result, no defect and no hang; a closed process leaves no fiber, timer or lease.
 * - `recovers`: when all faults have ended, every process gets a token that the provider takes.
 */
export const laws = {
  oneInFlight: Issuing.oneInFlight,
  noDoubleSpend: Issuing.noDoubleSpend,
  storedBeforeShown: Keeping.storedBeforeShown,
  nothingLost: Keeping.nothingLost,
  monotonic: Keeping.monotonic,
  noStale: Callers.noStale,
  noCrossing: Callers.noCrossing,
  oneReplay: Callers.oneReplay,
  budget: Budget.budget,
  everyoneLeaves: Callers.everyoneLeaves,
  recovers: Callers.recovers
} as const satisfies Record<string, (history: History) => ReadonlyArray<Breach>>

/**
 * The name of a law.
 */
export type Name = keyof typeof laws

/**
 * The names of all laws.
 */
export const names: ReadonlyArray<Name> = [
  "oneInFlight",
  "noDoubleSpend",
  "storedBeforeShown",
  "nothingLost",
  "monotonic",
  "noStale",
  "noCrossing",
  "oneReplay",
  "budget",
  "everyoneLeaves",
  "recovers"
]

/**
 * Every violation of the given laws in a history. Default: all laws.
 */
export const check = (history: History, which: ReadonlyArray<Name> = names): ReadonlyArray<Violation> =>
  which.flatMap((law) => laws[law](history).map((breach) => ({ law, ...breach })))
