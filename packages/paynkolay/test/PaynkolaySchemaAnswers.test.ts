import { assert, describe, it } from "@effect/vitest"
import * as PaynkolaySchema from "@entegre/paynkolay/PaynkolaySchema"
import * as Card from "@entegre/paynkolay/PaynkolaySchemaCard"
import * as Payment from "@entegre/paynkolay/PaynkolaySchemaPayment"
import * as Profile from "@entegre/paynkolay/PaynkolaySchemaProfile"
import * as Report from "@entegre/paynkolay/PaynkolaySchemaReport"
import * as Reversal from "@entegre/paynkolay/PaynkolaySchemaReversal"
import * as Seller from "@entegre/paynkolay/PaynkolaySchemaSeller"
import { BigDecimal, DateTime, Effect, Option, Redacted, Schema, SchemaIssue } from "effect"
import * as answers from "./support/answers.ts"
import { shown } from "./support/shown.ts"

const decimal = BigDecimal.fromStringUnsafe
const at = (iso: string) => DateTime.makeUnsafe(iso)

/** What an answer is read as; numbers by value, whatever their scale. */
const read = <A, I>(schema: Schema.Codec<A, I>, answer: unknown): A => Schema.decodeUnknownSync(schema)(answer)

const equals = (actual: BigDecimal.BigDecimal | undefined, expected: string) => {
  assert.isDefined(actual)
  assert.strictEqual(BigDecimal.format(BigDecimal.normalize(actual)), BigDecimal.format(decimal(expected)))
}

