import { assert, describe, it } from "@effect/vitest"
import { Callback, Payment } from "@entegre/odeal"
import { Effect, Option, Schema } from "effect"

// The two bodies that the provider's page about callbacks shows.
const completed = {
  externalId: "siparis-123",
  id: 456789,
  payment_status: "COMPLETED",
  reason: null,
  authCode: "123456",
  bankProvisionNumber: "987654",
  provisionCode: "PROV-001",
  uniqueKey: "PAY_ABC123"
}
const failed = {
  externalId: "siparis-123",
  id: 456789,
  payment_status: "FAILED",
  reason: "Yetersiz bakiye",
  uniqueKey: "PAY_ABC123"
}

const externalId = Payment.ExternalId.make("siparis-123")

describe("a callback", () => {
  it.effect("of a payment that succeeded is read as the page shows it", () =>
    Effect.gen(function*() {
      const { claim } = yield* Callback.decode(completed)
      assert.deepStrictEqual(claim, {
        id: Payment.PaymentId.make(456789),
        externalId: Option.some(externalId),
        uniqueKey: "PAY_ABC123",
        status: "COMPLETED",
        reason: Option.none(),
        authCode: Option.some("123456"),
        bankProvisionNumber: Option.some("987654"),
        provisionCode: Option.some("PROV-001")
      })
    }))

  it.effect("of a payment that failed is read as the page shows it", () =>
    Effect.gen(function*() {
      const { claim } = yield* Callback.decode(failed)
      assert.strictEqual(claim.status, "FAILED")
      assert.deepStrictEqual(claim.reason, Option.some("Yetersiz bakiye"))
      assert.deepStrictEqual(claim.authCode, Option.none())
    }))

  for (const status of ["COMPLETED", "CANCELLED", "FAILED", "PENDING", "REFUND", "PARTIAL REFUND"] as const) {
    it.effect(`may say ${status}`, () =>
      Effect.gen(function*() {
        const { claim } = yield* Callback.decode({ ...failed, payment_status: status })
        assert.strictEqual(claim.status, status)
        assert.isTrue(Schema.is(Payment.PaymentStatus)(claim.status))
      }))
  }

  it.effect("keeps a status that the page does not name", () =>
    Effect.gen(function*() {
      const { claim } = yield* Callback.decode({ ...failed, payment_status: "CHARGEBACK" })
      assert.strictEqual(claim.status, "CHARGEBACK")
      assert.isFalse(Schema.is(Payment.PaymentStatus)(claim.status))
    }))

  it.effect("may have fields that the page does not show", () =>
    Effect.gen(function*() {
      const { claim } = yield* Callback.decode({ ...completed, installment: 3 })
      assert.notProperty(claim, "installment")
    }))

  for (const none of [null, undefined, "", " "]) {
    it.effect(`of a payment without an externalId (${JSON.stringify(none)}) is asked about by its number`, () =>
      Effect.gen(function*() {
        const payment = yield* Callback.decode({ ...completed, externalId: none })
        assert.deepStrictEqual(payment.claim.externalId, Option.none())
        assert.deepStrictEqual(payment.reference, { _tag: "PaymentId", id: Payment.PaymentId.make(456789) })
      }))
  }

  for (
    const [field, body] of [
      ["id", { ...completed, id: undefined }],
      ["id", { ...completed, id: "canary" }],
      ["payment_status", { ...completed, payment_status: undefined }],
      ["payment_status", { ...completed, payment_status: "canary\nforged" }],
      ["uniqueKey", { ...completed, uniqueKey: "" }],
      ["uniqueKey", { ...completed, uniqueKey: "canary".repeat(50) }],
      ["externalId", { ...completed, externalId: 5 }],
      ["", "canary"],
      ["", null],
      ["", [completed]]
    ] as const
  ) {
    it.effect(`that is wrong in ${field || "its whole body"} is told by its name: ${JSON.stringify(body).slice(0, 300)}`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Callback.decode(body))
        assert.strictEqual(error._tag, "UnreadableCallback")
        assert.strictEqual(error.field, field)
        assert.notInclude(`${error.message}${JSON.stringify(error)}`, "canary")
      }))
  }

  it.effect("is what an HttpApi endpoint can declare as its payload", () =>
    Effect.gen(function*() {
      const codec = Schema.toCodecJson(Callback.Body)
      const payment = yield* Schema.decodeEffect(codec)(completed)
      assert.strictEqual(payment.claim.status, "COMPLETED")
      const written = yield* Schema.encodeEffect(codec)(payment)
      const again = yield* Schema.decodeEffect(codec)(written)
      assert.deepStrictEqual(again, payment)
      assert.deepInclude(written, { payment_status: "COMPLETED", externalId: "siparis-123" })
    }))
})

