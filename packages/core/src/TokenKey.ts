/**
 * The name under which a token set is kept.
 *
 * A key is provider + environment + account. Two keys that differ in any of the three never share a token, a lease, a
 * lockout or a rate limit.
 */
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import type * as Redacted from "effect/Redacted"

/**
 * What a {@link TokenKey} is made from.
 */
export interface Options {
  /** The provider's short name, as in its package: `"dukkango"`. */
  readonly provider: string
  /** Which installation of the provider: its base address, so that test and production never meet. */
  readonly environment: string
  /**
   * Whose tokens these are: the part of the credentials by which the provider locks, rotates and limits. It is kept
   * redacted, because for some providers it is itself a secret.
   */
  readonly account: Redacted.Redacted<string>
  /**
   * A name that may be shown in events, logs and on a debug page, such as a branch's name. Default: none; the cache
   * then numbers the keys of a provider in the order in which it meets them.
   */
  readonly label?: string | undefined
}

/**
 * Provider + environment + account. Compared by value; prints without the account.
 */
export class TokenKey implements Equal.Equal {
  /** The provider's short name. */
  readonly provider: string
  /** Which installation of the provider. */
  readonly environment: string
  /** Whose tokens these are. */
  readonly account: Redacted.Redacted<string>
  /** A name that may be shown, if the user gave one. */
  readonly label: string | undefined

  constructor(options: Options) {
    this.provider = options.provider
    this.environment = options.environment
    this.account = options.account
    this.label = options.label
  }

  [Equal.symbol](that: unknown): boolean {
    return that instanceof TokenKey && this.provider === that.provider && this.environment === that.environment &&
      this.account[Equal.symbol](that.account)
  }

  [Hash.symbol](): number {
    // Not `Hash.hash`, which would remember the account's hash for as long as the account lives.
    return Hash.combine(
      this.account[Hash.symbol](),
      Hash.combine(Hash.hash(this.environment), Hash.hash(this.provider))
    )
  }

  toString(): string {
    return `${this.provider}${this.label === undefined ? "" : `/${this.label}`}`
  }

  toJSON(): unknown {
    return { _id: "TokenKey", provider: this.provider, environment: this.environment, label: this.label }
  }
}

/**
 * Makes a {@link TokenKey}.
 */
export const make = (options: Options): TokenKey => new TokenKey(options)
