/**
 * A layer's settings, checked and with their defaults.
 */
import type { BaseUrl } from "@entegre/core/BaseUrl"
import * as InvalidOptions from "@entegre/core/InvalidOptions"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { CallSettings as CallOptions, Credentials, Environment, Settings as Options } from "../OdealOptions.ts"

export interface CallSettings {
  readonly baseUrl: BaseUrl
  readonly timeout: Duration.Duration
  readonly retry: CallOptions["retry"]
  readonly refusesWithSuccessStatus: boolean
}

export interface Settings extends CallSettings {
  readonly label: string | undefined
  readonly window: Duration.Duration
  readonly loginTimeout: Duration.Duration
}

/** From the provider's page `guide/token-islemleri`. */
const addresses: { readonly [environment in Environment]: string } = {
  production: "https://apigw.odeal.com/mobile",
  staging: "https://apigwstg.odeal.com/mobile"
}

export const makeCall = Effect.fnUntraced(function*(
  options: CallOptions
): Effect.fn.Return<CallSettings, InvalidOptions.InvalidOptions> {
  return {
    baseUrl: yield* InvalidOptions.baseUrl(
      "baseUrl",
      options.baseUrl ?? addresses[options.environment ?? "production"]
    ),
    timeout: yield* InvalidOptions.positiveDuration("timeout", options.timeout ?? "30 seconds"),
    retry: options.retry,
    refusesWithSuccessStatus: options.refusesWithSuccessStatus ?? true
  }
})

export const make = Effect.fnUntraced(function*(
  options: Options
): Effect.fn.Return<Settings, InvalidOptions.InvalidOptions> {
  return {
    ...yield* makeCall(options),
    label: options.label,
    window: yield* InvalidOptions.positiveDuration("window", options.window ?? "5 minutes"),
    loginTimeout: yield* InvalidOptions.positiveDuration("loginTimeout", options.loginTimeout ?? "15 seconds")
  }
})

/** Keys that can be sent. */
export const credentials = (
  { apiKey, secretKey }: Credentials
): Effect.Effect<Credentials, InvalidOptions.InvalidOptions> =>
  Effect.all({
    apiKey: InvalidOptions.nonEmptySecret("apiKey", apiKey),
    secretKey: InvalidOptions.nonEmptySecret("secretKey", secretKey)
  })