describe("the answer of", () => {
  it("/paymentprofile", () => {
    const profile = read(Profile.ProfileAnswer, answers.enveloped(answers.profile))
    assert.strictEqual(profile.profileExternalId, "IslemValor1")
    assert.strictEqual(profile.paymentDay, "per")
    assert.strictEqual(profile.valorDateCount, 1)
    equals(profile.mpCommissionRate, "5")
    equals(profile.mpCost, "0.5")
    assert.deepStrictEqual(profile.createDate, at("2025-01-15T10:30:00Z"))
  })

  it("/paymentprofile with the day as requests have it", () => {
    const profile = read(Profile.ProfileAnswer, answers.enveloped({ ...answers.profile, paymentDay: 4 }))
    assert.strictEqual(profile.paymentDay, 4)
  })

  it("/paymentprofile/list and /paymentprofile/delete", () => {
    assert.lengthOf(read(Profile.ProfilesAnswer, answers.enveloped([answers.profile, answers.profile])), 2)
    assert.isUndefined(read(Profile.DeletedAnswer, answers.enveloped(null)))
  })

  it("/seller", () => {
    const seller = read(Seller.SellerAnswer, answers.enveloped(answers.seller))
    assert.strictEqual(seller.sellerType, "Gerçek Kişi")
    assert.strictEqual(seller.birthDate && Redacted.value(seller.birthDate), "1985-05-15")
    assert.isUndefined(seller.vkn)
    assert.strictEqual(seller.paymentProfile?.profileExternalId, "PREMIUM_PROFILE")
    assert.deepStrictEqual(seller.createDate, at("2025-01-20T14:25:00Z"))
  })

  it("/seller with the date of birth as requests have it", () => {
    const seller = read(Seller.SellerAnswer, answers.enveloped({ ...answers.seller, birthDate: "15.05.1985" }))
    assert.strictEqual(seller.birthDate && Redacted.value(seller.birthDate), "1985-05-15")
  })

  it("/seller/sellers leaves most out", () => {
    const [person, company] = read(Seller.SellersAnswer, answers.enveloped(answers.sellers))
    assert.strictEqual(person?.tckn && Redacted.value(person.tckn), "12345678901")
    assert.strictEqual(company?.vkn && Redacted.value(company.vkn), "1234567890")
    equals(company?.paymentProfile?.mpCommissionRate, "7")
  })

  it("/payment/create has a form that does not show", () => {
    const payment = read(Payment.CreatedPaymentAnswer, answers.enveloped(answers.createdPayment))
    assert.strictEqual(payment.refCode, "REF123456789")
    assert.strictEqual(payment.trxCode, "ORDER_12345")
    assert.strictEqual(payment.form && Redacted.value(payment.form), "PGh0bWw+PC9odG1sPg==")
    assert.notInclude(shown(payment), "PGh0")
  })

  it("/payment/create without 3D Secure has no form", () => {
    const answer = answers.enveloped({ ...answers.createdPayment, form: null })
    assert.isUndefined(read(Payment.CreatedPaymentAnswer, answer).form)
  })

  it("/payment/status", () => {
    const [status] = read(Payment.StatusAnswer, answers.enveloped([answers.status]))
    assert.strictEqual(status?.trxStatus, "SUCCESS")
    assert.strictEqual(status?.trxCurrency, "TRY")
    equals(status?.trxAmount, "150")
  })

  it("/payment/completePaymentExternal is kept as it was received", () => {
    const completed = read(Payment.CompletedPayment, answers.completedPayment)
    assert.containSubset(answers.completedPayment, completed)
    assert.strictEqual(completed.commissionRate, "1.3000")
    assert.strictEqual(completed.commissionAmount, "25.9900")
  })

  it("/payment/storedCardList has cards whose references do not show", () => {
    const { cardTotalCount, storedCardList } = read(Card.StoredCardListAnswer, answers.enveloped(answers.storedCards))
    assert.strictEqual(cardTotalCount, 2)
    assert.strictEqual(storedCardList[0]?.cardMaskedPan, "454671******7894")
    assert.strictEqual(storedCardList[0]?.cardToken && Redacted.value(storedCardList[0].cardToken), "token_abc123")
    assert.notMatch(shown(storedCardList), /token_abc123|tran_xyz789/)
  })

  it("/payment/fetchInstallments", () => {
    const { paymentInstallments } = read(Card.InstalmentsAnswer, answers.enveloped(answers.instalments))
    const [instalment] = paymentInstallments
    assert.strictEqual(instalment?.installment, 2)
    assert.strictEqual(instalment?.encodedValue, "encoded_value_2")
    equals(instalment?.installmentAmount, "510")
    equals(instalment?.commissionRate, "2")
  })

  it("/payment/updateCommission", () => {
    const [payment] = read(Reversal.UpdateCommissionAnswer, answers.enveloped([answers.updatedPayment]))
    assert.strictEqual(payment?.trxCurrency, "TRY")
    equals(payment?.sellerTransactionList?.[0]?.pfCommissionRate, "2.5")
  })

  it("/payment/refund and /payment/cancel", () => {
    const refund = read(Reversal.ReversalAnswer, answers.enveloped(answers.refund))
    assert.deepStrictEqual(refund, {
      trxStatus: "APPROVED",
      mpReferenceCode: "MPREF987654",
      trxType: "REFUND",
      trxReferenceCode: "REFUND123456"
    })
  })

  it("/transaction/update-delivery and /penalty", () => {
    assert.isUndefined(read(Reversal.UpdateDeliveryAnswer, { success: true, message: "İşlem başarılı" }))
    assert.isUndefined(read(Report.PenaltyAnswer, { success: true, message: "İşlem başarılı" }))
  })

  it("/transaction/report, in Paynkolay's and in Istanbul's time", () => {
    const { data: [payment], reportTime } = read(Report.TransactionReport, answers.transactionReport)
    assert.strictEqual(payment?.mpOrderCode, "ORDER_12345")
    assert.strictEqual(payment?.trxCode, "REF123456789")
    assert.strictEqual(payment?.trxCurrency, "TRY")
    assert.strictEqual(payment?.sellerTransactionList?.length, 1)
    assert.deepStrictEqual(payment?.trxDatetime, at("2025-01-20T14:30:15.204Z"))
    assert.deepStrictEqual(reportTime, at("2025-01-20T12:00:00Z"))
  })

  it("/transaction/seller/report", () => {
    const report = read(Report.SellerReport, answers.sellerReport)
    assert.strictEqual(report.countSuccessTransaction, 45)
    equals(report.totalSellerAmount, "11562.5")
    assert.lengthOf(report.data, 1)
  })

  it("/transaction/seller/payment-report", () => {
    const { data: [transfer] } = read(Report.SellerPaymentReport, answers.sellerPaymentReport)
    assert.strictEqual(transfer?.transferDate, "2025-01-20")
    equals(transfer?.trxAmount, "5000")
  })

  it("/transaction/seller/debt-report", () => {
    const { data: [debt] } = read(Report.DebtReport, answers.debtReport)
    assert.isTrue(debt?.debtStatus)
    assert.deepStrictEqual(debt?.debtCreateDate, at("2025-01-15T11:30:00Z"))
  })
})

