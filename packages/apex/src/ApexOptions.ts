/**
 * What an Apex layer is given.
 */
import type * as CallError from "@entegre/core/CallError"
import type { Source } from "@entegre/core/Credentials"
import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import type * as Schedule from "effect/Schedule"
import type { Reason } from "./ApexError.ts"
import type { OperationName } from "./internal/operations.ts"

/**
 * The two keys that the Brokerage platform hands out.
 */
export interface Credentials {
  /** `api_key`: names the account, and is what requests are counted by. */
  readonly apiKey: Redacted.Redacted<string>
  /** `secret_key`. */
  readonly secretKey: Redacted.Redacted<string>
}

/**
 * To which server behind the address each operation is sent: the values of the header `X-Target-Server`, by the names of
 * the operations, such as `nodes.create`. Those that are left out have the documented value: `authentication` for
 * `auth.authenticate` and `auth.refresh`, `integration` for all others.
 */
export type TargetServers = { readonly [Name in OperationName]?: string | undefined }

/**
 * Everything about an Apex layer but the address and the keys. Every setting has a default.
 */
export interface Settings {
  /** The name of these keys in events, logs and on a debug page. Default: none, a number. */
  readonly label?: string | undefined
  /**
   * How the keys are sent to log in: in the body, or in the headers `Api-Key` and `Api-Secret`. Apex takes both. Default:
   * `"body"`, the first of the page's options.
   */
  readonly loginBy?: "body" | "headers" | undefined
  /** The values of `X-Target-Server` that differ from the documented ones. Default: none. */
  readonly targetServers?: TargetServers | undefined
  /** How long before its end a token is renewed; at most half of its life. Default: 5 minutes. */
  readonly window?: Duration.Input | undefined
  /**
   * How long a refresh token lives, counted from the login. A refresh does not prolong it. Default: 7 days, as the
   * authentication page says.
   */
  readonly refreshTokenLife?: Duration.Input | undefined
  /** How long a login or a refresh may take. Default: 15 seconds. */
  readonly loginTimeout?: Duration.Input | undefined
  /** How long each attempt of a call may take, its wait for a place not counted. Default: 30 seconds. */
  readonly timeout?: Duration.Input | undefined
  /** When a call that may be repeated is repeated. Default: at most twice, after about 200 and 400 milliseconds. */
  readonly retry?: Schedule.Schedule<unknown, Reason | CallError.Reason> | undefined
  /**
   * How many requests an API key may make in one `requestWindow`, repetitions included. All who have the same key and share
   * the token cache, or its store, are counted together; in one process the strictest of the settings counts. Default: 50,
   * as the provider's introduction says.
   */
  readonly requestLimit?: number | undefined
  /** The time in which requests are counted. Default: 1 minute, as the provider's introduction says. */
  readonly requestWindow?: Duration.Input | undefined
  /**
   * How many requests of the limit are left to logins and refreshes, which wait for nobody: calls have the rest. Whether
   * Apex counts logins is not published. Default: 2.
   */
  readonly reservedForTokens?: number | undefined
  /**
   * How long a call waits for a place among the requests at most; if it would be longer, it fails with `RateLimited` at
   * once. Default: 2 minutes, two windows.
   */
  readonly maxWait?: Duration.Input | undefined
}

/**
 * What an Apex layer is given.
 */
export interface Options<E = never, R = never> extends Settings {
  /**
   * Where Apex is, with the path before the resources: `https://…/api/v1/integration`. `https`, or `http` on loopback.
   * No default: the provider's pages do not agree on one.
   */
  readonly baseUrl: string
  /**
   * The two keys, or an effect that obtains them. It runs when the layer is built, then at every login, and every few
   * seconds while the keys stand refused, so that a secrets manager can replace them. Whose tokens these are, and whose
   * requests are counted, is fixed by the API key that the layer is built with.
   */
  readonly credentials: Source<Credentials, E, R>
}
