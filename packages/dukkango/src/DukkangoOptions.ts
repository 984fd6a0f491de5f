/**
 * What a Dükkango layer is given.
 */
import type * as CallError from "@entegre/core/CallError"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Schedule from "effect/Schedule"
import type { Reason } from "./DukkangoError.ts"

/**
 * The two keys that Dükkango hands out.
 */
export interface Credentials {
  /** The application's key: `app_secret_key`. */
  readonly appSecretKey: Redacted.Redacted<string>
  /** The restaurant's key, of one branch or of all: `rest_secret_key`. */
  readonly restSecretKey: Redacted.Redacted<string>
}

/**
 * Everything about a Dükkango layer but the keys. Every setting has a default.
 */
export interface Settings {
  /**
   * Where Dükkango is: `https`, or `http` on loopback. Default: `https://www.xn--dkkango-n2a.com/api/integrations`, the
   * production address of the provider's authentication page.
   */
  readonly baseUrl?: string | undefined
  /** The name of these keys in events, logs and on a debug page: a branch's name, say. Default: none, a number. */
  readonly label?: string | undefined
  /**
   * The zone in which `expiration_date` is written, which carries no offset. The page does not name it. Default:
   * `Europe/Istanbul`.
   */
  readonly expiryZone?: DateTime.TimeZone | string | undefined
  /** The zone in which the dates of orders are written, which carry no offset. Default: `expiryZone`. */
  readonly orderZone?: DateTime.TimeZone | string | undefined
  /** How long before its end a token is renewed; at most half of its life. Default: 1 hour, as the page's sample does. */
  readonly window?: Duration.Input | undefined
  /** How long a login may take. Default: 15 seconds. */
  readonly loginTimeout?: Duration.Input | undefined
  /** How long each attempt of a call may take. Default: 30 seconds. */
  readonly timeout?: Duration.Input | undefined
  /**
   * When a call that may be repeated is repeated. Default: at most twice, after about 200 and 400 milliseconds. The two
   * endpoints with a cooldown are repeated only if the request was surely not sent.
   */
  readonly retry?: Schedule.Schedule<unknown, Reason | CallError.Reason> | undefined
  /**
   * How long `orders.current` and `foods.list` each rest after an answer, per account. Default: 30 seconds, as the
   * provider's overview says.
   */
  readonly cooldown?: Duration.Input | undefined
  /**
   * What becomes of those who ask while an endpoint cools down: they wait for their turn, or they fail with `Cooldown`.
   * Default: `"wait"`.
   */
  readonly whenCooling?: "wait" | "fail" | undefined
  /**
   * How long those who wait do so at most; if it would be longer they fail with `Cooldown` at once. Default: 1 minute,
   * two cooldowns.
   */
  readonly maxCooldownWait?: Duration.Input | undefined
}

/**
 * What a Dükkango layer is given.
 */
export interface Options<E = never, R = never> extends Settings {
  /**
   * The two keys, or an effect that obtains them. It runs when the layer is built, then at every login, and every few
   * seconds while the keys stand refused, so that a secrets manager can replace them. Whose tokens these are, and whose
   * cooldown, is fixed by the keys that the layer is built with.
   */
  readonly credentials: Credentials | Effect.Effect<Credentials, E, R>
}
