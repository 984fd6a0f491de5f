import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core"
import { Odeal } from "@entegre/odeal"
import { ConfigProvider, Effect, Layer, Redacted, Ref } from "effect"
import { HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import * as Model from "./support/odealModel.ts"
import { ping } from "./support/operations.ts"

const call = Odeal.use((odeal) => odeal.call(ping()))

const overConfig = (variables: Record<string, string>, settings?: Parameters<typeof Odeal.layerConfig>[0]) => {
  const model = Model.make()
  const layer = Odeal.layerConfig(settings).pipe(
    Layer.provideMerge(TokenCache.layerWith({})),
    Layer.provide(model.layer),
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(variables)))
  )
  return { model, run: <A, E>(effect: Effect.Effect<A, E, Odeal | TokenCache>) => Effect.provide(effect, layer) }
}

const variables = { ODEAL_API_KEY: "api-key", ODEAL_SECRET_KEY: "secret-key" }

describe("a layer", () => {
  for (
    const [environment, origin] of [
      [undefined, "https://apigw.odeal.com/mobile"],
      ["production", "https://apigw.odeal.com/mobile"],
      ["staging", "https://apigwstg.odeal.com/mobile"]
    ] as const
  ) {
    it.effect(`talks to ${origin} in the environment ${environment ?? "that is the default"}`, () =>
      Effect.gen(function*() {
        const { model, run } = Model.over({}, { environment })
        // The model answers under the production address only; here it matters where the login went.
        yield* run(Effect.exit(call))
        assert.strictEqual(model.arrivals[0]?.url, `${origin}${Model.login}`)
      }))
  }

  it.effect("asks nothing of Ödeal before it is used", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over()
      yield* run(Odeal)
      assert.deepStrictEqual(model.arrivals, [])
    }))

  for (
    const [option, settings, problem] of [
      ["baseUrl", { baseUrl: "http://apigw.odeal.com" }, "http is allowed on loopback only"],
      ["window", { window: 0 }, "must be positive"],
      ["timeout", { timeout: "-1 seconds" }, "must be positive"],
      ["loginTimeout", { loginTimeout: "Infinity" }, "must be finite"]
    ] as const
  ) {
    it.effect(`refuses an impossible ${option} by its name, before anything is sent`, () =>
      Effect.gen(function*() {
        const { model, run } = Model.over({}, settings)
        const error = yield* Effect.flip(run(call))
        assert.strictEqual(error._tag, "InvalidOptions")
        assert.strictEqual(error.message, `${option} ${problem}`)
        assert.deepStrictEqual(model.arrivals, [])
      }))
  }

  for (
    const [option, credentials] of [
      ["apiKey", { ...Model.keys, apiKey: Redacted.make("") }],
      ["secretKey", { ...Model.keys, secretKey: Redacted.make("secret-key\n") }]
    ] as const
  ) {
    it.effect(`refuses an impossible ${option} by its name`, () =>
      Effect.gen(function*() {
        const { run } = Model.over({}, {}, credentials)
        const error = yield* Effect.flip(run(call))
        assert.strictEqual(error._tag, "InvalidOptions")
        assert.include(error.message, option)
      }))
  }

  it.effect("asks for the keys at each login, so that they can be replaced", () =>
    Effect.gen(function*() {
      const model = Model.make()
      const secretKey = yield* Ref.make("wrong-key")
      const credentials = Effect.map(Ref.get(secretKey), (secret) => ({
        apiKey: Redacted.make("api-key"),
        secretKey: Redacted.make(secret)
      }))
      const layer = Odeal.layer({ credentials }).pipe(
        Layer.provideMerge(TokenCache.layerWith({})),
        Layer.provide(model.layer)
      )
      yield* Effect.gen(function*() {
        const error = yield* Effect.flip(call)
        assert.strictEqual(error.reason._tag, "CredentialsRefused")
        yield* Ref.set(secretKey, "secret-key")
        yield* TestClock.adjust("5 seconds")
        assert.deepStrictEqual(yield* call, { result: { ok: true } })
      }).pipe(Effect.provide(layer))
    }))

  it.effect("shows how its tokens stand, and logs in ahead of use when told to", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over({}, { label: "kasa" })
      yield* run(Effect.gen(function*() {
        const { tokens } = yield* Odeal
        assert.strictEqual((yield* tokens.status).state, "cold")
        yield* tokens.warmUp
        yield* TestClock.adjust(0)
        assert.include(yield* tokens.status, { provider: "odeal", key: "kasa", state: "alive" })
      }))
      assert.strictEqual(model.counts.logins, 1)
    }))

  it.effect("has a client for calls without schemas", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over()
      const answer = yield* run(
        Odeal.use(({ client }) => client.send(HttpClientRequest.get("/made-up/raw"), { safety: "safe" }))
      )
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(model.arrivals.at(-1)?.headers.authorization, "Bearer access-1")
    }))
})

