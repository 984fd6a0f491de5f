/**
 * What a Paynkolay layer is given.
 */
import type * as CallError from "@entegre/core/CallError"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Schedule from "effect/Schedule"
import type { PaymentRule } from "./Hash.ts"
import type { Reason } from "./PaynkolayError.ts"
import type { ApiSecretKey, CancelApiSecretKey, MerchantSecretKey } from "./Secrets.ts"

/**
 * The two installations of Paynkolay: at `https://apitest.paynkolay.com.tr/marketplace/v1` and
 * `https://api.paynkolay.com.tr/marketplace/v1`, as the authentication page says.
 */
export type Environment = "test" | "production"

/**
 * What a marketplace logs in with.
 */
export interface Credentials {
  /** The user name. */
  readonly username: string
  /** The password. */
  readonly password: Redacted.Redacted<string>
  /** The marketplace's number. */
  readonly merchantNo: string
}

/**
 * The keys that go into calls and hashes. Each is a type of its own: see `Secrets`.
 */
export interface Keys {
  /** The SX value, for everything but cancels and refunds. */
  readonly apiSecretKey: ApiSecretKey
  /** The key that is hashed and never sent. */
  readonly merchantSecretKey: MerchantSecretKey
  /** The SX value for cancels and refunds. */
  readonly cancelApiSecretKey: CancelApiSecretKey
}

/**
 * Everything about a Paynkolay layer but its secrets. All but the place have a default.
 */
export interface Settings {
  /**
   * Which installation to call. There is no default: a shop that takes payments in the test installation without noticing
   * gives its goods away.
   */
  readonly environment?: Environment | undefined
  /** Another address than the environment's: `https`, or `http` on loopback. Default: the environment's. */
  readonly baseUrl?: string | undefined
  /** The name of this marketplace in events, logs and on a debug page. Default: none, a number. */
  readonly label?: string | undefined
  /**
   * The marketplace's code in requests, `marketplaceCode` and `mpCode`. No page says whether it is the merchant number.
   * Default: the `merchantNo` of the credentials.
   */
  readonly marketplaceCode?: string | undefined
  /**
   * Which of the two published rules the hash of a payment follows; see `Hash.PaymentRule`. Default: `"sixFields"`, the
   * present page's.
   */
  readonly paymentHash?: PaymentRule | undefined
  /**
   * Which refused logins mean that the credentials are wrong, after which nobody tries them again until they change or a
   * probe is due. No page shows a refused login.
   *
   * - `"anyRefusal"`: every refusal in Paynkolay's own form, under whatever HTTP status, but for a fault and too many
   *   requests. A login has nothing but the credentials in it, and trying wrong ones again could lock the account.
   * - `"unauthorized"`: only HTTP status 401, and `responseCode` `"401"`.
   *
   * Default: `"anyRefusal"`.
   */
  readonly wrongCredentials?: "anyRefusal" | "unauthorized" | undefined
  /** How long before its end a token is renewed; at most half of its life. Default: 5 minutes. */
  readonly window?: Duration.Input | undefined
  /** How long a login may take, and the effects that obtain the secrets. Default: 15 seconds. */
  readonly loginTimeout?: Duration.Input | undefined
  /** How long each attempt of a call may take. Default: 30 seconds. */
  readonly timeout?: Duration.Input | undefined
  /** When a call that may be repeated is repeated. Default: at most twice, after about 200 and 400 milliseconds. */
  readonly retry?: Schedule.Schedule<unknown, Reason | CallError.Reason> | undefined
}

/**
 * Where Paynkolay is: one of its installations, or an address.
 */
export type Place =
  | { readonly environment: Environment; readonly baseUrl?: string | undefined }
  | { readonly environment?: Environment | undefined; readonly baseUrl: string }

/**
 * The secrets of a Paynkolay layer.
 */
export interface Secrets<E = never, R = never> {
  /**
   * What to log in with, or an effect that obtains it. It runs when the layer is built, then at every login, and every few
   * seconds while the credentials stand refused, so that a secrets manager can replace them. Whose tokens these are is
   * fixed by `username` and `merchantNo` as the layer is built with them.
   */
  readonly credentials: Credentials | Effect.Effect<Credentials, E, R>
  /**
   * The keys, or an effect that obtains them. It runs when the layer is built and at every call that has a key in it, so
   * let it remember: `Effect.cachedWithTTL`. If it fails at a call, the reason is `CredentialsUnavailable`.
   */
  readonly keys: Keys | Effect.Effect<Keys, E, R>
}

/**
 * What a Paynkolay layer is given.
 */
export type Options<E = never, R = never> = Settings & Place & Secrets<E, R>
