import { assert, describe, it } from "@effect/vitest"
import * as ApiClient from "@entegre/core/ApiClient"
import * as CallError from "@entegre/core/CallError"
import { Duration, Effect, Fiber, Option, Random, Schedule, Schema, Stream } from "effect"
import { HttpClientError, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { type AcmeError, open, operations } from "./support/acme.ts"
import { failsWithout, withSpans } from "./support/leaks.ts"

type Answer = Parameters<typeof open>[0]

const isOutcomeUnknown = Schema.is(CallError.OutcomeUnknown)

const good: Answer = () => Response.json({ id: "7" })

const failsToSend = (cause: unknown): Answer => (request) =>
  Effect.fail(
    new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
  )
const refused = failsToSend(Object.assign(new Error(), { code: "ECONNREFUSED", syscall: "connect" }))
const badCertificate = failsToSend(Object.assign(new Error(), { code: "CERT_HAS_EXPIRED" }))
const lost = failsToSend(Object.assign(new Error(), { code: "ECONNRESET", syscall: "read" }))
const unavailable = (status: number, headers: Record<string, string> = {}): Answer => () =>
  new Response("<html>", { status, headers })

/** One answer after the other, the last one for ever. */
const inTurn = (...answers: ReadonlyArray<Answer>): Answer => (request, attempt) =>
  (answers[Math.min(attempt, answers.length) - 1] ?? good)(request, attempt)

/** Runs an operation with all the time it needs, and counts the requests. */
const call = Effect.fnUntraced(function*<A>(
  operation: ApiClient.Operation<A>,
  answer: Answer,
  options?: Parameters<typeof open>[1]
) {
  const { run, sent } = yield* open(answer, options)
  const fiber = yield* Effect.forkChild(Effect.result(run(operation)))
  yield* TestClock.adjust("10 minutes")
  const result = yield* Fiber.join(fiber)
  return { result, requests: sent.length }
})

/** The reason why an operation fails, and the number of requests. */
const failure = Effect.fnUntraced(function*<A>(
  operation: ApiClient.Operation<A>,
  answer: Answer,
  options?: Parameters<typeof open>[1]
) {
  const { requests, result } = yield* call(operation, answer, options)
  assert.strictEqual(result._tag, "Failure")
  const error: AcmeError = yield* Effect.flip(Effect.fromResult(result))
  assert.strictEqual(error.operation, operation.name)
  return { reason: error.reason, requests }
})

describe("an operation", () => {
  it.effect("brings its answer, read by its schema", () =>
    Effect.gen(function*() {
      const { run } = yield* open(good)
      assert.deepStrictEqual(yield* run(operations.get), { id: "7" })
    }))

  it.effect("brings a page as it is", () =>
    Effect.gen(function*() {
      const { run } = yield* open(() => new Response("<html>"))
      assert.strictEqual(yield* run(operations.page), "<html>")
    }))

  it.effect("may have an empty answer", () =>
    Effect.gen(function*() {
      const { run } = yield* open(() => new Response(null, { status: 204 }))
      assert.isUndefined(yield* run(operations.touch))
    }))

  it.effect("fails with what the provider refused, whatever the status, and is not repeated", () =>
    Effect.gen(function*() {
      for (const status of [200, 404, 503]) {
        const refusal = () => Response.json({ success: false, message: "Sipariş bulunamadı" }, { status })
        for (const operation of [operations.get, operations.pay]) {
          const { reason, requests } = yield* failure(operation, refusal)
          assert.deepInclude(reason, { _tag: "OrderNotFound", providerMessage: "Sipariş bulunamadı" })
          assert.strictEqual(requests, 1)
        }
      }
    }))

  it.effect("fails with the reason why there is no token", () =>
    Effect.gen(function*() {
      const { reason, requests } = yield* failure(operations.get, () => new Response(null, { status: 401 }))
      assert.deepInclude(reason, { _tag: "TokenRejected", status: 401 })
      assert.strictEqual(requests, 2)
    }))

  it.effect("fails before anything is sent if its request can not be made", () =>
    Effect.gen(function*() {
      const { api, sent } = yield* open(good)
      const invalid = new CallError.InvalidRequest({ field: "id", problem: "is not a UUID" })
      const error = yield* Effect.flip(api.run(operations.get, Effect.fail(invalid)))
      assert.strictEqual(error.reason, invalid)
      assert.strictEqual(error.message, "orders.get: id is invalid: is not a UUID")
      assert.deepStrictEqual(sent, [])
    }))

  it.effect("has its reasons within reach of Effect.catchReason", () =>
    Effect.gen(function*() {
      const { run } = yield* open(() => Response.json({ success: false, message: "no" }))
      const caught = yield* run(operations.get).pipe(
        Effect.catchReason("AcmeError", "OrderNotFound", ({ providerMessage }) => Effect.succeed(providerMessage)),
        Effect.orDie
      )
      assert.strictEqual(caught, "no")
    }))

  it.effect("keeps its own timeout for each attempt", () =>
    Effect.gen(function*() {
      const slow = ApiClient.operation({ name: "slow", safety: "safe", answer: Schema.String, timeout: "1 second" })
      const { reason } = yield* failure(slow, () => Effect.never)
      assert.deepInclude(reason, { _tag: "Unanswered", problem: "timedOut", timeout: Duration.seconds(1) })
    }))

  it.effect("has one span with its name, over all attempts, and no more than its name in it", () =>
    Effect.gen(function*() {
      const { run } = yield* open(good)
      const { spans } = yield* withSpans(run(operations.get))
      assert.deepStrictEqual(spans.map(({ kind, name }) => [name, kind]), [
        ["acme.orders.get", "client"],
        ["POST", "client"]
      ])
      assert.deepStrictEqual(Option.getOrUndefined(spans[1]?.parent ?? Option.none()), spans[0])
      assert.deepStrictEqual(Object.fromEntries(spans[0]?.attributes ?? []), {
        "entegre.provider": "acme",
        "entegre.operation": "orders.get"
      })
      const refused = yield* open(() => Response.json({ success: false, message: "no" }, { status: 404 }))
      const { spans: [span] } = yield* withSpans(Effect.exit(refused.run(operations.get)))
      assert.strictEqual(span?.attributes.get("error.type"), "OrderNotFound")
    }))
})

describe("an unsafe operation without a clear answer", () => {
  const unclear: ReadonlyArray<readonly [string, Answer, CallError.OutcomeUnknown["problem"], number?]> = [
    ["a lost connection", lost, "connectionLost"],
    ["silence", () => Effect.never, "timedOut"],
    ["garbage", () => new Response("<html>"), "unreadableAnswer", 200],
    ["nothing", () => new Response(null, { status: 204 }), "unreadableAnswer", 204],
    ["another shape", () => Response.json({ order: "7" }), "unreadableAnswer", 200],
    ["a gateway's 502", unavailable(502), "serverError", 502],
    ["a gateway's 503 that asks to wait", unavailable(503, { "retry-after": "1" }), "serverError", 503],
    ["a 303 to the receipt", unavailable(303, { location: "/receipt" }), "redirected", 303]
  ]

  it.effect.each(unclear)(
    "is sent once after %s, and says how to find out",
    ([_, answer, problem, status]) =>
      Effect.gen(function*() {
        const { reason, requests } = yield* failure(operations.pay, answer)
        const outcome = yield* Effect.fromOption(Option.liftPredicate(isOutcomeUnknown)(reason))
        assert.deepStrictEqual([outcome.problem, outcome.status], [problem, status])
        assert.strictEqual(outcome.findOut, "ask for the status")
        assert.isFalse(reason.isRetryable)
        assert.strictEqual(requests, 1)
      })
  )

  it.effect("names the field that an answer lacks", () =>
    Effect.gen(function*() {
      const { reason } = yield* failure(operations.pay, () => Response.json({ order: "7" }))
      const outcome = yield* Effect.fromOption(Option.liftPredicate(isOutcomeUnknown)(reason))
      assert.match(outcome.detail ?? "", /^\w+: Missing key$/)
      assert.include(outcome.message, outcome.detail ?? "nothing")
    }))

  it.effect.each(
    [
      ["a certificate that does not verify", badCertificate, "NotSent"],
      ["a redirect of the call itself", unavailable(308, { location: "/v2" }), "Redirected"],
      ["a firewall's 403", unavailable(403), "UnreadableAnswer"],
      ["too many requests", unavailable(429), "ProviderUnavailable"]
    ] satisfies ReadonlyArray<readonly [string, Answer, string]>
  )(
    "has surely not acted after %s, and is sent once",
    ([_, answer, tag]) =>
      Effect.gen(function*() {
        const { reason, requests } = yield* failure(operations.pay, answer)
        assert.strictEqual(reason._tag, tag)
        assert.strictEqual(requests, 1)
      })
  )

  it.effect("is unknown too if it was lost when it was sent again with the next token", () =>
    Effect.gen(function*() {
      const { reason, requests } = yield* failure(
        operations.pay,
        inTurn(() => new Response(null, { status: 401 }), lost)
      )
      assert.deepInclude(reason, { _tag: "OutcomeUnknown", problem: "connectionLost" })
      assert.strictEqual(requests, 2)
    }))
})

describe("a retry", () => {
  it.effect("follows a request that was surely not sent, even of an unsafe operation", () =>
    Effect.gen(function*() {
      for (const operation of [operations.get, operations.update, operations.pay]) {
        const recovered = yield* call(operation, inTurn(refused, refused, good))
        assert.strictEqual(recovered.result._tag, "Success")
        assert.strictEqual(recovered.requests, 3)
        const { reason, requests } = yield* failure(operation, refused)
        assert.deepInclude(reason, { _tag: "NotSent", problem: "connectionRefused" })
        assert.strictEqual(requests, 3)
      }
    }))

  it.effect("follows what was not answered or could not be served only if repeating does no harm", () =>
    Effect.gen(function*() {
      for (const answer of [lost, unavailable(502), unavailable(503), unavailable(429)]) {
        for (const operation of [operations.get, operations.update]) {
          const { requests, result } = yield* call(operation, inTurn(answer, answer, good))
          assert.strictEqual(result._tag, "Success")
          assert.strictEqual(requests, 3)
        }
        const { requests } = yield* failure(operations.pay, inTurn(answer, good))
        assert.strictEqual(requests, 1)
      }
    }))

  it.effect("does not follow what the next attempt would meet again", () =>
    Effect.gen(function*() {
      const answers = [
        badCertificate,
        unavailable(307, { location: "/" }),
        unavailable(403),
        () => new Response("garbage")
      ]
      for (const answer of answers) {
        const { requests } = yield* failure(operations.get, inTurn(answer, good))
        assert.strictEqual(requests, 1)
      }
    }))

  it.effect("waits 200 and 400 milliseconds, give or take a fifth", () =>
    Effect.gen(function*() {
      const { run, sent } = yield* open(lost)
      const fiber = yield* Effect.forkChild(Effect.flip(run(operations.get)))
      yield* TestClock.adjust("159 millis")
      assert.strictEqual(sent.length, 1)
      yield* TestClock.adjust("81 millis")
      assert.strictEqual(sent.length, 2)
      yield* TestClock.adjust("479 millis")
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(sent.length, 3)
      yield* Fiber.join(fiber)
    }))

  it.effect("does not come at the same moment from all who failed at the same moment", () =>
    Effect.gen(function*() {
      const { run, sent } = yield* open(lost)
      const callers = Array.from({ length: 100 }, () => Effect.exit(run(operations.get)))
      yield* Effect.forkChild(Effect.all(callers, { concurrency: "unbounded" }))
      yield* TestClock.adjust("200 millis")
      assert.isAbove(sent.length, 125)
      assert.isBelow(sent.length, 175)
    }).pipe(Random.withSeed("jitter")))

  it.effect("waits as long as the provider asks", () =>
    Effect.gen(function*() {
      const { run, sent } = yield* open(inTurn(unavailable(429, { "retry-after": "5" }), good))
      const fiber = yield* Effect.forkChild(run(operations.get))
      yield* TestClock.adjust("4999 millis")
      assert.strictEqual(sent.length, 1)
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(yield* Fiber.join(fiber), { id: "7" })
    }))

  it.effect("is left to the caller if the provider asks for a longer wait than 5 seconds", () =>
    Effect.gen(function*() {
      const { reason, requests } = yield* failure(operations.get, unavailable(503, { "retry-after": "6" }))
      assert.deepInclude(reason, { _tag: "ProviderUnavailable", status: 503, retryAfter: Duration.seconds(6) })
      assert.strictEqual(requests, 1)
    }))

  it.effect("follows the schedule that was given, but never more than ten times", () =>
    Effect.gen(function*() {
      const none = yield* failure(operations.get, lost, { retry: Schedule.recurs(0) })
      assert.strictEqual(none.requests, 1)
      const always = yield* failure(operations.get, lost, { retry: Schedule.spaced("1 second") })
      assert.strictEqual(always.requests, 11)
    }))

  it.effect("that was surely not sent does not hide an earlier attempt that may have been", () =>
    Effect.gen(function*() {
      const { reason, requests } = yield* failure(operations.update, inTurn(lost, refused))
      assert.deepInclude(reason, { _tag: "Unanswered", problem: "connectionLost" })
      assert.strictEqual(requests, 3)
    }))

  it.effect("never follows a request whose body is spent", () =>
    Effect.gen(function*() {
      const { api, sent } = yield* open(inTurn(lost, good))
      const upload = HttpClientRequest.bodyStream(HttpClientRequest.put("/photo"), Stream.make(new Uint8Array(1)))
      const error = yield* Effect.flip(api.run(operations.update, upload))
      assert.strictEqual(error.reason._tag, "Unanswered")
      assert.strictEqual(sent.length, 1)
    }))

  it.effect("sends the request that was made, which is made once", () =>
    Effect.gen(function*() {
      const { api, sent } = yield* open(inTurn(refused, good))
      let made = 0
      const request = Effect.sync(() => HttpClientRequest.put(`/orders/${++made}`))
      const fiber = yield* Effect.forkChild(api.run(operations.update, request))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(sent.map(({ url }) => url), [
        "https://api.example.com/orders/1",
        "https://api.example.com/orders/1"
      ])
    }))

  it.effect("of an unsafe operation ends when one attempt was sent", () =>
    Effect.gen(function*() {
      const { reason, requests } = yield* failure(operations.pay, inTurn(refused, lost, good))
      assert.strictEqual(reason._tag, "OutcomeUnknown")
      assert.strictEqual(requests, 2)
    }))
})

describe("a path", () => {
  it("keeps what is filled in within its segment", () => {
    const id = "../7?x#y/ç %2e"
    assert.strictEqual(
      ApiClient.path`/orders/${id}/lines/${2}`,
      "/orders/..%2F7%3Fx%23y%2F%C3%A7%20%252e/lines/2"
    )
    assert.strictEqual(ApiClient.path`/orders/${"a\uD800b"}`, "/orders/a%EF%BF%BDb")
  })

  it.effect("that climbs all the same is not sent", () =>
    Effect.gen(function*() {
      const { api, sent } = yield* open(good)
      const error = yield* Effect.flip(
        api.run(operations.get, HttpClientRequest.get(ApiClient.path`/orders/${".."}/x`))
      )
      assert.deepInclude(error.reason, { _tag: "NotSent", problem: "invalidRequest" })
      assert.deepStrictEqual(sent, [])
    }))
})

describe("a JSON body", () => {
  const encode = ApiClient.bodyJson(
    Schema.Struct({ minutes: Schema.Int, until: Schema.optional(Schema.DurationFromMillis) })
  )

  it.effect("is written by its schema", () =>
    Effect.gen(function*() {
      const { api, sent } = yield* open(good)
      const request = HttpClientRequest.post("/orders")
      yield* api.run(operations.update, encode(request, { minutes: 30, until: Duration.seconds(1) }))
      const body = sent[0]?.body
      assert.strictEqual(body?._tag === "Uint8Array" ? body.text : undefined, `{"minutes":30,"until":1000}`)
    }))

  it.effect("that the schema does not accept fails by the name of the field", () =>
    Effect.gen(function*() {
      const { api } = yield* open(good)
      const error = yield* failsWithout(
        ["0.25"],
        api.run(operations.update, encode(HttpClientRequest.post("/orders"), { minutes: 0.25 }))
      )
      assert.deepInclude(error.reason, { _tag: "InvalidRequest", field: "minutes", problem: "Expected an integer" })
    }))

  it.effect("that JSON can not express fails too", () =>
    Effect.gen(function*() {
      const anything = ApiClient.bodyJson(Schema.Unknown)
      const error = yield* Effect.flip(anything(HttpClientRequest.post("/orders"), 1n))
      assert.deepInclude(error, { _tag: "InvalidRequest", problem: "Expected a value that JSON can express" })
    }))
})

describe("secrets and personal data", () => {
  it.effect.each(
    [
      ["a lost connection", failsToSend(new Error("canary"))],
      ["garbage", () => new Response("canary")],
      ["another shape", () => Response.json({ id: { canary: "canary" } })],
      ["a redirect", unavailable(302, { location: "https://canary.example" })],
      ["a gateway", () => new Response("canary", { status: 502, headers: { "x-canary": "canary" } })],
      ["a refused token", () => new Response("canary", { status: 401 })]
    ] satisfies ReadonlyArray<readonly [string, Answer]>
  )("are in no error and no span after %s", ([_, answer]) =>
    Effect.gen(function*() {
      const { api } = yield* open(answer, { retry: Schedule.recurs(0) })
      const request = HttpClientRequest.post("/orders?tckn=canary", {
        urlParams: { phone: "canary" },
        headers: { "access-token": "canary" }
      }).pipe(HttpClientRequest.bodyText("canary"))
      for (const operation of [operations.get, operations.pay]) {
        yield* failsWithout(["canary", "token-1", "token-2"], api.run(operation, request))
      }
    }))
})