// -----------------------------------------------------------------------------
// What may differ, and what not
// -----------------------------------------------------------------------------

const documented: ReadonlyArray<
  readonly [path: string, schema: Schema.Codec<unknown, unknown>, answer: unknown, required: ReadonlyArray<string>]
> = [
  ["/paymentprofile", Profile.ProfileAnswer, answers.enveloped(answers.profile), ["data", "data.profileExternalId"]],
  ["/paymentprofile/list", Profile.ProfilesAnswer, answers.enveloped([answers.profile]), [
    "data",
    "data.0.profileExternalId"
  ]],
  ["/paymentprofile/delete", Profile.DeletedAnswer, answers.enveloped(null), ["success"]],
  ["/seller", Seller.SellerAnswer, answers.enveloped(answers.seller), [
    "data",
    "data.paymentProfile.profileExternalId",
    "data.sellerExternalId"
  ]],
  ["/payment/create", Payment.CreatedPaymentAnswer, answers.enveloped(answers.createdPayment), [
    "data",
    "data.refCode",
    "data.trxCode"
  ]],
  ["/payment/status", Payment.StatusAnswer, answers.enveloped([answers.status]), ["data", "data.0.trxStatus"]],
  ["/payment/completePaymentExternal", Payment.CompletedPayment, answers.completedPayment, [
    "referenceCode",
    "responseCode",
    "trxCode"
  ]],
  ["/payment/storedCardList", Card.StoredCardListAnswer, answers.enveloped(answers.storedCards), [
    "data",
    "data.storedCardList"
  ]],
  ["/payment/fetchInstallments", Card.InstalmentsAnswer, answers.enveloped(answers.instalments), [
    "data",
    "data.paymentInstallments",
    "data.paymentInstallments.0.installment"
  ]],
  ["/payment/updateCommission", Reversal.UpdateCommissionAnswer, answers.enveloped([answers.updatedPayment]), ["data"]],
  ["/payment/refund", Reversal.ReversalAnswer, answers.enveloped(answers.refund), ["data", "data.trxStatus"]],
  ["/penalty", Report.PenaltyAnswer, { success: true, message: "İşlem başarılı" }, ["success"]],
  ["/transaction/report", Report.TransactionReport, answers.transactionReport, ["data"]],
  ["/transaction/seller/report", Report.SellerReport, answers.sellerReport, ["data"]],
  ["/transaction/seller/payment-report", Report.SellerPaymentReport, answers.sellerPaymentReport, ["data"]],
  ["/transaction/seller/debt-report", Report.DebtReport, answers.debtReport, ["data", "data.0.debtAmount"]]
]

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The answer with another field in every object of it. */
const extended = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(extended)
    : isRecord(value)
    ? { ...Object.fromEntries(Object.entries(value).map(([key, value]) => [key, extended(value)])), yeniAlan: [{}] }
    : value

