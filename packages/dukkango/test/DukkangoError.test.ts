import { assert, describe, it } from "@effect/vitest"
import { Dukkango, type DukkangoError } from "@entegre/dukkango"
import { Fault } from "@entegre/sandbox"
import { Duration, Effect, Schedule } from "effect"
import { akat, failureOf, kebab, noOrder, noRestaurant, provider, socketless } from "./support/stack.ts"

type Call = (dukkango: Dukkango["Service"]) => Effect.Effect<unknown, DukkangoError>

const accept: Call = ({ orders }) => orders.accept(noOrder, { preparingTime: 30 })
const acknowledge: Call = ({ orders }) => orders.acknowledge(noOrder)
const current: Call = ({ orders }) => orders.current()
const list: Call = ({ restaurants }) => restaurants.list
const open: Call = ({ restaurants }) => restaurants.open(akat)
const activate: Call = ({ foods }) => foods.activate(kebab)

interface Row {
  readonly title: string
  readonly call?: Call
  readonly status: number
  readonly body?: unknown
  readonly retryAfter?: Duration.Input
  readonly reason: object
  readonly isRetryable?: boolean
}

const refusal = (error: string, message?: string) => ({ status: false, error, message })

/** The provider's page `api-reference/overview`, row by row; then what its pages leave open. */
const rows: ReadonlyArray<Row> = [
  {
    title: "400 eksik alan names the field",
    call: accept,
    status: 400,
    body: refusal("eksik alan", "preparing_time is required"),
    reason: {
      _tag: "MissingField",
      status: 400,
      field: "preparing_time",
      providerCode: "eksik alan",
      providerMessage: "preparing_time is required"
    }
  },
  {
    title: "422 eksik alan, as the authentication page has it, is the same",
    call: open,
    status: 422,
    body: refusal("eksik alan"),
    reason: { _tag: "MissingField", status: 422, field: undefined }
  },
  { title: "401 twice is a rejected token", status: 401, reason: { _tag: "TokenRejected", status: 401 } },
  {
    title: "401 without a message is one too",
    call: acknowledge,
    status: 401,
    body: refusal("yetkisiz erişim"),
    reason: { _tag: "TokenRejected", status: 401 }
  },
  {
    title: "yetkisiz erişim under another status is not about the token",
    call: accept,
    status: 403,
    body: refusal("yetkisiz erişim"),
    reason: { _tag: "Unauthorized", status: 403, providerCode: "yetkisiz erişim" }
  },
  {
    title: "403 URL hatalı",
    status: 403,
    body: refusal("URL hatalı"),
    reason: { _tag: "Forbidden", status: 403, providerCode: "URL hatalı" }
  },
  {
    title: "404 sipariş bulunamadı",
    call: accept,
    status: 404,
    body: refusal("sipariş bulunamadı"),
    reason: { _tag: "OrderNotFound", status: 404, providerCode: "sipariş bulunamadı" }
  },
  {
    title: "404 restoran bulunamadı",
    call: open,
    status: 404,
    body: refusal("restoran bulunamadı"),
    reason: { _tag: "RestaurantNotFound", status: 404, providerCode: "restoran bulunamadı" }
  },
  {
    title: "429 asks for the documented 30 seconds",
    call: current,
    status: 429,
    body: refusal("çok fazla istek", "Çok fazla istek. Lütfen 30 saniye bekleyin."),
    reason: {
      _tag: "TooManyRequests",
      status: 429,
      retryAfter: Duration.seconds(30),
      providerMessage: "Çok fazla istek. Lütfen 30 saniye bekleyin."
    },
    isRetryable: true
  },
  {
    title: "429 with Retry-After asks for that",
    status: 429,
    body: refusal("çok fazla istek"),
    retryAfter: "90 seconds",
    reason: { _tag: "TooManyRequests", retryAfter: Duration.seconds(90) },
    isRetryable: true
  },
  {
    title: "429 of a proxy is the same",
    status: 429,
    body: "<html>slow down</html>",
    reason: { _tag: "TooManyRequests", status: 429, retryAfter: Duration.seconds(30), providerCode: undefined },
    isRetryable: true
  },
  {
    title: "a code that no page lists is a refusal, with the code",
    call: activate,
    status: 404,
    body: refusal("ürün bulunamadı"),
    reason: { _tag: "Refused", status: 404, providerCode: "ürün bulunamadı" }
  },
  {
    title: "a refusal under status 200 is still one, and unsafe calls are not in doubt about it",
    call: accept,
    status: 200,
    body: refusal("sipariş bulunamadı"),
    reason: { _tag: "OrderNotFound", status: 200 }
  },
  {
    title: "the code is recognised however its letters are composed",
    call: accept,
    status: 404,
    body: refusal("sipariş bulunamadı".normalize("NFD")),
    reason: { _tag: "OrderNotFound" }
  },
  {
    title: "500 of a read says that the provider is in trouble",
    status: 500,
    retryAfter: "2 seconds",
    reason: { _tag: "ProviderUnavailable", status: 500, retryAfter: Duration.seconds(2) },
    isRetryable: true
  },
  {
    title: "500 of an unsafe call leaves its outcome unknown, whatever it says",
    call: accept,
    status: 500,
    body: refusal("sipariş bulunamadı"),
    reason: {
      _tag: "OutcomeUnknown",
      status: 500,
      problem: "serverError",
      findOut: "read the order in orders.current: it is there with status 2 if it was accepted"
    }
  },
  {
    title: "a 404 that is not the provider's is no answer of the provider",
    call: accept,
    status: 404,
    body: "<html>not found</html>",
    reason: { _tag: "UnreadableAnswer", status: 404 }
  }
]

