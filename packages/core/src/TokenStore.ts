/**
 * Where token sets live, and who may talk to an issuer.
 *
 * The store is what several token caches have in common: several caches of one process over `MemoryTokenStore`, several
 * processes over a store that they share. It never speaks to a provider. Three things make it more than a map:
 *
 * - a **lease**: at most one cache at a time may ask a key's issuer for tokens. Each lease has a fencing number above
 *   every one that the store and the asker have seen;
 * - a **fenced write**: a write under a lease that has been superseded is refused, so a holder that was frozen past its
 *   lease can not overwrite what came after it;
 * - a **change notice**: caches hear of each other's writes and adopt them without asking the issuer.
 *
 * A lease that ends without a write or a release is the mark of an unfinished attempt: the next holder learns of it
 * (`unfinished`) and treats the refresh token as possibly spent.
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type * as Quota from "./Quota.ts"
import type { TokenKey } from "./TokenKey.ts"
import type { TokenSet } from "./TokenSet.ts"

/**
 * What stands in the store for a key. Instants are on the store's own clock.
 */
export interface TokenRecord {
  /** The newest token set's generation, kept when the token set itself is gone. */
  readonly generation: number
  /** The newest token set; absent after `forget` and while no login has succeeded. */
  readonly tokens: TokenSet | undefined
  /** Present while the account's credentials stand refused. */
  readonly lockout: Lockout | undefined
}

/**
 * Refused credentials, as every cache of a store sees them.
 */
export interface Lockout {
  /** How many logins have been refused in a row. */
  readonly attempts: number
  /** When the next login may be tried. */
  readonly probeAt: number
  /** The provider's own code for the refusal, if it gave one. */
  readonly providerCode: string | undefined
  /** The provider's own words for the refusal, if it gave any. */
  readonly providerMessage: string | undefined
  /** The store's marks of the credentials that were refused (`Service.fingerprint`), if it makes any. */
  readonly refused?: ReadonlyArray<string> | undefined
}

/**
 * The right to ask a key's issuer, for a time.
 */
export interface Lease {
  /** The key that it is for. */
  readonly key: TokenKey
  /** Unique to one attempt, so that a late command of an earlier attempt is told apart. */
  readonly owner: string
  /** The fencing number; it becomes the generation of a token set that is written under this lease. */
  readonly fence: number
}

/**
 * The answer to a request for a lease.
 */
export type Acquisition =
  | {
    readonly _tag: "Acquired"
    readonly lease: Lease
    /** What stood in the store when the lease was given. */
    readonly record: TokenRecord | undefined
    /** The former lease ended without a write or a release. */
    readonly unfinished: boolean
    /** The store's clock. */
    readonly now: number
  }
  | {
    readonly _tag: "Held"
    /** For how long the present holder's lease still runs, in milliseconds. */
    readonly remaining: number
    readonly record: TokenRecord | undefined
    readonly now: number
  }

/**
 * The answer to a fenced write.
 */
export type Written =
  | { readonly _tag: "Written" }
  /** The lease was ended, a newer one was given since, or it was lost and a newer record stands there; nothing was written. */
  | { readonly _tag: "Fenced"; readonly record: TokenRecord | undefined; readonly now: number }

/**
 * Says that a key's record was written or forgotten.
 */
export interface Change {
  readonly key: TokenKey
  /** The generation that stands in the record now. */
  readonly generation: number
  /** Whether the token set was dropped by `forget`. */
  readonly forgotten: boolean
}

/**
 * The store did not answer, or answered that it can not serve.
 *
 * What to do: nothing, in an application: the cache goes on as the issuer's rotation allows.
 */
export class TokenStoreError extends Schema.TaggedError<TokenStoreError>("@entegre/core/TokenStoreError")(
  "TokenStoreError",
  {
    /** Which operation failed: `"acquire"`, `"write"`, … */
    operation: Schema.String,
    /** What went wrong, in words that carry no secret. */
    problem: Schema.String
  }
) {
  override get message(): string {
    return `token store: ${this.operation}: ${this.problem}`
  }
}

/**
 * The operations of a token store. Each is atomic, and one round trip where there is a wire.
 */
export interface Service {
  /** The record of a key with the store's clock. */
  readonly read: (
    key: TokenKey
  ) => Effect.Effect<{ readonly record: TokenRecord | undefined; readonly now: number }, TokenStoreError>
  /**
   * Takes the lease of a key if nobody holds it, for `timeToLive`. `known` is the highest generation or fencing number
   * that the asker has seen: the lease's own is above it even if the store was emptied meanwhile.
   */
  readonly acquire: (
    key: TokenKey,
    options: { readonly owner: string; readonly timeToLive: Duration.Duration; readonly known: number }
  ) => Effect.Effect<Acquisition, TokenStoreError>
  /**
   * Prolongs a lease; `false` if it was ended, or a newer one was given since. A lease that ran out, or that the store has
   * lost, stands again.
   */
  readonly extend: (lease: Lease, timeToLive: Duration.Duration) => Effect.Effect<boolean, TokenStoreError>
  /**
   * Writes a record under a lease, ends the lease and tells the other caches. A lease that ran out, or that the store has
   * lost, will do as long as no newer one was given since, but no record is written over a newer one then. A token set that
   * was forgotten does not come back: a record of its generation is written without tokens.
   */
  readonly write: (lease: Lease, record: TokenRecord) => Effect.Effect<Written, TokenStoreError>
  /** Ends a lease without a write. Does nothing if the lease is no longer the newest one. */
  readonly release: (lease: Lease) => Effect.Effect<void, TokenStoreError>
  /**
   * Drops the token set of a key unless it is newer than `upTo`, and tells the other caches. `Number.MAX_SAFE_INTEGER` stands
   * for whatever there is.
   */
  readonly forget: (key: TokenKey, upTo: number) => Effect.Effect<void, TokenStoreError>
  /** Notices of writes and of `forget`, this cache's own included. */
  readonly changes: Stream.Stream<Change, TokenStoreError>
  /** How often something may be done for an account, over all who share this store. */
  readonly quota: Quota.Service
  /**
   * A mark of a secret by a key that only the members of this store have, the same for all of them. By it a cache tells
   * refused credentials from corrected ones that another process was given. Default: none, a lockout then binds whoever
   * shares the store until its next probe.
   */
  readonly fingerprint?: ((secret: Redacted.Redacted<string>) => Effect.Effect<string, TokenStoreError>) | undefined
}

/**
 * The store that a token cache keeps its token sets in.
 */
export class TokenStore extends Context.Service<TokenStore, Service>()("@entegre/core/TokenStore") {}
