import { assert, describe, it } from "@effect/vitest"
import { CallError } from "@entegre/core"
import { Money, Odeal, OdealOperation, Payment } from "@entegre/odeal"
import type { OdealRequest } from "@entegre/odeal/OdealOperation"
import { Duration, Effect, Fiber, Redacted, Result, Schema } from "effect"
import { HttpClientError, type HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import * as Model from "./support/odealModel.ts"
import * as Operations from "./support/operations.ts"
import { payment, started } from "./support/payments.ts"

const failing = (cause: unknown) => (_: unknown, request: HttpClientRequest.HttpClientRequest) =>
  Effect.fail(
    new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
  )
const lost = failing(Object.assign(new Error(), { code: "ECONNRESET", syscall: "read" }))
const refused = failing(Object.assign(new Error(), { code: "ECONNREFUSED", syscall: "connect" }))

/** Makes a call with all the time that it needs. */
const call = Effect.fnUntraced(function*<A>(request: OdealRequest<A>, answer?: Model.Options["answer"]) {
  const { model, run } = Model.over(answer === undefined ? {} : { answer })
  const result = yield* run(Effect.gen(function*() {
    const odeal = yield* Odeal
    const fiber = yield* Effect.forkChild(Effect.result(odeal.call(request)))
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  }))
  return { result, calls: model.arrivals.filter(({ path }) => path.startsWith("/made-up/")) }
})

/** Why a call fails, and what was sent. */
const failure = Effect.fnUntraced(function*<A>(request: OdealRequest<A>, answer?: Model.Options["answer"]) {
  const { calls, result } = yield* call(request, answer)
  const error = yield* Effect.fromOption(Result.getFailure(result))
  assert.strictEqual(error.operation, request.operation.name)
  return { reason: error.reason, calls }
})

describe("a call", () => {
  it.effect("sends the body by its schema, with the token in its header and nowhere else", () =>
    Effect.gen(function*() {
      const { calls, result } = yield* call(Operations.start(payment), started)
      assert.deepStrictEqual(yield* Effect.fromResult(result), {
        result: { id: Payment.PaymentId.make(456789), threeDFormHtml: "<form>" }
      })
      assert.strictEqual(calls.length, 1)
      assert.deepInclude(calls[0], {
        method: "POST",
        url: "https://apigw.odeal.com/mobile/made-up/start",
        body: {
          externalId: "siparis-123",
          amount: 100,
          returnUrl: "https://shop.example/callbacks/odeal",
          card: { cardNumber: "4242424242424242", cvv: "000" }
        }
      })
      assert.include(calls[0]?.headers, { authorization: "Bearer access-1", accept: "application/json" })
    }))

  it.effect("writes its path for its input, which stays one segment", () =>
    Effect.gen(function*() {
      const { calls } = yield* call(
        Operations.status("../a b?c"),
        () => Response.json({ result: { status: "PENDING" } })
      )
      assert.deepInclude(calls[0], { method: "GET", path: "/made-up/payments/..%2Fa%20b%3Fc", body: undefined })
    }))

  it.effect("needs neither a body nor an input", () =>
    Effect.gen(function*() {
      assert.deepInclude((yield* call(Operations.cancel(7))).calls[0], {
        method: "DELETE",
        path: "/made-up/payments/7",
        body: undefined
      })
      assert.deepInclude((yield* call(Operations.ping())).calls[0], { method: "GET", path: "/made-up/ping" })
    }))

  it.effect("fails with the name of the field that a good answer lacks", () =>
    Effect.gen(function*() {
      const { reason } = yield* failure(Operations.status("1"), () => Response.json({ result: {} }))
      assert.deepInclude(reason, { _tag: "UnreadableAnswer", status: 200 })
      assert.include(reason.message, "result.status")
    }))

  it.effect("never leaves the base address", () =>
    Effect.gen(function*() {
      for (const path of ["https://elsewhere.example/pay", "/../admin"]) {
        const elsewhere = OdealOperation.make({ name: "elsewhere", method: "GET", path, answer: Schema.String })
        const { model, run } = Model.over()
        const { reason } = yield* run(Odeal.use((odeal) => Effect.flip(odeal.call(elsewhere()))))
        assert.strictEqual(reason._tag, "NotSent")
        assert.deepStrictEqual(model.arrivals, [])
      }
    }))
})

describe("what can not be sent", () => {
  for (
    const [field, change] of [
      ["externalId", { externalId: "" }],
      ["externalId", { externalId: " 1" }],
      ["externalId", { externalId: "1".repeat(257) }],
      ["amount", { amount: 100.001 }],
      ["amount", { amount: Money.make("1.00").value }],
      ["returnUrl", { returnUrl: "http://shop.example/" }],
      ["returnUrl", { returnUrl: "/callbacks" }],
      ["returnUrl", { returnUrl: "https://user:canary@shop.example/" }],
      ["successRedirectUrl", { successRedirectUrl: "javascript:alert(1)" }],
      // `value` is what the schema of a redacted text calls the text within.
      ["card.cardNumber.value", { card: { ...payment.card, cardNumber: Redacted.make("canary") } }]
    ] as const
  ) {
    it.effect(`is told by its field, and nothing is sent: ${field} in ${inspect(change)}`, () =>
      Effect.gen(function*() {
        // JavaScript callers hand in what the types forbid.
        const input: object = change
        const { calls, reason } = yield* failure(Operations.start(Object.assign({}, payment, input)))
        assert.deepInclude(reason, { _tag: "InvalidRequest", field })
        assert.notInclude(String(reason), "canary")
        assert.deepStrictEqual(calls, [])
      }))
  }
})

describe("a call that may act twice", () => {
  it.effect("is every one but a GET, unless it is declared otherwise", () =>
    Effect.sync(() => {
      assert.strictEqual(Operations.start(payment).operation.safety, "unsafe")
      assert.strictEqual(Operations.cancel(1).operation.safety, "unsafe")
      assert.strictEqual(Operations.status("1").operation.safety, "safe")
      assert.strictEqual(Operations.search({ day: "" }).operation.safety, "safe")
    }))

  it.effect("is sent once if its connection dies, and says how to find out", () =>
    Effect.gen(function*() {
      const { calls, reason } = yield* failure(Operations.start(payment), lost)
      assert.deepInclude(reason, { _tag: "OutcomeUnknown", problem: "connectionLost" })
      assert.include(reason.message, "CheckStatus")
      assert.strictEqual(calls.length, 1)
    }))

  it.effect("is sent once if no answer comes in time", () =>
    Effect.gen(function*() {
      const { calls, reason } = yield* failure(Operations.start(payment), () => Effect.never)
      assert.deepInclude(reason, { _tag: "OutcomeUnknown", problem: "timedOut" })
      assert.strictEqual(calls.length, 1)
    }))

  for (
    const [what, answer, problem] of [
      ["a fault", () => new Response("<html>", { status: 502 }), "serverError"],
      [
        "a fault in Ödeal's own words",
        () => Response.json({ error: { message: "Sistem hatası" } }, { status: 500 }),
        "serverError"
      ],
      ["half an answer", () => new Response("{\"result\":{\"id\":45"), "unreadableAnswer"],
      ["an answer that lacks a field", () => Response.json({ result: { id: 1 } }), "unreadableAnswer"],
      ["an empty answer", () => new Response(""), "unreadableAnswer"]
    ] as const
  ) {
    it.effect(`is sent once if ${what} comes back`, () =>
      Effect.gen(function*() {
        const { calls, reason } = yield* failure(Operations.start(payment), answer)
        assert.deepInclude(reason, { _tag: "OutcomeUnknown", problem })
        assert.strictEqual(calls.length, 1)
      }))
  }

  it.effect("says what its operation says about finding out", () =>
    Effect.gen(function*() {
      const { reason } = yield* failure(Operations.cancel(1), lost)
      assert.deepInclude(reason, { _tag: "OutcomeUnknown", findOut: "look the payment up" })
    }))

  it.effect("is sent again if it was surely not sent", () =>
    Effect.gen(function*() {
      let attempts = 0
      const { calls, result } = yield* call(
        Operations.start(payment),
        (arrival, request) => ++attempts === 1 ? refused(arrival, request) : started()
      )
      assert.strictEqual(result._tag, "Success")
      assert.strictEqual(calls.length, 2)
    }))

  it.effect("is sent once more, with the next token, if its token was refused", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over({ answer: started })
      yield* run(Effect.gen(function*() {
        const odeal = yield* Odeal
        yield* odeal.call(Operations.start(payment))
        model.revoke()
        yield* odeal.call(Operations.start(payment))
      }))
      assert.deepStrictEqual(model.to("/made-up/start").map(({ headers }) => headers.authorization), [
        "Bearer access-1",
        "Bearer access-1",
        "Bearer access-2"
      ])
    }))

  it.effect("is not sent a third time", () =>
    Effect.gen(function*() {
      const { calls, reason } = yield* failure(Operations.start(payment), Model.unauthorized)
      assert.deepInclude(reason, { _tag: "TokenRejected", status: 401 })
      assert.strictEqual(calls.length, 2)
    }))
})

