import { assert, describe, it } from "@effect/vitest"
import * as BaseUrl from "@entegre/core/BaseUrl"
import * as Exchange from "@entegre/core/Exchange"
import * as Sensitive from "@entegre/core/Sensitive"
import { DateTime, Duration, Effect, Fiber, Result, Schema } from "effect"
import { Headers, HttpBody, HttpClient, HttpClientError, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import { mockClient } from "./support/httpMock.ts"
import { failsWithout, withSpans } from "./support/leaks.ts"

const request = HttpClientRequest.get("https://api.example.com/orders")
const sensitive = Sensitive.make({ headers: ["access-token"] })

const answer = (answer: Partial<Omit<Exchange.Answer, "headers">> & { readonly headers?: Record<string, string> }) => ({
  status: 200,
  text: "",
  requestedAt: 0,
  receivedAt: 0,
  ...answer,
  headers: Headers.fromInput(answer.headers)
})

describe("an exchange", () => {
  it.effect("takes 30 seconds at most, unless told otherwise", () =>
    Effect.gen(function*() {
      const { client } = mockClient(() => Effect.never)
      const exchange = Exchange.makeWith(client)
      const usual = yield* Effect.forkChild(Effect.flip(exchange(request)))
      const patient = yield* Effect.forkChild(Effect.flip(exchange(request, Duration.minutes(1))))
      yield* TestClock.adjust("29999 millis")
      assert.isUndefined(usual.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.deepInclude(yield* Fiber.join(usual), { problem: "timedOut", timeout: Duration.seconds(30) })
      assert.isUndefined(patient.pollUnsafe())
      yield* TestClock.adjust("30 seconds")
      assert.deepInclude(yield* Fiber.join(patient), { problem: "timedOut", timeout: Duration.minutes(1) })
    }))

  it.effect("takes no longer over a transport that can not be interrupted", () =>
    Effect.gen(function*() {
      const { client } = mockClient(() => Effect.uninterruptible(Effect.never))
      const sent = yield* Effect.forkChild(Effect.flip(Exchange.makeWith(client)(request)))
      yield* TestClock.adjust("30 seconds")
      assert.deepInclude(yield* Fiber.join(sent), { problem: "timedOut" })
    }))

  it.effect("measures when the request left and when the answer began", () =>
    Effect.gen(function*() {
      const { client } = mockClient(() => Effect.delay(Effect.sync(() => new Response("{}")), "2 seconds"))
      yield* TestClock.adjust("10 seconds")
      const sent = yield* Effect.forkChild(Exchange.makeWith(client)(request))
      yield* TestClock.adjust("2 seconds")
      assert.deepInclude(yield* Fiber.join(sent), { requestedAt: 10_000, receivedAt: 12_000 })
    }))

  it.effect("puts letters together that came in pieces", () =>
    Effect.gen(function*() {
      const bytes = new TextEncoder().encode("Çiğköfteci Ömer 🍅")
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
          controller.close()
        }
      })
      const { client } = mockClient(() => new Response(body))
      assert.strictEqual((yield* Exchange.makeWith(client)(request)).text, "Çiğköfteci Ömer 🍅")
    }))

  it.effect("reads the answer of a client that was told to fail on a status", () =>
    Effect.gen(function*() {
      const { client } = mockClient(() => new Response("no", { status: 401 }))
      const answer = yield* Exchange.makeWith(HttpClient.filterStatusOk(client))(request)
      assert.deepInclude(answer, { status: 401, text: "no" })
    }))

  it.effect("ends with an error, not a defect, when a client breaks", () =>
    Effect.gen(function*() {
      const { client } = mockClient(() => {
        throw new Error("broken")
      })
      const error = yield* Effect.flip(Exchange.makeWith(client)(request))
      assert.deepInclude(error, { _tag: "Unanswered", problem: "connectionLost" })
    }))

  it.effect("says that nothing was sent for a URL that is none", () =>
    Effect.gen(function*() {
      const { client } = mockClient(() => new Response())
      const error = yield* Effect.flip(Exchange.makeWith(client)(HttpClientRequest.get("http://")))
      assert.deepInclude(error, { _tag: "NotSent", problem: "invalidRequest" })
    }))

  it.effect("takes 304 as an answer, and a redirect that a browser hides as a redirect", () =>
    Effect.gen(function*() {
      const cached = mockClient(() => new Response(null, { status: 304 }))
      assert.strictEqual((yield* Exchange.makeWith(cached.client)(request)).status, 304)
      const hidden = mockClient(() => Response.error())
      const error = yield* Effect.flip(Exchange.makeWith(hidden.client)(request))
      assert.deepInclude(error, { _tag: "Redirected", status: 0 })
    }))

  it.effect("goes to the one address that it was made for, and to no other", () =>
    Effect.gen(function*() {
      const { client, sent } = mockClient(() => new Response())
      const baseUrl = Result.getOrThrow(BaseUrl.make("https://api.example.com/v1"))
      const exchange = Exchange.makeWith(client, { baseUrl })
      yield* exchange(HttpClientRequest.post("/login"))
      for (
        const url of [
          "https://elsewhere.example/login",
          "http://api.example.com/login",
          "https://api.example.com:8443/"
        ]
      ) {
        const error = yield* Effect.flip(exchange(HttpClientRequest.post(url)))
        assert.deepInclude(error, { _tag: "NotSent", problem: "foreignOrigin" })
      }
      assert.deepStrictEqual(sent.map(({ url }) => url), ["https://api.example.com/v1/login"])
    }))

  it.effect("does not tell the provider about the caller's traces", () =>
    Effect.gen(function*() {
      const { client, sent } = mockClient(() => new Response())
      yield* Effect.withSpan(Exchange.makeWith(client)(request), "caller")
      assert.deepStrictEqual({ ...sent[0]?.headers }, {})
    }))
})

