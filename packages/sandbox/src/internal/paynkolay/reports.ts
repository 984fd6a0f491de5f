import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type { PaynkolayPayment, PaynkolayShare } from "../../PaynkolayModel.ts"
import * as Answers from "./answers.ts"
import * as Dates from "./dates.ts"
import * as Settling from "./settling.ts"
import * as State from "./state.ts"
import { type Call, cents, maybeText, reading } from "./step.ts"

export const nameOf = ({ sellers }: State.Marketplace, id: string) =>
  sellers.find(({ sellerExternalId }) => sellerExternalId === id)?.nameSurname ?? null

/** A seller's part of a sale, as reports have it. */
const sellerTransaction = (marketplace: State.Marketplace, payment: PaynkolayPayment, share: PaynkolayShare) => ({
  sellerName: nameOf(marketplace, share.sellerExternalId),
  trxAmount: share.trxAmount,
  trxCurrency: payment.trxCurrency,
  trxStatus: payment.trxStatus,
  trxType: "SALES",
  pfCommissionRate: Settling.commissionRate,
  pfCommissionAmount: Settling.commissionOf(share.trxAmount),
  mpCommissionRate: share.commissionRate,
  mpCommissionAmount: share.commissionAmount,
  mpCost: share.mpCost,
  withholdingTax: share.withholdingTax,
  trxCode: payment.trxCode,
  refCode: payment.refCode
})

/** What was taken back from a seller, as reports have it. */
const sellerReversals = (marketplace: State.Marketplace, payment: PaynkolayPayment, id: string) =>
  payment.reversals.flatMap(({ at, refCode, sellerList, trxType }) => {
    const whole = payment.sellerList.filter(({ sellerExternalId }) => sellerExternalId === id)
    const parts = trxType === "CANCEL" ? whole : sellerList.filter(({ sellerExternalId }) => sellerExternalId === id)
    return parts.map(({ trxAmount }) => ({
      at,
      shown: {
        sellerName: nameOf(marketplace, id),
        trxAmount,
        trxCurrency: payment.trxCurrency,
        trxStatus: "SUCCESS",
        trxType,
        trxCode: payment.trxCode,
        refCode
      }
    }))
  })

const reported = (payment: PaynkolayPayment, mpCode: string, marketplace: State.Marketplace) => ({
  mpCode,
  mpOrderCode: payment.trxCode,
  trxType: "SALES",
  trxDatetime: Dates.preciseInstant(payment.at),
  trxCode: payment.refCode,
  trxCurrency: Settling.currencyNumbers[payment.trxCurrency],
  trxAmount: payment.trxAmount,
  trxStatus: payment.trxStatus,
  pfCommissionRate: Settling.commissionRate,
  pfCommissionAmount: Settling.commissionOf(payment.trxAmount),
  sellerTransactionList: payment.sellerList.map((share) => sellerTransaction(marketplace, payment, share))
})

/** The payment as the answer to a change of its commission has it: other codes, and the currency by letters. */
export const afterCommissionUpdate = (payment: PaynkolayPayment, mpCode: string, marketplace: State.Marketplace) => ({
  ...reported(payment, mpCode, marketplace),
  trxCode: payment.trxCode,
  refCode: payment.refCode,
  trxCurrency: payment.trxCurrency
})

const made = ({ now }: Call) => ({ reportTime: Dates.withoutOffset(now) })

export const transactions = reading(
  Schema.Struct({ refCode: maybeText, trxCode: maybeText }),
  (marketplace, codes, call) => {
    const payments = State.named(marketplace, codes)
    return [
      payments.length === 0
        ? Answers.invalid(call.settings, "İşlem bulunamadı")
        : Answers.ok(
          payments.map((payment) => reported(payment, call.account.marketplaceCode, marketplace)),
          made(call)
        ),
      marketplace
    ]
  }
)

const period = { from: Dates.Day, to: Dates.Day, sellerExternalId: Schema.NonEmptyString }

const sum = (amounts: ReadonlyArray<number>) => cents(amounts.reduce((total, amount) => total + amount, 0))

