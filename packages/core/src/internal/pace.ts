/**
 * A cap on token sets, for a provider that hands them out and refuses them again at once.
 *
 * Successes do not count against the lockout budget, so they need a bound of their own. Tokens that live their life cost
 * nothing; after a few in a row that were refused young, each further one has to wait twice as long as the one before.
 */

/** A token set that is refused within this time of its issue was of no use. */
const young = 60_000
/** How many useless token sets in a row are borne without waiting. */
const borne = 5
const longestWait = 60_000

export interface Pace {
  readonly useless: number
  readonly notBefore: number
}

export const fresh: Pace = { useless: 0, notBefore: 0 }

/** A token set was refused, `age` milliseconds after its issue. */
export const refused = (pace: Pace, age: number, now: number): Pace => {
  const useless = age < young ? pace.useless + 1 : 0
  return {
    useless,
    notBefore: useless <= borne ? 0 : now + Math.min(1000 * 2 ** (useless - borne - 1), longestWait)
  }
}
