/**
 * What becomes of a request on the network of a model.
 */
import type * as Chance from "../Chance.ts"
import type { Reply } from "../Dialogue.ts"
import type { Faults } from "../ModelIssuer.ts"

/** What becomes of a request. Delays are in milliseconds. */
export interface Fate {
  readonly there: number
  readonly back: number
  readonly acts: boolean
  /** What the provider answers instead of serving. */
  readonly instead: Reply | undefined
  /** The answer does not arrive; the client is told, or not. */
  readonly lost: "told" | "silently" | undefined
}

/** Decides what becomes of a request that may take so many milliseconds. */
export const draw = (chance: Chance.Chance, faults: Faults, timeout: number): Fate => {
  const delay = () => chance.happens(0.4) ? 0 : chance.between(1, chance.happens(0.2) ? timeout / 2 - 1 : 50)
  const usual: Fate = { there: delay(), back: delay(), acts: true, instead: undefined, lost: undefined }
  const fates: ReadonlyArray<readonly [number, () => Fate]> = [
    [faults.busy, () => ({ ...usual, acts: false, instead: { _tag: "Unavailable", status: 429 } })],
    [faults.trouble, () => ({ ...usual, acts: chance.happens(0.5), instead: { _tag: "Unavailable", status: 503 } })],
    [faults.unreadable, () => ({ ...usual, instead: { _tag: "Garbled" } })],
    [faults.lostReply, () => ({ ...usual, lost: chance.happens(0.5) ? "told" : "silently" })],
    [faults.lateReply, () => ({ ...usual, back: chance.between(timeout - 2, 2 * timeout) })],
    [faults.lateRequest, () => ({ ...usual, there: chance.between(timeout - 2, 2 * timeout) })],
    [faults.lostRequest, () => ({ ...usual, acts: false, lost: "silently" })]
  ]
  let drawn = chance.next()
  for (const [probability, fate] of fates) {
    if (drawn < probability) return fate()
    drawn -= probability
  }
  return usual
}