export const sellerTransactions = reading(
  Schema.Struct({
    ...period,
    trxType: Schema.optional(Schema.NullOr(Schema.Literals(["SALES", "REFUND", "CANCEL"]))),
    trxStatus: maybeText
  }),
  (marketplace, body, call) => {
    const id = body.sellerExternalId
    const sales = marketplace.payments.flatMap((payment) =>
      payment.sellerList.filter(({ sellerExternalId }) => sellerExternalId === id).map((share) => ({
        at: payment.at,
        shown: sellerTransaction(marketplace, payment, share)
      }))
    )
    const reversals = marketplace.payments.flatMap((payment) => sellerReversals(marketplace, payment, id))
    const data = [...sales, ...reversals]
      .filter(({ at }) => Dates.isWithin(Dates.day(at), body))
      .map(({ shown }) => shown)
      .filter(({ trxStatus, trxType }) =>
        (!body.trxType || trxType === body.trxType) && (!body.trxStatus || trxStatus === body.trxStatus)
      )
    const succeeded = data.filter(({ trxStatus }) => trxStatus !== "FAILED" && trxStatus !== "PENDING")
    const sold = succeeded.flatMap((transaction) => "mpCommissionRate" in transaction ? [transaction] : [])
    const count = (type: string) => succeeded.filter(({ trxType }) => trxType === type).length
    const totals = {
      totalAuthAmount: sum(sold.map(({ trxAmount }) => trxAmount)),
      totalPfCommissionAmount: sum(sold.map(({ pfCommissionAmount }) => pfCommissionAmount)),
      totalMpCommissionAmount: sum(sold.map(({ mpCommissionAmount }) => mpCommissionAmount))
    }
    return [
      Answers.ok(data, {
        countSuccessTransaction: succeeded.length,
        countFailedTransaction: data.filter(({ trxStatus }) => trxStatus === "FAILED").length,
        countSuccessSalesTransaction: count("SALES"),
        countSuccessRefundTransaction: count("REFUND"),
        countSuccessCancelTransaction: count("CANCEL"),
        ...totals,
        totalSellerAmount: sum([totals.totalAuthAmount, -totals.totalMpCommissionAmount]),
        ...made(call)
      }),
      marketplace
    ]
  }
)

const addDays = (day: string, days: number): string =>
  DateTime.formatIsoDateUtc(DateTime.add(DateTime.makeUnsafe(`${day}T00:00:00Z`), { days }))

/** Made up: on which day a seller's part is transferred. The profile's days after the payment, or after the delivery. */
const transferDay = (marketplace: State.Marketplace, payment: PaynkolayPayment, share: PaynkolayShare) => {
  const seller = marketplace.sellers.find(({ sellerExternalId }) => sellerExternalId === share.sellerExternalId)
  const profile = marketplace.profiles.find(({ profileExternalId }) =>
    profileExternalId === seller?.mpPaymentProfileExternalId
  )
  const from = profile?.valorCalculationType === "D" ? share.deliveryDate : Dates.day(payment.at)
  return from === null || profile === undefined ? undefined : addDays(from, profile.valorDateCount)
}

export const sellerPayments = reading(Schema.Struct(period), (marketplace, body, call) => {
  const data = marketplace.payments
    .filter(({ trxStatus }) => trxStatus === "SUCCESS")
    .flatMap((payment) =>
      payment.sellerList
        .filter(({ sellerExternalId }) => sellerExternalId === body.sellerExternalId)
        .flatMap((share) => {
          const day = transferDay(marketplace, payment, share)
          return day === undefined || day > Dates.day(call.now) || !Dates.isWithin(day, body) ? [] : [{
            sellerName: nameOf(marketplace, share.sellerExternalId),
            sellerExternalId: share.sellerExternalId,
            trxAmount: cents(share.trxAmount - share.commissionAmount - share.mpCost - share.withholdingTax),
            description: `${payment.trxCode} ödemesi`,
            currency: payment.trxCurrency,
            transferDate: day,
            eftOutDate: day
          }]
        })
    )
  return [Answers.ok(data, made(call)), marketplace]
})