describe("transport failures in other runtimes", () => {
  const refusedBy = (cause: unknown) =>
    Effect.flip(
      Exchange.makeWith(
        mockClient((request) =>
          Effect.fail(
            new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
          )
        ).client
      )(request)
    )
  const coded = (code: string, syscall?: string) => Object.assign(new Error(code), { code, syscall })

  it.effect.each(
    [
      ["no route", coded("EHOSTUNREACH", "connect"), "connectionRefused"],
      ["a connect that timed out", coded("ETIMEDOUT", "connect"), "connectionRefused"],
      [
        "undici's connect timeout",
        new TypeError("fetch failed", { cause: coded("UND_ERR_CONNECT_TIMEOUT") }),
        "connectionRefused"
      ],
      [
        "no attempt connected",
        new AggregateError([coded("ECONNREFUSED", "connect"), coded("ENETUNREACH", "connect")]),
        "connectionRefused"
      ],
      ["a name server that is away", coded("EAI_AGAIN", "getaddrinfo"), "unknownHost"],
      ["an expired certificate", coded("CERT_HAS_EXPIRED"), "tls"],
      ["a certificate for another name", coded("ERR_TLS_CERT_ALTNAME_INVALID"), "tls"],
      ["Bun: refused", coded("ConnectionRefused"), "connectionRefused"],
      [
        "Deno: refused",
        new TypeError("error sending request: client error (Connect): tcp connect error: Connection refused"),
        "connectionRefused"
      ],
      [
        "Deno: unknown",
        new TypeError("error sending request: client error (Connect): dns error: failed to lookup address"),
        "unknownHost"
      ],
      [
        "Deno: certificate",
        new TypeError("error sending request: client error (Connect): invalid peer certificate: UnknownIssuer"),
        "tls"
      ]
    ] as const
  )("surely not sent: %s", ([_, cause, problem]) =>
    Effect.gen(function*() {
      assert.deepInclude(yield* refusedBy(cause), { _tag: "NotSent", problem })
    }))

  it.effect.each(
    [
      ["a host that vanished while it answered", coded("EHOSTUNREACH", "read")],
      ["an open connection that timed out", coded("ETIMEDOUT", "read")],
      ["a broken pipe", coded("EPIPE", "write")],
      [
        "one attempt that may have connected",
        new AggregateError([coded("ECONNREFUSED", "connect"), coded("ECONNRESET", "read")])
      ],
      ["a damaged TLS record", coded("ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC")],
      ["a browser, which does not tell", new TypeError("Failed to fetch")],
      [
        "an error that is its own cause",
        ((error: Error) => Object.assign(error, { cause: error }))(new Error("round"))
      ],
      ["nothing", undefined]
    ] as const
  )("perhaps sent: %s", ([_, cause]) =>
    Effect.gen(function*() {
      assert.deepInclude(yield* refusedBy(cause), { _tag: "Unanswered", problem: "connectionLost" })
    }))
})

