import { assert, describe, it } from "@effect/vitest"
import { Callback, CallbackStore, LocalDate, Money, Paynkolay } from "@entegre/paynkolay"
import type { CreatePayment } from "@entegre/paynkolay/PaynkolaySchemaPayment"
import type { PaynkolaySandbox } from "@entegre/sandbox"
import { BigDecimal, Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Inputs from "./support/inputs.ts"
import { apiSecretKey, cancelApiSecretKey, merchantSecretKey } from "./support/keys.ts"
import { countOf, failureOf, provider, socketless } from "./support/stack.ts"
import { onHostIn, zones } from "./support/zones.ts"

const price = Money.make("150.00")

const payment: CreatePayment = {
  ...Inputs.payment,
  installment: 1,
  callbackUrl: "http://127.0.0.1:9/callback",
  sellerList: [{ sellerExternalId: "SELLER123", trxAmount: price }]
}

const paid = { totalTrxAmount: price, trxCurrency: "TRY" } as const
const part = { sellerExternalId: "SELLER123", trxAmount: price }

const application = (sandbox: PaynkolaySandbox.Options = {}) => {
  const credentials = {
    username: "nkolay_marketplace",
    password: Redacted.make("sandbox-password"),
    merchantNo: "400000904",
    apiSecretKey,
    merchantSecretKey,
    cancelApiSecretKey
  }
  return Layer.merge(socketless({ sandbox: { credentials, ...sandbox } }), CallbackStore.layerMemory)
}

const read = (body: Redacted.Redacted<string>) =>
  Callback.receive(Redacted.value(body), { apiSecretKey, merchantSecretKey })

/** The callback that the provider sends next, as an application receives it. */
const received = Effect.flatMap(
  Effect.flatMap(provider, ({ callbacks }) => callbacks.take),
  ({ body }) => read(body)
)

/** A callback that the provider is told to send, as an application receives it. */
const sent = (payment: string, change: Parameters<PaynkolaySandbox.PaynkolaySandbox["callbacks"]["send"]>[1]) =>
  Effect.gen(function*() {
    const { callbacks } = yield* provider
    const [entry] = yield* Effect.orDie(callbacks.send(payment, change))
    return entry === undefined ? assert.fail("nothing was sent") : entry.body
  })

/** Confirms a reported payment with the provider. */
const confirm = Effect.fnUntraced(function*(reported: Callback.Approved) {
  const { payments } = yield* Paynkolay
  const expected = { trxAmount: price, trxCurrency: "TRY" } as const
  return yield* Callback.confirm(reported, { expected, status: payments.status })
})

const approved = (reported: Callback.Reported): Callback.Approved =>
  reported._tag === "Approved" ? reported : assert.fail(reported._tag)

describe("a payment with 3D Secure", () => {
  it.effect("is started, reported with a signature, and confirmed by its status", () =>
    Effect.gen(function*() {
      const { payments } = yield* Paynkolay
      const { form, refCode } = yield* payments.create(payment)
      assert.isTrue(form !== undefined && Redacted.isRedacted(form))

      const reported = approved(yield* received)
      assert.strictEqual(reported.refCode, refCode)
      const confirmed = yield* Callback.once(reported, confirm(reported))
      assert.strictEqual(confirmed.status.trxStatus, "SUCCESS")
    }).pipe(Effect.provide(application())))

  it.effect("is not shipped twice, however often it is reported", () =>
    Effect.gen(function*() {
      const { payments } = yield* Paynkolay
      const { refCode } = yield* payments.create(payment)
      const reported = approved(yield* received)
      let shipped = 0
      const ship = Callback.once(reported, Effect.andThen(confirm(reported), Effect.sync(() => shipped++)))
      yield* ship
      const again = approved(yield* read(yield* sent(refCode, {})))
      const { reason } = yield* failureOf(Callback.once(again, Effect.sync(() => shipped++)))
      assert.strictEqual(reason._tag, "Duplicate")
      assert.strictEqual(shipped, 1)
    }).pipe(Effect.provide(application())))

  const forgeries = [
    ["a forged hash", { forged: true }],
    ["another amount", { fields: { authAmount: "1500.00" } }],
    ["another status", { fields: { statusCode: "200" } }],
    ["another payment", { fields: { trxCode: "ORDER_12346" } }]
  ] as const
  it.effect.each(forgeries)("is not taken for paid by %s", ([, change]) =>
    Effect.gen(function*() {
      const { payments } = yield* Paynkolay
      const { refCode } = yield* payments.create(payment)
      const { reason } = yield* failureOf(Effect.flatMap(sent(refCode, change), read))
      assert.strictEqual(reason._tag, "InvalidSignature")
    }).pipe(Effect.provide(application())))

  it.effect("of 1.00 does not pay for an order of 150.00", () =>
    Effect.gen(function*() {
      const { payments } = yield* Paynkolay
      const trxAmount = Money.make("1.00")
      yield* payments.create({ ...payment, trxAmount, sellerList: [{ sellerExternalId: "SELLER123", trxAmount }] })
      const error = yield* failureOf(confirm(approved(yield* received)))
      if (error._tag !== "CallbackError" || error.reason._tag !== "NotConfirmed") return assert.fail(error.message)
      assert.strictEqual(error.reason.problem, "amount")
    }).pipe(Effect.provide(application())))

  it.effect("that the bank declines is reported as that", () =>
    Effect.gen(function*() {
      const { payments } = yield* Paynkolay
      const { refCode } = yield* payments.create(payment)
      const reported = yield* received
      if (reported._tag !== "Declined") return assert.fail(reported._tag)
      assert.strictEqual(reported.responseCode, "51")
      assert.strictEqual((yield* payments.status({ refCode }))[0]?.trxStatus, "FAILED")
    }).pipe(Effect.provide(application({ bankCode: "51" }))))

  it.effect("in two steps is paid when it is completed, once", () =>
    Effect.gen(function*() {
      const { payments } = yield* Paynkolay
      const { refCode } = yield* payments.create(payment)
      const reported = yield* received
      if (reported._tag !== "CompletionRequired") return assert.fail(reported._tag)
      assert.strictEqual((yield* payments.status({ refCode }))[0]?.trxStatus, "PENDING")

      const completed = yield* payments.completeExternal(reported.referenceCode)
      const verified = yield* Callback.verify(completed, { apiSecretKey, merchantSecretKey })
      assert.strictEqual((yield* confirm(approved(verified))).status.trxStatus, "SUCCESS")

      const { reason } = yield* failureOf(payments.completeExternal(reported.referenceCode))
      assert.strictEqual(reason._tag, "Refused")
    }).pipe(Effect.provide(application({ autoComplete: false }))))

  it.effect("by Masterpass is reported as that", () =>
    Effect.gen(function*() {
      const { payments } = yield* Paynkolay
      const { sellerList } = payment
      yield* payments.createWithMasterpass({
        ...Inputs.masterpassPayment,
        callbackUrl: payment.callbackUrl,
        sellerList
      })
      assert.strictEqual(approved(yield* received).paymentSystem, "MASTERPASS")
    }).pipe(Effect.provide(application())))

  it.effect("signed by the older rule is refused where the present one holds, and the other way round", () =>
    Effect.gen(function*() {
      const { settings } = yield* provider
      const { payments } = yield* Paynkolay
      yield* settings.update({ paymentHash: "twoFields" })
      assert.strictEqual((yield* failureOf(payments.create(payment))).reason._tag, "Refused")
      yield* settings.update({ paymentHash: "sixFields" })
      yield* payments.create(payment)
    }).pipe(Effect.provide(application())))
})

describe("a payment without 3D Secure", () => {
  const direct = { ...payment, bankCard: { ...Inputs.newCard, isThreeD: false } }

  it.effect("is paid at once", () =>
    Effect.gen(function*() {
      const { payments } = yield* Paynkolay
      const { form, refCode } = yield* payments.create(direct)
      assert.isUndefined(form)
      assert.strictEqual((yield* payments.status({ refCode }))[0]?.trxStatus, "SUCCESS")
    }).pipe(Effect.provide(application())))

  it.effect.each([200, 400] as const)(
    "that the bank declines fails with what the bank said, under HTTP %i",
    (refusalStatus) =>
      Effect.gen(function*() {
        const { payments } = yield* Paynkolay
        const { isRetryable, reason } = yield* failureOf(payments.create(direct))
        if (reason._tag !== "Declined") return assert.fail(reason.message)
        assert.deepStrictEqual([reason.bankCode, reason.kind, reason.status], ["51", "funds", refusalStatus])
        assert.strictEqual(reason.meaning, "insufficient funds")
        assert.isFalse(isRetryable)
        assert.strictEqual((yield* payments.status({ refCode: reason.refCode }))[0]?.trxStatus, "FAILED")
      }).pipe(Effect.provide(application({ bankCode: "51", refusalStatus })))
  )
})

describe("the day of a payment", () => {
  // 23:30 in Istanbul, where it is tomorrow before it is in UTC and New York, and after it is in Kathmandu.
  const evening = Date.parse("2026-01-15T20:30:00Z")

  it.effect.each(zones)(
    "is Istanbul's, on a host in %s: a cancel before midnight, a refund after it",
    (zone) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(evening)
        const { payments } = yield* Paynkolay
        const [first, second] = yield* Effect.all([payments.create(payment), payments.create(payment)])
        yield* received
        yield* received
        const refund = { ...paid, refCode: second.refCode, sellerList: [part] } as const
        assert.strictEqual((yield* failureOf(payments.refund(refund))).reason._tag, "SameDayUseCancel")
        assert.strictEqual((yield* payments.cancel({ ...paid, refCode: first.refCode })).trxType, "CANCEL")

        yield* TestClock.setTime(evening + 3_600_000)
        assert.strictEqual(yield* LocalDate.today, "2026-01-16")
        assert.strictEqual(
          (yield* failureOf(payments.cancel({ ...paid, refCode: second.refCode }))).reason._tag,
          "InvalidDate"
        )
        assert.strictEqual((yield* payments.refund(refund)).trxType, "REFUND")
        assert.strictEqual((yield* failureOf(payments.refund(refund))).reason._tag, "AlreadyRefunded")
        assert.deepStrictEqual(
          (yield* payments.status({ refCode: second.refCode })).map(({ trxStatus, trxType }) => [trxType, trxStatus]),
          [["SALES", "REFUNDED"], ["REFUND", "SUCCESS"]]
        )
      }).pipe(Effect.provide(application()), onHostIn(zone))
  )

  it.effect("is the last on which its commission can be changed", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(evening)
      const { payments } = yield* Paynkolay
      const { refCode } = yield* payments.create(payment)
      const commission = { refCode, sellerList: [{ ...part, commissionRate: Inputs.percent("1.5") }] } as const
      const [updated] = yield* payments.updateCommission(commission)
      const rate = updated?.sellerTransactionList?.[0]?.mpCommissionRate
      assert.strictEqual(rate && BigDecimal.format(rate), "1.5")
      yield* TestClock.setTime(evening + 3_600_000)
      assert.strictEqual((yield* failureOf(payments.updateCommission(commission))).reason._tag, "Refused")
    }).pipe(Effect.provide(application())))

  it.effect("a refund of more than was paid is not covered", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(evening)
      const { payments } = yield* Paynkolay
      const { refCode } = yield* payments.create({ ...payment, bankCard: { ...Inputs.newCard, isThreeD: false } })
      yield* TestClock.setTime(evening + 86_400_000)
      const more = Money.make("150.01")
      const sellerList = [{ ...part, trxAmount: more }] as const
      const { reason } = yield* failureOf(
        payments.refund({ refCode, totalTrxAmount: more, trxCurrency: "TRY", sellerList })
      )
      assert.strictEqual(reason._tag, "InsufficientBalance")
    }).pipe(Effect.provide(application())))
})

