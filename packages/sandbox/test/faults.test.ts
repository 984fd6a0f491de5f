import { assert, describe, it } from "@effect/vitest"
import { type DukkangoModel, Fault, Sandbox } from "@entegre/sandbox"
import { Effect, Redacted } from "effect"
import type { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { call, login, tokenOf, transports } from "./support.ts"

type DukkangoFault = typeof DukkangoModel.DukkangoFault.Type

/** What a caller gets to see: status, content type and body, or the reason of the failure. */
const seen = (
  request: Effect.Effect<
    HttpClientResponse.HttpClientResponse,
    HttpClientError.HttpClientError,
    HttpClient.HttpClient | Sandbox
  >
) =>
  request.pipe(
    Effect.flatMap((response) =>
      Effect.map(response.text, (text) => [response.status, response.headers["content-type"], text] as const)
    ),
    Effect.catchTag("HttpClientError", ({ reason }) => Effect.succeed(reason._tag))
  )

const json = "application/json; charset=utf-8"
const done = [200, json, "{\"status\":true,\"data\":\"OK\"}"] as const

/** For each fault: what the caller of an unsafe call sees, and whether the provider did it. */
const table: ReadonlyArray<readonly [string, DukkangoFault, Effect.Success<ReturnType<typeof seen>>, boolean]> = [
  ["a status", Fault.status(503), [503, json, "{\"status\":false,\"error\":\"sistem hatası\"}"], false],
  ["a status with a body of its own", Fault.status(502, { body: "bad gateway" }), [502, json, "bad gateway"], false],
  ["a status after it acted", Fault.status(504, { acts: true, body: "" }), [504, json, ""], true],
  ["latency", Fault.latency("1 millis"), done, true],
  ["a reset", Fault.reset(), "TransportError", false],
  ["a lost reply", Fault.lostReply(), "TransportError", true],
  ["a truncated body", Fault.truncated(), "DecodeError", true],
  ["an HTML page", Fault.html(), [
    200,
    "text/html; charset=utf-8",
    "<!DOCTYPE html>\n<html lang=\"tr\"><head><title>Bakım</title></head><body><h1>Sistem bakımda</h1></body></html>\n"
  ], true],
  ["an empty body", Fault.empty(), [200, json, ""], true],
  ["an empty body before it acts", Fault.empty({ acts: false }), [200, json, ""], false],
  ["JSON of another shape", Fault.wrongShape(), [200, json, "{\"unexpected\":[true]}"], true],
  ["a huge body", Fault.huge(200_000), [200, json, "x".repeat(200_000)], true],
  ["a dripping body", Fault.drip({ interval: "1 millis", chunkBytes: 3 }), done, true]
]

describe.each(transports)("faults %s", (_, transport) => {
  it.live.each(table)("%s", ([, fault, expected, acted]) =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const token = yield* tokenOf()
      const { payment_key: key } = yield* dukkango.orders.place()
      const accept = seen(call("PUT", `/orders/accept/${key}`, { token, body: { preparing_time: 20 } }))
      yield* dukkango.faults.inject({ ...fault, on: "orders.accept" })
      assert.deepStrictEqual(yield* accept, expected)
      assert.deepStrictEqual((yield* dukkango.orders.list).map((order) => order.status_id), [acted ? 2 : 1])
      assert.deepStrictEqual(yield* accept, done)
    }).pipe(Effect.provide(transport)))

  it.live("a garbled body, that is neither JSON nor UTF-8", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.garbage())
      const response = yield* call("GET", "/restaurants/get")
      const bytes = yield* response.arrayBuffer
      assert.throws(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes))
      assert.strictEqual(response.headers["content-type"], json)
    }).pipe(Effect.provide(transport)))

  it.live.each([{ acts: false }, { acts: true }])(
    "silence that lasts as long as the caller listens, %o",
    ({ acts }) =>
      Effect.gen(function*() {
        const { dukkango } = yield* Sandbox
        const token = yield* tokenOf()
        const { payment_key: key } = yield* dukkango.orders.place()
        const accept = call("PUT", `/orders/accept/${key}`, { token, body: { preparing_time: 20 } })
        yield* dukkango.faults.inject(Fault.hang({ on: "orders.accept", acts }))
        assert.isTrue((yield* Effect.timeoutOption(accept, "200 millis"))._tag === "None")
        assert.deepStrictEqual((yield* dukkango.orders.list).map((order) => order.status_id), [acts ? 2 : 1])
        assert.deepStrictEqual(yield* seen(accept), done)
      }).pipe(Effect.provide(transport))
  )

  it.live("`Retry-After` in seconds, as a date, or not at all", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.status(503, { retryAfter: "1500 millis" }))
      yield* dukkango.faults.inject(Fault.status(429, { headers: { "Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT" } }))
      yield* dukkango.faults.inject(Fault.status(503))
      const retryAfter = Effect.map(call("GET", "/restaurants/get"), ({ headers }) => headers["retry-after"])
      assert.strictEqual(yield* retryAfter, "2")
      assert.strictEqual(yield* retryAfter, "Wed, 21 Oct 2026 07:28:00 GMT")
      assert.isUndefined(yield* retryAfter)
    }).pipe(Effect.provide(transport)))

  it.live("the documented body with a status that the provider documents", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.status(401, { on: "orders.variables" }))
      assert.deepStrictEqual(yield* seen(call("GET", "/orders/variables", { token: yield* tokenOf() })), [
        401,
        json,
        "{\"status\":false,\"error\":\"yetkisiz erişim\",\"message\":\"Token expired or invalid\"}"
      ])
    }).pipe(Effect.provide(transport)))

  it.live("a redirect, with a record of what follows it", () =>
    Effect.gen(function*() {
      const { dukkango, origin, strays } = yield* Sandbox
      const location = `${origin}/elsewhere`
      yield* dukkango.faults.inject(Fault.redirect(location, { on: "calls" }))
      const response = yield* call("GET", "/restaurants/get", { token: "a token" })
      const followers = yield* strays
      if (response.status === 307) {
        assert.strictEqual(response.headers["location"], location)
        assert.deepStrictEqual(followers, [])
      } else {
        assert.deepStrictEqual(followers.map(({ method, path, reply }) => [method, path, reply]), [
          ["GET", "/elsewhere", 404]
        ])
        assert.deepStrictEqual(followers.map(({ headers }) => Redacted.value(headers)["access-token"]), ["a token"])
      }
    }).pipe(Effect.provide(transport)))
})