describe("secrets", () => {
  const canaries = ["canary-header", "canary-bearer", "canary-query", "canary-body", "canary-answer", "canary-cause"]
  const secretive = HttpClientRequest.post("https://api.example.com/login?password=canary-query", {
    headers: { "Access-Token": "canary-header", authorization: "Bearer canary-bearer" },
    urlParams: { tckn: "canary-query" }
  }).pipe(HttpClientRequest.bodyText("canary-body"))
  const run = (answer: Parameters<typeof mockClient>[0], options?: Exchange.Options) =>
    Effect.asVoid(send(answer, options))
  const send = (answer: Parameters<typeof mockClient>[0], options?: Exchange.Options) =>
    Exchange.makeWith(mockClient(answer).client, { sensitive, ...options })(secretive)
  const decode = Exchange.decode(Schema.Struct({ token: Schema.FiniteFromString }))
  const decoded = (response: Response) => Effect.asVoid(Effect.flatMap(send(() => response), decode))

  it.effect.each(
    [
      [
        "a lost connection",
        run((request) =>
          Effect.fail(
            new HttpClientError.HttpClientError({
              reason: new HttpClientError.TransportError({ request, cause: new Error("canary-cause") })
            })
          )
        )
      ],
      [
        "a client that breaks",
        run(() => {
          throw new Error("canary-cause")
        })
      ],
      ["a redirect", run(() => new Response(null, { status: 302, headers: { location: "https://canary-answer" } }))],
      ["an answer that is too large", run(() => new Response("canary-answer"), { maxBodyBytes: 1 })],
      ["an answer that is not JSON", decoded(new Response("canary-answer"))],
      ["a field of the wrong type", decoded(Response.json({ token: "canary-answer" }))],
      [
        "a header that can not be sent",
        Exchange.makeWith(
          mockClient(() => {
            throw Object.assign(new TypeError(`invalid header value "canary-cause"`))
          }).client
        )(secretive)
      ]
    ] as const
  )(
    "are not in errors, causes and spans after %s",
    ([_, effect]) => failsWithout(canaries, effect)
  )

  it.effect("are not in what a client prints while it sends", () =>
    Effect.gen(function*() {
      const printed: Array<string> = []
      const { client } = mockClient(() => new Response())
      const printing = HttpClient.tapRequest(client, (request) =>
        Effect.sync(() => {
          printed.push(inspect(request.pipe(HttpClientRequest.setBody(HttpBody.empty))))
        }))
      yield* Exchange.makeWith(printing, { sensitive })(secretive)
      assert.include(printed.join(), "access-token")
      for (const canary of canaries) assert.notInclude(printed.join(), canary)
    }))
})

describe("the span of an exchange", () => {
  it.effect("tells where the request went and what came back, and no more", () =>
    Effect.gen(function*() {
      const { client } = mockClient(() => new Response("no", { status: 404 }))
      const exchange = Exchange.makeWith(client)
      const orders = HttpClientRequest.get("https://user:pass@api.example.com:8443/orders/7?phone=1#x")
      const { spans } = yield* withSpans(exchange(orders))
      assert.deepStrictEqual(spans.map(({ attributes, kind, name }) => [name, kind, Object.fromEntries(attributes)]), [[
        "GET",
        "client",
        {
          "http.request.method": "GET",
          "server.address": "api.example.com",
          "http.response.status_code": 404,
          "error.type": "404"
        }
      ]])
    }))

  it.effect("can be given up", () =>
    Effect.gen(function*() {
      const { client } = mockClient(() => new Response())
      const { spans } = yield* withSpans(Exchange.makeWith(client, { httpSpan: false })(request))
      assert.deepStrictEqual(spans, [])
    }))

  it.effect("is not there where the application wants no spans of HTTP requests", () =>
    Effect.gen(function*() {
      const { client } = mockClient(() => new Response())
      const quiet = Effect.provideService(Exchange.makeWith(client)(request), HttpClient.TracerDisabledWhen, () => true)
      assert.deepStrictEqual((yield* withSpans(quiet)).spans, [])
      const noisy = Effect.provideService(
        Exchange.makeWith(client)(request),
        HttpClient.TracerDisabledWhen,
        () => false
      )
      assert.strictEqual((yield* withSpans(noisy)).spans.length, 1)
    }))
})

