import { assert, describe, it } from "@effect/vitest"
import { Sandbox } from "@entegre/sandbox"
import { Effect, Schema, Struct } from "effect"
import {
  ask,
  callbackHash,
  card,
  dataOf,
  fieldsOf,
  hashOf,
  keys,
  ok,
  pay,
  paymentBody,
  post,
  refused,
  tokenOf,
  vectorKeys
} from "./paynkolaySupport.ts"
import { answerOf, transports } from "./support.ts"

const helperAnswer = (apiKey: string) => ok({ apiKey })

const StoredCards = Schema.Struct({
  cardTotalCount: Schema.Int,
  storedCardList: Schema.Array(Schema.Struct({
    cardToken: Schema.String,
    cardTranId: Schema.String,
    cardMaskedPan: Schema.String,
    cardAlias: Schema.String
  }))
})

const Plans = Schema.Struct({
  paymentInstallments: Schema.Array(Schema.Struct({
    installment: Schema.Int,
    installmentAmount: Schema.Finite,
    trxAmount: Schema.Finite,
    encodedValue: Schema.String
  }))
})

describe("Paynkolay's hashes", () => {
  const [sx, secret, cancelSx] = ["100000001|U1hWQUxVRQ==", "_mpSecretKeyForTests0", "100000001|U1hWQUxVRQ==|Q0FOQ0VM"]

  it.effect("are those that were computed beforehand, by the provider's own helpers", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const payment = { apiSecretKey: sx, secretKey: secret, trxCode: "ORDER_12345", trxCurrency: "TRY" }
      for (const totalTrxAmount of ["150.00", 150]) {
        assert.deepStrictEqual(
          yield* ask("/calculate-hash/payment", { ...payment, totalTrxAmount, trxType: "SALES" }),
          helperAnswer("B7or2Yap2gKmmR9oYbuLMVZfwRyXwWxH/twnC0IdvO0/ACTX8z5cyguippwpz5aMxRkce9SaQ/5Je7d1IGD7ZA==")
        )
      }
      assert.deepStrictEqual(
        yield* ask("/calculate-hash/refund-cancel", {
          apiSecretKey: cancelSx,
          secretKey: secret,
          trxType: "refund",
          trxDate: "2025-10-30",
          amount: "2000.00",
          trxCurrency: "TRY",
          referenceCode: "IKSIRPF456012"
        }),
        helperAnswer("dTO8Be/iainb+lobqSj5HY6P3GrNj6SlRiAYhb5I204hrmyyzqQr66JaeNdyKKRVmtleDiOD7MBrNrvWTJpnIg==")
      )
      yield* paynkolay.settings.update({ paymentHash: "twoFields" })
      assert.deepStrictEqual(
        yield* ask("/calculate-hash/payment", { ...payment, totalTrxAmount: "150.00", trxType: "SALES" }),
        helperAnswer("8zmNpnAEae/Tk8g7rTc2bpyF7lw5ShVgl2xDTUNFf4WHbmQ2dMcog3LVnKFlUYuL40wtkINw6q4Y0lzGEIErVw==")
      )
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))

  it.effect("are those that were computed beforehand, where a call is checked", () =>
    Effect.gen(function*() {
      const token = yield* tokenOf(vectorKeys)
      const { status, body } = yield* answerOf(
        yield* post("/payment/storedCardList", {
          mpCode: "400000001",
          apiSecretKey: sx,
          mpCustomerKey: "5551234567",
          apiKey: "NFfbXOm0gAbPQk4HJ6bwc/YUNxGJuhg4WwokDtMygxIlLOm6JFe+xnqoJV8Iq9OJSXi1yeuIwJsXXWqvnQ3wpg=="
        }, token)
      )
      assert.deepStrictEqual({ status, body }, ok({ cardTotalCount: 0, storedCardList: [] }))
    }).pipe(Effect.provide(Sandbox.layerHttpClientWith({ paynkolay: { credentials: vectorKeys } }))))

  it("of callbacks are made by these tests as they were computed beforehand", () => {
    assert.strictEqual(
      callbackHash(sx, {
        statusCode: "2",
        refCode: "IKSIRPF456012",
        authCode: "123456",
        trxCode: "ORDER_12345",
        commissionRate: "1.3000",
        commissionAmount: "1.95",
        installment: "1",
        trxAmount: "150.00",
        authAmount: "150.00",
        timestamp: "2026-01-15 14:30:00+0300",
        currencyCode: "949",
        cardType: "CREDIT",
        issuerBankCode: "62",
        installmentFeeRate: "0.0000",
        installmentFeeAmount: "0.00",
        paymentSystem: "V"
      }),
      "W36IczKzOATt0l/jxALA8iozD0Ylsc7yCMaiVIaojK/x2rvLP27xAH1mZVH5iLUpyy3kByyBJcOXGPZEqFAwKQ=="
    )
    const firstStep = ["400000001", "IKSIRPF456012", "123456", "2", "true", "1768476600000", "1", "150.00"]
    for (
      const [currency, hash] of [
        [["949"], "Z6EcjbOIIc3LA0vXVY1sshl/NZdaZGCEF1xqA1pTrqMge00Ffmp1dTIo/LKFYXCIb3o7XKqUIm9E9AjwRMscvw=="],
        [[""], "VTP/BEyqAN9wD/prNSJ8F+XPxT18fm7heTm1LnH6A5mrZhlNFCu7hCBJrq66XbW7N1A5ODsvfpAonBcC7kt2Jw=="],
        [[], "rzxXmjBfuGKsvoCp4BDda1AoKLHHnFB4T4T7J+wtj09PYH9RpvUInbtcYMT6zHz2XREJEJmlMNWJtA7FzRXm9A=="]
      ] as const
    ) {
      assert.strictEqual(hashOf(...firstStep, ...currency, secret), hash)
    }
  })
})

