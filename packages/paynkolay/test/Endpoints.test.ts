import { assert, describe, it } from "@effect/vitest"
import { Paynkolay, PaynkolayMock } from "@entegre/paynkolay"
import { Cause, Clock, Effect, Exit, Predicate, Schedule } from "effect"
import { TestClock } from "effect/testing"
import { type Endpoint, glimpse } from "./support/endpoint.ts"
import { endpoints, now } from "./support/endpoints.ts"
import { cancelSx, merchantSecret, sx } from "./support/keys.ts"
import { failureOf } from "./support/stack.ts"
import { baseUrl, jwt, lost, open } from "./support/wire.ts"

const all = Object.entries(endpoints)
const ofSafety = (...safeties: ReadonlyArray<Endpoint["safety"]>) =>
  all.filter(([, { safety }]) => safeties.includes(safety))

/** The same with fields that no page has, everywhere. */
const withMore = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(withMore)
    : Predicate.isObject(value)
    ? {
      ...Object.fromEntries(Object.entries(value).map(([field, value]) => [field, withMore(value)])),
      newField: { from: "tomorrow" }
    }
    : value

describe("every endpoint", () => {
  it.effect.each(all)(
    "%s is sent as its page says, and its answer is read",
    ([operation, endpoint]) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(now)
        const { calls, paynkolay } = yield* open(() => Response.json(endpoint.answer))
        assert.deepStrictEqual(glimpse(yield* endpoint.call(paynkolay), endpoint.gives), endpoint.gives)

        const [sent, ...more] = calls()
        assert.deepStrictEqual(more, [])
        if (sent === undefined) return assert.fail("nothing was sent")
        assert.strictEqual(sent.method, "POST")
        assert.strictEqual(sent.url, `${baseUrl}${endpoint.path}`)
        assert.deepStrictEqual(sent.body, endpoint.body)
        assert.strictEqual(sent.headers["content-type"], "application/json")
        assert.strictEqual(sent.headers["accept"], "application/json")
        assert.strictEqual(
          sent.headers["authorization"],
          operation === "payments.completeExternal" ? undefined : `Bearer ${jwt(now)}`
        )
        assert.notProperty(sent.headers, "traceparent")
        assert.notProperty(sent.headers, "b3")
      })
  )

  it.effect.each(all)(
    "%s may answer with more than its page says",
    ([, { answer, call, gives }]) =>
      Effect.gen(function*() {
        const { paynkolay } = yield* open(() => Response.json(withMore(answer)))
        assert.deepStrictEqual(glimpse(yield* call(paynkolay), gives), gives)
      })
  )

  it.effect.each(ofSafety("safe", "idempotent"))(
    "%s names the field that an answer lacks",
    ([operation, endpoint]) =>
      Effect.gen(function*() {
        const { paynkolay } = yield* open(() => Response.json(endpoint.lacking.answer))
        const error = yield* failureOf(endpoint.call(paynkolay))
        assert.strictEqual(error.operation, operation)
        if (error.reason._tag !== "UnreadableAnswer") return assert.fail(error.message)
        assert.strictEqual(error.reason.problem.split(":")[0], endpoint.lacking.field)
      })
  )

  it.effect.each(ofSafety("unsafe"))(
    "%s is in doubt about an answer that lacks a field",
    ([operation, endpoint]) =>
      Effect.gen(function*() {
        const { calls, paynkolay } = yield* open(() => Response.json(endpoint.lacking.answer))
        const error = yield* failureOf(endpoint.call(paynkolay))
        assert.strictEqual(error.operation, operation)
        if (error.reason._tag !== "OutcomeUnknown") return assert.fail(error.message)
        assert.strictEqual(error.reason.problem, "unreadableAnswer")
        assert.lengthOf(calls(), 1)
      })
  )

  it.effect.each(ofSafety("unsafe"))(
    "%s is sent once if no answer comes, and says how to find out",
    ([, { call }]) =>
      Effect.gen(function*() {
        const { calls, paynkolay } = yield* open((_, request) => lost(request), { retry: Schedule.recurs(3) })
        const error = yield* failureOf(call(paynkolay))
        if (error.reason._tag !== "OutcomeUnknown") return assert.fail(error.message)
        assert.strictEqual(error.reason.problem, "connectionLost")
        assert.isFalse(error.isRetryable)
        const [operation = ""] = /(?:payments|profiles|sellers|reports)\.\w+|again/.exec(error.reason.findOut) ?? []
        assert.isTrue(operation === "again" || endpoints[operation]?.safety === "safe", error.reason.findOut)
        assert.lengthOf(calls(), 1)
      })
  )

  it.effect.each(ofSafety("safe", "idempotent"))(
    "%s is sent again if no answer comes",
    ([, { answer, call, gives }]) =>
      Effect.gen(function*() {
        let asked = 0
        const { calls, paynkolay } = yield* open(
          (_, request) => ++asked < 3 ? lost(request) : Response.json(answer),
          { retry: Schedule.recurs(2) }
        )
        assert.deepStrictEqual(glimpse(yield* call(paynkolay), gives), gives)
        assert.lengthOf(calls(), 3)
      })
  )
})

