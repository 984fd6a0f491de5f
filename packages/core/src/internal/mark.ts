/**
 * Marks of credentials: how caches that share nothing but a store tell refused credentials from corrected ones.
 */
import * as Effect from "effect/Effect"
import type { Lockout } from "../TokenStore.ts"
import type { Environment } from "./environment.ts"

/** How many different credentials may be tried while an account is locked out, over all caches of a store. */
const mostMarks = 4

/** The store's mark of some credentials; `undefined` if it makes none, or can not now. */
export const of = (env: Environment, credentials: unknown): Effect.Effect<string | undefined> =>
  env.siblings?.mark(env, credentials) ?? Effect.undefined

/** Whether a lockout is about other credentials, and these may be tried. */
export const isNew = ({ refused }: Lockout, mark: string | undefined): boolean =>
  mark !== undefined && refused !== undefined && refused.length < mostMarks && !refused.includes(mark)

/** With one more mark. Credentials whose mark is not known count as all there are: nothing else is tried. */
export const added = (lockout: Lockout | undefined, mark: string | undefined): ReadonlyArray<string> | undefined => {
  if (mark === undefined) return undefined
  const before = lockout === undefined ? [] : lockout.refused
  return before?.includes(mark) === true ? before : before && [...before, mark]
}