/** The paths of all fields of an answer. */
const paths = (value: unknown, before: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> =>
  isRecord(value) || Array.isArray(value)
    ? Object.entries(value).flatMap(([key, value]) => [
      ...(Array.isArray(value) || isNaN(Number(key)) ? [[...before, key]] : []),
      ...paths(value, [...before, key])
    ])
    : []

/** The answer with one field changed. */
const changed = (
  value: unknown,
  path: ReadonlyArray<string>,
  change: (fields: Record<string, unknown>, key: string) => void
): unknown => {
  const copy: unknown = structuredClone(value)
  let at = copy
  for (const key of path.slice(0, -1)) at = isRecord(at) || Array.isArray(at) ? Reflect.get(at, key) : at
  const last = path.at(-1)
  if (isRecord(at) && last !== undefined) change(at, last)
  return copy
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

describe("an answer", () => {
  it.each(documented)("of %s may have fields that are not documented", (_, schema, answer) => {
    assert.deepStrictEqual(shown(read(schema, extended(answer))), shown(read(schema, answer)))
  })

  it.effect.each(documented)(
    "of %s is refused without what is needed, by the field's name, and reads without the rest",
    (
      [, schema, answer, required]
    ) =>
      Effect.gen(function*() {
        const missed: Array<string> = []
        for (const path of paths(answer)) {
          const without = changed(answer, path, (fields, key) => {
            delete fields[key]
          })
          const issue = yield* Schema.decodeUnknownEffect(schema)(without).pipe(
            Effect.match({
              onFailure: ({ issue }) => format(issue).issues[0]?.path?.map(String).join("."),
              onSuccess: () => undefined
            })
          )
          if (issue !== undefined) {
            assert.strictEqual(issue, path.join("."))
            missed.push(issue)
          }
        }
        assert.deepStrictEqual(missed.toSorted(), required)
      })
  )

  it.each(documented)("of %s may have null for what it may leave out", (_, schema, answer, required) => {
    for (const path of paths(answer)) {
      if (required.includes(path.join("."))) continue
      const nothing = changed(answer, path, (fields, key) => {
        fields[key] = null
      })
      const without = changed(answer, path, (fields, key) => {
        delete fields[key]
      })
      assert.deepStrictEqual(shown(read(schema, nothing)), shown(read(schema, without)), path.join("."))
    }
  })
})

describe("a refusal", () => {
  it.each<readonly [string, unknown, PaynkolaySchema.Refusal]>([
    ["success is false", { success: false, message: "Aktif Satıcı Bulunamadı!" }, {
      code: undefined,
      message: "Aktif Satıcı Bulunamadı!"
    }],
    ["success is false beside a good code", { success: false, responseCode: "200", responseMessage: "SUCCESS" }, {
      code: "200",
      message: "SUCCESS"
    }],
    ["responseCode is another", { success: true, responseCode: "0", responseMessage: "ALREADY_REFUNDED" }, {
      code: "0",
      message: "ALREADY_REFUNDED"
    }],
    ["responseCode is another number", { responseCode: 500, data: null }, { code: "500", message: undefined }],
    ["status is REJECTED", { status: "REJECTED", message: "Profil bulunamadı" }, {
      code: undefined,
      message: "Profil bulunamadı"
    }],
    [
      "it has two messages",
      { success: false, message: "Aynı referans kodu ile birden fazla deneme yapılmıştır.", responseMessage: "HATA" },
      { code: undefined, message: "Aynı referans kodu ile birden fazla deneme yapılmıştır." }
    ],
    ["success is the text false", { success: "false", message: { tr: "?" } }, { code: undefined, message: undefined }]
  ])("is an answer in which %s", (_, body, refusal) => {
    assert.deepStrictEqual(PaynkolaySchema.refusal(body), Option.some(refusal))
  })

  it.each<unknown>([
    answers.enveloped({}),
    { success: true, message: "İşlem başarılı" },
    answers.completedPayment,
    { success: true, responseCode: 200 },
    [{ success: false }],
    {},
    null,
    undefined,
    "REJECTED"
  ])("is not %j", (body) => {
    assert.deepStrictEqual(PaynkolaySchema.refusal(body), Option.none())
  })
})
