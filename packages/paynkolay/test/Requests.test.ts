import { assert, describe, it } from "@effect/vitest"
import { LocalDate, Money, type PaynkolayError, type Service } from "@entegre/paynkolay"
import { BigDecimal, Effect, Redacted } from "effect"
import * as Inputs from "./support/inputs.ts"
import { shown } from "./support/shown.ts"
import { failureOf } from "./support/stack.ts"
import { open } from "./support/wire.ts"

/** What callers without a compiler may pass. */
type Loose = {
  readonly [Group in keyof Omit<Service, "client" | "tokens">]: {
    readonly [Method in keyof Service[Group]]: (
      ...args: ReadonlyArray<unknown>
    ) => Effect.Effect<unknown, PaynkolayError>
  }
}

const { company, newCard, payment, person, profile, refund } = Inputs
const share = payment.sellerList[0]
const cancel = { refCode: refund.refCode, totalTrxAmount: refund.totalTrxAmount, trxCurrency: "TRY" }
const days = { from: LocalDate.LocalDate.make("2025-01-31"), to: "2025-01-01", sellerExternalId: "SELLER_001" }
const canary = "canary|4711"
const tooFine = BigDecimal.fromStringUnsafe("0.001")
const card = (field: string, value: string) => ({ ...payment, bankCard: { ...newCard, [field]: Redacted.make(value) } })

const rows: ReadonlyArray<
  readonly [what: string, field: string, call: (paynkolay: Loose) => Effect.Effect<unknown, PaynkolayError>]