describe("an answer", () => {
  it("tells what the server's clock showed", () => {
    const headers = { date: "Thu, 15 Jan 2026 12:00:00 GMT", age: "30" }
    assert.deepStrictEqual(Exchange.timing(answer({ headers, requestedAt: 1, receivedAt: 2 })), {
      requestedAt: 1,
      receivedAt: 2,
      serverDate: Date.UTC(2026, 0, 15, 12),
      age: 30
    })
    assert.deepStrictEqual(Exchange.timing(answer({ headers: { date: "yesterday", age: "old" } })), {
      requestedAt: 0,
      receivedAt: 0,
      serverDate: undefined,
      age: undefined
    })
  })

  it("tells how long to wait, never longer than the cap", () => {
    const wait = (headers: Record<string, string>, cap?: Duration.Input) =>
      Exchange.retryAfter(answer({ headers, receivedAt: Date.UTC(2026, 0, 15, 12) }), cap)
    const seconds = (count: number) => Duration.seconds(count)
    assert.deepStrictEqual(wait({ "retry-after": "120" }), seconds(120))
    assert.deepStrictEqual(wait({ "retry-after": "999999999999999999999" }), seconds(300))
    assert.deepStrictEqual(wait({ "retry-after": "120" }, "5 seconds"), seconds(5))
    assert.deepStrictEqual(wait({ "retry-after": "Thu, 15 Jan 2026 12:00:10 GMT" }), seconds(10))
    // by the server's clock, which is an hour ahead of ours
    const ahead = { date: "Thu, 15 Jan 2026 13:00:00 GMT", "retry-after": "Thu, 15 Jan 2026 13:00:10 GMT" }
    assert.deepStrictEqual(wait(ahead), seconds(10))
    assert.isUndefined(wait({ "retry-after": "soon" }))
    assert.isUndefined(wait({}))
  })

  it("is read as JSON, or says what it is instead", () => {
    assert.deepStrictEqual(Exchange.json(answer({ text: `{"a":1}` })), Result.succeed({ a: 1 }))
    assert.deepStrictEqual(Exchange.json(answer({ text: " \n" })), Result.succeed(undefined))
    const page = Exchange.json(
      answer({ status: 502, text: "<html>", headers: { "content-type": "text/html; charset=utf-8" } })
    )
    assert.deepInclude(Result.getOrThrow(Result.flip(page)), { status: 502, problem: "not JSON (text/html)" })
  })

  it.effect("names the field that is not as documented", () =>
    Effect.gen(function*() {
      const decode = Exchange.decode(
        Schema.Struct({ orders: Schema.Array(Schema.Struct({ id: Schema.String })) })
      )
      const error = yield* Effect.flip(decode(answer({ text: `{"orders":[{"id":"1"},{"id":2}]}` })))
      assert.strictEqual(error.problem, "orders[1].id: Expected string")
      const empty = yield* Effect.flip(decode(answer({})))
      assert.strictEqual(empty.problem, "Expected object")
    }))

  it.effect("keeps a key that may be data to itself", () =>
    Effect.gen(function*() {
      const decode = Exchange.decode(Schema.Record(Schema.String, Schema.Finite))
      const error = yield* Effect.flip(decode(answer({ text: `{"+905551112233":"x"}` })))
      assert.strictEqual(error.problem, "?: Expected number")
    }))

  it("understands dates only as HTTP writes them", () => {
    const date = DateTime.makeUnsafe("2026-01-15T12:00:00Z")
    assert.strictEqual(
      Exchange.timing(answer({ headers: { date: Headers.formatHttpDate(date) } })).serverDate,
      DateTime.toEpochMillis(date)
    )
    assert.isUndefined(Exchange.timing(answer({ headers: { date: "2026-01-15T12:00:00Z" } })).serverDate)
  })
})