describe("a call that only reads", () => {
  for (const request of [Operations.status("1"), Operations.search({ day: "2026-11-21" })]) {
    it.effect(`is sent again after a lost answer: ${request.operation.name}`, () =>
      Effect.gen(function*() {
        const { calls, reason } = yield* failure<unknown>(request, lost)
        assert.deepInclude(reason, { _tag: "Unanswered", problem: "connectionLost" })
        assert.strictEqual(calls.length, 3)
      }))
  }

  it.effect("may have a time limit of its own", () =>
    Effect.gen(function*() {
      const slow = OdealOperation.make({
        name: "reports.read",
        method: "POST",
        path: "/made-up/report",
        answer: Schema.Struct({}),
        timeout: "5 minutes"
      })
      const { result } = yield* call(slow(), () => Effect.delay(Effect.succeed(Response.json({})), "4 minutes"))
      assert.strictEqual(result._tag, "Success")
    }))
})

describe("a refusal", () => {
  const message = "Bu externalId ile daha önce işlem yapılmış"
  for (
    const [what, body, status] of [
      ["error.message", { error: { message } }, 400],
      ["result.message", { result: { message } }, 422],
      ["error.message, before result.message", { error: { message }, result: { message: "Başarısız" } }, 409],
      ["error.message, under a status of success", { error: { message } }, 200]
    ] as const
  ) {
    for (const request of [Operations.start(payment), Operations.status("1")]) {
      it.effect(`is read from ${what}: ${request.operation.name}`, () =>
        Effect.gen(function*() {
          const { calls, reason } = yield* failure<unknown>(request, () => Response.json(body, { status }))
          assert.deepInclude(reason, { _tag: "Refused", status, providerMessage: message })
          assert.strictEqual(calls.length, 1)
        }))
    }
  }

  it.effect("is none if a good answer has a message in its result", () =>
    Effect.gen(function*() {
      const { result } = yield* call(
        Operations.status("1"),
        () => Response.json({ result: { status: "COMPLETED", message: "Başarılı" } })
      )
      assert.strictEqual(result._tag, "Success")
    }))

  it.effect("under a status of success is none if the setting says so", () =>
    Effect.gen(function*() {
      const { run } = Model.over(
        { answer: () => Response.json({ result: { ok: true }, error: { message: "Yok" } }) },
        { refusesWithSuccessStatus: false }
      )
      assert.deepStrictEqual(yield* run(Odeal.use((odeal) => odeal.call(Operations.ping()))), { result: { ok: true } })
    }))

  it.effect("for now brings the time to wait, and the provider's words", () =>
    Effect.gen(function*() {
      const { reason } = yield* failure(Operations.start(payment), () =>
        Response.json({ error: { message: "Çok fazla istek" } }, { status: 429, headers: { "retry-after": "20" } }))
      assert.deepStrictEqual(
        reason,
        new CallError.ProviderUnavailable({
          status: 429,
          providerMessage: "Çok fazla istek",
          retryAfter: Duration.seconds(20)
        })
      )
    }))

  it.effect("that is not in Ödeal's form is told apart", () =>
    Effect.gen(function*() {
      const { reason } = yield* failure(Operations.start(payment), () => new Response("<html>", { status: 403 }))
      assert.deepInclude(reason, { _tag: "UnreadableAnswer", status: 403 })
    }))

  it.effect("shows neither tokens nor the numbers of cards, accounts and people", () =>
    Effect.gen(function*() {
      const said = "Kart 4242 4242 4242 4242, TCKN 10000000146, IBAN TR330006100519786457841326, token " +
        `${"eyJhbGciOi".repeat(4)}\nreddedildi. ${"Uzun. ".repeat(100)}`
      const { reason } = yield* failure(
        Operations.start(payment),
        () => Response.json({ result: { message: said } }, { status: 400 })
      )
      assert.match(
        "providerMessage" in reason ? reason.providerMessage ?? "" : "",
        /^Kart …, TCKN …, IBAN …, token … reddedildi\. (Uzun\. )+.{0,6}…$/
      )
    }))
})
