/**
 * Records of the token store, whose instants are on the store's clock, as this process sees them.
 */
import type { TokenSet } from "../TokenSet.ts"
import type { TokenRecord } from "../TokenStore.ts"
import type { Environment } from "./environment.ts"

/** The store's token set, if it is newer than what this cache holds and may be handed out. */
export const newerThanOurs = (
  env: Environment,
  subject: { readonly have: TokenSet | undefined; readonly rejected: number },
  record: TokenRecord | undefined,
  offset: number
): TokenSet | undefined => {
  const tokens = localTokens(record, offset)
  if (tokens === undefined || tokens.generation <= Math.max(subject.have?.generation ?? 0, subject.rejected)) {
    return undefined
  }
  return tokens.expiresAt > env.clock.currentTimeMillisUnsafe() ? tokens : undefined
}

/** The record's token set on the local clock; `offset` is the store's clock minus ours. */
export const localTokens = (record: TokenRecord | undefined, offset: number): TokenSet | undefined =>
  record?.tokens === undefined ? undefined : shift(record.tokens, -offset)

/** The same token set on a clock that is ahead by `offset`. */
export const shift = (tokens: TokenSet, offset: number): TokenSet =>
  offset === 0 ? tokens : {
    ...tokens,
    issuedAt: tokens.issuedAt + offset,
    expiresAt: tokens.expiresAt + offset,
    refreshExpiresAt: tokens.refreshExpiresAt === undefined ? undefined : tokens.refreshExpiresAt + offset
  }
