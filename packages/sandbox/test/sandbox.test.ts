import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Fault, Sandbox } from "@entegre/sandbox"
import {
  Config,
  ConfigProvider,
  Context,
  Effect,
  Exit,
  Fiber,
  Inspectable,
  Layer,
  Redacted,
  Schema,
  Scope
} from "effect"
import { HttpClient, HttpClientError, HttpClientRequest } from "effect/http"
import { call, login, transports } from "./support.ts"

const Keys = Config.all({
  baseUrl: Config.URL("DUKKANGO_BASE_URL"),
  appSecretKey: Config.Redacted("DUKKANGO_APP_SECRET_KEY"),
  restSecretKey: Config.Redacted("DUKKANGO_REST_SECRET_KEY")
})

/** Stands for an application: a service that is configured from its environment. */
class App extends Context.Service<App, { readonly baseUrl: URL; readonly colour: string }>()(
  "@entegre/sandbox/test/sandbox.test/App"
) {
  static readonly layer = Layer.effect(
    App,
    Effect.gen(function*() {
      const { baseUrl } = yield* Keys
      return App.of({ baseUrl, colour: yield* Config.String("COLOUR") })
    })
  )
}

describe.each(transports)("a sandbox %s", (_, transport) => {
  it.live("configures what is built upon it, and leaves other names to the environment", () =>
    Effect.gen(function*() {
      const app = yield* App
      const { dukkango } = yield* Sandbox
      assert.strictEqual(app.baseUrl.href, dukkango.baseUrl)
      assert.strictEqual(app.colour, "red")
      const keys = yield* Keys
      assert.strictEqual(Redacted.value(keys.appSecretKey), Redacted.value(dukkango.credentials.appSecretKey))
      assert.strictEqual(Redacted.value(keys.restSecretKey), Redacted.value(dukkango.credentials.restSecretKey))
    }).pipe(Effect.provide(
      App.layer.pipe(
        Layer.provideMerge(transport),
        Layer.provide(
          ConfigProvider.layer(ConfigProvider.fromEnvRecord({ COLOUR: "red", DUKKANGO_BASE_URL: "https://x" }))
        )
      )
    )))

  it.live("gives Apex and Ödeal keys of their own, under their own names", () =>
    Effect.gen(function*() {
      const { apex, odeal } = yield* Sandbox
      for (const [name, { baseUrl, credentials }] of [["APEX", apex], ["ODEAL", odeal]] as const) {
        assert.strictEqual((yield* Config.URL(`${name}_BASE_URL`)).href, baseUrl)
        assert.deepStrictEqual({
          apiKey: Redacted.value(yield* Config.Redacted(`${name}_API_KEY`)),
          secretKey: Redacted.value(yield* Config.Redacted(`${name}_SECRET_KEY`))
        }, { apiKey: Redacted.value(credentials.apiKey), secretKey: Redacted.value(credentials.secretKey) })
      }
      assert.notStrictEqual(Redacted.value(apex.credentials.apiKey), Redacted.value(odeal.credentials.apiKey))
    }).pipe(Effect.provide(transport)))

  it.live("shows no secret when it is printed", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox
      yield* login()
      const printed = [
        Inspectable.toStringUnknown(sandbox),
        JSON.stringify(sandbox),
        Inspectable.toStringUnknown(yield* sandbox.dukkango.requests)
      ].join()
      assert.notInclude(printed, "secret-key\"")
      for (const secret of Object.values(sandbox.dukkango.credentials)) {
        assert.notInclude(printed, Redacted.value(secret))
      }
    }).pipe(Effect.provide(transport)))

  it.live("starts anew each time it is built", () =>
    Effect.gen(function*() {
      const orders = Effect.gen(function*() {
        const { dukkango } = yield* Sandbox
        yield* dukkango.orders.place()
        return (yield* dukkango.orders.list).length
      })
      assert.strictEqual(yield* Effect.provide(orders, transport), 1)
      assert.strictEqual(yield* Effect.provide(orders, transport), 1)
    }))
})

