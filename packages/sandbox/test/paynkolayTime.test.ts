import { assert, describe, it } from "@effect/vitest"
import { Sandbox } from "@entegre/sandbox"
import { DateTime, Effect, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import { ask, dataOf, keys, ok, pay, post, refused, reversalBody, tokenOf } from "./paynkolaySupport.ts"

const Claims = Schema.fromJsonString(Schema.Struct({ exp: Schema.Int, iat: Schema.Int }))

/** Two minutes before midnight in Istanbul; in Greenwich it is nine in the evening. */
const evening = "2026-01-15T20:58:00Z"

const at = (instant: string) => TestClock.setTime(DateTime.toEpochMillis(DateTime.makeUnsafe(instant)))

const claimsOf = (token: string) =>
  Schema.decodeSync(Claims)(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"))

const statusOf = (token: string) =>
  Effect.map(post("/seller/get", { sellerExternalId: "SELLER123" }, token), ({ status }) => status)

const statuses = Effect.gen(function*() {
  const { paynkolay } = yield* Sandbox
  return (yield* paynkolay.payments.list).map(({ trxStatus }) => trxStatus)
})

const reverse = Effect.fnUntraced(function*(...args: Parameters<typeof reversalBody>) {
  return yield* ask(`/payment/${args[0]}`, yield* reversalBody(...args))
})

const deliveryProfile = {
  profileExternalId: "DELIVERY",
  mpCommissionRate: 10,
  mpCost: 1,
  valorDateCount: 2,
  valorCalculationType: "D"
}

describe("Paynkolay's tokens", () => {
  it.effect("end at the second that they name, and not a moment later", () =>
    Effect.gen(function*() {
      yield* at("2026-01-15T12:00:00.400Z")
      const token = yield* tokenOf()
      const { exp, iat } = claimsOf(token)
      assert.deepStrictEqual([iat, exp], [1768478400, 1768480200])
      yield* TestClock.setTime(exp * 1000 - 1)
      assert.strictEqual(yield* statusOf(token), 200)
      yield* TestClock.setTime(exp * 1000)
      assert.strictEqual(yield* statusOf(token), 401)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("name times of a clock that may be wrong, and live as long all the same", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* at("2026-01-15T12:00:00Z")
      yield* paynkolay.settings.update({ clockSkew: "-2 hours", tokenLifetime: "30 seconds" })
      const token = yield* tokenOf()
      const { exp, iat } = claimsOf(token)
      assert.deepStrictEqual([iat, exp], [1768478400 - 7200, 1768478430 - 7200])
      yield* TestClock.adjust("29999 millis")
      assert.strictEqual(yield* statusOf(token), 200)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* statusOf(token), 401)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("come late where the provider takes its time", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* paynkolay.settings.update({ latency: "2 seconds" })
      const fiber = yield* Effect.forkChild(tokenOf())
      yield* TestClock.adjust("1999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(fiber)
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))
})

describe("Paynkolay's refunds and cancels", () => {
  it.effect("cancel until midnight in Istanbul, and refund from then on", () =>
    Effect.gen(function*() {
      yield* at(evening)
      const [first, second] = [yield* pay(), yield* pay({ trxCode: "ORDER_2" })]
      assert.deepStrictEqual(yield* reverse("refund", first.refCode), refused("SAME_DAY_USE_CANCEL"))
      assert.deepStrictEqual(
        yield* reverse("cancel", first.refCode),
        ok({
          trxStatus: "APPROVED",
          mpReferenceCode: "ORDER_12345",
          trxType: "CANCEL",
          trxReferenceCode: "IKSIRPF100003"
        })
      )
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(yield* reverse("cancel", second.refCode), refused("INVALID_DATE"))
      assert.deepStrictEqual(
        yield* reverse("refund", second.refCode),
        ok({ trxStatus: "APPROVED", mpReferenceCode: "ORDER_2", trxType: "REFUND", trxReferenceCode: "IKSIRPF100004" })
      )
      assert.deepStrictEqual(yield* statuses, ["CANCELLED", "REFUNDED"])
      assert.deepStrictEqual(yield* dataOf("/payment/status", { refCode: second.refCode }), [
        {
          trxStatus: "REFUNDED",
          trxCode: "ORDER_2",
          refCode: second.refCode,
          trxType: "SALES",
          trxAmount: 150,
          trxCurrency: "TRY"
        },
        {
          trxStatus: "SUCCESS",
          trxCode: "ORDER_2",
          refCode: "IKSIRPF100004",
          trxType: "REFUND",
          trxAmount: 150,
          trxCurrency: "TRY"
        }
      ])
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("refund in parts, as long as payment and seller cover them", () =>
    Effect.gen(function*() {
      yield* at(evening)
      const { refCode } = yield* pay()
      yield* at("2026-01-20T12:00:00Z")
      assert.strictEqual((yield* reverse("refund", refCode, { amount: 99.99 })).status, 200)
      assert.deepStrictEqual(yield* statuses, ["SUCCESS"])
      assert.deepStrictEqual(yield* reverse("refund", refCode, { amount: 50.02 }), refused("INSUFFICIENT_BALANCE"))
      assert.deepStrictEqual(
        yield* reverse("refund", refCode, { amount: 10, sellers: [["SELLER123", 50.02]] }),
        refused("INSUFFICIENT_BALANCE")
      )
      assert.deepStrictEqual(
        yield* reverse("refund", refCode, { amount: 10, sellers: [["NONE", 10]] }),
        refused("INSUFFICIENT_BALANCE")
      )
      yield* reverse("refund", refCode, { amount: 50.01 })
      assert.deepStrictEqual(yield* statuses, ["REFUNDED"])
      assert.deepStrictEqual(yield* reverse("refund", refCode, { amount: 0.01 }), refused("ALREADY_REFUNDED"))
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("refuse a wrong hash, a wrong key, a day that is none, and a payment that never was", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* at(evening)
      const { sx } = yield* keys
      const { refCode } = yield* pay()
      yield* paynkolay.settings.update({ callbacks: false, autoComplete: false })
      const pending = yield* pay({ trxCode: "ORDER_2" })
      for (
        const [path, body, code] of [
          ["cancel", { ...yield* reversalBody("cancel", refCode), totalTrxAmount: 149 }, "INVALID_HASH"],
          ["cancel", { ...yield* reversalBody("cancel", refCode), apiSecretKey: sx }, "INVALID_HASH"],
          ["cancel", yield* reversalBody("cancel", refCode, { trxDate: "2026-02-30" }), "INVALID_DATE"],
          ["cancel", yield* reversalBody("cancel", refCode, { trxDate: "15.01.2026" }), "INVALID_DATE"],
          ["cancel", yield* reversalBody("cancel", "IKSIRPF0"), "TRANSACTION_NOT_FOUND"],
          ["refund", yield* reversalBody("refund", pending.refCode), "TRANSACTION_NOT_FOUND"],
          ["cancel", yield* reversalBody("cancel", refCode, { amount: 149 }), "totalTrxAmount alanı hatalı"],
          ["cancel", yield* reversalBody("refund", refCode), "trxType alanı hatalı"]
        ] as const
      ) {
        assert.deepStrictEqual(yield* ask(`/payment/${path}`, body), refused(code), code)
      }
      yield* paynkolay.settings.update({ reversalErrorIn: "responseCode", refusalStatus: 400 })
      assert.deepStrictEqual(yield* reverse("cancel", "IKSIRPF0"), {
        status: 400,
        body: {
          success: false,
          responseCode: "TRANSACTION_NOT_FOUND",
          responseMessage: "İşlem Başarısız",
          data: null
        }
      })
      assert.deepStrictEqual(yield* statuses, ["SUCCESS", "PENDING"])
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))
})

describe("Paynkolay's reports", () => {
  it.effect("write moments in Greenwich's time, days and the time of the report in Istanbul's", () =>
    Effect.gen(function*() {
      yield* at(evening)
      const { sx: apiSecretKey } = yield* keys
      const { refCode } = yield* pay()
      yield* at("2026-01-15T21:01:02.345Z")
      const { body } = yield* ask("/transaction/report", { refCode, apiSecretKey })
      assert.deepNestedInclude(body, {
        "reportTime": "2026-01-16T00:01:02.345",
        "data[0].trxDatetime": "2026-01-15T20:58:00.000000Z",
        "data[0].trxCurrency": "949",
        "data[0].mpOrderCode": "ORDER_12345",
        "data[0].mpCode": "400000904",
        "data[0].pfCommissionAmount": 1.95
      })
      assert.deepStrictEqual(yield* ask("/transaction/report", { apiSecretKey }), refused("İşlem bulunamadı"))
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("sum up what a seller sold, and what was taken back, by days in Istanbul", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const { merchantNo: marketplaceCode, sx: apiSecretKey } = yield* keys
      yield* at(evening)
      const { refCode } = yield* pay()
      yield* paynkolay.settings.update({ bankCode: "51" })
      yield* Effect.exit(pay({ trxCode: "DECLINED" }))
      yield* at("2026-01-15T21:00:00Z")
      yield* paynkolay.settings.update({ bankCode: "00" })
      yield* pay({ trxCode: "NEXT_DAY" })
      yield* reverse("refund", refCode, { amount: 50 })
      const query = { apiSecretKey, marketplaceCode, sellerExternalId: "SELLER123" }
      const report = (more: object) =>
        Effect.map(ask("/transaction/seller/report", { ...query, ...more }), ({ body }) => body)
      assert.deepInclude(yield* report({ from: "2026-01-15", to: "2026-01-15" }), {
        countSuccessTransaction: 1,
        countFailedTransaction: 1,
        countSuccessSalesTransaction: 1,
        countSuccessRefundTransaction: 0,
        countSuccessCancelTransaction: 0,
        totalAuthAmount: 150,
        totalPfCommissionAmount: 1.95,
        totalMpCommissionAmount: 15,
        totalSellerAmount: 135
      })
      assert.deepInclude(yield* report({ from: "2026-01-15", to: "2026-01-16" }), {
        countSuccessTransaction: 3,
        countSuccessRefundTransaction: 1,
        totalAuthAmount: 300
      })
      assert.nestedPropertyVal(
        yield* report({ from: "2026-01-15", to: "2026-01-16", trxType: "REFUND" }),
        "data.length",
        1
      )
      assert.nestedPropertyVal(
        yield* report({ from: "2026-01-15", to: "2026-01-16", trxStatus: "FAILED" }),
        "data.length",
        1
      )
      assert.deepStrictEqual(
        yield* ask("/transaction/seller/report", { ...query, from: "15.01.2026", to: "2026-01-15" }),
        refused("from alanı hatalı")
      )
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("show a seller's transfers once they are due, after the delivery where the profile says so", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const { merchantNo: marketplaceCode, sx: apiSecretKey } = yield* keys
      yield* at(evening)
      yield* dataOf("/paymentprofile", { ...deliveryProfile, apiSecretKey })
      const [seller] = yield* paynkolay.sellers.list
      yield* dataOf("/seller/update", {
        ...seller,
        birthDate: "15.05.1985",
        apiSecretKey,
        mpPaymentProfileExternalId: "DELIVERY"
      })
      const { refCode } = yield* pay()
      const query = {
        apiSecretKey,
        marketplaceCode,
        sellerExternalId: "SELLER123",
        from: "2026-01-01",
        to: "2026-12-31"
      }
      const transfers = dataOf("/transaction/seller/payment-report", query)
      const deliver = (deliveryDate: string) =>
        ask("/transaction/update-delivery", {
          apiSecretKey,
          sellerTransactionList: [{ refCode, deliveryDate, sellerExternalId: "SELLER123" }]
        })
      yield* at("2026-01-20T12:00:00Z")
      assert.deepStrictEqual(yield* deliver("2026-01-18"), {
        status: 200,
        body: { success: false, message: "sellerTransactionList.0.deliveryDate alanı hatalı" }
      })
      assert.deepStrictEqual(yield* deliver("19.01.2026"), {
        status: 200,
        body: { success: true, message: "İşlem Başarılı" }
      })
      assert.deepStrictEqual(yield* deliver("19.01.2026"), {
        status: 200,
        body: { success: false, message: `Güncellenemeyen işlemler: ${refCode}` }
      })
      assert.deepStrictEqual(yield* transfers, [])
      yield* at("2026-01-20T21:00:00Z")
      assert.deepStrictEqual(yield* transfers, [{
        sellerName: "Ayşe Çağlar",
        sellerExternalId: "SELLER123",
        trxAmount: 134,
        description: "ORDER_12345 ödemesi",
        currency: "TRY",
        transferDate: "2026-01-21",
        eftOutDate: "2026-01-21"
      }])
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("show penalties as debts, by minutes in Istanbul and without an envelope", () =>
    Effect.gen(function*() {
      const { merchantNo: marketplaceCode, sx: apiSecretKey } = yield* keys
      yield* at(evening)
      const penalty = { sellerExternalId: "SELLER123", amount: "2000.0", description: "Geç teslimat", apiSecretKey }
      const punish = (change: object) => ask("/penalty", { ...penalty, debtDate: "2026-01-15", ...change })
      assert.deepStrictEqual(yield* punish({}), { status: 200, body: { success: true, message: "İşlem Başarılı" } })
      assert.deepStrictEqual(yield* punish({ sellerExternalId: "NONE" }), {
        status: 400,
        body: { success: false, message: "Aktif Satıcı Bulunamadı!" }
      })
      assert.deepStrictEqual(yield* punish({ amount: 2000 }), {
        status: 200,
        body: { success: false, message: "amount alanı hatalı" }
      })
      const debts = (from: string, to: string) =>
        ask("/transaction/seller/debt-report", {
          apiSecretKey,
          marketplaceCode,
          sellerExternalId: "SELLER123",
          from,
          to
        })
      assert.deepStrictEqual(yield* debts("2026-01-15T23:58", "2026-01-15T23:58"), {
        status: 200,
        body: [{
          sellerName: "Ayşe Çağlar",
          debtAmount: 2000,
          trxCurrency: "TRY",
          debtCreateDate: "2026-01-15T23:58:00.000",
          debtUpdateDate: "2026-01-15T23:58:00.000",
          debtStatus: true
        }]
      })
      assert.deepStrictEqual(yield* debts("2026-01-15T20:58", "2026-01-15T23:57"), { status: 200, body: [] })
      assert.deepStrictEqual(yield* debts("2026-01-15", "2026-01-15"), refused("from alanı hatalı"))
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))
})
