import { assert, describe, it } from "@effect/vitest"
import { BankCode, Paynkolay, PaynkolayError } from "@entegre/paynkolay"
import { Duration, Effect, Schedule, Schema } from "effect"
import * as Inputs from "./support/inputs.ts"
import { type Call, failureOf, provider, socketless } from "./support/stack.ts"
import { open } from "./support/wire.ts"

const refund: Call = ({ payments }) => payments.refund(Inputs.refund)
const create: Call = ({ payments }) => payments.create(Inputs.payment)
const complete: Call = ({ payments }) => payments.completeExternal("UkVG")
const status: Call = ({ payments }) => payments.status({ trxCode: "ORDER_12345" })
const penalty: Call = ({ penalties }) => penalties.create(Inputs.penalty)
const byProfile: Call = ({ sellers }) => sellers.listByProfile("NO_PROFILE")

interface Row {
  readonly title: string
  readonly call: Call
  readonly status?: number
  readonly headers?: { readonly [name: string]: string }
  readonly body: unknown
  readonly reason: object
  readonly isRetryable?: boolean
}

const refused = (responseCode: string, responseMessage: string, more: object = {}) => ({
  success: false,
  responseCode,
  responseMessage,
  data: null,
  ...more
})

/** Page 37 names the codes and does not say where they stand. */
const reversals = [
  ["ALREADY_REFUNDED", "AlreadyRefunded"],
  ["INSUFFICIENT_BALANCE", "InsufficientBalance"],
  ["INVALID_DATE", "InvalidDate"],
  ["TRANSACTION_NOT_FOUND", "TransactionNotFound"],
  ["SAME_DAY_USE_CANCEL", "SameDayUseCancel"],
  ["INVALID_HASH", "InvalidHash"]
] as const

const places = (code: string): ReadonlyArray<readonly [place: string, status: number, body: unknown]> => [
  ["responseMessage, with HTTP 200", 200, refused("400", code)],
  ["responseMessage, in a sentence", 400, refused("400", `İade yapılamadı: ${code}.`)],
  ["responseCode", 200, refused(code, "İşlem Başarısız")],
  ["message", 400, { success: false, message: code }]
]

const rows: ReadonlyArray<Row> = [
  ...reversals.flatMap(([code, _tag]) =>
    places(code).map(([place, status, body]) => ({
      title: `${code} in ${place}`,
      call: refund,
      status,
      body,
      reason: { _tag, status },
      isRetryable: code === "INSUFFICIENT_BALANCE"
    }))
  ),
  {
    title: "Aktif Satıcı Bulunamadı!, page 39",
    call: penalty,
    status: 400,
    body: { success: false, message: "Aktif Satıcı Bulunamadı!" },
    reason: {
      _tag: "NoActiveSeller",
      status: 400,
      providerMessage: "Aktif Satıcı Bulunamadı!",
      providerCode: undefined
    }
  },
  {
    title: "the same, however its letters are composed and capitalised",
    call: create,
    body: refused("400", "AKTİF SATICI BULUNAMADI".normalize("NFD")),
    reason: { _tag: "NoActiveSeller", status: 200 }
  },
  {
    title: "status REJECTED, page 35",
    call: byProfile,
    status: 400,
    body: { status: "REJECTED", responseCode: "400", responseMessage: "Profil bulunamadı" },
    reason: { _tag: "Rejected", status: 400, providerMessage: "Profil bulunamadı" }
  },
  {
    title: "status REJECTED alone",
    call: byProfile,
    status: 400,
    body: { status: "REJECTED" },
    reason: { _tag: "Rejected", providerCode: undefined, providerMessage: undefined }
  },
  ...BankCode.all.filter(({ kind }) => kind !== "approved").map(({ code, kind, meaning }) => ({
    title: `the bank's code ${code}, page 43`,
    call: create,
    body: refused(code, "İşlem onaylanmadı", { data: { refCode: "IKSIRPF456012" } }),
    reason: { _tag: "Declined", bankCode: code, kind, meaning, refCode: "IKSIRPF456012", providerCode: code },
    isRetryable: kind === "tryAgain"
  })),
  {
    title: "a bank's code under success: true",
    call: create,
    body: { success: true, responseCode: "51", responseMessage: "Yetersiz bakiye", data: null },
    reason: { _tag: "Declined", bankCode: "51", refCode: undefined }
  },
  {
    title: "the completion's errors come with HTTP 200, page 36",
    call: complete,
    body: { success: false, message: "Referans kodu geçersiz", responseCode: "0", responseMessage: "İşlem Başarısız" },
    reason: { _tag: "Refused", status: 200, providerCode: "0", providerMessage: "Referans kodu geçersiz" }
  },
  {
    title: "success: false without anything else",
    call: create,
    body: { success: false },
    reason: { _tag: "Refused", status: 200, providerCode: undefined, providerMessage: undefined }
  },
  {
    title: "a code that no page lists",
    call: status,
    body: refused("1234", "İşlem bulunamadı"),
    reason: { _tag: "Refused", providerCode: "1234", providerMessage: "İşlem bulunamadı" }
  },
  {
    title: "a code that is a number",
    call: status,
    body: { success: false, responseCode: 400, responseMessage: "no" },
    reason: { _tag: "Refused", providerCode: "400" }
  },
  {
    title: "HTTP 400 of somebody else",
    call: create,
    status: 400,
    body: "<html>bad request</html>",
    reason: { _tag: "UnreadableAnswer", status: 400 }
  },
  {
    title: "a good status without an answer, of a read",
    call: status,
    body: "",
    reason: { _tag: "UnreadableAnswer", status: 200 }
  },
  {
    title: "HTTP 500 of an unsafe call, whatever it says",
    call: refund,
    status: 500,
    body: refused("400", "ALREADY_REFUNDED"),
    reason: { _tag: "OutcomeUnknown", problem: "serverError", status: 500 }
  },
  {
    title: "a fault of an unsafe call that comes with HTTP 200",
    call: refund,
    body: refused("500", "Sistem hatası"),
    reason: { _tag: "OutcomeUnknown", problem: "serverError", status: 200 }
  },
  {
    title: "a fault of a read that comes with HTTP 200",
    call: status,
    body: refused("503", "Sistem hatası"),
    reason: { _tag: "ProviderUnavailable", status: 200, providerCode: "503" },
    isRetryable: true
  },
  {
    title: "HTTP 503 with Retry-After",
    call: status,
    status: 503,
    headers: { "retry-after": "7" },
    body: "",
    reason: { _tag: "ProviderUnavailable", status: 503, retryAfter: Duration.seconds(7) },
    isRetryable: true
  },
  {
    title: "too many requests, with HTTP 200",
    call: create,
    body: refused("429", "Çok fazla istek"),
    reason: { _tag: "ProviderUnavailable", providerCode: "429" },
    isRetryable: true
  },
  {
    title: "HTTP 429",
    call: create,
    status: 429,
    body: "",
    reason: { _tag: "ProviderUnavailable", status: 429 },
    isRetryable: true
  },
  {
    title: "401 twice is a rejected token",
    call: status,
    status: 401,
    body: refused("401", "Unauthorized"),
    reason: { _tag: "TokenRejected", status: 401 }
  },
  {
    title: "401 twice with HTTP 200 is one too",
    call: status,
    body: refused("401", "Unauthorized"),
    reason: { _tag: "TokenRejected", status: 200 }
  }
]

