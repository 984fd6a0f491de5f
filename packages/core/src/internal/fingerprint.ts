/**
 * Marks of credentials, made by a store that can make them.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Service as TokenStore } from "../TokenStore.ts"
import { bounded, type Environment } from "./environment.ts"

/** The mark of some credentials; `undefined` if the store makes none, or can not now. */
export const of = (
  env: Pick<Environment, "deadlines" | "settings">,
  { fingerprint }: Pick<TokenStore, "fingerprint">,
  credentials: unknown
): Effect.Effect<string | undefined> =>
  fingerprint === undefined || credentials === undefined
    ? Effect.undefined
    : bounded(env, "fingerprint", fingerprint(Redacted.make(JSON.stringify(plain(credentials))))).pipe(
      Effect.orElseSucceed(() => undefined)
    )

/** The same for credentials that are equal, whatever order their fields were written in. */
const plain = (value: unknown): unknown => {
  if (Redacted.isRedacted(value)) return plain(Redacted.value(value))
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => [name, plain(field)])
}
