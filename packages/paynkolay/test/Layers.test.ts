import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core"
import { Paynkolay, Secrets } from "@entegre/paynkolay"
import type { Secrets as Sources, Settings } from "@entegre/paynkolay/PaynkolayOptions"
import { Sandbox } from "@entegre/sandbox"
import { ConfigProvider, Context, Data, Duration, Effect, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { cancelSx, merchantSecret, sx } from "./support/keys.ts"
import { counters, failureOf, provider } from "./support/stack.ts"
import { baseUrl, credentials, keys } from "./support/wire.ts"

const shared = Layer.provideMerge(TokenCache.layer, Sandbox.layerHttpClient)
const application = (settings?: Settings) => Layer.provideMerge(Paynkolay.layerConfig(settings), shared)
const list = Paynkolay.use(({ profiles }) => profiles.list())

const environment = {
  PAYNKOLAY_ENVIRONMENT: "test",
  PAYNKOLAY_USERNAME: "canary-username",
  PAYNKOLAY_PASSWORD: "canary-password",
  PAYNKOLAY_MERCHANT_NO: "400000904",
  PAYNKOLAY_API_SECRET_KEY: sx,
  PAYNKOLAY_MERCHANT_SECRET_KEY: merchantSecret,
  PAYNKOLAY_CANCEL_API_SECRET_KEY: cancelSx
}

/** A layer that is configured by these variables and nothing else. */
const configured = (variables: Readonly<Record<string, string>>, settings?: Settings) =>
  Layer.provide(Paynkolay.layerConfig(settings), ConfigProvider.layer(ConfigProvider.fromEnvRecord(variables)))

const without = (variable: keyof typeof environment) =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => name !== variable))

const addressOf = <E, R>(layer: Layer.Layer<Paynkolay, E, R>) =>
  Effect.map(Layer.build(layer), (context) => Context.get(context, Paynkolay).tokens.key.environment)

const test = "https://apitest.paynkolay.com.tr/marketplace/v1"
const production = "https://api.paynkolay.com.tr/marketplace/v1"

describe("a layer", () => {
  it.effect("that is written twice is one service and one login", () =>
    Effect.gen(function*() {
      class Other extends Context.Service<Other, Paynkolay["Service"]>()("@entegre/paynkolay/test/Layers.test/Other") {}
      const layer = Paynkolay.layerConfig()
      const other = Layer.effect(Other, Paynkolay).pipe(Layer.provide(layer))
      yield* Effect.gen(function*() {
        const one = yield* Paynkolay
        const two = yield* Other
        assert.strictEqual(one, two)
        yield* Effect.all([one.profiles.list(), two.profiles.list()], { concurrency: "unbounded" })
        assert.strictEqual((yield* counters).logins, 1)
      }).pipe(Effect.provide(Layer.merge(layer, other)))
    }).pipe(Effect.provide(shared)))

  it.effect("does not log in when it is built, and has its label", () =>
    Effect.gen(function*() {
      const { tokens } = yield* Paynkolay
      assert.strictEqual((yield* tokens.status).state, "cold")
      assert.strictEqual(tokens.name, "Pazaryeri")
      assert.strictEqual((yield* counters).logins, 0)
    }).pipe(Effect.provide(application({ label: "Pazaryeri" }))))
})