describe.each(transports)("Paynkolay's payments %s", (_, transport) => {
  it.live("succeed at once without 3D Secure, and wait for the cardholder with it", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* paynkolay.settings.update({ callbacks: false })
      const direct = yield* pay()
      assert.deepStrictEqual([direct.trxCode, direct.form], ["ORDER_12345", null])
      const secure = yield* pay({ trxCode: "ORDER_3D", bankCard: { ...card, isThreeD: true } })
      assert.include(Buffer.from(secure.form ?? "", "base64").toString("utf8"), "<title>Güvenli ödeme</title>")
      assert.notStrictEqual(direct.refCode, secure.refCode)
      for (const [query, trxStatus] of [[direct, "SUCCESS"], [{ trxCode: "ORDER_3D" }, "PENDING"]] as const) {
        assert.nestedPropertyVal(yield* ask("/payment/status", query), "body.data[0].trxStatus", trxStatus)
      }
      assert.deepStrictEqual(yield* ask("/payment/status", { refCode: "IKSIRPF0" }), refused("İşlem bulunamadı"))
    }).pipe(Effect.provide(transport)))

  it.live("by Masterpass take a mobile number and no card", () =>
    Effect.gen(function*() {
      const body = { ...Struct.omit(yield* paymentBody(), ["bankCard"]), gsm: "5551234567" }
      assert.nestedPropertyVal(yield* ask("/payment/create/MASTERPASS", body), "body.data.trxCode", "ORDER_12345")
      assert.deepStrictEqual(
        yield* ask("/payment/create/MASTERPASS", { ...body, gsm: "05551234567" }),
        refused("gsm alanı hatalı")
      )
      const { paynkolay } = yield* Sandbox
      assert.propertyVal(fieldsOf(yield* paynkolay.callbacks.take), "paymentSystem", "MASTERPASS")
      assert.deepStrictEqual((yield* paynkolay.payments.list).map(({ trxStatus }) => trxStatus), ["SUCCESS"])
    }).pipe(Effect.provide(transport)))

  it.live("are begun under the published hash that the setting names", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const { secret, sx } = yield* keys
      const six = (yield* paymentBody()).apiKey
      const two = hashOf(sx, secret)
      const wrong = "Geçersiz apiKey"
      for (
        const [paymentHash, apiKey, isRight] of [
          ["sixFields", six, true],
          ["sixFields", two, false],
          ["twoFields", six, false],
          ["twoFields", two, true],
          ["either", six, true],
          ["either", two, true],
          ["either", hashOf(sx, secret, "ORDER_12345", "150", "TRY", "SALES"), false],
          ["either", undefined, false]
        ] as const
      ) {
        yield* paynkolay.settings.update({ paymentHash })
        const { body } = yield* ask("/payment/create", { ...yield* paymentBody(), apiKey })
        assert.deepInclude(
          body,
          isRight ? { success: true } : { success: false, responseCode: "400", responseMessage: wrong }
        )
      }
    }).pipe(Effect.provide(transport)))

  it.live("are refused for what does not fit, and leave nothing behind", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      for (
        const [change, message] of [
          [{ bankCard: { ...card, cvv: undefined } }, "bankCard.cvv alanı hatalı"],
          [{ bankCard: { isThreeD: true, registerCard: false } }, "Kayıtlı kart bulunamadı"],
          [{ installment: 0 }, "installment alanı hatalı"],
          [{ isFetchInstallments: true, encodedValue: "made up" }, "encodedValue alanı hatalı"],
          [{ sellerList: [] }, "sellerList.0 alanı hatalı"],
          [{ sellerList: [{ sellerExternalId: "NONE", trxAmount: 150 }] }, "Aktif satıcı bulunamadı"],
          [{ trxCurrency: "GBP" }, "trxCurrency alanı hatalı"],
          [{ marketplaceCode: "400000905" }, "marketplaceCode alanı hatalı"]
        ] as const
      ) {
        assert.deepStrictEqual(yield* ask("/payment/create", yield* paymentBody(change)), refused(message), message)
      }
      assert.deepStrictEqual(yield* paynkolay.payments.list, [])
    }).pipe(Effect.provide(transport)))

  it.live("are charged twice under one code, unless codes are unique", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* pay()
      yield* pay()
      assert.propertyVal(yield* dataOf("/payment/status", { trxCode: "ORDER_12345" }), "length", 2)
      yield* paynkolay.settings.update({ uniqueTrxCodes: true })
      assert.deepStrictEqual(
        yield* ask("/payment/create", yield* paymentBody()),
        refused("trxCode daha önce kullanılmış")
      )
      assert.lengthOf(yield* paynkolay.payments.list, 2)
    }).pipe(Effect.provide(transport)))

  it.live("that the bank declines are refusals with its code, and stay known as failed", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      yield* paynkolay.settings.update({ bankCode: "51" })
      const { body, status } = yield* ask("/payment/create", yield* paymentBody())
      assert.strictEqual(status, 200)
      assert.deepInclude(body, { success: false, responseCode: "51", responseMessage: "Yetersiz bakiye" })
      assert.nestedPropertyVal(body, "data.trxCode", "ORDER_12345")
      assert.deepStrictEqual((yield* paynkolay.payments.list).map(({ trxStatus }) => trxStatus), ["FAILED"])
    }).pipe(Effect.provide(transport)))

  it.live("keep the card where it is to be kept, without its number, and take it again", () =>
    Effect.gen(function*() {
      const { merchantNo, secret, sx } = yield* keys
      const mpCustomerKey = "5551234567"
      yield* pay({
        bankCard: { ...card, registerCard: true },
        customerCardInfo: { mpCustomerKey, cardAlias: "Kırmızı kart" }
      })
      const query = { mpCode: merchantNo, apiSecretKey: sx, mpCustomerKey }
      const data = yield* dataOf("/payment/storedCardList", { ...query, apiKey: hashOf(sx, mpCustomerKey, secret) })
      const { cardTotalCount, storedCardList: [stored] } = yield* Schema.decodeUnknownEffect(StoredCards)(data)
      assert.strictEqual(cardTotalCount, 1)
      assert.deepInclude(stored, { cardMaskedPan: "454671******7894", cardAlias: "Kırmızı kart" })
      assert.notInclude(JSON.stringify(data), card.cardNumber)
      assert.deepStrictEqual(
        yield* ask("/payment/storedCardList", { ...query, apiKey: hashOf(sx, secret) }),
        refused("Geçersiz apiKey")
      )
      const again = {
        bankCard: { isThreeD: true, registerCard: false },
        customerCardInfo: { mpCustomerKey, ...stored }
      }
      yield* pay({ ...again, trxCode: "ORDER_2" })
      assert.deepStrictEqual(
        yield* ask(
          "/payment/create",
          yield* paymentBody({ ...again, customerCardInfo: { ...again.customerCardInfo, mpCustomerKey: "5550000000" } })
        ),
        refused("Kayıtlı kart bulunamadı")
      )
    }).pipe(Effect.provide(transport)))

  it.live("are made in the instalments that were offered", () =>
    Effect.gen(function*() {
      const { merchantNo, sx } = yield* keys
      const query = { mpCode: merchantNo, apiSecretKey: sx, cardNumber: "454671", amount: 100, isCardValid: false }
      const data = yield* dataOf("/payment/fetchInstallments", query)
      const { paymentInstallments: plans } = yield* Schema.decodeUnknownEffect(Plans)(data)
      assert.deepStrictEqual(
        plans.map(({ installment, installmentAmount, trxAmount }) => [installment, installmentAmount, trxAmount]),
        [[1, 100, 100], [2, 51.25, 102.5], [3, 34.58, 103.75], [6, 17.92, 107.5]]
      )
      const plan = plans[2]
      yield* pay({
        installment: plan?.installment,
        trxAmount: plan?.trxAmount ?? 0,
        isFetchInstallments: true,
        encodedValue: plan?.encodedValue
      })
      assert.deepStrictEqual(
        yield* ask("/payment/fetchInstallments", { ...query, cardNumber: "4546" }),
        refused("cardNumber alanı hatalı")
      )
    }).pipe(Effect.provide(transport)))

  it.live("get another commission on their own day", () =>
    Effect.gen(function*() {
      const { paynkolay } = yield* Sandbox
      const { merchantNo } = yield* keys
      const { refCode } = yield* pay()
      const body = {
        mpCode: merchantNo,
        refCode,
        sellerList: [{ sellerExternalId: "SELLER123", trxAmount: 150, commissionRate: 5, withholdingTax: 1.25 }]
      }
      const { body: answer } = yield* ask("/payment/updateCommission", body)
      assert.nestedPropertyVal(answer, "data[0].trxCurrency", "TRY")
      assert.deepNestedInclude(answer, {
        "data[0].sellerTransactionList[0].mpCommissionRate": 5,
        "data[0].sellerTransactionList[0].mpCommissionAmount": 7.5,
        "data[0].sellerTransactionList[0].withholdingTax": 1.25
      })
      yield* paynkolay.settings.update({ clockSkew: "24 hours" })
      assert.deepStrictEqual(
        yield* ask("/payment/updateCommission", body),
        refused("Komisyon yalnızca işlem günü güncellenebilir")
      )
    }).pipe(Effect.provide(transport)))
})
