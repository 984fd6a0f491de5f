import { assert, describe, it } from "@effect/vitest"
import * as AuthenticatedClient from "@entegre/core/AuthenticatedClient"
import * as BaseUrl from "@entegre/core/BaseUrl"
import { CredentialsUnavailable, TokenError } from "@entegre/core/TokenError"
import { Deferred, Duration, Effect, Exit, Fiber, Redacted, Result, Stream } from "effect"
import { FetchHttpClient, HttpBody, HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { inspect } from "node:util"
import { fakeTokens } from "./support/fakeTokens.ts"
import { mockClient } from "./support/httpMock.ts"
import { serve } from "./support/httpProvider.ts"
import { failsWithout } from "./support/leaks.ts"

const baseUrl = Result.getOrThrow(BaseUrl.make("https://api.example.com/v1"))

type Answer = Parameters<typeof mockClient>[0]

/** A client over a provider that answers with `answer`. */
const open = Effect.fnUntraced(function*(
  answer: Answer,
  options: Partial<AuthenticatedClient.Options> = {},
  tokens: ReturnType<typeof fakeTokens> = fakeTokens()
) {
  const { client: httpClient, sent } = mockClient(answer)
  const printed: Array<string> = []
  const printing = HttpClient.tapRequest(httpClient, (request) =>
    Effect.sync(() => {
      printed.push(inspect(request))
    }))
  const client = yield* AuthenticatedClient.make({
    tokens: tokens.tokens,
    baseUrl,
    authorize: (request, token) => HttpClientRequest.setHeader(request, "access-token", Redacted.value(token)),
    ...options
  }).pipe(Effect.provideService(HttpClient.HttpClient, printing))
  return { client, tokens, sent, printed, sentTokens: () => sent.map((request) => request.headers["access-token"]) }
})

/** A provider that knows only these tokens. */
const accepts = (...tokens: ReadonlyArray<string>): Answer => (request) =>
  tokens.includes(request.headers["access-token"] ?? "")
    ? Response.json({ token: request.headers["access-token"] })
    : new Response("who are you?", { status: 401 })

const get = HttpClientRequest.get("/orders")
const post = HttpClientRequest.post("/payments").pipe(HttpClientRequest.bodyJsonUnsafe({ amount: 1 }))
const safe = { safety: "safe" } as const
const unsafe = { safety: "unsafe" } as const

describe("a call", () => {
  it.effect("goes to the base address with the token on it", () =>
    Effect.gen(function*() {
      const { client, sent, sentTokens, tokens } = yield* open(accepts("token-1"))
      const answer = yield* client.send(get, safe)
      assert.strictEqual(answer.text, `{"token":"token-1"}`)
      assert.strictEqual(sent[0]?.url, "https://api.example.com/v1/orders")
      assert.deepStrictEqual(sentTokens(), ["token-1"])
      assert.deepStrictEqual(tokens.asked, { get: 1, reject: 0 })
    }))

  it.effect("is not sent without a token", () =>
    Effect.gen(function*() {
      const failure = new TokenError({
        provider: "acme",
        reason: new CredentialsUnavailable({ retryAfter: Duration.seconds(1) })
      })
      const { client, sent } = yield* open(accepts("token-1"), {}, fakeTokens({ failure }))
      assert.strictEqual(yield* Effect.flip(client.send(get, safe)), failure)
      assert.deepStrictEqual(sent, [])
    }))

  it.effect.each(
    [
      ["https://evil.example/orders", "foreignOrigin"],
      ["https://api.example.com.evil.example/orders", "foreignOrigin"],
      ["https://api.example.com@evil.example/orders", "foreignOrigin"],
      ["http://api.example.com/v1/orders", "foreignOrigin"],
      ["https://api.example.com:8443/v1/orders", "foreignOrigin"],
      [" https://evil.example/orders", "foreignOrigin"],
      ["/orders/../../admin", "invalidRequest"],
      ["/orders/%2E%2e/admin", "invalidRequest"],
      ["..\\admin", "invalidRequest"],
      ["/orders/..", "invalidRequest"]
    ] as const
  )("to %s is refused before a token is asked for", ([url, problem]) =>
    Effect.gen(function*() {
      const { client, sent, tokens } = yield* open(accepts("token-1"))
      const error = yield* Effect.flip(client.send(HttpClientRequest.get(url), safe))
      assert.deepInclude(error, { _tag: "NotSent", problem, isRetryable: false })
      assert.deepStrictEqual(tokens.asked, { get: 0, reject: 0 })
      assert.deepStrictEqual(sent, [])
    }))

  it.effect.each(
    [
      ["https://api.example.com/v1/orders?page=2", "https://api.example.com/v1/orders?page=2"],
      ["//evil.example/orders", "https://api.example.com/v1//evil.example/orders"],
      ["/\\evil.example/orders", "https://api.example.com/v1/\\evil.example/orders"],
      ["\t//evil.example", "https://api.example.com/v1/\t//evil.example"],
      ["@evil.example", "https://api.example.com/v1/@evil.example"],
      ["orders", "https://api.example.com/v1/orders"],
      ["/orders?next=/../x", "https://api.example.com/v1/orders?next=/../x"],
      ["", "https://api.example.com/v1/"]
    ] as const
  )("to %o stays at the base address", ([url, expected]) =>
    Effect.gen(function*() {
      const { client, sent } = yield* open(accepts("token-1"))
      yield* client.send(HttpClientRequest.get(url), safe)
      assert.strictEqual(sent[0]?.url, expected)
      assert.strictEqual(new URL(expected).origin, "https://api.example.com")
    }))
})

describe("a rejected token", () => {
  it.effect("costs one more request, with the next token", () =>
    Effect.gen(function*() {
      const { client, sentTokens, tokens } = yield* open(accepts("token-2"))
      const answer = yield* client.send(get, safe)
      assert.strictEqual(answer.status, 200)
      assert.deepStrictEqual(sentTokens(), ["token-1", "token-2"])
      assert.deepStrictEqual(tokens.rejected, [1])
    }))

  it.effect("ends in an error after two requests if the next one is rejected too, however often that happens", () =>
    Effect.gen(function*() {
      const { client, sentTokens, tokens } = yield* open(accepts())
      const error = yield* Effect.flip(client.send(get, safe))
      assert.strictEqual(error._tag, "TokenError")
      assert.deepInclude(error._tag === "TokenError" && error.reason, { _tag: "TokenRejected", status: 401 })
      assert.deepStrictEqual(sentTokens(), ["token-1", "token-2"])
      assert.deepStrictEqual(tokens.rejected, [1, 2])
      yield* Effect.flip(client.send(get, safe))
      assert.deepStrictEqual(sentTokens(), ["token-1", "token-2", "token-3", "token-4"])
    }))

  it.effect("causes no renewal for a call that can not use it any more", () =>
    Effect.gen(function*() {
      const { client, tokens } = yield* open(accepts())
      yield* Effect.flip(client.send(get, safe))
      assert.deepInclude(tokens, { asked: { get: 1, reject: 1 }, rejected: [1, 2] })
    }))

  it.effect("is told to the cache even if the caller leaves while it waits for the next", () =>
    Effect.gen(function*() {
      const renewing = yield* Deferred.make<void>()
      const renewal = Effect.andThen(Deferred.done(renewing, Exit.void), Effect.never)
      const { client, tokens } = yield* open(accepts(), {}, fakeTokens({ renewal }))
      const caller = yield* Effect.forkChild(client.send(get, safe))
      yield* Deferred.await(renewing)
      yield* Fiber.interrupt(caller)
      assert.deepStrictEqual(tokens.rejected, [1])
    }))

  it.effect("is what the provider says it is, not just status 401", () =>
    Effect.gen(function*() {
      const isRejection = ({ text }: { readonly text: string }) => text === `{"success":false,"code":"TOKEN"}`
      const { client, sentTokens } = yield* open(
        (request) => Response.json({ success: request.headers["access-token"] === "token-2", code: "TOKEN" }),
        { isRejection }
      )
      const answer = yield* client.send(get, safe)
      assert.strictEqual(answer.text, `{"success":true,"code":"TOKEN"}`)
      assert.deepStrictEqual(sentTokens(), ["token-1", "token-2"])
    }))

  it.effect("with status 401 has an unsafe call sent again, because the provider had not acted", () =>
    Effect.gen(function*() {
      const { client, sent, sentTokens } = yield* open(accepts("token-2"))
      yield* client.send(post, unsafe)
      assert.deepStrictEqual(sentTokens(), ["token-1", "token-2"])
      assert.deepStrictEqual(sent[1]?.body, sent[0]?.body)
    }))

  it.effect("never has an unsafe call sent again where the provider may act first", () =>
    Effect.gen(function*() {
      const { client, sentTokens, tokens } = yield* open(accepts("token-2"), { replayUnsafe: false })
      const error = yield* Effect.flip(client.send(post, unsafe))
      assert.strictEqual(error._tag, "TokenError")
      assert.deepStrictEqual(sentTokens(), ["token-1"])
      assert.deepStrictEqual(tokens.rejected, [1])
    }))

  it.effect("never has an unsafe call sent again after anything but status 401", () =>
    Effect.gen(function*() {
      const { client, sentTokens, tokens } = yield* open(
        () => new Response("token expired", { status: 403 }),
        { isRejection: (answer) => answer.status === 403 }
      )
      const error = yield* Effect.flip(client.send(post, unsafe))
      assert.deepInclude(error._tag === "TokenError" && error.reason, { _tag: "TokenRejected", status: 403 })
      assert.deepStrictEqual(sentTokens(), ["token-1"])
      assert.deepStrictEqual(tokens.rejected, [1])
      // the next call has the next token
      yield* Effect.flip(client.send(post, unsafe))
      assert.deepStrictEqual(sentTokens(), ["token-1", "token-2"])
    }))

  it.effect("never has a body sent again that is spent", () =>
    Effect.gen(function*() {
      const { client, sentTokens } = yield* open(accepts())
      const stream = HttpClientRequest.bodyStream(post, Stream.make(new Uint8Array(1)))
      const readable = HttpClientRequest.setBody(post, HttpBody.raw(new ReadableStream()))
      for (const request of [stream, readable]) {
        yield* Effect.flip(client.send(request, { safety: "idempotent" }))
      }
      assert.deepStrictEqual(sentTokens(), ["token-1", "token-2"])
    }))

  it.live("has bodies of every other kind sent again as they were", () =>
    Effect.gen(function*() {
      const provider = yield* serve((response, { headers }) => {
        response.writeHead(headers["access-token"] === "token-1" ? 401 : 200).end()
      })
      const form = new FormData()
      form.append("amount", "1")
      const bodies = [
        HttpBody.empty,
        HttpBody.text("text"),
        HttpBody.uint8Array(new TextEncoder().encode("bytes")),
        HttpBody.raw("raw"),
        HttpBody.formData(form)
      ]
      for (const body of bodies) {
        const { tokens } = fakeTokens()
        const client = yield* AuthenticatedClient.make({
          tokens,
          baseUrl: Result.getOrThrow(BaseUrl.make(provider.url)),
          authorize: (request, token) => HttpClientRequest.setHeader(request, "access-token", Redacted.value(token))
        })
        yield* client.send(HttpClientRequest.setBody(HttpClientRequest.post("/"), body), unsafe)
        const [first, second] = provider.arrivals.slice(-2).map(({ body, headers }) =>
          body.replaceAll(/-*form\S+/g, headers["content-type"]?.startsWith("multipart") === true ? "boundary" : "")
        )
        assert.strictEqual(second, first)
      }
      assert.strictEqual(provider.arrivals.length, 2 * bodies.length)
    }).pipe(Effect.provide(FetchHttpClient.layer)))
})

describe("the plain HttpClient", () => {
  it.effect("puts the token on requests and hands out whole answers", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* open(accepts("token-1"))
      const response = yield* client.httpClient.get("/orders", { urlParams: { page: 2 } })
      assert.strictEqual(response.status, 200)
      assert.deepStrictEqual(yield* response.json, { token: "token-1" })
      assert.strictEqual(response.headers["content-type"], "application/json")
      assert.deepStrictEqual(sent[0]?.urlParams.params, [["page", "2"]])
    }))

  it.effect("is made of what Effect makes clients of", () =>
    Effect.gen(function*() {
      const { client } = yield* open(() => new Response("no", { status: 404 }))
      const error = yield* client.httpClient.pipe(
        HttpClient.mapRequest(HttpClientRequest.acceptJson),
        HttpClient.filterStatusOk
      ).get("/orders").pipe(Effect.flatMap(HttpClientResponse.filterStatusOk), Effect.flip)
      assert.strictEqual(error._tag, "HttpClientError")
    }))

  it.effect.each([204, 205, 304])(
    "hands out an answer with status %i, which has no body",
    (status) =>
      Effect.gen(function*() {
        const { client } = yield* open(() => new Response(null, { status }))
        const response = yield* client.httpClient.get("/orders")
        assert.deepStrictEqual([response.status, yield* response.text], [status, ""])
      })
  )

  it.effect("takes a request's method for its safety", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* open(
        () => new Response(null, { status: 403 }),
        { isRejection: (answer) => answer.status === 403 }
      )
      const { del, get, head, options, patch, post, put } = client.httpClient
      const count = Effect.fnUntraced(function*(send: typeof get) {
        const before = sent.length
        yield* Effect.flip(send.call(client.httpClient, "/orders"))
        return sent.length - before
      })
      assert.deepStrictEqual(yield* Effect.forEach([get, head, options, put, del, post, patch], count), [
        2,
        2,
        2,
        2,
        2,
        1,
        1
      ])
    }))

  it.effect("does not show the token in its answers", () =>
    Effect.gen(function*() {
      const { client } = yield* open(() => Response.json({}))
      const response = yield* client.httpClient.get("/orders")
      assert.notInclude(JSON.stringify(response), "token-1")
      assert.isUndefined(response.request.headers["access-token"])
    }))
})

describe("secrets", () => {
  it.effect("are redacted in the header that the provider puts them in, without being told which", () =>
    Effect.gen(function*() {
      const { client, printed } = yield* open(accepts("token-1"))
      yield* client.send(get, safe)
      assert.include(printed.join(), "access-token")
      assert.notInclude(printed.join(), "token-1")
    }))

  it.effect("are in no error of a call", () =>
    Effect.gen(function*() {
      const answers: ReadonlyArray<Answer> = [
        accepts(),
        () => Response.redirect("https://elsewhere.example/token-1"),
        () => {
          throw new Error("token-1")
        }
      ]
      for (const answer of answers) {
        const { client } = yield* open(answer)
        yield* failsWithout(["token-1", "token-2", "account"], client.send(post, unsafe))
        yield* failsWithout(["token-1", "token-2", "account"], client.httpClient.execute(post))
      }
    }))
})