describe("where it calls", () => {
  const options = { credentials, keys }
  it.effect("is the environment's address, or another one", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* addressOf(Paynkolay.layer({ ...options, environment: "test" })), test)
      assert.strictEqual(yield* addressOf(Paynkolay.layer({ ...options, environment: "production" })), production)
      assert.strictEqual(
        yield* addressOf(Paynkolay.layer({ ...options, environment: "production", baseUrl })),
        baseUrl
      )
    }).pipe(Effect.provide(shared)))

  it.effect("is asked for by the types, and by the layer where there are none", () =>
    Effect.gen(function*() {
      // @ts-expect-error: neither an environment nor an address
      const error = yield* failureOf(Layer.build(Paynkolay.layer(options)))
      assert.strictEqual(error._tag === "InvalidOptions" && error.option, "environment")
    }).pipe(Effect.provide(shared)))

  const elsewhere = "https://paynkolay.example/elsewhere"
  const rows: ReadonlyArray<readonly [string, Readonly<Record<string, string>>, Settings, string]> = [
    ["PAYNKOLAY_ENVIRONMENT", environment, {}, test],
    ["PAYNKOLAY_ENVIRONMENT, not the option", environment, { environment: "production" }, test],
    ["PAYNKOLAY_ENVIRONMENT, not the address of the options", environment, { baseUrl: elsewhere }, test],
    ["PAYNKOLAY_BASE_URL", { ...environment, PAYNKOLAY_BASE_URL: baseUrl }, { baseUrl: elsewhere }, baseUrl],
    ["the option", without("PAYNKOLAY_ENVIRONMENT"), { environment: "production" }, production],
    ["the address of the options", without("PAYNKOLAY_ENVIRONMENT"), { environment: "test", baseUrl }, baseUrl]
  ]
  it.effect.each(rows)("is said by %s", ([, variables, settings, address]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* addressOf(configured(variables, settings)), address)
    }).pipe(Effect.provide(shared)))
})

describe("options that can not be used", () => {
  const rows: ReadonlyArray<
    readonly [string, Omit<Settings, "environment" | "baseUrl"> & Partial<Sources> & { readonly baseUrl?: string }]
  > = [
    ["username", { credentials: { ...credentials, username: "" } }],
    ["password", { credentials: { ...credentials, password: Redacted.make("canary\n") } }],
    ["merchantNo", { credentials: Effect.succeed({ ...credentials, merchantNo: " 4" }) }],
    ["apiSecretKey", { keys: { ...keys, apiSecretKey: Secrets.ApiSecretKey.make(Redacted.make(" canary")) } }],
    ["merchantSecretKey", {
      keys: { ...keys, merchantSecretKey: Secrets.MerchantSecretKey.make(Redacted.make("canary|canary")) }
    }],
    ["cancelApiSecretKey", {
      keys: Effect.succeed({ ...keys, cancelApiSecretKey: Secrets.CancelApiSecretKey.make(Redacted.make("canary\n")) })
    }],
    ["baseUrl", { baseUrl: "http://canary.example.com/marketplace/v1" }],
    ["marketplaceCode", { marketplaceCode: "" }],
    ["window", { window: 0 }],
    ["timeout", { timeout: Duration.infinity }],
    ["loginTimeout", { loginTimeout: -1 }]
  ]
  it.effect.each(rows)("%s is named, and nothing is sent", ([option, options]) =>
    Effect.gen(function*() {
      const layer = Paynkolay.layer({ environment: "test", credentials, keys, ...options })
      const error = yield* failureOf(Layer.build(layer))
      assert.strictEqual(error._tag, "InvalidOptions")
      assert.strictEqual(error.option, option)
      assert.notInclude(error.message, "canary")
      assert.deepStrictEqual(yield* (yield* provider).requests, [])
    }).pipe(Effect.provide(shared)))

  it.effect("secrets that can not be obtained fail the layer with the reason", () =>
    Effect.gen(function*() {
      class VaultSealed extends Data.TaggedError("VaultSealed")<{}> {}
      const sealed = Effect.fail(new VaultSealed())
      for (const secrets of [{ credentials: sealed, keys }, { credentials, keys: sealed }]) {
        const error = yield* failureOf(Layer.build(Paynkolay.layer({ environment: "test", ...secrets })))
        assert.strictEqual(error._tag, "VaultSealed")
      }
    }).pipe(Effect.provide(shared)))
})

