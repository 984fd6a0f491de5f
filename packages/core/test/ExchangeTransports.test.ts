import { assert, describe, it } from "@effect/vitest"
import * as Exchange from "@entegre/core/Exchange"
import * as Sensitive from "@entegre/core/Sensitive"
import { Duration, Effect, Fiber, Stream } from "effect"
import { FetchHttpClient, HttpClientRequest } from "effect/http"
import { closedPort, serve, serveSelfSigned } from "./support/httpProvider.ts"
import { transports } from "./support/httpTransports.ts"

const token = "canary-token"
const sensitive = Sensitive.make({ headers: ["access-token"] })

const send = (url: string, options?: Exchange.Options) =>
  Effect.flatMap(
    Exchange.make({ sensitive, ...options }),
    (exchange) => exchange(withToken(HttpClientRequest.get(url)))
  )

const withToken = (request: HttpClientRequest.HttpClientRequest) =>
  HttpClientRequest.setHeaders(request, { "access-token": token, authorization: `Bearer ${token}` })

/** Nothing is sent back, and the connection stays. */
const hang = () => {}

describe.each(transports)("%s", (_, layer) => {
  it.live("brings the whole answer, in pieces or not", () =>
    Effect.gen(function*() {
      const bytes = Buffer.from(JSON.stringify({ name: "Çiğköfteci Ömer" }))
      const provider = yield* serve((response) => {
        response.writeHead(200, { "content-type": "application/json" })
        for (const byte of bytes) response.write(Buffer.of(byte))
        response.end()
      })
      const answer = yield* send(provider.url)
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.text, `{"name":"Çiğköfteci Ömer"}`)
      assert.strictEqual(answer.headers["content-type"], "application/json")
      assert.isAtLeast(answer.receivedAt, answer.requestedAt)
    }).pipe(Effect.provide(layer)))

  it.live("brings an answer without a body", () =>
    Effect.gen(function*() {
      const provider = yield* serve((response) => response.writeHead(204).end())
      const answer = yield* send(provider.url)
      assert.deepStrictEqual([answer.status, answer.text], [204, ""])
    }).pipe(Effect.provide(layer)))

  it.live("brings the answer to HEAD, whatever length it declares", () =>
    Effect.gen(function*() {
      const provider = yield* serve((response) => response.writeHead(200, { "content-length": "100" }).end())
      const exchange = yield* Exchange.make({ maxBodyBytes: 1 })
      const answer = yield* exchange(HttpClientRequest.head(provider.url))
      assert.deepStrictEqual([answer.headers["content-length"], answer.text], ["100", ""])
    }).pipe(Effect.provide(layer)))

  it.live.each([301, 302, 303, 307, 308])("sends nothing to where a %i points", (status) =>
    Effect.gen(function*() {
      const elsewhere = yield* serve((response) => response.end("{}"))
      const provider = yield* serve((response) =>
        response.writeHead(status, { location: `${elsewhere.url}/login` }).end("moved")
      )
      const exchange = yield* Exchange.make({ sensitive })
      for (const request of [HttpClientRequest.get(provider.url), HttpClientRequest.post(provider.url)]) {
        const error = yield* Effect.flip(exchange(withToken(request)))
        assert.deepInclude(error, { _tag: "Redirected", status })
      }
      assert.strictEqual(provider.arrivals.length, 2)
      assert.deepStrictEqual(elsewhere.arrivals, [])
    }).pipe(Effect.provide(layer)))

  it.live("does not wait for the body of a redirect, and closes its connection", () =>
    Effect.gen(function*() {
      const provider = yield* serve((response) => {
        response.writeHead(302, { location: "https://elsewhere.invalid" })
        response.write("moved, and more to come")
      })
      const error = yield* Effect.flip(send(provider.url))
      assert.strictEqual(error._tag, "Redirected")
      yield* provider.closed
    }).pipe(Effect.provide(layer)))

  it.live("says that nothing was sent when nobody listens", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(send(yield* closedPort))
      assert.deepInclude(error, { _tag: "NotSent", problem: "connectionRefused", isRetryable: true })
    }).pipe(Effect.provide(layer)))

  it.live("says that nothing was sent when the name is unknown", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(send("http://nobody.invalid"))
      assert.deepInclude(error, { _tag: "NotSent", problem: "unknownHost", isRetryable: true })
    }).pipe(Effect.provide(layer)))

  it.live("refuses a self-signed certificate before anything is sent", () =>
    Effect.gen(function*() {
      const provider = yield* serveSelfSigned((response) => response.end("{}"))
      const error = yield* Effect.flip(send(provider.url))
      assert.deepInclude(error, { _tag: "NotSent", problem: "tls", isRetryable: false })
      assert.deepStrictEqual(provider.arrivals, [])
    }).pipe(Effect.provide(layer)))

  it.live("says that nothing was sent when the address does not speak TLS", () =>
    Effect.gen(function*() {
      const provider = yield* serve((response) => response.end("{}"))
      const error = yield* Effect.flip(send(provider.url.replace("http:", "https:")))
      assert.deepInclude(error, { _tag: "NotSent", problem: "tls" })
    }).pipe(Effect.provide(layer)))

  it.live.each([
    { what: "a line break in a header", headers: { "access-token": "one\r\nx-two: two" } },
    { what: "a letter that headers can not carry", headers: { "access-token": "şifre" } },
    { what: "a blank in a header's name", headers: { "access token": "one" } }
  ])("says that nothing was sent for $what", ({ headers }) =>
    Effect.gen(function*() {
      const provider = yield* serve((response) => response.end("{}"))
      const exchange = yield* Exchange.make()
      const error = yield* Effect.flip(exchange(HttpClientRequest.get(provider.url, { headers })))
      assert.deepInclude(error, { _tag: "NotSent", problem: "invalidRequest", isRetryable: false })
      assert.deepStrictEqual(provider.arrivals, [])
    }).pipe(Effect.provide(layer)))

  it.live("does not know the outcome when the connection is lost before the answer", () =>
    Effect.gen(function*() {
      const closing = yield* serve((response) => response.socket?.destroy())
      const resetting = yield* serve((response) => response.socket?.resetAndDestroy())
      for (const { url } of [closing, resetting]) {
        const error = yield* Effect.flip(send(url))
        assert.deepInclude(error, { _tag: "Unanswered", problem: "connectionLost" })
      }
    }).pipe(Effect.provide(layer)))

  it.live("does not know the outcome when the connection is lost within the answer", () =>
    Effect.gen(function*() {
      const cutOff = (headers: Record<string, string>) =>
        serve((response) => {
          response.writeHead(200, headers)
          response.write(`{"paid":`, () => response.socket?.destroy())
        })
      for (const { url } of [yield* cutOff({ "content-length": "100" }), yield* cutOff({})]) {
        const error = yield* Effect.flip(send(url))
        assert.deepInclude(error, { _tag: "Unanswered", problem: "connectionLost" })
      }
    }).pipe(Effect.provide(layer)))

  it.live("does not know the outcome when a streamed request fails on the way", () =>
    Effect.gen(function*() {
      const provider = yield* serve((response) => response.end("{}"))
      // what the application reads from can not be reached: that says nothing about the provider
      const cause = Object.assign(new Error(), { code: "ECONNREFUSED", syscall: "connect" })
      const body = Stream.concat(Stream.make(new Uint8Array(64 * 1024)), Stream.fail(cause))
      const exchange = yield* Exchange.make()
      const error = yield* Effect.flip(
        exchange(HttpClientRequest.bodyStream(HttpClientRequest.post(provider.url), body))
      )
      assert.deepInclude(error, { _tag: "Unanswered", problem: "connectionLost" })
    }).pipe(Effect.provide(layer)))

  it.live("gives up a provider that hangs, and closes the connection", () =>
    Effect.gen(function*() {
      const silent = yield* serve(hang)
      const stalling = yield* serve((response) => {
        response.writeHead(200, { "content-length": "100" })
        response.write("{")
      })
      for (const { closed, url } of [silent, stalling]) {
        const error = yield* Effect.flip(send(url, { timeout: "100 millis" }))
        assert.deepInclude(error, { _tag: "Unanswered", problem: "timedOut", timeout: Duration.millis(100) })
        yield* closed
      }
    }).pipe(Effect.provide(layer)))

  it.live("closes the connection of a caller that leaves", () =>
    Effect.gen(function*() {
      const provider = yield* serve(hang)
      const caller = yield* Effect.forkChild(send(provider.url))
      yield* provider.arrived
      yield* Fiber.interrupt(caller)
      yield* provider.closed
    }).pipe(Effect.provide(layer)))

  it.live("reads no more than the limit, whether or not the length was declared", () =>
    Effect.gen(function*() {
      const large = "x".repeat(1024 * 1024 + 1)
      const declared = yield* serve((response) => response.end(large))
      const chunked = yield* serve((response) => {
        response.write(large.slice(1))
        response.end("x")
      })
      for (const { url } of [declared, chunked]) {
        const error = yield* Effect.flip(send(url, { maxBodyBytes: 1024 * 1024 }))
        assert.deepInclude(error, { _tag: "UnreadableAnswer", status: 200, problem: "larger than 1048576 bytes" })
        const answer = yield* send(url, { maxBodyBytes: 1024 * 1024 + 1 })
        assert.strictEqual(answer.text.length, 1024 * 1024 + 1)
      }
    }).pipe(Effect.provide(layer)))
})

describe("FetchHttpClient.RequestInit", () => {
  it.live("of the application is kept, except that redirects are not followed", () =>
    Effect.gen(function*() {
      const elsewhere = yield* serve((response) => response.end("{}"))
      const provider = yield* serve((response) => response.writeHead(307, { location: elsewhere.url }).end())
      const error = yield* send(provider.url).pipe(
        Effect.provideService(FetchHttpClient.RequestInit, { redirect: "follow", headers: { "x-app": "mine" } }),
        Effect.provide(FetchHttpClient.layer),
        Effect.flip
      )
      assert.strictEqual(error._tag, "Redirected")
      assert.strictEqual(provider.arrivals[0]?.headers["x-app"], "mine")
      assert.deepStrictEqual(elsewhere.arrivals, [])
    }))
})