describe("PaynkolayError", () => {
  it.effect.each(rows)(
    "$title",
    ({ body, call, headers = {}, isRetryable = false, reason, status = 200 }) =>
      Effect.gen(function*() {
        const { paynkolay } = yield* open(
          () => new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers }),
          { retry: Schedule.recurs(0) }
        )
        const error = yield* failureOf(call(paynkolay))
        assert.strictEqual(error._tag, "PaynkolayError")
        for (const [field, value] of Object.entries(reason)) {
          assert.deepStrictEqual(Reflect.get(error.reason, field), value, field)
        }
        assert.strictEqual(error.cause, error.reason)
        assert.strictEqual(error.isRetryable, isRetryable)
        assert.strictEqual(error.retryAfter, Reflect.get(error.reason, "retryAfter"))
        assert.include(error.message, error.operation)
        assert.include(error.message, error.reason.message)
        // An error goes through a queue or to another process and comes back.
        const sent = yield* Schema.encodeEffect(Schema.toCodecJson(PaynkolayError))(error)
        const received = yield* Schema.decodeEffect(Schema.toCodecJson(PaynkolayError))(sent)
        assert.strictEqual(received.message, error.message)
      })
  )

  it.effect("an unsafe call that a dead token was refused for with HTTP 200 is not sent again", () =>
    Effect.gen(function*() {
      const { calls, paynkolay } = yield* open(() => Response.json(refused("401", "Unauthorized")))
      const { reason } = yield* failureOf(refund(paynkolay))
      assert.strictEqual(reason._tag, "TokenRejected")
      assert.lengthOf(calls(), 1)
    }))

  it.effect("a report that has 401 among its data is no refusal", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* open(() =>
        Response.json({ success: true, responseCode: "200", data: [{ trxStatus: "FAILED", responseCode: "401" }] })
      )
      assert.deepStrictEqual(
        (yield* paynkolay.payments.status({ trxCode: "ORDER_12345" })).map(({ trxStatus }) => trxStatus),
        ["FAILED"]
      )
    }))

  it.effect("is caught by its reason", () =>
    Effect.gen(function*() {
      const { payments } = yield* Paynkolay
      const caught = yield* payments.refund(Inputs.refund).pipe(
        Effect.as("refunded"),
        Effect.catchReason("PaynkolayError", "TransactionNotFound", ({ status }) => Effect.succeed(`none (${status})`))
      )
      assert.strictEqual(caught, "none (200)")
    }).pipe(Effect.provide(socketless())))

  const settings = [
    ["responseMessage", 200],
    ["responseMessage", 400],
    ["responseCode", 200],
    ["responseCode", 400]
  ] as const
  it.effect.each(settings)(
    "has the sandbox's refusals, with the code in %s and HTTP %i",
    ([place, refusalStatus]) =>
      Effect.gen(function*() {
        const { payments, penalties, sellers } = yield* Paynkolay
        const { settings } = yield* provider
        yield* settings.update({ reversalErrorIn: place, refusalStatus })
        const errors = yield* Effect.all([
          Effect.flip(payments.refund(Inputs.refund)),
          Effect.flip(payments.completeExternal("UkVG")),
          Effect.flip(sellers.listByProfile("NO_PROFILE")),
          Effect.flip(penalties.create({ ...Inputs.penalty, sellerExternalId: "NOBODY" })),
          Effect.flip(payments.status({ trxCode: "NOTHING" }))
        ])
        assert.deepStrictEqual(
          errors.map(({ operation, reason }) => [operation, reason._tag]),
          [
            ["payments.refund", "TransactionNotFound"],
            ["payments.completeExternal", "Refused"],
            ["sellers.listByProfile", "Rejected"],
            ["penalties.create", "NoActiveSeller"],
            ["payments.status", "Refused"]
          ]
        )
      }).pipe(Effect.provide(socketless()))
  )
})
