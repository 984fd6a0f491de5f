import { assert, describe, it } from "@effect/vitest"
import { Apex, ApexMock } from "@entegre/apex"
import type * as ApexOptions from "@entegre/apex/ApexOptions"
import { TokenCache } from "@entegre/core"
import { Cause, ConfigProvider, Data, Effect, Exit, Layer, Redacted } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { baseUrl, credentials, mockClient, tokens } from "./support/apex.ts"
import { ids, node } from "./support/samples.ts"

const provider = () => mockClient(({ path }) => Response.json(path.startsWith("/auth/") ? tokens(1) : node))

const over = <E>(layer: Layer.Layer<Apex, E, HttpClient.HttpClient | TokenCache>, client: HttpClient.HttpClient) =>
  layer.pipe(Layer.provide(TokenCache.layer), Layer.provide(Layer.succeed(HttpClient.HttpClient, client)))

const configured = (environment: Record<string, string>, settings?: ApexOptions.Settings) =>
  Effect.gen(function*() {
    const { client, sent } = provider()
    yield* Apex.use((apex) => apex.nodes.get(ids.node)).pipe(Effect.provide(over(Apex.layerConfig(settings), client)))
    return sent
  }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord(environment))))

const environment = {
  APEX_BASE_URL: "https://apex.example/api/v1/integration/",
  APEX_API_KEY: "canary-api-key",
  APEX_SECRET_KEY: "canary-secret-key"
}

describe("layerConfig", () => {
  it.effect("reads the address and the keys from the configuration", () =>
    Effect.gen(function*() {
      const [login, call] = yield* configured(environment)
      assert.deepStrictEqual(login?.body, { api_key: "canary-api-key", secret_key: "canary-secret-key" })
      assert.strictEqual(call?.path, `/nodes/${ids.node}`)
    }))

  it.effect("reads how to log in, before what the settings say", () =>
    Effect.gen(function*() {
      const [login] = yield* configured({ ...environment, APEX_LOGIN_BY: "headers" }, { loginBy: "body" })
      assert.strictEqual(login?.headers["api-key"], "canary-api-key")
    }))

  it.effect.each(["APEX_BASE_URL", "APEX_API_KEY", "APEX_SECRET_KEY"])(
    "names the variable that is missing: %s",
    (name) =>
      Effect.gen(function*() {
        const rest = Object.fromEntries(Object.entries(environment).filter(([key]) => key !== name))
        const error = yield* Effect.flip(configured(rest))
        assert.strictEqual(error._tag, "ConfigError")
        assert.include(String(error), name)
      })
  )

  it.effect.each<readonly [string, string]>([
    ["APEX_BASE_URL", "http://apex.example"],
    ["APEX_BASE_URL", "apex.example"],
    ["APEX_API_KEY", " canary-api-key"],
    ["APEX_SECRET_KEY", "canary\nkey"],
    ["APEX_LOGIN_BY", "cookie"],
    ["APEX_REQUEST_LIMIT", "many"]
  ])("names the variable that can not be used: %s", ([name, value]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(configured({ ...environment, [name]: value }))
      assert.strictEqual(error._tag, "ConfigError")
      assert.include(String(error), name)
      assert.notInclude(String(error), "canary")
    }))
})