describe("a configuration that can not be used", () => {
  const rows: ReadonlyArray<readonly [string, Readonly<Record<string, string>>]> = [
    ["PAYNKOLAY_ENVIRONMENT", without("PAYNKOLAY_ENVIRONMENT")],
    ["PAYNKOLAY_ENVIRONMENT", { ...environment, PAYNKOLAY_ENVIRONMENT: "canary" }],
    ["PAYNKOLAY_BASE_URL", { ...environment, PAYNKOLAY_BASE_URL: "http://canary.example.com" }],
    ["PAYNKOLAY_USERNAME", without("PAYNKOLAY_USERNAME")],
    ["PAYNKOLAY_PASSWORD", { ...environment, PAYNKOLAY_PASSWORD: "canary-password\n" }],
    ["PAYNKOLAY_MERCHANT_NO", { ...environment, PAYNKOLAY_MERCHANT_NO: "" }],
    ["PAYNKOLAY_API_SECRET_KEY", without("PAYNKOLAY_API_SECRET_KEY")],
    ["PAYNKOLAY_MERCHANT_SECRET_KEY", { ...environment, PAYNKOLAY_MERCHANT_SECRET_KEY: " canary" }],
    ["PAYNKOLAY_CANCEL_API_SECRET_KEY", without("PAYNKOLAY_CANCEL_API_SECRET_KEY")]
  ]
  it.effect.each(rows)("%s is named, and its value is not shown", ([variable, variables]) =>
    Effect.gen(function*() {
      const error = yield* failureOf(Layer.build(configured(variables)))
      assert.strictEqual(error._tag, "ConfigError")
      assert.include(error.message, variable)
      for (const secret of ["canary-password", sx, merchantSecret]) assert.notInclude(error.message, secret)
    }).pipe(Effect.provide(shared)))
})

describe("keys", () => {
  it.effect("that were replaced are taken by the next call", () =>
    Effect.gen(function*() {
      const { changeCredentials, credentials } = yield* provider
      const variables: Record<string, string> = {
        ...environment,
        PAYNKOLAY_BASE_URL: (yield* provider).baseUrl,
        PAYNKOLAY_USERNAME: credentials.username,
        PAYNKOLAY_PASSWORD: Redacted.value(credentials.password),
        PAYNKOLAY_API_SECRET_KEY: Redacted.value(credentials.apiSecretKey)
      }
      yield* Effect.gen(function*() {
        yield* list
        yield* changeCredentials({ ...credentials, apiSecretKey: keys.apiSecretKey })
        assert.strictEqual((yield* failureOf(list)).reason._tag, "Refused")
        variables.PAYNKOLAY_API_SECRET_KEY = sx
        yield* list
        assert.strictEqual((yield* counters).logins, 1)
      }).pipe(Effect.provide(configured(variables)))
    }).pipe(Effect.provide(shared)))

  it.effect("that can not be obtained fail the calls that need them, and no other", () =>
    Effect.gen(function*() {
      const { baseUrl, credentials } = yield* provider
      const vault = { state: "open" }
      const layer = Paynkolay.layer({
        baseUrl,
        credentials,
        keys: Effect.suspend(() => {
          if (vault.state === "silent") return Effect.never
          return vault.state === "open" ? Effect.succeed(keys) : Effect.fail("canary: the vault is sealed")
        })
      })
      yield* Effect.gen(function*() {
        const { payments, profiles } = yield* Paynkolay
        vault.state = "sealed"
        const sealed = yield* failureOf(list)
        assert.strictEqual(sealed.reason._tag, "CredentialsUnavailable")
        assert.isTrue(sealed.isRetryable)
        assert.notInclude(sealed.message, "canary")

        vault.state = "silent"
        const waiting = yield* Effect.forkChild(failureOf(profiles.list()))
        yield* TestClock.adjust("15 seconds")
        assert.strictEqual((yield* Fiber.join(waiting)).reason._tag, "CredentialsUnavailable")

        assert.strictEqual((yield* failureOf(payments.status({ trxCode: "NOTHING" }))).reason._tag, "Refused")
      }).pipe(Effect.provide(layer))
    }).pipe(Effect.provide(shared)))
})