describe("two layers", () => {
  it.effect("share a token if they have the same key and address", () =>
    Effect.gen(function*() {
      const model = Model.make()
      yield* Effect.gen(function*() {
        yield* Effect.provide(call, Odeal.layer({ credentials: Model.keys }))
        yield* Effect.provide(call, Odeal.layer({ credentials: Model.keys, label: "again" }))
      }).pipe(Effect.provide(Layer.merge(TokenCache.layerWith({}), model.layer)))
      assert.strictEqual(model.counts.logins, 1)
    }))
})

describe("a layer from the configuration", () => {
  it.effect("reads the keys", () =>
    Effect.gen(function*() {
      const { model, run } = overConfig(variables)
      assert.deepStrictEqual(yield* run(call), { result: { ok: true } })
      assert.deepStrictEqual(model.to(Model.login)[0]?.body, { apiKey: "api-key", secretKey: "secret-key" })
    }))

  it.effect("reads the environment, and another address before it", () =>
    Effect.gen(function*() {
      const staging = overConfig({ ...variables, ODEAL_ENVIRONMENT: "staging" })
      yield* staging.run(Effect.exit(call))
      assert.match(staging.model.arrivals[0]?.url ?? "", /^https:\/\/apigwstg\.odeal\.com\/mobile\//)
      const local = overConfig({
        ...variables,
        ODEAL_ENVIRONMENT: "staging",
        ODEAL_BASE_URL: "http://127.0.0.1:4100/odeal"
      })
      yield* local.run(Effect.exit(call))
      assert.match(local.model.arrivals[0]?.url ?? "", /^http:\/\/127\.0\.0\.1:4100\/odeal\//)
    }))

  it.effect("leaves to the options what no variable says", () =>
    Effect.gen(function*() {
      const { model, run } = overConfig(variables, { environment: "staging" })
      yield* run(Effect.exit(call))
      assert.match(model.arrivals[0]?.url ?? "", /^https:\/\/apigwstg/)
    }))

  for (
    const [name, value] of [
      ["ODEAL_API_KEY", undefined],
      ["ODEAL_API_KEY", ""],
      ["ODEAL_SECRET_KEY", undefined],
      ["ODEAL_SECRET_KEY", " canary-secret"],
      ["ODEAL_ENVIRONMENT", "live"],
      ["ODEAL_BASE_URL", "http://apigw.odeal.com"]
    ] as const
  ) {
    it.effect(`names ${name} if it is ${value === undefined ? "missing" : JSON.stringify(value)}`, () =>
      Effect.gen(function*() {
        const changed = new Map(Object.entries({ ...variables, [name]: value ?? "" }))
        if (value === undefined) changed.delete(name)
        const { model, run } = overConfig(Object.fromEntries(changed))
        const error = yield* Effect.flip(run(call))
        assert.strictEqual(error._tag, "ConfigError")
        assert.include(String(error), name)
        assert.notInclude(String(error), "canary-secret")
        assert.deepStrictEqual(model.arrivals, [])
      }))
  }
})