> = [
  [
    "a profile without an identifier",
    "profileExternalId",
    (_) => _.profiles.create({ ...profile, profileExternalId: "" })
  ],
  [
    "a rate above 100",
    "mpCommissionRate",
    (_) => _.profiles.create({ ...profile, mpCommissionRate: Inputs.percent("100.01") })
  ],
  ["an amount with three decimals", "mpCost", (_) => _.profiles.update({ ...profile, mpCost: tooFine })],
  [
    "a weekly profile without its day",
    "paymentDay",
    (_) => _.profiles.update({ ...profile, valorCalculationType: "W" })
  ],
  ["no identifier of a profile", "profileExternalId", (_) => _.profiles.get("")],
  ["a profile to delete that is no text", "profileExternalId", (_) => _.profiles.delete(4711)],
  ["a filter that is no boolean", "active", (_) => _.profiles.list({ active: "yes" })],
  ["a wrong TCKN", "tckn", (_) => _.sellers.create({ ...person, tckn: "10000000147" })],
  ["a wrong IBAN", "iban", (_) => _.sellers.create({ ...person, iban: "TR330006100519786457841327" })],
  ["a wrong VKN", "vkn", (_) => _.sellers.create({ ...company, vkn: "1234567891" })],
  ["a phone number with its zero", "phoneNumber", (_) => _.sellers.create({ ...person, phoneNumber: "05551234567" })],
  ["a city that is no plate code", "city", (_) => _.sellers.update({ ...person, city: "82" })],
  ["a date of birth that does not exist", "birthDate", (_) => _.sellers.create({ ...person, birthDate: "1985-02-30" })],
  ["somebody else's account", "accountHolder", (_) => _.sellers.update({ ...person, accountHolder: canary })],
  ["no identifier of a seller", "sellerExternalId", (_) => _.sellers.get("")],
  ["no identifier of a seller to delete", "sellerExternalId", (_) => _.sellers.delete("")],
  ["no profile", "profileExternalId", (_) => _.sellers.listByProfile("")],
  [
    "a card number with a wrong checksum",
    "bankCard.cardNumber",
    (_) => _.payments.create(card("cardNumber", "4546711234567895"))
  ],
  ["a security code of two digits", "bankCard.cvv", (_) => _.payments.create(card("cvv", "12"))],
  ["a month of one digit", "bankCard.expiryMonth", (_) => _.payments.create(card("expiryMonth", "1"))],
  ["a year of two digits", "bankCard.expiryYear", (_) => _.payments.create(card("expiryYear", "26"))],
  [
    "a card number that is not wrapped",
    "bankCard.cardNumber",
    (_) => _.payments.create({ ...payment, bankCard: { ...newCard, cardNumber: "4546711234567894" } })
  ],
  ["nothing to pay", "trxAmount", (_) => _.payments.create({ ...payment, trxAmount: Money.make("0") })],
  ["an amount that is a number", "trxAmount", (_) => _.payments.create({ ...payment, trxAmount: 150 })],
  ["the separator in a code", "trxCode", (_) => _.payments.create({ ...payment, trxCode: canary })],
  ["a currency that is not settled in", "trxCurrency", (_) => _.payments.create({ ...payment, trxCurrency: "GBP" })],
  ["an address that is relative", "callbackUrl", (_) => _.payments.create({ ...payment, callbackUrl: "/callback" })],
  ["no sellers", "sellerList[0]", (_) => _.payments.create({ ...payment, sellerList: [] })],
  [
    "two commissions",
    "sellerList[0].commissionAmount",
    (_) =>
      _.payments.create({
        ...payment,
        sellerList: [{ ...share, commissionAmount: Money.make("1"), commissionRate: Inputs.percent("1") }]
      })
  ],
  [
    "an instalment that nobody chose",
    "encodedValue",
    (_) => _.payments.create({ ...payment, isFetchInstallments: true })
  ],
  ["no payment", "trxCurrency", (_) => _.payments.create({})],
  [
    "a mobile number with its country",
    "gsm",
    (_) => _.payments.createWithMasterpass({ ...payment, gsm: "905551234567" })
  ],
  ["no code of a payment", "refCode", (_) => _.payments.status({})],
  ["the separator in a code that is asked for", "trxCode", (_) => _.payments.status({ trxCode: canary })],
  [
    "the separator in a customer's key",
    "mpCustomerKey",
    (_) => _.payments.storedCards({ mpCustomerKey: Redacted.make(canary) })
  ],
  [
    "a customer's key that is not wrapped",
    "mpCustomerKey",
    (_) => _.payments.storedCards({ mpCustomerKey: "5551234567" })
  ],
  [
    "five digits of a card",
    "cardNumber",
    (_) => _.payments.instalments({ cardNumber: Redacted.make("45467"), amount: Money.make("1") })
  ],
  [
    "no sellers of a commission",
    "sellerList[0]",
    (_) => _.payments.updateCommission({ refCode: "REF", sellerList: [] })
  ],
  ["no code of a commission", "refCode", (_) => _.payments.updateCommission({ sellerList: [share] })],
  ["no reference code", "referenceCode", (_) => _.payments.completeExternal("")],
  ["a refund of nothing", "totalTrxAmount", (_) => _.payments.refund({ ...refund, totalTrxAmount: Money.make("0") })],
  ["a refund of nobody", "sellerList[0]", (_) => _.payments.refund({ ...refund, sellerList: [] })],
  ["the separator in a refund", "refCode", (_) => _.payments.refund({ ...refund, refCode: canary })],
  ["the separator in a cancel", "refCode", (_) => _.payments.cancel({ ...cancel, refCode: canary })],
  [
    "a cancel of an amount below the least",
    "totalTrxAmount",
    (_) => _.payments.cancel({ ...cancel, totalTrxAmount: tooFine })
  ],
  ["no deliveries", "sellerTransactionList[0]", (_) => _.deliveries.update([])],
  [
    "a delivery on no day",
    "sellerTransactionList[0].deliveryDate",
    (_) => _.deliveries.update([{ refCode: "R", sellerExternalId: "S", deliveryDate: "20.01.2025" }])
  ],
  ["no code of a report", "refCode", (_) => _.reports.transaction({})],
  ["a period that ends before it begins", "to", (_) => _.reports.seller(days)],
  [
    "a period of no seller",
    "sellerExternalId",
    (_) => _.reports.sellerPayments({ ...days, to: days.from, sellerExternalId: "" })
  ],
  ["days where minutes are wanted", "from", (_) => _.reports.sellerDebts(days)],
  ["a penalty of nothing", "amount", (_) => _.penalties.create({ ...Inputs.penalty, amount: Money.make("0") })],
  ["a penalty on no day", "debtDate", (_) => _.penalties.create({ ...Inputs.penalty, debtDate: "2025-02-30" })]
]

describe("what can not be asked is found before anything is sent", () => {
  it.effect.each(rows)("%s", ([, field, call]) =>
    Effect.gen(function*() {
      const { paynkolay, sent } = yield* open(() => Response.json({ success: true }))
      // The one place where the compiler is told to look away, as a JavaScript caller does.
      const error = yield* failureOf(call(paynkolay as unknown as Loose))
      if (error.reason._tag !== "InvalidRequest") return assert.fail(error.message)
      assert.strictEqual(error.reason.field, field)
      assert.isFalse(error.isRetryable)
      for (const value of [canary, "4546711234567895", "10000000147", "TR330006100519786457841327", "1234567891"]) {
        assert.notInclude(`${shown(error)}${error.message}`, value)
      }
      assert.deepStrictEqual(sent, [])
    }))
})
