/**
 * Records of the token store, whose instants are on the store's clock, as this process sees them.
 */
import type { TokenSet } from "../TokenSet.ts"
import type { Lockout, TokenRecord } from "../TokenStore.ts"
import type { Environment } from "./environment.ts"
import type { Subject } from "./subject.ts"

/**
 * The store's clock minus ours, in milliseconds: not known exactly, because the store looked at its clock at some moment
 * between our question and the moment at which we read its answer.
 */
export interface Offset {
  readonly least: number
  readonly most: number
}

/** What an answer tells of the store's clock: `now` was read between `asked` and this moment of ours. */
export const offsetSince = (env: Environment, asked: number, now: number): Offset => ({
  least: now - env.clock.currentTimeMillisUnsafe(),
  most: now - asked
})

/** Another cache's token set, to be taken over. */
export interface Adoption {
  readonly _tag: "Adopted"
  readonly tokens: TokenSet
  /** The account's credentials stand refused all the same. */
  readonly lockedOut: boolean
}

/** The store's token set, if it is newer than what this cache holds and may be handed out. */
export const newerThanOurs = (
  env: Environment,
  subject: Pick<Subject, "have" | "rejected" | "toForget">,
  record: TokenRecord | undefined,
  offset: Offset
): Adoption | undefined => {
  const tokens = localTokens(record, offset, subject.toForget())
  if (tokens === undefined || tokens.generation <= Math.max(subject.have?.generation ?? 0, subject.rejected())) {
    return undefined
  }
  if (tokens.expiresAt <= env.clock.currentTimeMillisUnsafe()) return undefined
  return { _tag: "Adopted", tokens, lockedOut: record?.lockout !== undefined }
}

/** There was a token set once, and it is gone. */
export const isForgotten = ({ generation, tokens }: TokenRecord): boolean => generation > 0 && tokens === undefined

/**
 * Whether what the store says counts for a token set of this generation: also that an older one was forgotten, because it
 * may be what this one came of.
 */
export const knows = (record: TokenRecord | undefined, generation: number): boolean =>
  record !== undefined && (record.generation >= generation || isForgotten(record))

/**
 * The record's token set on the local clock, unless the store has yet to be told to forget it; it ends too early rather than
 * too late.
 */
export const localTokens = (
  record: TokenRecord | undefined,
  offset: Offset,
  toForget: number
): TokenSet | undefined => {
  if (record?.tokens === undefined) return undefined
  const tokens = shift(record.tokens, -offset.most)
  return tokens.issuedAt <= toForget ? undefined : tokens
}

/** A token set on the store's clock; it ends too early rather than too late. */
export const storedTokens = (tokens: TokenSet, offset: Offset): TokenSet => shift(tokens, offset.least)

/** A lockout of the record on the local clock; it ends too late rather than too early. */
export const localLockout = (record: TokenRecord | undefined, offset: Offset): Lockout | undefined =>
  record?.lockout === undefined ? undefined : { ...record.lockout, probeAt: record.lockout.probeAt - offset.least }

/** A lockout on the store's clock; it ends too late rather than too early. */
export const storedLockout = (lockout: Lockout, offset: Offset): Lockout => ({
  ...lockout,
  probeAt: lockout.probeAt + offset.most
})

/** The same token set on a clock that is ahead by `offset`. */
const shift = (tokens: TokenSet, offset: number): TokenSet =>
  offset === 0 ? tokens : {
    ...tokens,
    issuedAt: tokens.issuedAt + offset,
    expiresAt: tokens.expiresAt + offset,
    refreshExpiresAt: tokens.refreshExpiresAt === undefined ? undefined : tokens.refreshExpiresAt + offset
  }