describe("options", () => {
  const rows: ReadonlyArray<readonly [string, Partial<ApexOptions.Options>]> = [
    ["baseUrl", { baseUrl: "http://apex.example" }],
    ["baseUrl", { baseUrl: "" }],
    ["apiKey", { credentials: { ...credentials, apiKey: Redacted.make("") } }],
    ["secretKey", { credentials: { ...credentials, secretKey: Redacted.make("canary-key\n") } }],
    ["window", { window: 0 }],
    ["refreshTokenLife", { refreshTokenLife: "0 days" }],
    ["loginTimeout", { loginTimeout: Number.POSITIVE_INFINITY }],
    ["timeout", { timeout: -1 }],
    ["requestLimit", { requestLimit: 0 }],
    ["requestLimit", { requestLimit: 1.5 }],
    ["reservedForTokens", { reservedForTokens: -1 }],
    ["reservedForTokens", { reservedForTokens: 50 }],
    ["requestWindow", { requestWindow: 0 }],
    ["maxWait", { maxWait: 0 }],
    ["targetServers[\"nodes.get\"]", { targetServers: { "nodes.get": "a\r\nb" } }]
  ]
  it.effect.each(rows)("that can not be used are named: %s", ([option, options]) =>
    Effect.gen(function*() {
      const { client, sent } = provider()
      const layer = over(Apex.layer({ baseUrl, credentials, ...options }), client)
      const error = yield* Effect.flip(Effect.scoped(Layer.build(layer)))
      assert.strictEqual(error.option, option)
      assert.notInclude(error.message, "canary")
      assert.deepStrictEqual(sent, [])
    }))

  it.effect("may leave a single request to calls and none to logins", () =>
    Effect.gen(function*() {
      const { client } = provider()
      yield* Apex.use((apex) => apex.nodes.get(ids.node)).pipe(
        Effect.provide(over(Apex.layer({ baseUrl, credentials, requestLimit: 1 }), client))
      )
    }))
})

describe("credentials", () => {
  class VaultSealed extends Data.TaggedError("VaultSealed") {}

  it.effect("may come from an effect, whose error is the layer's", () =>
    Effect.gen(function*() {
      const { client } = provider()
      const layer = over(Apex.layer({ baseUrl, credentials: Effect.fail(new VaultSealed()) }), client)
      assert.strictEqual((yield* Effect.flip(Effect.scoped(Layer.build(layer))))._tag, "VaultSealed")
    }))
})

describe("a layer", () => {
  it.effect("does not log in when it is built", () =>
    Effect.gen(function*() {
      const { client, sent } = provider()
      yield* Effect.scoped(Layer.build(over(Apex.layer({ baseUrl, credentials }), client)))
      assert.deepStrictEqual(sent, [])
    }))

  it.effect("makes calls that the package does not cover, and keeps the limit for them", () =>
    Effect.gen(function*() {
      const { client, sent } = provider()
      yield* Effect.gen(function*() {
        const apex = yield* Apex
        const get = apex.client.send(HttpClientRequest.get("/elsewhere"), { safety: "safe" })
        const { status } = yield* get
        assert.strictEqual(status, 200)
        assert.strictEqual(sent[1]?.headers.authorization, "Bearer canary-access-1")
        assert.strictEqual(sent[1]?.headers["x-target-server"], "integration")
        const error = yield* Effect.flip(get)
        assert.strictEqual(error._tag, "RateLimited")
      }).pipe(
        Effect.provide(over(
          Apex.layer({
            baseUrl,
            credentials: { ...credentials, apiKey: Redacted.make("canary-uncovered") },
            requestLimit: 1,
            maxWait: "1 second"
          }),
          client
        ))
      )
    }))

  it.effect("sends calls that the package does not cover where they say", () =>
    Effect.gen(function*() {
      const { client, sent } = provider()
      const request = HttpClientRequest.setHeader(HttpClientRequest.get("/elsewhere"), "X-Target-Server", "chains")
      yield* Apex.use((apex) => apex.client.send(request, { safety: "safe" })).pipe(
        Effect.provide(over(Apex.layer({ baseUrl, credentials }), client))
      )
      assert.strictEqual(sent[1]?.headers["x-target-server"], "chains")
    }))

  it.effect("has a mock, of which only those members are there that a test brings", () =>
    Effect.gen(function*() {
      const apex = yield* Apex
      yield* apex.nodes.delete(ids.node)
      const exit = yield* Effect.exit(apex.nodes.get(ids.node))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    }).pipe(Effect.provide(ApexMock.layer({ nodes: { delete: () => Effect.void } }))))
})
