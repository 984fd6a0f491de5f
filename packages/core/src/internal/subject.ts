/**
 * What one attempt to get a token set is about, and what it came to.
 */
import type * as Effect from "effect/Effect"
import type { Cause, TokenEvent } from "../TokenEvent.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { TokenSet } from "../TokenSet.ts"
import type { Lockout } from "../TokenStore.ts"
import type { Failure } from "./failure.ts"
import type { AnyIssuer } from "./issuer.ts"
import type { Adoption } from "./record.ts"

/** An event without what every event of a key has in common. */
export type Fact = TokenEvent extends infer Event
  ? Event extends TokenEvent ? Omit<Event, "provider" | "key" | "at"> : never
  : never

/** The key that a token set is wanted for, as its slot sees it. */
export interface Subject {
  readonly key: TokenKey
  readonly issuer: AnyIssuer
  readonly cause: Cause
  /** Which attempt of its renewal this is, from 1. */
  readonly attempt: number
  /** When the renewal began, in milliseconds since the epoch. */
  readonly startedAt: number
  /** The newest token set in memory, whether it may still be handed out or not. */
  readonly have: TokenSet | undefined
  /** Token sets up to this generation were rejected or forgotten. */
  readonly rejected: () => number
  /** What was issued up to this instant was forgotten, although the store may still have it. */
  readonly toForget: () => number
  /** The refresh token of this generation, and of those before it, may have been spent. */
  readonly doubtful: () => number
  /**
   * The credentials changed when so many logins in a row had been refused, and were not tried since: a lockout of the store
   * does not bind this attempt unless it is a newer one.
   */
  readonly credentialsChangedAfter: number | undefined
  /** The highest generation or fencing number that this cache has seen. */
  readonly known: () => number
  readonly learn: (generation: number) => void
  /** Says that the refresh token of a generation may have been spent. */
  readonly doubt: (generation: number) => void
  /** Says the same of whatever the store has when the next lease is given. */
  readonly doubtNext: () => void
  /** Whether that was said; once. */
  readonly takeDoubt: () => boolean
  /** Whether nobody has taken the slot over, or may: a renewal that was frozen past its deadline must not ask any more. */
  readonly isCurrent: () => boolean
  /** Completes when another cache has written under this key. */
  readonly noticed: Effect.Effect<void>
  readonly emit: (fact: Fact) => void
  /** Until when this attempt may wait for another cache's lease. */
  readonly patienceEndsAt: number
}

/** What an attempt came to. */
export type Outcome =
  | {
    readonly _tag: "Issued"
    readonly tokens: TokenSet
    readonly saved: boolean
    /** The generation that was refreshed; absent after a login. */
    readonly from: number | undefined
  }
  | Adoption
  | { readonly _tag: "LockedOut"; readonly lockout: Lockout; readonly credentials: unknown }
  | { readonly _tag: "Failed"; readonly failure: Failure }

export const failed = (failure: Failure): Outcome => ({ _tag: "Failed", failure })

export const closed = failed({ _tag: "Closed" })
