/**
 * A layer's settings, checked and with their defaults.
 */
import type { BaseUrl } from "@entegre/core/BaseUrl"
import * as InvalidOptions from "@entegre/core/InvalidOptions"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Credentials, Options, Settings as Given } from "../ApexOptions.ts"
import { documentedTarget, type OperationName } from "./operations.ts"

export interface Settings {
  readonly baseUrl: BaseUrl
  readonly label: string | undefined
  readonly loginBy: "body" | "headers"
  readonly targetOf: (operation: OperationName) => string
  readonly window: Duration.Duration
  readonly refreshTokenLife: Duration.Duration
  readonly loginTimeout: Duration.Duration
  readonly timeout: Duration.Duration
  readonly retry: Given["retry"]
  /** How many calls may be made in one `requestWindow`: what is left of the limit for them. */
  readonly callLimit: number
  readonly requestWindow: Duration.Duration
  readonly maxWait: Duration.Duration
}

export const make = Effect.fnUntraced(function*(
  options: Omit<Options, "credentials">
): Effect.fn.Return<Settings, InvalidOptions.InvalidOptions> {
  const targets = yield* targetServers(options.targetServers ?? {})
  const requestLimit = yield* count("requestLimit", options.requestLimit ?? 50, 1)
  const reservedForTokens = yield* count(
    "reservedForTokens",
    options.reservedForTokens ?? Math.min(2, requestLimit - 1),
    0
  )
  if (reservedForTokens >= requestLimit) return yield* invalid("reservedForTokens", "leaves no request to calls")
  return {
    baseUrl: yield* InvalidOptions.baseUrl("baseUrl", options.baseUrl),
    label: options.label,
    loginBy: options.loginBy ?? "body",
    targetOf: (operation) => targets[operation] ?? documentedTarget(operation),
    window: yield* InvalidOptions.positiveDuration("window", options.window ?? "5 minutes"),
    refreshTokenLife: yield* InvalidOptions.positiveDuration("refreshTokenLife", options.refreshTokenLife ?? "7 days"),
    loginTimeout: yield* InvalidOptions.positiveDuration("loginTimeout", options.loginTimeout ?? "15 seconds"),
    timeout: yield* InvalidOptions.positiveDuration("timeout", options.timeout ?? "30 seconds"),
    retry: options.retry,
    callLimit: requestLimit - reservedForTokens,
    requestWindow: yield* InvalidOptions.positiveDuration("requestWindow", options.requestWindow ?? "1 minute"),
    maxWait: yield* InvalidOptions.positiveDuration("maxWait", options.maxWait ?? "2 minutes")
  }
})

const invalid = (option: string, problem: string): Effect.Effect<never, InvalidOptions.InvalidOptions> =>
  Effect.fail(new InvalidOptions.InvalidOptions({ option, problem }))

const count = (
  option: string,
  value: number,
  least: number
): Effect.Effect<number, InvalidOptions.InvalidOptions> =>
  Number.isSafeInteger(value) && value >= least
    ? Effect.succeed(value)
    : invalid(option, `must be a whole number, and ${least} at least`)

const targetServers = (
  given: NonNullable<Given["targetServers"]>
): Effect.Effect<NonNullable<Given["targetServers"]>, InvalidOptions.InvalidOptions> => {
  const unusable = Object.entries(given).find(([, server]) => server !== undefined && !headerValue.test(server))
  return unusable === undefined
    ? Effect.succeed(given)
    : invalid(`targetServers["${unusable[0]}"]`, "can not be the value of a header")
}

const headerValue = /^[\x21-\x7e]+(?: +[\x21-\x7e]+)*$/

/** Keys that can be sent. */
export const credentials = (
  { apiKey, secretKey }: Credentials
): Effect.Effect<Credentials, InvalidOptions.InvalidOptions> =>
  Effect.all({
    apiKey: InvalidOptions.nonEmptySecret("apiKey", apiKey),
    secretKey: InvalidOptions.nonEmptySecret("secretKey", secretKey)
  })
