import { assert, describe, it } from "@effect/vitest"
import { LocalDate } from "@entegre/paynkolay"
import { DateTime, Effect, Predicate, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Answers from "./support/answers.ts"
import { endpoints } from "./support/endpoints.ts"
import { open } from "./support/wire.ts"
import { onHostIn, zones } from "./support/zones.ts"

/** 01:30 on 1 January in Istanbul, and still the old year in UTC and New York. */
const newYear = Date.parse("2025-12-31T22:30:00Z")

/** The field of the one call that was made. */
const sentBy = Effect.fnUntraced(function*(operation: string, field: string) {
  const endpoint = endpoints[operation] ?? assert.fail(operation)
  const { calls, paynkolay } = yield* open(() => Response.json(endpoint.answer))
  yield* endpoint.call(paynkolay)
  const body = calls()[0]?.body
  return Predicate.hasProperty(body, field) ? body[field] : undefined
})

const instants = (value: object | undefined, ...fields: ReadonlyArray<string>) =>
  fields.map((field) => {
    const instant: unknown = value && Reflect.get(value, field)
    return DateTime.isDateTime(instant) ? DateTime.formatIso(DateTime.toUtc(instant)) : instant
  })

describe.each(zones)("on a host in %s", (zone) => {
  it.effect("dates are written as days in Istanbul", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(newYear)
      assert.strictEqual(yield* sentBy("payments.refund", "trxDate"), "2026-01-01")
      assert.strictEqual(yield* sentBy("payments.cancel", "trxDate"), "2026-01-01")
      assert.strictEqual(yield* sentBy("sellers.create", "birthDate"), "15.05.1985")
      assert.deepStrictEqual(yield* sentBy("deliveries.update", "sellerTransactionList"), [{
        refCode: "REF123456789",
        sellerExternalId: "SELLER_001",
        deliveryDate: "20.01.2025"
      }])
      assert.strictEqual(yield* sentBy("penalties.create", "debtDate"), "2025-01-20")
      assert.strictEqual(yield* sentBy("reports.seller", "from"), "2025-01-01")
      assert.strictEqual(yield* sentBy("reports.sellerPayments", "to"), "2025-01-31")
      assert.strictEqual(yield* sentBy("reports.sellerDebts", "to"), "2025-01-31T23:59")
    }).pipe(onHostIn(zone)))

  it.effect("an instant is that day, and that minute, in Istanbul", () =>
    Effect.sync(() => {
      const instant = DateTime.makeUnsafe(newYear)
      assert.strictEqual(LocalDate.fromInstant(instant), "2026-01-01")
      assert.strictEqual(LocalDate.dateTimeFromInstant(instant), "2026-01-01T01:30")
    }).pipe(onHostIn(zone)))

  it.effect("times with an offset are read by it, and those without one in Istanbul", () =>
    Effect.gen(function*() {
      const answers: { readonly [path: string]: unknown } = {
        "/paymentprofile/get": Answers.enveloped(Answers.profile),
        "/seller/get": Answers.enveloped(Answers.seller),
        "/transaction/report": Answers.transactionReport,
        "/transaction/seller/report": Answers.sellerReport,
        "/transaction/seller/payment-report": Answers.sellerPaymentReport,
        "/transaction/seller/debt-report": Answers.debtReport
      }
      const { paynkolay: { profiles, reports, sellers } } = yield* open(({ path }) => Response.json(answers[path]))
      const days = {
        from: LocalDate.LocalDate.make("2025-01-01"),
        to: LocalDate.LocalDate.make("2025-01-31"),
        sellerExternalId: "SELLER_001"
      }
      const minutes = {
        from: LocalDate.LocalDateTime.make("2025-01-01T00:00"),
        to: LocalDate.LocalDateTime.make("2025-01-31T23:59"),
        sellerExternalId: "SELLER_001"
      }

      assert.deepStrictEqual(
        instants(yield* profiles.get("IslemValor1"), "createDate", "updateDate"),
        ["2025-01-15T10:30:00.000Z", "2025-01-15T10:30:00.000Z"]
      )
      const seller = yield* sellers.get("SELLER_001")
      assert.deepStrictEqual(instants(seller, "createDate"), ["2025-01-20T14:25:00.000Z"])
      assert.strictEqual(seller.birthDate && Redacted.value(seller.birthDate), "1985-05-15")

      const transaction = yield* reports.transaction({ refCode: "REF123456789" })
      assert.deepStrictEqual(instants(transaction.data[0], "trxDatetime"), ["2025-01-20T14:30:15.204Z"])
      assert.deepStrictEqual(instants(transaction, "reportTime"), ["2025-01-20T12:00:00.000Z"])
      assert.deepStrictEqual(instants(yield* reports.seller(days), "reportTime"), ["2025-01-20T13:30:00.000Z"])

      const transfers = yield* reports.sellerPayments(days)
      assert.deepStrictEqual(instants(transfers, "reportTime"), ["2025-01-20T14:00:00.000Z"])
      assert.deepStrictEqual(instants(transfers.data[0], "transferDate", "eftOutDate"), ["2025-01-20", "2025-01-20"])

      const debts = yield* reports.sellerDebts(minutes)
      assert.deepStrictEqual(instants(debts, "reportTime"), ["2025-01-20T15:00:00.000Z"])
      assert.deepStrictEqual(
        instants(debts.data[0], "debtCreateDate", "debtUpdateDate"),
        ["2025-01-15T11:30:00.000Z", "2025-01-20T07:00:00.000Z"]
      )
    }).pipe(onHostIn(zone)))
})
