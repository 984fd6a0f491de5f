/**
 * What the laws of token stores have in common: a store with keys of one's own, and what is written in it.
 */
import type { TokenKey } from "@entegre/core/TokenKey"
import type { TokenSet } from "@entegre/core/TokenSet"
import type { Acquisition, Lease, Service, TokenRecord, TokenStoreError } from "@entegre/core/TokenStore"
import type * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { StoreLawBroken } from "../../TokenStoreLaws.ts"

/** A law that has no store yet. */
export interface Draft {
  readonly name: string
  readonly body: (bench: Bench) => Effect.Effect<void, StoreLawBroken | TokenStoreError>
}

/** A store with a key. */
export interface Desk {
  readonly store: Service
  readonly key: TokenKey
  /** Asks for a lease of the usual length. */
  readonly acquire: (owner: string, known?: number) => Effect.Effect<Acquisition, TokenStoreError>
  /** The same, of a lease that is free. */
  readonly lease: (owner: string, known?: number) => Effect.Effect<Acquired, StoreLawBroken | TokenStoreError>
}

/** An answer to whoever got a lease. */
type Acquired = Extract<Acquisition, { readonly _tag: "Acquired" }>

/** What a law works with. */
export interface Bench extends Desk {
  /** Keys that differ from the first one in one thing each. */
  readonly others: ReadonlyArray<Desk>
  /** How long a lease runs, in milliseconds. */
  readonly millis: number
  /** Lets so many milliseconds pass. */
  readonly pass: (millis: number) => Effect.Effect<void>
  /** Fails unless the condition holds. */
  readonly expect: (condition: boolean, expected: string) => Effect.Effect<void, StoreLawBroken>
}

/** A record with tokens of a generation. */
export const record = (generation: number): TokenRecord => ({
  generation,
  tokens: tokens(generation),
  lockout: undefined
})

/** A token set that ends in the year 2100. */
export const tokens = (generation: number): TokenSet => ({
  generation,
  accessToken: Redacted.make(`access-${generation}`),
  issuedAt: 0,
  expiresAt: 4_102_444_800_000,
  refreshToken: Redacted.make(`refresh-${generation}`),
  refreshExpiresAt: undefined
})

/** A lease that was given after this one by a store that has lost all trace of it: it has failed over. */
export const lostAfter = (lease: Lease): Lease => ({ ...lease, owner: `${lease.owner}, lost`, fence: lease.fence + 1 })

/** Whether a record is what {@link record} makes. */
export const holds = (found: TokenRecord | undefined, generation: number): boolean =>
  found !== undefined && equals(found, record(generation))

/** Whether two records say the same. */
export const equals = (one: TokenRecord, other: TokenRecord): boolean => render(one) === render(other)

const render = ({ generation, lockout, tokens }: TokenRecord): string =>
  JSON.stringify([
    generation,
    tokens && [
      tokens.generation,
      Redacted.value(tokens.accessToken),
      tokens.issuedAt,
      tokens.expiresAt,
      tokens.refreshToken && Redacted.value(tokens.refreshToken),
      tokens.refreshExpiresAt
    ],
    lockout &&
    [lockout.attempts, lockout.probeAt, lockout.providerCode, lockout.providerMessage, lockout.refused]
  ])