describe("a fault", () => {
  const statusOf = Effect.map(call("GET", "/orders/variables", { token: "none" }), ({ status }) => status)

  it.effect("strikes as often as it was told to", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.status(503, { times: 2 }))
      assert.deepStrictEqual(yield* Effect.all([statusOf, statusOf, statusOf]), [503, 503, 401])
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("strikes until it is cleared where it is unlimited", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.status(503, { times: "unlimited" }))
      const statuses = yield* Effect.replicateEffect(statusOf, 20)
      assert.deepStrictEqual(new Set(statuses), new Set([503]))
      yield* dukkango.faults.clear
      assert.strictEqual(yield* statusOf, 401)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("waits for its turn behind those that came before", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.status(500))
      yield* dukkango.faults.inject(Fault.status(502, { times: 2 }))
      assert.strictEqual(yield* statusOf, 500)
      assert.deepStrictEqual((yield* dukkango.faults.pending).map(({ _tag, times }) => [_tag, times]), [["Status", 2]])
      assert.deepStrictEqual(yield* Effect.all([statusOf, statusOf, statusOf]), [502, 502, 401])
      assert.deepStrictEqual(yield* dukkango.faults.pending, [])
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("spoils only what it is meant for", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      yield* dukkango.faults.inject(Fault.status(500, { on: "auth" }))
      yield* dukkango.faults.inject(Fault.status(502, { on: "restaurants.get" }))
      assert.strictEqual(yield* statusOf, 401)
      assert.strictEqual((yield* call("GET", "/restaurants/get")).status, 502)
      assert.strictEqual((yield* Effect.exit(login()))._tag, "Failure")
      yield* dukkango.faults.inject(Fault.status(503, { on: "calls" }))
      yield* login()
      assert.strictEqual(yield* statusOf, 503)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("leaves the cooldown alone unless the provider acted", () =>
    Effect.gen(function*() {
      const { dukkango } = yield* Sandbox
      const token = yield* tokenOf()
      const poll = Effect.map(call("GET", "/orders/get-current", { token }), ({ status }) => status)
      yield* dukkango.faults.inject(Fault.status(503))
      assert.deepStrictEqual(yield* Effect.all([poll, poll, poll]), [503, 200, 429])
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it("cannot be meant for nothing, for ever or for never", () => {
    for (const times of [0, -1, 0.5, Number.NaN]) assert.throws(() => Fault.reset({ times }))
    for (const status of [0, 199, 600, 503.5]) assert.throws(() => Fault.status(status))
    assert.throws(() => Fault.huge(0))
    assert.throws(() => Fault.drip({ chunkBytes: 0 }))
  })
})
