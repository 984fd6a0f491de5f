import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import type { PaynkolayPayment, PaynkolayShare } from "../../PaynkolayModel.ts"
import * as Answers from "./answers.ts"
import * as Cards from "./cards.ts"
import * as Dates from "./dates.ts"
import * as Reports from "./reports.ts"
import * as Sellers from "./sellers.ts"
import * as Settling from "./settling.ts"
import * as State from "./state.ts"
import { type Call, cents, maybeNumber, maybeText, type Outcome, reading, type Step } from "./step.ts"

const Share = Schema.Struct({
  sellerExternalId: Schema.NonEmptyString,
  trxAmount: Schema.Finite.check(Schema.isGreaterThan(0)),
  commissionRate: maybeNumber,
  commissionAmount: maybeNumber,
  mpCost: maybeNumber,
  withholdingTax: maybeNumber,
  sellerDiscountAmount: maybeNumber
})

const common = {
  trxCurrency: Schema.Literals(["TRY", "USD", "EUR"]),
  trxAmount: Schema.Finite.check(Schema.isGreaterThan(0)),
  trxCode: Schema.NonEmptyString,
  trxType: Schema.Literal("SALES"),
  callbackUrl: Schema.NonEmptyString,
  sellerList: Schema.NonEmptyArray(Share),
  marketplaceCode: Schema.NonEmptyString
}

const CardPayment = Schema.Struct({
  ...common,
  bankCard: Cards.BankCard,
  installment: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  isFetchInstallments: Schema.Boolean,
  encodedValue: maybeText,
  customerCardInfo: Schema.optional(Schema.NullOr(Cards.CustomerCardInfo))
})

const MasterpassPayment = Schema.Struct({ ...common, gsm: Schema.String.check(Schema.isPattern(/^5\d{9}$/)) })

type Common = Pick<typeof MasterpassPayment.Type, keyof typeof common>

/** A seller's part with the commission that holds: its own, or the payment profile's. */
const shareOf = (marketplace: State.Marketplace, share: typeof Share.Type): PaynkolayShare => {
  const seller = Sellers.find(marketplace, share.sellerExternalId)
  const profile = marketplace.profiles.find(({ profileExternalId }) =>
    profileExternalId === seller?.mpPaymentProfileExternalId
  )
  const commissionRate = share.commissionRate ?? (
    typeof share.commissionAmount === "number"
      ? cents((share.commissionAmount * 100) / share.trxAmount)
      : profile?.mpCommissionRate ?? 0
  )
  return {
    sellerExternalId: share.sellerExternalId,
    trxAmount: share.trxAmount,
    commissionRate,
    commissionAmount: share.commissionAmount ?? cents((share.trxAmount * commissionRate) / 100),
    mpCost: share.mpCost ?? profile?.mpCost ?? 0,
    withholdingTax: share.withholdingTax ?? 0,
    deliveryDate: null
  }
}

const isSelling = (marketplace: State.Marketplace) => ({ sellerExternalId }: typeof Share.Type) =>
  Sellers.find(marketplace, sellerExternalId)?.active === true

/** Why no payment is begun, whatever it is paid with. */
const refusal = (marketplace: State.Marketplace, body: Common, { isSigned, settings }: Call) => {
  if (!isSigned) return Answers.wrongHash(settings)
  if (!body.sellerList.every(isSelling(marketplace))) return Answers.invalid(settings, "Aktif satıcı bulunamadı")
  return settings.uniqueTrxCodes && marketplace.payments.some(({ trxCode }) => trxCode === body.trxCode)
    ? Answers.invalid(settings, "trxCode daha önce kullanılmış")
    : undefined
}

/** Made up: a page that a bank might show, with what a browser needs to come back. */
const bankPage = ({ callbackUrl, refCode }: PaynkolayPayment) =>
  Base64.encode(
    `<!DOCTYPE html><html lang="tr"><head><meta charset="utf-8"><title>Güvenli ödeme</title></head>`
      + `<body data-ref-code="${refCode}"><a href="${
        encodeURI(callbackUrl).replaceAll("&", "&amp;")
      }">Dön</a></body></html>`
  )

const begin = (
  marketplace: State.Marketplace,
  body: Common,
  call: Call,
  how: { readonly paymentSystem: string; readonly isThreeD: boolean; readonly installment: number }
): Outcome => {
  const { account, nonce, now, settings } = call
  const created: PaynkolayPayment = {
    ...how,
    refCode: State.nextRefCode({ number: account.number, marketplace }),
    trxCode: body.trxCode,
    trxAmount: body.trxAmount,
    trxCurrency: body.trxCurrency,
    trxStatus: "PENDING",
    sellerList: body.sellerList.map((share) => shareOf(marketplace, share)),
    callbackUrl: body.callbackUrl,
    bankCode: settings.bankCode,
    twoSteps: !settings.autoComplete,
    completionCode: null,
    callback: null,
    reversals: [],
    at: now
  }
  // With 3D Secure, nothing is decided before the cardholder was at the bank.
  const payment = how.isThreeD ? created : Settling.settle(created, account, settings, now, nonce)
  const data = {
    refCode: payment.refCode,
    trxCode: payment.trxCode,
    form: how.isThreeD ? bankPage(payment) : null
  }
  return [
    payment.trxStatus === "FAILED"
      ? Answers.refused(settings.refusalStatus, payment.bankCode, Settling.bankMessage(payment.bankCode), data)
      : Answers.ok(data),
    State.addPayment(marketplace, payment),
    payment.refCode
  ]
}