describe("the key of a callback", () => {
  it.effect("is that of its repetition", () =>
    Effect.gen(function*() {
      const first = yield* Callback.decode(completed)
      const again = yield* Callback.decode({ ...completed })
      assert.strictEqual(first.key, again.key)
    }))

  it.effect("tells a later refund, and another payment, apart", () =>
    Effect.gen(function*() {
      const bodies = [
        completed,
        { ...completed, payment_status: "REFUND" },
        { ...completed, payment_status: "PARTIAL REFUND" },
        { ...completed, uniqueKey: "PAY_ABC124" }
      ]
      const payments = yield* Effect.forEach(bodies, Callback.decode)
      assert.strictEqual(new Set(payments.map(({ key }) => key)).size, bodies.length)
    }))
})

describe("confirming", () => {
  const answers = <Status extends Payment.PaymentStatus>(status: Status) => {
    const asked: Array<Payment.PaymentReference> = []
    return {
      asked,
      call: (reference: Payment.PaymentReference) =>
        Effect.sync(() => {
          asked.push(reference)
          return { status, amount: "100.00" }
        })
    }
  }

  it.effect("asks Ödeal by your own name for the payment, and brings what it answered", () =>
    Effect.gen(function*() {
      const { asked, call } = answers("COMPLETED")
      const confirmed = yield* Callback.confirm(yield* Callback.decode(completed), call)
      assert.deepStrictEqual(asked, [{ _tag: "ExternalId", externalId }])
      assert.strictEqual(confirmed.status, "COMPLETED")
      assert.deepStrictEqual(confirmed.answer, { status: "COMPLETED", amount: "100.00" })
    }))

  it.effect("takes over nothing of the callback but what was asked by", () =>
    Effect.gen(function*() {
      const forged = yield* Callback.decode({ ...completed, id: 1, authCode: "forged", uniqueKey: "forged" })
      const confirmed = yield* Callback.confirm(forged, answers("COMPLETED").call)
      assert.deepStrictEqual(confirmed.reference, { _tag: "ExternalId", externalId })
      assert.notInclude(JSON.stringify(confirmed), "forged")
    }))

  it.effect("fails if Ödeal says something else", () =>
    Effect.gen(function*() {
      const payment = yield* Callback.decode(completed)
      const error = yield* Effect.flip(Callback.confirm(payment, answers("PENDING").call))
      assert.deepInclude(error, { _tag: "NotConfirmed", claimed: "COMPLETED", status: "PENDING" })
      assert.strictEqual(error.message, "the callback says COMPLETED, and Ödeal says PENDING")
    }))

  it.effect("never bears out a status that the page does not name", () =>
    Effect.gen(function*() {
      const payment = yield* Callback.decode({ ...completed, payment_status: "CHARGEBACK" })
      const error = yield* Effect.flip(Callback.confirm(payment, answers("REFUND").call))
      assert.strictEqual(error._tag, "NotConfirmed")
    }))

  it.effect("fails as the status call fails", () =>
    Effect.gen(function*() {
      const payment = yield* Callback.decode(completed)
      const error = yield* Effect.flip(
        Callback.confirm(payment, (): Effect.Effect<{ readonly status: "PENDING" }, "down"> => Effect.fail("down"))
      )
      assert.strictEqual(error, "down")
    }))

  it.effect("gives one payment in one status one key, whatever the callback's own", () =>
    Effect.gen(function*() {
      const { call } = answers("COMPLETED")
      const bodies = [completed, { ...completed, uniqueKey: "forged", id: 1 }]
      const keys = yield* Effect.forEach(bodies, (body) =>
        Effect.map(
          Effect.flatMap(Callback.decode(body), (payment) => Callback.confirm(payment, call)),
          ({ key }) => key
        ))
      assert.strictEqual(keys[0], keys[1])
      const refund = yield* Callback.decode({ ...completed, payment_status: "REFUND" })
      assert.notStrictEqual((yield* Callback.confirm(refund, answers("REFUND").call)).key, keys[0])
      const unnamed = yield* Callback.decode({ ...completed, externalId: null })
      assert.notStrictEqual((yield* Callback.confirm(unnamed, call)).key, keys[0])
    }))
})

// What must not compile.
export const ship = (_: Callback.ConfirmedPayment<unknown>): void => {}
export const careless = (payment: Callback.UnconfirmedPayment): void => {
  // @ts-expect-error: a callback alone is no reason to ship
  ship(payment)
  // @ts-expect-error: and nobody but `confirm` can say that it is confirmed
  ship({ reference: payment.reference, status: "COMPLETED", answer: undefined, key: payment.key })
}