describe("a sandbox on a socket", () => {
  const buildIn = (scope: Scope.Scope) => Effect.map(Layer.buildWithScope(Sandbox.layer, scope), Context.get(Sandbox))

  it.live("listens on loopback, at a port of its own, under the name it is given", () =>
    Effect.gen(function*() {
      const { origin } = yield* Sandbox
      assert.match(origin, /^http:\/\/127\.0\.0\.1:\d+$/)
      const ipv6 = yield* Effect.provide(
        Effect.map(Sandbox, ({ origin }) => origin),
        Sandbox.layerWith({ host: "::1" })
      )
      assert.match(ipv6, /^http:\/\/\[::1\]:\d+$/)
    }).pipe(Effect.provide(Sandbox.layer)))

  it.live("says that the port is taken", () =>
    Effect.gen(function*() {
      const { origin } = yield* Sandbox
      const error = yield* Layer.build(Sandbox.layerWith({ port: Number(new URL(origin).port) })).pipe(Effect.flip)
      assert.strictEqual(error._tag, "ServeError")
    }).pipe(Effect.provide(Sandbox.layer)))

  it.live("closes at once, whatever is still open, and leaves its port", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { dukkango, origin } = yield* buildIn(scope)
      yield* dukkango.faults.inject(Fault.hang())
      yield* dukkango.faults.inject(Fault.latency("1 hour"))
      const request = (path: string) => HttpClient.get(`${dukkango.baseUrl}${path}`)
      const waiting = yield* Effect.forkChild(
        Effect.all([request("/restaurants/get"), request("/restaurants/get")], { concurrency: 2, mode: "result" })
      )
      yield* Effect.repeat(dukkango.counters, {
        until: ({ operations }) => operations["restaurants.get"]?.received === 2
      })
      yield* Effect.timeout(Scope.close(scope, Exit.void), "5 seconds")
      yield* Effect.timeout(Fiber.join(waiting), "5 seconds")
      assert.strictEqual((yield* Effect.flip(HttpClient.get(origin))).reason._tag, "TransportError")
    }).pipe(Effect.provide(NodeHttpClient.layerUndici)))

  it.live("answers 404 to what is meant for no provider, and remembers it", () =>
    Effect.gen(function*() {
      const { origin, strays } = yield* Sandbox
      const response = yield* HttpClientRequest.post(`${origin}/somewhere?else=1`).pipe(
        HttpClientRequest.bodyText("lost"),
        HttpClient.execute
      )
      assert.strictEqual(response.status, 404)
      assert.deepStrictEqual(
        (yield* strays).map(({ body, method, path }) => [method, path, Redacted.value(body)]),
        [["POST", "/somewhere?else=1", "lost"]]
      )
    }).pipe(Effect.provide(Layer.merge(Sandbox.layer, NodeHttpClient.layerUndici))))
})

describe("a sandbox without sockets", () => {
  it.effect("can be reached, and nothing else can", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(HttpClient.get("https://www.example.com/"))
      assert.isTrue(HttpClientError.isHttpClientError(error))
      assert.strictEqual(error.reason._tag, "TransportError")
      assert.strictEqual((yield* call("GET", "/restaurants/get")).status, 401)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("takes no setting that makes no sense", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const exit = yield* Effect.exit(dukkango.settings.update({ expiryZone: "Mars/Olympus" }))
      assert.isTrue(Exit.hasDies(exit))
      assert.strictEqual((yield* dukkango.settings.get).expiryZone, "Europe/Istanbul")
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("names the cause of a reset as Node does", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.reset())
      const { cause } = yield* Effect.flip(call("GET", "/restaurants/get"))
      assert.strictEqual(
        (yield* Schema.decodeUnknownEffect(Schema.Struct({ code: Schema.String }))(cause)).code,
        "ECONNRESET"
      )
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("starts with what it is given", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* login({ appSecretKey: Redacted.make("my-app"), restSecretKey: Redacted.make("my-rest") })
      assert.deepStrictEqual((yield* dukkango.restaurants.list).map(({ name }) => name), ["Moda Şube"])
      assert.deepStrictEqual((yield* dukkango.orders.list).map(({ id, restaurant_name }) => [id, restaurant_name]), [
        [7, "Moda Şube"],
        [1031, "Moda Şube"]
      ])
      assert.deepStrictEqual(yield* dukkango.foods.list, [])
    }).pipe(Effect.provide(Sandbox.layerHttpClientWith({
      dukkango: {
        credentials: { appSecretKey: Redacted.make("my-app"), restSecretKey: Redacted.make("my-rest") },
        restaurants: [{ id: "3e9caf87-5cb7-4c4e-adcb-fc2ec54cf24e", name: "Moda Şube", open: true }],
        foods: [],
        orders: [{ id: 7 }, {}]
      }
    }))))
})
