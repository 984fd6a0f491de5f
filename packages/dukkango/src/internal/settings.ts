/**
 * A layer's settings, checked and with their defaults.
 */
import type { BaseUrl } from "@entegre/core/BaseUrl"
import * as InvalidOptions from "@entegre/core/InvalidOptions"
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Credentials, Settings as Options } from "../DukkangoOptions.ts"

export interface Settings {
  readonly baseUrl: BaseUrl
  readonly label: string | undefined
  readonly expiryZone: DateTime.TimeZone
  readonly orderZone: DateTime.TimeZone
  readonly window: Duration.Duration
  readonly loginTimeout: Duration.Duration
  readonly timeout: Duration.Duration
  readonly retry: Options["retry"]
  readonly cooldown: Duration.Duration
  readonly whenCooling: "wait" | "fail"
  readonly maxCooldownWait: Duration.Duration
}

const production = "https://www.xn--dkkango-n2a.com/api/integrations"

const defaultZone = "Europe/Istanbul"

export const make = Effect.fnUntraced(function*(
  options: Options
): Effect.fn.Return<Settings, InvalidOptions.InvalidOptions> {
  const expiryZone = yield* zone("expiryZone", options.expiryZone ?? defaultZone)
  return {
    baseUrl: yield* InvalidOptions.baseUrl("baseUrl", options.baseUrl ?? production),
    label: options.label,
    expiryZone,
    orderZone: options.orderZone === undefined ? expiryZone : yield* zone("orderZone", options.orderZone),
    window: yield* InvalidOptions.positiveDuration("window", options.window ?? "1 hour"),
    loginTimeout: yield* InvalidOptions.positiveDuration("loginTimeout", options.loginTimeout ?? "15 seconds"),
    timeout: yield* InvalidOptions.positiveDuration("timeout", options.timeout ?? "30 seconds"),
    retry: options.retry,
    cooldown: yield* InvalidOptions.positiveDuration("cooldown", options.cooldown ?? "30 seconds"),
    whenCooling: options.whenCooling ?? "wait",
    maxCooldownWait: yield* InvalidOptions.positiveDuration("maxCooldownWait", options.maxCooldownWait ?? "1 minute")
  }
})

const zone = (
  option: string,
  zone: DateTime.TimeZone | string
): Effect.Effect<DateTime.TimeZone, InvalidOptions.InvalidOptions> =>
  DateTime.isTimeZone(zone)
    ? Effect.succeed(zone)
    : Effect.fromOption(
      DateTime.zoneFromString(zone),
      () => new InvalidOptions.InvalidOptions({ option, problem: "is not a time zone" })
    )

/** Keys that can be sent. */
export const credentials = (
  { appSecretKey, restSecretKey }: Credentials
): Effect.Effect<Credentials, InvalidOptions.InvalidOptions> =>
  Effect.all({
    appSecretKey: InvalidOptions.nonEmptySecret("appSecretKey", appSecretKey),
    restSecretKey: InvalidOptions.nonEmptySecret("restSecretKey", restSecretKey)
  })
