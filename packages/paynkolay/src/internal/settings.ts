/**
 * A layer's settings and secrets, checked and with their defaults.
 */
import type { BaseUrl } from "@entegre/core/BaseUrl"
import * as InvalidOptions from "@entegre/core/InvalidOptions"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { PaymentRule } from "../Hash.ts"
import type { Credentials, Environment, Keys, Settings as Options } from "../PaynkolayOptions.ts"

export interface Settings {
  readonly baseUrl: BaseUrl
  readonly label: string | undefined
  readonly marketplaceCode: string | undefined
  readonly paymentHash: PaymentRule
  readonly wrongCredentials: "anyRefusal" | "unauthorized"
  readonly window: Duration.Duration
  readonly loginTimeout: Duration.Duration
  readonly timeout: Duration.Duration
  readonly retry: Options["retry"]
}

const addresses: { readonly [E in Environment]: string } = {
  test: "https://apitest.paynkolay.com.tr/marketplace/v1",
  production: "https://api.paynkolay.com.tr/marketplace/v1"
}

export const make = Effect.fnUntraced(function*(
  options: Options
): Effect.fn.Return<Settings, InvalidOptions.InvalidOptions> {
  return {
    baseUrl: yield* baseUrl(options),
    label: options.label,
    marketplaceCode: options.marketplaceCode === undefined
      ? undefined
      : yield* text("marketplaceCode", options.marketplaceCode),
    paymentHash: options.paymentHash ?? "sixFields",
    wrongCredentials: options.wrongCredentials ?? "anyRefusal",
    window: yield* InvalidOptions.positiveDuration("window", options.window ?? "5 minutes"),
    loginTimeout: yield* InvalidOptions.positiveDuration("loginTimeout", options.loginTimeout ?? "15 seconds"),
    timeout: yield* InvalidOptions.positiveDuration("timeout", options.timeout ?? "30 seconds"),
    retry: options.retry
  }
})

const baseUrl = (options: Options): Effect.Effect<BaseUrl, InvalidOptions.InvalidOptions> => {
  if (options.baseUrl !== undefined) return InvalidOptions.baseUrl("baseUrl", options.baseUrl)
  return options.environment === undefined
    ? Effect.fail(new InvalidOptions.InvalidOptions({ option: "environment", problem: "is not given, nor is baseUrl" }))
    : InvalidOptions.baseUrl("environment", addresses[options.environment])
}

const text = (option: string, text: string): Effect.Effect<string, InvalidOptions.InvalidOptions> =>
  Effect.as(InvalidOptions.nonEmptySecret(option, Redacted.make(text)), text)

/** Credentials that can be sent. */
export const credentials = (
  { merchantNo, password, username }: Credentials
): Effect.Effect<Credentials, InvalidOptions.InvalidOptions> =>
  Effect.all({
    username: text("username", username),
    password: InvalidOptions.nonEmptySecret("password", password),
    merchantNo: text("merchantNo", merchantNo)
  })

/** Keys that can be sent and hashed. */
export const keys = (keys: Keys): Effect.Effect<Keys, InvalidOptions.InvalidOptions> =>
  Effect.all([
    InvalidOptions.nonEmptySecret("apiSecretKey", keys.apiSecretKey),
    InvalidOptions.nonEmptySecret("merchantSecretKey", keys.merchantSecretKey),
    InvalidOptions.nonEmptySecret("cancelApiSecretKey", keys.cancelApiSecretKey),
    // The SX values have it by nature; in this one it would make every hash fail.
    Redacted.value(keys.merchantSecretKey).includes("|")
      ? Effect.fail(
        new InvalidOptions.InvalidOptions({ option: "merchantSecretKey", problem: "has the separator \"|\" in it" })
      )
      : Effect.void
  ]).pipe(Effect.as(keys))