describe("cards", () => {
  const mpCustomerKey = Redacted.make("5551234567")

  it.effect("that were stored are listed, and pay without being typed again", () =>
    Effect.gen(function*() {
      const { payments } = yield* Paynkolay
      yield* payments.create({
        ...payment,
        bankCard: { ...Inputs.newCard, registerCard: true },
        customerCardInfo: { mpCustomerKey, cardAlias: "İş Kartım" }
      })
      const { storedCardList: [card] } = yield* payments.storedCards({ mpCustomerKey })
      assert.strictEqual(card?.cardMaskedPan, "454671******7894")
      yield* payments.create({
        ...payment,
        bankCard: { isThreeD: true, registerCard: false },
        customerCardInfo: { mpCustomerKey, cardToken: card?.cardToken, cardTranId: card?.cardTranId }
      })
      assert.deepStrictEqual(yield* countOf("payment.create"), { received: 2, done: 2 })
    }).pipe(Effect.provide(application())))

  it.effect("pay in the instalments that were offered", () =>
    Effect.gen(function*() {
      const { payments } = yield* Paynkolay
      const { paymentInstallments } = yield* payments.instalments({
        cardNumber: Redacted.make("454671"),
        amount: price
      })
      const chosen = paymentInstallments.find(({ installment }) => installment === 3)
      const trxAmount = yield* Effect.fromOption(Money.fromBigDecimal(chosen?.trxAmount ?? price))
      const { refCode } = yield* payments.create({
        ...payment,
        trxAmount,
        installment: 3,
        isFetchInstallments: true,
        encodedValue: chosen?.encodedValue
      })
      assert.strictEqual((yield* payments.status({ refCode })).length, 1)
    }).pipe(Effect.provide(application())))
})
