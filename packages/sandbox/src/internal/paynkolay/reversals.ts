import * as Schema from "effect/Schema"
import type { PaynkolayPayment, PaynkolayReversal } from "../../PaynkolayModel.ts"
import * as Answers from "./answers.ts"
import * as Dates from "./dates.ts"
import * as State from "./state.ts"
import { type Call, cents, type Outcome, reading } from "./step.ts"

const Share = Schema.Struct({
  sellerExternalId: Schema.NonEmptyString,
  trxAmount: Schema.Finite.check(Schema.isGreaterThan(0))
})

const common = {
  refCode: Schema.NonEmptyString,
  trxDate: Schema.String,
  totalTrxAmount: Schema.Finite.check(Schema.isGreaterThan(0)),
  trxCurrency: Schema.Literals(["TRY", "USD", "EUR"])
}

const RefundBody = Schema.Struct({
  ...common,
  trxType: Schema.Literal("refund"),
  sellerList: Schema.NonEmptyArray(Share)
})

const CancelBody = Schema.Struct({ ...common, trxType: Schema.Literal("cancel"), sellerList: Schema.Array(Share) })

type Body = typeof RefundBody.Type | typeof CancelBody.Type

type Refusal = Parameters<typeof Answers.reversalRefused>[1]

const total = (amounts: ReadonlyArray<number>) => cents(amounts.reduce((sum, amount) => sum + amount, 0))

/** What can still be taken back from a payment. */
const remaining = ({ reversals, trxAmount }: PaynkolayPayment) =>
  cents(trxAmount - total(reversals.map(({ amount }) => amount)))

/** What can still be taken back from a seller. */
const remainingOf = ({ reversals, sellerList }: PaynkolayPayment, id: string) => {
  const parts = (list: ReadonlyArray<{ readonly sellerExternalId: string; readonly trxAmount: number }>) =>
    total(list.filter(({ sellerExternalId }) => sellerExternalId === id).map(({ trxAmount }) => trxAmount))
  return cents(parts(sellerList) - parts(reversals.flatMap(({ sellerList }) => sellerList)))
}

/** What a refund and a cancel are refused for alike, or the payment. */
const paymentFor = (marketplace: State.Marketplace, body: Body, call: Call): PaynkolayPayment | Refusal => {
  if (!call.isSigned) return "INVALID_HASH"
  if (!Dates.isDay(body.trxDate)) return "INVALID_DATE"
  const payment = marketplace.payments.find(({ refCode }) => refCode === body.refCode)
  if (payment === undefined || payment.trxStatus === "PENDING" || payment.trxStatus === "FAILED") {
    return "TRANSACTION_NOT_FOUND"
  }
  return payment.trxStatus === "SUCCESS" ? payment : "ALREADY_REFUNDED"
}

const take = (
  marketplace: State.Marketplace,
  payment: PaynkolayPayment,
  body: Body,
  call: Call,
  trxType: PaynkolayReversal["trxType"]
): Outcome => {
  const refCode = State.nextRefCode({ number: call.account.number, marketplace })
  const reversal = { trxType, refCode, amount: body.totalTrxAmount, sellerList: body.sellerList, at: call.now }
  const reversed = { ...payment, reversals: [...payment.reversals, reversal] }
  const trxStatus = trxType === "CANCEL" ? "CANCELLED" : remaining(reversed) <= 0 ? "REFUNDED" : "SUCCESS"
  return [
    Answers.ok({
      trxStatus: "APPROVED",
      mpReferenceCode: payment.trxCode,
      trxType,
      trxReferenceCode: refCode
    }),
    {
      ...State.updatePayment(marketplace, { ...reversed, trxStatus }),
      transactions: marketplace.transactions + 1
    }
  ]
}

const isToday = (payment: PaynkolayPayment, call: Call) => Dates.day(payment.at) === Dates.day(call.now)

export const refund = reading(RefundBody, (marketplace, body, call) => {
  const refused = (code: Refusal): Outcome => [Answers.reversalRefused(call.settings, code), marketplace]
  const payment = paymentFor(marketplace, body, call)
  if (typeof payment === "string") return refused(payment)
  if (isToday(payment, call)) return refused("SAME_DAY_USE_CANCEL")
  const isCovered = body.totalTrxAmount <= remaining(payment) &&
    body.sellerList.every(({ sellerExternalId, trxAmount }) => trxAmount <= remainingOf(payment, sellerExternalId))
  return isCovered ? take(marketplace, payment, body, call, "REFUND") : refused("INSUFFICIENT_BALANCE")
})

export const cancel = reading(CancelBody, (marketplace, body, call) => {
  const refused = (code: Refusal): Outcome => [Answers.reversalRefused(call.settings, code), marketplace]
  const payment = paymentFor(marketplace, body, call)
  if (typeof payment === "string") return refused(payment)
  // Made up: that it is this code with which the page's rule, "same day only", is kept.
  if (!isToday(payment, call)) return refused("INVALID_DATE")
  return body.totalTrxAmount === payment.trxAmount
    ? take(marketplace, payment, body, call, "CANCEL")
    : [Answers.missingField(call.settings, "totalTrxAmount"), marketplace]
})
