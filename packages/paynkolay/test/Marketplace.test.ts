import { assert, describe, it } from "@effect/vitest"
import { LocalDate, Money, Paynkolay } from "@entegre/paynkolay"
import { BigDecimal, Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Inputs from "./support/inputs.ts"
import { failureOf, provider, socketless } from "./support/stack.ts"

const decimal = (value: BigDecimal.BigDecimal | undefined) => value && BigDecimal.format(BigDecimal.normalize(value))
const noon = Date.parse("2026-01-15T09:00:00Z")
const day = (text: string) => LocalDate.LocalDate.make(text)

describe("a marketplace in the sandbox", () => {
  it.effect("has profiles that are created, read, changed, listed and deleted", () =>
    Effect.gen(function*() {
      const { profiles } = yield* Paynkolay
      const { profileExternalId } = yield* profiles.create(Inputs.profile)
      assert.strictEqual((yield* failureOf(profiles.create(Inputs.profile))).reason._tag, "Refused")
      assert.strictEqual(decimal((yield* profiles.get(profileExternalId)).mpCommissionRate), "5")
      yield* profiles.update({ ...Inputs.profile, mpCommissionRate: Inputs.percent("7.25"), active: false })
      assert.deepStrictEqual(
        (yield* profiles.list({ active: false })).map(({ mpCommissionRate }) => decimal(mpCommissionRate)),
        ["7.25"]
      )
      assert.lengthOf(yield* profiles.list(), 2)
      yield* profiles.delete(profileExternalId)
      assert.lengthOf(yield* profiles.list(), 1)
      assert.strictEqual((yield* failureOf(profiles.delete("PROFILE1"))).reason._tag, "Refused")
    }).pipe(Effect.provide(socketless())))

  it.effect("has sellers that are created, read, changed, listed and deleted", () =>
    Effect.gen(function*() {
      const { sellers } = yield* Paynkolay
      const person = { ...Inputs.person, mpPaymentProfileExternalId: "PROFILE1" }
      const { birthDate, sellerExternalId } = yield* sellers.create(person)
      assert.strictEqual(birthDate && Redacted.value(birthDate), "1985-05-15")
      yield* sellers.create({ ...Inputs.company, mpPaymentProfileExternalId: "PROFILE1" })
      const { iban } = yield* sellers.get(sellerExternalId)
      assert.strictEqual(iban && Redacted.value(iban), person.iban)
      yield* sellers.update({ ...person, active: false })
      const inactive = yield* sellers.listByProfile("PROFILE1", { active: false })
      assert.deepStrictEqual(inactive.map(({ sellerExternalId }) => sellerExternalId), [sellerExternalId])
      assert.lengthOf(yield* sellers.list(), 3)
      yield* sellers.delete(sellerExternalId)
      assert.lengthOf(yield* sellers.list(), 2)
      assert.strictEqual((yield* failureOf(sellers.get(sellerExternalId))).reason._tag, "Refused")
      const { sellers: known } = yield* provider
      assert.lengthOf(yield* known.list, 2)
    }).pipe(Effect.provide(socketless())))

  it.effect("reports payments, transfers and debts", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(noon)
      const { deliveries, payments, penalties, reports } = yield* Paynkolay
      const trxAmount = Money.make("150.00")
      const { refCode } = yield* payments.create({
        ...Inputs.payment,
        bankCard: { ...Inputs.newCard, isThreeD: false },
        installment: 1,
        sellerList: [{ sellerExternalId: "SELLER123", trxAmount }]
      })
      const period = { from: day("2026-01-15"), to: day("2026-01-31"), sellerExternalId: "SELLER123" }

      const { data: [reported], reportTime } = yield* reports.transaction({ refCode })
      assert.strictEqual(reported?.trxCurrency, "TRY")
      assert.strictEqual(reported?.trxDatetime?.epochMilliseconds, noon)
      assert.strictEqual(reportTime?.epochMilliseconds, noon)

      const sold = yield* reports.seller({ ...period, trxType: "SALES" })
      assert.strictEqual(sold.countSuccessSalesTransaction, 1)
      assert.strictEqual(decimal(sold.totalAuthAmount), "150")

      const deliveryDate = day("2026-01-16")
      yield* deliveries.update([{ refCode, sellerExternalId: "SELLER123", deliveryDate }])
      const again = yield* failureOf(deliveries.update([{ refCode, sellerExternalId: "SELLER123", deliveryDate }]))
      if (again.reason._tag !== "Refused") return assert.fail(again.message)
      assert.include(again.reason.providerMessage ?? "", refCode)

      yield* TestClock.setTime(noon + 10 * 86_400_000)
      const { data: transfers } = yield* reports.sellerPayments(period)
      assert.lengthOf(transfers, 1)

      const debts = {
        from: LocalDate.LocalDateTime.make("2026-01-25T00:00"),
        to: LocalDate.LocalDateTime.make("2026-01-25T23:59"),
        sellerExternalId: "SELLER123"
      }
      assert.deepStrictEqual((yield* reports.sellerDebts(debts)).data, [])
      yield* penalties.create({ ...Inputs.penalty, sellerExternalId: "SELLER123", debtDate: day("2026-01-25") })
      assert.deepStrictEqual(
        (yield* reports.sellerDebts(debts)).data.map(({ debtAmount }) => decimal(debtAmount)),
        ["2000"]
      )
    }).pipe(Effect.provide(socketless())))
})