export const create = reading(CardPayment, (marketplace, body, call) => {
  const { bankCard, customerCardInfo, installment } = body
  const isNew = Boolean(bankCard.cardNumber)
  const field = isNew ? Cards.lackingField(bankCard) : undefined
  if (field !== undefined) return [Answers.missingField(call.settings, `bankCard.${field}`), marketplace]
  const refused = refusal(marketplace, body, call)
  if (refused !== undefined) return [refused, marketplace]
  if (!isNew && !Cards.isStored(marketplace, customerCardInfo ?? {})) {
    return [Answers.invalid(call.settings, "Kayıtlı kart bulunamadı"), marketplace]
  }
  if (body.isFetchInstallments && !Cards.isOffered(body.encodedValue, installment, body.trxAmount)) {
    return [Answers.missingField(call.settings, "encodedValue"), marketplace]
  }
  const cards = isNew && bankCard.registerCard && customerCardInfo?.mpCustomerKey
    ? State.remember(marketplace.cards, Cards.stored(bankCard, customerCardInfo, call.nonce))
    : marketplace.cards
  return begin({ ...marketplace, cards }, body, call, {
    paymentSystem: "V",
    isThreeD: bankCard.isThreeD,
    installment
  })
})

export const createByMasterpass = reading(MasterpassPayment, (marketplace, body, call) => {
  const refused = refusal(marketplace, body, call)
  return refused === undefined
    ? begin(marketplace, body, call, { paymentSystem: "MASTERPASS", isThreeD: true, installment: 1 })
    : [refused, marketplace]
})

const Codes = Schema.Struct({ refCode: maybeText, trxCode: maybeText })

const statuses = (payment: PaynkolayPayment) => {
  const { refCode, reversals, trxAmount, trxCode, trxCurrency, trxStatus } = payment
  return [
    { trxStatus, trxCode, refCode, trxType: "SALES", trxAmount, trxCurrency },
    ...reversals.map(({ amount, refCode, trxType }) => ({
      trxStatus: "SUCCESS",
      trxCode,
      refCode,
      trxType,
      trxAmount: amount,
      trxCurrency
    }))
  ]
}

/** Made up in its words: what asks for a payment that does not exist. */
const unknownPayment = ({ settings }: Call) => Answers.invalid(settings, "İşlem bulunamadı")

export const status = reading(Codes, (marketplace, codes, call) => {
  const payments = State.named(marketplace, codes)
  return [payments.length === 0 ? unknownPayment(call) : Answers.ok(payments.flatMap(statuses)), marketplace]
})

export const updateCommission = reading(
  Schema.Struct({ ...Codes.fields, sellerList: Schema.NonEmptyArray(Share) }),
  (marketplace, body, call) => {
    const payment = State.named(marketplace, body).at(-1)
    if (payment === undefined) return [unknownPayment(call), marketplace]
    if (Dates.day(payment.at) !== Dates.day(call.now)) {
      return [Answers.invalid(call.settings, "Komisyon yalnızca işlem günü güncellenebilir"), marketplace]
    }
    const changed = new Map(body.sellerList.map((share) => [share.sellerExternalId, shareOf(marketplace, share)]))
    const updated = {
      ...payment,
      sellerList: payment.sellerList.map((share) => {
        const change = changed.get(share.sellerExternalId)
        return change === undefined ? share : { ...share, ...Struct.omit(change, ["trxAmount", "deliveryDate"]) }
      })
    }
    return [
      Answers.ok([Reports.afterCommissionUpdate(updated, call.account.marketplaceCode, marketplace)]),
      State.updatePayment(marketplace, updated)
    ]
  }
)

/** The second step of a payment. Its code works once. */
export const complete: Step = reading(
  Schema.Struct({ referenceCode: Schema.NonEmptyString }),
  (marketplace, { referenceCode }, call) => {
    const payment = marketplace.payments.find(({ completionCode }) => completionCode === referenceCode)
    return payment === undefined
      ? [Answers.notCompleted, marketplace]
      : [
        Effect.map(Settling.completion(call.account, payment, call.now), Answers.flat),
        State.updatePayment(marketplace, { ...payment, trxStatus: "SUCCESS", completionCode: null })
      ]
  },
  () => Answers.notCompleted
)