describe("what is not an endpoint", () => {
  it.effect("the login is the only request that has the password, and has no key", () =>
    Effect.gen(function*() {
      const { paynkolay, sent } = yield* open(() => Response.json(endpoints["payments.create"]?.answer))
      yield* endpoints["payments.create"]?.call(paynkolay) ?? Effect.void
      const withPassword = sent.filter((request) => JSON.stringify(request).includes("canary-password"))
      assert.deepStrictEqual(withPassword.map(({ body, method, url }) => ({ body, method, url })), [{
        method: "POST",
        url: `${baseUrl}/authenticate`,
        body: { username: "nkolay_marketplace", password: "canary-password", merchantNo: "400000904" }
      }])
      assert.notProperty(withPassword[0]?.headers, "authorization")
      assert.notInclude(JSON.stringify(withPassword), sx)
    }))

  it.effect("the merchant secret key is never sent, and the cancel key with refunds and cancels only", () =>
    Effect.gen(function*() {
      for (const [operation, { answer, call }] of all) {
        const { paynkolay, sent } = yield* open(() => Response.json(answer))
        yield* call(paynkolay)
        const text = JSON.stringify(sent)
        assert.notInclude(text, merchantSecret)
        assert.strictEqual(text.includes(cancelSx), /refund|cancel/.test(operation), operation)
      }
    }))

  it.effect("the completion needs no token, and nobody logs in for it", () =>
    Effect.gen(function*() {
      const { paynkolay, sent } = yield* open(() => Response.json(endpoints["payments.completeExternal"]?.answer))
      yield* paynkolay.payments.completeExternal("UkVGRVJFTkNFX0NPREU=")
      assert.deepStrictEqual(sent.map(({ path }) => path), ["/payment/completePaymentExternal"])
      assert.strictEqual((yield* paynkolay.tokens.status).state, "cold")
    }))

  it.effect("a refused completion is not taken for a dead token", () =>
    Effect.gen(function*() {
      const { calls, paynkolay } = yield* open(() =>
        Response.json({ success: false, responseCode: "401", message: "no" }, { status: 401 })
      )
      const { reason } = yield* failureOf(paynkolay.payments.completeExternal("UkVGRVJFTkNFX0NPREU="))
      assert.strictEqual(reason._tag, "Refused")
      assert.lengthOf(calls(), 1)
    }))

  it.effect("the older rule of the payment hash is an option", () =>
    Effect.gen(function*() {
      const { calls, paynkolay } = yield* open(
        () => Response.json(endpoints["payments.create"]?.answer),
        { paymentHash: "twoFields" }
      )
      yield* endpoints["payments.create"]?.call(paynkolay) ?? Effect.void
      assert.propertyVal(
        calls()[0]?.body,
        "apiKey",
        "8zmNpnAEae/Tk8g7rTc2bpyF7lw5ShVgl2xDTUNFf4WHbmQ2dMcog3LVnKFlUYuL40wtkINw6q4Y0lzGEIErVw=="
      )
    }))

  it.effect("the marketplace's code is an option, wherever it stands", () =>
    Effect.gen(function*() {
      for (const [, { answer, body, call }] of all) {
        const { calls, paynkolay } = yield* open(() => Response.json(answer), { marketplaceCode: "MP12345" })
        yield* call(paynkolay)
        for (const field of ["mpCode", "marketplaceCode"]) {
          if (Predicate.hasProperty(body, field)) assert.propertyVal(calls()[0]?.body, field, "MP12345")
        }
      }
    }))

  it.effect("the list of debts may come without an envelope", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* open(() => Response.json([{ debtAmount: 150.00, trxCurrency: "TRY" }]))
      const call = endpoints["reports.sellerDebts"]?.call(paynkolay) ?? Effect.void
      assert.deepStrictEqual(glimpse(yield* call, { data: [{ debtAmount: 0 }] }), { data: [{ debtAmount: "150" }] })
    }))

  it.effect("calls that the package does not cover are made with the token, to the provider only", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(now)
      const { calls, paynkolay } = yield* open(() => Response.json({}))
      yield* paynkolay.client.httpClient.post("/something/new")
      assert.strictEqual(calls()[0]?.headers["authorization"], `Bearer ${jwt(yield* Clock.currentTimeMillis)}`)
      assert.strictEqual((yield* failureOf(paynkolay.client.httpClient.post("https://example.com/")))._tag, "NotSent")
    }))

  it("there are as many as the provider's pages have, but for the two that calculate hashes", () => {
    assert.lengthOf(all, 26)
    assert.deepStrictEqual(all.map(([operation]) => operation), [...new Set(all.map(([operation]) => operation))])
  })
})

it.effect("a mock has what a test brings, and dies with the name of what it does not", () =>
  Effect.gen(function*() {
    const { payments } = yield* Paynkolay
    assert.deepStrictEqual(yield* payments.status({ trxCode: "ORDER_12345" }), [{ trxStatus: "SUCCESS" }])
    const exit = yield* Effect.exit(payments.completeExternal("x"))
    assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", "completeExternal")
  }).pipe(Effect.provide(PaynkolayMock.layer({
    payments: { status: () => Effect.succeed([{ trxStatus: "SUCCESS" }]) }
  }))))
