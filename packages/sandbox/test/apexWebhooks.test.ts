import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ApexModel, NotFound, Sandbox } from "@entegre/sandbox"
import { Effect, Layer, Queue, Redacted, Schema } from "effect"
import { HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { createServer } from "node:http"
import { furnish, session } from "./apexSupport.ts"
import { transports } from "./support.ts"

const basic = { type: 1, username: "kullanıcı", password: "parola:1" }

const decodeBody = Schema.decodeEffect(Schema.fromJsonString(ApexModel.ApexWebhook))

/** A market whose webhook goes back to the sandbox, which has nobody there. */
const marketWith = Effect.fnUntraced(function*(webhook: Readonly<Record<string, unknown>>) {
  const { origin } = yield* Sandbox
  const { create } = yield* session()
  const node = yield* create("/nodes", { name: "Root", type: 1 })
  return yield* create("/markets", {
    node_id: node,
    domain: "example.com",
    webhook: { host: origin, path: "/shop/apex", method: 2, ...webhook }
  })
})

/** Fires and gives the one webhook that was sent. */
const fire = Effect.fnUntraced(function*(id: string, change?: ApexModel.ApexWebhookChange) {
  const { apex } = yield* Sandbox
  const [entry] = yield* apex.webhooks.fire(id, change)
  assert.isDefined(entry)
  return { ...entry, headers: Redacted.value(entry.headers), body: Redacted.value(entry.body) }
})

describe.each(transports)("webhooks of Apex %s", (_, transport) => {
  it.live("go where the market says, with the method that it says", () =>
    Effect.gen(function*() {
      const { apex, origin } = yield* Sandbox
      const id = yield* marketWith({})
      const { body, headers, method, url } = yield* fire(id)
      assert.deepStrictEqual([method, url], ["POST", `${origin}/shop/apex`])
      assert.strictEqual(headers["content-type"], "application/json")
      assert.deepInclude(yield* decodeBody(body), { subject_id: id, event: "market.updated", data: {} })
      const put = yield* fire(yield* marketWith({ host: `${origin}/`, path: "hook", method: 3 }))
      assert.deepStrictEqual([put.method, put.url], ["PUT", `${origin}/hook`])
      const get = yield* fire(yield* marketWith({ method: 1, authentication: basic }))
      assert.deepStrictEqual([get.method, get.body, Object.keys(get.headers)], ["GET", "", ["authorization"]])
      assert.lengthOf(yield* apex.webhooks.sent, 3)
    }).pipe(Effect.provide(transport)))

  it.live("show HTTP Basic credentials, a token in the header that is set, or nothing", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      const { authorization } = (yield* fire(yield* marketWith({ authentication: basic }))).headers
      const [scheme, encoded = ""] = authorization?.split(" ") ?? []
      assert.strictEqual(scheme, "Basic")
      assert.strictEqual(Buffer.from(encoded, "base64").toString("utf8"), "kullanıcı:parola:1")
      const market = yield* marketWith({ authentication: { type: 2, token: "your-token-here" } })
      assert.strictEqual((yield* fire(market)).headers["authorization"], "Bearer your-token-here")
      yield* apex.settings.update({ webhookTokenHeader: "X-Webhook-Token", webhookTokenScheme: "" })
      assert.strictEqual((yield* fire(market)).headers["x-webhook-token"], "your-token-here")
      assert.deepStrictEqual(Object.keys((yield* fire(yield* marketWith({}))).headers), ["content-type"])
    }).pipe(Effect.provide(transport)))

  it.live("are fired for distributors too", () =>
    Effect.gen(function*() {
      const { origin } = yield* Sandbox
      const { ask } = yield* session()
      const { distributor } = yield* furnish(yield* session())
      yield* ask("PUT", `/distributors/${distributor}`, { meta: { host: origin, path: "/meta" } })
      const { body, method, url } = yield* fire(distributor)
      assert.deepStrictEqual([method, url], ["POST", `${origin}/meta`])
      assert.deepInclude(yield* decodeBody(body), { subject_id: distributor })
    }).pipe(Effect.provide(transport)))

  it.live("come twice, under an identifier that was there before, or with somebody else's credentials", () =>
    Effect.gen(function*() {
      const { apex, origin } = yield* Sandbox
      const market = yield* marketWith({ authentication: basic })
      const copies = yield* apex.webhooks.fire(market, { copies: 3 })
      assert.strictEqual(new Set(copies.map(({ body }) => Redacted.value(body))).size, 1)
      assert.lengthOf(copies, 3)
      const first = yield* decodeBody((yield* fire(market)).body)
      const second = yield* decodeBody((yield* fire(market)).body)
      assert.notStrictEqual(first.id, second.id)
      const again = yield* fire(market, { fields: { id: first.id, data: { late: true } } })
      assert.deepInclude(yield* decodeBody(again.body), { id: first.id, data: { late: true } })
      const forged = yield* fire(market, { authentication: { type: 2, token: "guessed" }, to: `${origin}/other` })
      assert.deepStrictEqual([forged.headers["authorization"], forged.url], ["Bearer guessed", `${origin}/other`])
      assert.notProperty((yield* fire(market, { authentication: null })).headers, "authorization")
    }).pipe(Effect.provide(transport)))

  it.live("are not fired where there is no market or no webhook", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      const { market } = yield* furnish(yield* session())
      for (const [id, what] of [["none", "market"], [market, "webhook"]] as const) {
        assert.deepStrictEqual(yield* Effect.flip(apex.webhooks.fire(id)), new NotFound({ what, id }))
      }
    }).pipe(Effect.provide(transport)))
})

describe("webhooks of Apex", () => {
  const overSockets = Layer.merge(Sandbox.layer, NodeHttpClient.layerUndici)

  it.live("reach a server on this machine, which may take as long as the market says", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      const received = yield* Queue.unbounded<string | undefined>()
      const server = yield* NodeHttpServer.make(createServer, { port: 0, host: "127.0.0.1" })
      yield* server.serve(Effect.gen(function*() {
        const request = yield* HttpServerRequest.HttpServerRequest
        yield* Queue.offer(received, request.headers["authorization"])
        return request.url === "/slow" ? yield* Effect.interruptible(Effect.never) : HttpServerResponse.empty()
      }))
      const host = HttpServer.formatAddress(server.address)
      const market = yield* marketWith({ host, authentication: { type: 2, token: "your-token-here" } })
      assert.strictEqual((yield* fire(market)).outcome, 204)
      assert.strictEqual(yield* Queue.take(received), "Bearer your-token-here")
      const slow = yield* marketWith({ host, path: "/slow", timeout: 1 })
      assert.deepStrictEqual((yield* apex.webhooks.fire(slow)).map(({ outcome }) => outcome), ["TimedOut"])
    }).pipe(Effect.provide(overSockets)))

  it.live("leave this machine under no circumstances", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* fire(yield* marketWith({ host: "https://shop.example" }))).outcome, "NotLoopback")
    }).pipe(Effect.provide(overSockets)))

  it.effect("come as late as they are told to", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      const market = yield* marketWith({})
      yield* Effect.forkChild(apex.webhooks.fire(market, { delay: "10 minutes" }), { startImmediately: true })
      yield* TestClock.adjust("599999 millis")
      assert.lengthOf(yield* apex.webhooks.sent, 0)
      yield* TestClock.adjust("1 millis")
      assert.lengthOf(yield* apex.webhooks.sent, 1)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))
})
