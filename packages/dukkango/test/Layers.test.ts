import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core"
import { Dukkango, DukkangoBranches, DukkangoMock, type Options, type Settings } from "@entegre/dukkango"
import { Sandbox } from "@entegre/sandbox"
import { ConfigProvider, Context, Data, Duration, Effect, Exit, Fiber, Layer, Option, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { countOf, crowd, failureOf, noOrder, provider } from "./support/stack.ts"

const shared = Layer.provideMerge(TokenCache.layer, Sandbox.layerHttpClient)
const application = (settings?: Settings) => Layer.provideMerge(Dukkango.layerConfig(settings), shared)
const list = Dukkango.use(({ restaurants }) => restaurants.list)
const current = Dukkango.use(({ orders }) => orders.current())
const logins = Effect.map(Effect.flatMap(provider, ({ counters }) => counters), ({ logins }) => logins)

const environment = {
  DUKKANGO_APP_SECRET_KEY: "canary-app-key",
  DUKKANGO_REST_SECRET_KEY: "canary-rest-key"
}

const credentials = {
  appSecretKey: Redacted.make("canary-app-key"),
  restSecretKey: Redacted.make("canary-rest-key")
}

describe("a layer", () => {
  it.effect("that is written twice is one service and one login", () =>
    Effect.gen(function*() {
      class Other extends Context.Service<Other, Dukkango["Service"]>()("@entegre/dukkango/test/Layers.test/Other") {}
      const layer = Dukkango.layerConfig()
      const other = Layer.effect(Other, Dukkango).pipe(Layer.provide(layer))
      yield* Effect.gen(function*() {
        const one = yield* Dukkango
        const two = yield* Other
        assert.strictEqual(one, two)
        yield* Effect.all([one.restaurants.list, two.restaurants.list], { concurrency: "unbounded" })
        assert.strictEqual(yield* logins, 1)
      }).pipe(Effect.provide(Layer.merge(layer, other)))
    }).pipe(Effect.provide(shared)))

  it.effect("does not log in when it is built", () =>
    Effect.gen(function*() {
      const { tokens } = yield* Dukkango
      assert.strictEqual((yield* tokens.status).state, "cold")
      assert.strictEqual(yield* logins, 0)
    }).pipe(Effect.provide(application())))

  it.effect("gives the tokens of its account, by the label that it was given", () =>
    Effect.gen(function*() {
      const { tokens } = yield* Dukkango
      const { status } = yield* TokenCache
      yield* tokens.warmUp
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(
        (yield* status).map(({ key, provider, state }) => [provider, key, state]),
        [["dukkango", "Akat", "alive"]]
      )
    }).pipe(Effect.provide(application({ label: "Akat" }))))

  it.effect("makes calls that the package does not cover", () =>
    Effect.gen(function*() {
      const { client } = yield* Dukkango
      const response = yield* client.httpClient.get("/orders/cancel-reasons")
      assert.strictEqual(response.status, 200)
      assert.strictEqual((yield* Effect.flip(client.httpClient.get("https://example.com/")))._tag, "NotSent")
    }).pipe(Effect.provide(application())))
})

describe("a mock", () => {
  it.effect("has the members that a test brings, and dies of the others by name", () =>
    Effect.gen(function*() {
      const { orders, restaurants } = yield* Dukkango
      yield* orders.accept(noOrder, { preparingTime: 30 })
      const exit = yield* Effect.exit(restaurants.list)
      assert.isTrue(Exit.hasDies(exit))
      assert.include(String(exit), "restaurants")
    }).pipe(Effect.provide(DukkangoMock.layer({ orders: { accept: () => Effect.void } }))))
})

describe("options that can not be used", () => {
  const rows: ReadonlyArray<readonly [string, Partial<Options>]> = [
    ["appSecretKey", { credentials: { ...credentials, appSecretKey: Redacted.make("") } }],
    ["restSecretKey", { credentials: { ...credentials, restSecretKey: Redacted.make(" canary-rest-key\n") } }],
    ["restSecretKey", { credentials: Effect.succeed({ ...credentials, restSecretKey: Redacted.make("") }) }],
    ["baseUrl", { baseUrl: "http://www.xn--dkkango-n2a.com/api/integrations" }],
    ["baseUrl", { baseUrl: "dükkango" }],
    ["window", { window: 0 }],
    ["window", { window: -1 }],
    ["window", { window: Duration.infinity }],
    ["timeout", { timeout: 0 }],
    ["loginTimeout", { loginTimeout: 0 }],
    ["cooldown", { cooldown: 0 }],
    ["maxCooldownWait", { maxCooldownWait: Duration.infinity }],
    ["expiryZone", { expiryZone: "Europe/Dükkan" }],
    ["orderZone", { orderZone: "nowhere" }]
  ]
  it.effect.each(rows)("%s is named, and nothing is sent", ([option, options]) =>
    Effect.gen(function*() {
      const error = yield* failureOf(Layer.build(Dukkango.layer({ credentials, ...options })))
      assert.strictEqual(error._tag, "InvalidOptions")
      assert.strictEqual(error.option, option)
      assert.notInclude(error.message, "canary")
      assert.deepStrictEqual(yield* (yield* provider).requests, [])
    }).pipe(Effect.provide(shared)))

  it.effect("keys that can not be obtained fail the layer with the reason", () =>
    Effect.gen(function*() {
      class VaultSealed extends Data.TaggedError("VaultSealed")<{}> {}
      const error = yield* failureOf(Layer.build(Dukkango.layer({ credentials: Effect.fail(new VaultSealed()) })))
      assert.strictEqual(error._tag, "VaultSealed")
    }).pipe(Effect.provide(shared)))
})

describe("a configuration that can not be used", () => {
  const rows: ReadonlyArray<readonly [string, Readonly<Record<string, string>>]> = [
    ["DUKKANGO_APP_SECRET_KEY", { DUKKANGO_REST_SECRET_KEY: "canary-rest-key" }],
    ["DUKKANGO_REST_SECRET_KEY", { ...environment, DUKKANGO_REST_SECRET_KEY: "" }],
    ["DUKKANGO_APP_SECRET_KEY", { ...environment, DUKKANGO_APP_SECRET_KEY: "canary-app-key\n" }],
    ["DUKKANGO_BASE_URL", { ...environment, DUKKANGO_BASE_URL: "http://canary.example.com" }],
    ["DUKKANGO_EXPIRY_ZONE", { ...environment, DUKKANGO_EXPIRY_ZONE: "Europe/Dükkan" }]
  ]
  it.effect.each(rows)("%s is named, and its value is not shown", ([variable, variables]) =>
    Effect.gen(function*() {
      const layer = Layer.provide(
        Dukkango.layerConfig(),
        ConfigProvider.layer(ConfigProvider.fromEnvRecord(variables))
      )
      const error = yield* failureOf(Layer.build(layer))
      assert.strictEqual(error._tag, "ConfigError")
      assert.include(error.message, variable)
      assert.notInclude(error.message, "canary")
    }).pipe(Effect.provide(shared)))

  it.effect("wins over the options where it says something, and leaves the others alone", () =>
    Effect.gen(function*() {
      const { tokens } = yield* Dukkango
      assert.strictEqual(tokens.key.environment, (yield* provider).baseUrl)
      assert.strictEqual(tokens.name, "Akat")
    }).pipe(Effect.provide(application({ baseUrl: "https://example.com", label: "Akat" }))))
})

class NoSuchBranch extends Data.TaggedError("NoSuchBranch")<{}> {}

/** Branches of which each has an account of its own; `lookups` are the branches whose keys were asked for. */
const branches = Effect.fnUntraced(function*(options: { readonly idleTimeToLive?: Duration.Input } = {}) {
  const { baseUrl, credentials, registerAccount } = yield* provider
  const other = { appSecretKey: Redacted.make("other-app"), restSecretKey: Redacted.make("other-rest") }
  yield* registerAccount({ ...other, restaurants: [{ id: "7d9a7a4e-8a3f-4d32-9a0e-0d0a52ff1c11", name: "Moda Şube" }] })
  const keys: Record<string, typeof other> = { akat: credentials, moda: other, alias: credentials }
  const lookups: Array<string> = []
  const layer = DukkangoBranches.layer({
    baseUrl,
    whenCooling: "fail",
    credentials: (branch) =>
      Effect.suspend(() => {
        lookups.push(branch)
        return Effect.fromOption(Option.fromUndefinedOr(keys[branch]), () => new NoSuchBranch())
      }),
    ...options
  })
  return { layer, lookups, keys }
})

const inBranch = (branch: string) => <A, E>(effect: Effect.Effect<A, E, Dukkango>) =>
  Effect.provide(effect, DukkangoBranches.get(branch))

describe("many branches", () => {
  it.effect("each have their own tokens, over one cache", () =>
    Effect.gen(function*() {
      const { layer, lookups } = yield* branches()
      yield* Effect.gen(function*() {
        const names = (branch: string) =>
          Effect.map(inBranch(branch)(list), (restaurants) => restaurants.map(({ name }) => name))
        assert.deepStrictEqual(yield* names("akat"), ["Akat Şube", "Halaskargazi Şube"])
        assert.deepStrictEqual(yield* names("moda"), ["Moda Şube"])
        yield* crowd(100, names("moda"))
        assert.strictEqual(yield* logins, 2)
        // Once when the branch's service is made, once at its login.
        assert.deepStrictEqual(lookups, ["akat", "akat", "moda", "moda"])
        const { status } = yield* TokenCache
        assert.sameMembers((yield* status).map(({ key }) => key), ["akat", "moda"])
      }).pipe(Effect.provide(layer))
    }).pipe(Effect.provide(shared)))

  it.effect("with the same keys share a token and a cooldown", () =>
    Effect.gen(function*() {
      const { layer } = yield* branches()
      yield* Effect.gen(function*() {
        yield* inBranch("akat")(current)
        const { reason } = yield* failureOf(inBranch("alias")(current)).pipe(
          Effect.filterOrFail((error) => error._tag === "DukkangoError")
        )
        assert.strictEqual(reason._tag, "Cooldown")
        assert.strictEqual(yield* logins, 1)
      }).pipe(Effect.provide(layer))
    }).pipe(Effect.provide(shared)))

  it.effect("keep their token and their cooldown when they were put away", () =>
    Effect.gen(function*() {
      const { layer, lookups } = yield* branches({ idleTimeToLive: "1 second" })
      yield* Effect.gen(function*() {
        yield* inBranch("akat")(current)
        yield* TestClock.adjust("10 seconds")
        const error = yield* failureOf(inBranch("akat")(current))
        assert.strictEqual(error._tag === "DukkangoError" && error.reason._tag, "Cooldown")
        assert.deepStrictEqual(lookups, ["akat", "akat", "akat"])
        assert.strictEqual(yield* logins, 1)
        assert.deepStrictEqual(yield* countOf("orders.get-current"), { received: 1, done: 1 })
      }).pipe(Effect.provide(layer))
    }).pipe(Effect.provide(shared)))

  it.effect("whose keys can not be found fail with the branch's name, and are looked up again by the next", () =>
    Effect.gen(function*() {
      const { keys, layer } = yield* branches()
      yield* Effect.gen(function*() {
        const error = yield* failureOf(inBranch("new")(list))
        if (error._tag !== "BranchUnavailable") return assert.fail(error.message)
        assert.strictEqual(error.branch, "new")
        assert.strictEqual(error.reason._tag, "CredentialsUnavailable")
        keys["new"] = (yield* provider).credentials
        yield* inBranch("new")(list)
      }).pipe(Effect.provide(layer))
    }).pipe(Effect.provide(shared)))

  it.effect("whose keys can not be used fail with the option's name", () =>
    Effect.gen(function*() {
      const { keys, layer } = yield* branches()
      keys["empty"] = { appSecretKey: Redacted.make(""), restSecretKey: Redacted.make("x") }
      const error = yield* failureOf(inBranch("empty")(list)).pipe(Effect.provide(layer))
      if (error._tag !== "BranchUnavailable") return assert.fail(error.message)
      assert.strictEqual(error.reason._tag === "InvalidOptions" && error.reason.option, "appSecretKey")
    }).pipe(Effect.provide(shared)))

  it.effect("are made anew when they were invalidated", () =>
    Effect.gen(function*() {
      const { keys, layer } = yield* branches()
      yield* Effect.gen(function*() {
        yield* inBranch("akat")(list)
        const other = keys["moda"]
        if (other !== undefined) keys["akat"] = other
        yield* (yield* DukkangoBranches).invalidate("akat")
        assert.deepStrictEqual((yield* inBranch("akat")(list)).map(({ name }) => name), ["Moda Şube"])
      }).pipe(Effect.provide(layer))
    }).pipe(Effect.provide(shared)))

  it.effect("that are asked for at once are made once", () =>
    Effect.gen(function*() {
      const { layer, lookups } = yield* branches()
      const callers = yield* Effect.forkChild(Effect.provide(crowd(100, inBranch("akat")(list)), layer))
      yield* TestClock.adjust(0)
      yield* Fiber.join(callers)
      assert.deepStrictEqual(lookups, ["akat", "akat"])
    }).pipe(Effect.provide(shared)))
})
