/**
 * What an Ödeal layer is given.
 */
import type * as CallError from "@entegre/core/CallError"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Schedule from "effect/Schedule"
import type { Reason } from "./OdealError.ts"

/**
 * The two keys that Ödeal hands out, others for staging than for production.
 */
export interface Credentials {
  /** The key that names the account: `apiKey`. */
  readonly apiKey: Redacted.Redacted<string>
  /** The customer's secret: `secretKey`. */
  readonly secretKey: Redacted.Redacted<string>
}

/**
 * The two installations of the provider's page `guide/token-islemleri`.
 *
 * - `production`: `https://apigw.odeal.com/mobile`
 * - `staging`: `https://apigwstg.odeal.com/mobile`
 */
export type Environment = "production" | "staging"

/**
 * How calls are made, whoever hands out the tokens. Every setting has a default.
 */
export interface CallSettings {
  /** Which of Ödeal's installations to talk to. Default: `"production"`. */
  readonly environment?: Environment | undefined
  /** Another address to talk to: `https`, or `http` on loopback. Default: the environment's. */
  readonly baseUrl?: string | undefined
  /** How long each attempt of a call may take. Default: 30 seconds. */
  readonly timeout?: Duration.Input | undefined
  /** When a call that may be repeated is repeated. Default: at most twice, after about 200 and 400 milliseconds. */
  readonly retry?: Schedule.Schedule<unknown, Reason | CallError.Reason> | undefined
  /**
   * Whether an answer of status 200 to 299 with an `error.message` is a refusal. The pages say where messages stand and not
   * under which status. Default: true.
   */
  readonly refusesWithSuccessStatus?: boolean | undefined
}

/**
 * Everything about an Ödeal layer but the keys. Every setting has a default.
 */
export interface Settings extends CallSettings {
  /** The name of these keys in events, logs and on a debug page. Default: none, a number. */
  readonly label?: string | undefined
  /** How long before its end a token is renewed; at most half of its life. Default: 5 minutes, as the page advises. */
  readonly window?: Duration.Input | undefined
  /** How long a login or a refresh may take. Default: 15 seconds. */
  readonly loginTimeout?: Duration.Input | undefined
}

/**
 * What an Ödeal layer is given.
 */
export interface Options<E = never, R = never> extends Settings {
  /**
   * The two keys, or an effect that obtains them. It runs when the layer is built, then at every login, and every few
   * seconds while the keys stand refused, so that a secrets manager can replace them. Whose tokens these are is fixed by the
   * `apiKey` that the layer is built with.
   */
  readonly credentials: Credentials | Effect.Effect<Credentials, E, R>
}
