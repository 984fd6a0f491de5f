/**
 * The token cache's options, checked and with their defaults.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import type * as Schedule from "effect/Schedule"
import type * as Expiry from "../Expiry.ts"
import { InvalidOptions } from "../InvalidOptions.ts"
import type { Reason } from "../TokenError.ts"
import { backOff, beforeExpiry, type TokenLife } from "../TokenSchedule.ts"

/**
 * How a token cache behaves. Every option has a default that suits a backend; see each.
 */
export interface Options {
  /**
   * When a token that is alive is renewed in the background: stepped once per token set, its delay is the time until the
   * renewal. When it ends, tokens are renewed only when they are missing. Default: `TokenSchedule.beforeExpiry`.
   */
  readonly renewal?: Schedule.Schedule<unknown, TokenLife> | undefined
  /**
   * How long to wait between failed attempts to get a token. A success starts it anew; when it ends, its last delay
   * stays. A provider's `Retry-After` lengthens a delay, up to 5 minutes. Default: `TokenSchedule.backOff`.
   */
  readonly retry?: Schedule.Schedule<unknown, Reason> | undefined
  /**
   * How long callers without a token wait through failed attempts before they get the error. One login that hangs is cut
   * by the issuer's own timeout, whatever stands here. Default: 10 seconds.
   */
  readonly patience?: Duration.Input | undefined
  /**
   * How long after each refused login in a row the next may be tried; the last one repeats. Default: 1, 5, 15 and 30
   * minutes.
   */
  readonly probes?: ReadonlyArray<Duration.Input> | undefined
  /** How often refused credentials are asked for again, to see whether they were replaced. Default: 3 seconds. */
  readonly credentialsInterval?: Duration.Input | undefined
  /** How long obtaining the credentials may take. Default: 10 seconds. */
  readonly credentialsTimeout?: Duration.Input | undefined
  /** How many callers may wait for the token of one key. Default: 262,144. */
  readonly maxWaiting?: number | undefined
  /**
   * How many keys are kept that no layer uses any more, for when one uses them again; the longest unused goes first. A token
   * set that would be lost with its key, and could not be had again without harm, is kept beyond that until it ends.
   * Default: 10,000.
   */
  readonly maxIdleKeys?: number | undefined
  /** How many requests to one provider's token endpoint may be under way at once, over all keys. Default: 16. */
  readonly maxConcurrent?: number | undefined
  /** How long one operation of the token store may take. Default: 2 seconds. */
  readonly storeTimeout?: Duration.Input | undefined
  /**
   * How often a shared store is looked at for what other caches wrote, should a notice be lost: for keys that were used
   * since the last look. Default: 30 seconds.
   */
  readonly storeInterval?: Duration.Input | undefined
  /**
   * Whether issuers that are not `reusable` may be asked while the token store is away. It keeps one process going and
   * lets several kill each other's tokens. Default: `false`.
   */
  readonly aloneWithoutStore?: boolean | undefined
  /**
   * How long closing the cache waits for renewals under way, so that what the provider answers reaches a store that
   * outlives the process, and for the store to forget what it has not answered to yet. Default: 5 seconds for a shared
   * store, none for the cache's own.
   */
  readonly closeGrace?: Duration.Input | undefined
  /** How far providers are believed about expiry. Default: see `Expiry.Limits`. */
  readonly limits?: Expiry.Limits | undefined
}

export interface Settings {
  readonly renewal: Schedule.Schedule<unknown, TokenLife>
  readonly retry: Schedule.Schedule<unknown, Reason>
  readonly patience: number
  readonly probes: ReadonlyArray<number>
  readonly credentialsInterval: number
  readonly credentialsTimeout: number
  readonly maxWaiting: number
  readonly maxIdleKeys: number
  readonly maxConcurrent: number
  readonly storeTimeout: number
  readonly storeInterval: number
  readonly aloneWithoutStore: boolean
  readonly closeGrace: number
  readonly limits: Expiry.Limits
}

const positive = (option: string, input: Duration.Input): Effect.Effect<number, InvalidOptions> => {
  const millis = Duration.toMillis(input)
  return millis > 0 && Number.isFinite(millis)
    ? Effect.succeed(millis)
    : Effect.fail(new InvalidOptions({ option, problem: "must be a positive, finite duration" }))
}

const count = (option: string, input: number): Effect.Effect<number, InvalidOptions> =>
  Number.isInteger(input) && input > 0
    ? Effect.succeed(input)
    : Effect.fail(new InvalidOptions({ option, problem: "must be a positive whole number" }))

const durations = {
  patience: "10 seconds",
  credentialsInterval: "3 seconds",
  credentialsTimeout: "10 seconds",
  storeTimeout: "2 seconds",
  storeInterval: "30 seconds"
} as const

const counts = { maxWaiting: 262_144, maxIdleKeys: 10_000, maxConcurrent: 16 }

const probes: ReadonlyArray<Duration.Input> = ["1 minute", "5 minutes", "15 minutes", "30 minutes"]

export const make = Effect.fnUntraced(function*(
  options: Options,
  defaults: { readonly closeGrace: Duration.Input }
): Effect.fn.Return<Settings, InvalidOptions> {
  const chosenProbes = options.probes ?? probes
  if (chosenProbes.length === 0) {
    return yield* new InvalidOptions({ option: "probes", problem: "must not be empty" })
  }
  return {
    renewal: options.renewal ?? beforeExpiry,
    retry: options.retry ?? backOff,
    probes: yield* Effect.forEach(chosenProbes, (probe) => positive("probes", probe)),
    ...yield* Effect.all(Record.map(durations, (duration, option) => positive(option, options[option] ?? duration))),
    ...yield* Effect.all(Record.map(counts, (number, option) => count(option, options[option] ?? number))),
    aloneWithoutStore: options.aloneWithoutStore ?? false,
    closeGrace: Duration.toMillis(options.closeGrace ?? defaults.closeGrace),
    limits: options.limits ?? {}
  }
})