describe("DukkangoError", () => {
  for (const { body, call = list, isRetryable = false, reason, retryAfter, status, title } of rows) {
    it.effect(title, () =>
      Effect.gen(function*() {
        const { faults } = yield* provider
        yield* faults.inject(Fault.status(status, {
          on: "calls",
          times: "unlimited",
          ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
          ...(retryAfter !== undefined && { retryAfter })
        }))
        const error = yield* failureOf(Effect.flatMap(Dukkango, call))

        assert.strictEqual(error._tag, "DukkangoError")
        for (const [field, value] of Object.entries(reason)) {
          assert.deepStrictEqual(Reflect.get(error.reason, field), value, field)
        }
        assert.strictEqual(error.cause, error.reason)
        assert.strictEqual(error.isRetryable, isRetryable)
        assert.strictEqual(error.retryAfter, Reflect.get(error.reason, "retryAfter"))
        assert.include(error.message, error.operation)
        assert.include(error.message, error.reason.message)
      }).pipe(Effect.provide(socketless({ settings: { retry: Schedule.recurs(0) } }))))
  }

  it.effect("names the operation", () =>
    Effect.gen(function*() {
      const { orders, restaurants } = yield* Dukkango
      const errors = yield* Effect.all([
        Effect.flip(orders.acknowledge(noOrder)),
        Effect.flip(orders.onTheWay(noOrder)),
        Effect.flip(restaurants.status(noRestaurant))
      ])
      assert.deepStrictEqual(
        errors.map(({ operation, reason }) => [operation, reason._tag]),
        [
          ["orders.acknowledge", "OrderNotFound"],
          ["orders.onTheWay", "OrderNotFound"],
          ["restaurants.status", "RestaurantNotFound"]
        ]
      )
    }).pipe(Effect.provide(socketless())))

  it.effect("is caught by its reason", () =>
    Effect.gen(function*() {
      const { orders } = yield* Dukkango
      const caught = yield* orders.accept(noOrder, { preparingTime: 30 }).pipe(
        Effect.as("accepted"),
        Effect.catchReason("DukkangoError", "OrderNotFound", ({ providerCode }) => Effect.succeed(providerCode))
      )
      assert.strictEqual(caught, "sipariş bulunamadı")
    }).pipe(Effect.provide(socketless())))

  it.effect("shortens what the provider says, and keeps what looks like a token out of it", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      const token = "bcfb7a8a1239a25ab6b61b60964037421931c948bdc37c75daec8fd79a78b5e9"
      const message = `token ${token} of ${"ş ".repeat(300)}`
      yield* faults.inject(Fault.status(400, { on: "calls", body: JSON.stringify(refusal("x", message)) }))
      const { reason } = yield* failureOf(Effect.flatMap(Dukkango, list))
      if (reason._tag !== "Refused") return assert.fail(reason._tag)
      assert.notInclude(reason.providerMessage, token.slice(0, 24))
      assert.isBelow(reason.providerMessage?.length ?? 0, 210)
    }).pipe(Effect.provide(socketless())))
})
