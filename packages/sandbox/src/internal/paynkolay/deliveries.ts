import * as Arr from "effect/Array"
import * as Schema from "effect/Schema"
import type { PaynkolayShare } from "../../PaynkolayModel.ts"
import * as Answers from "./answers.ts"
import * as Dates from "./dates.ts"
import * as State from "./state.ts"
import { reading } from "./step.ts"

const Delivery = Schema.Struct({
  refCode: Schema.NonEmptyString,
  deliveryDate: Schema.String.check(
    Schema.makeFilter((text: string) => Dates.fromDotted(text) !== undefined || "a day with dots")
  ),
  sellerExternalId: Schema.NonEmptyString
})

/** What is left behind by a delivery, unless there is nothing to deliver any more. */
const deliver = (
  marketplace: State.Marketplace,
  { deliveryDate, refCode, sellerExternalId }: typeof Delivery.Type
): State.Marketplace | undefined => {
  const waits = (share: PaynkolayShare) => share.sellerExternalId === sellerExternalId && share.deliveryDate === null
  const payment = marketplace.payments.find((payment) => payment.refCode === refCode)
  return payment?.sellerList.some(waits)
    ? State.updatePayment(marketplace, {
      ...payment,
      sellerList: payment.sellerList.map((share) =>
        waits(share) ? { ...share, deliveryDate: Dates.fromDotted(deliveryDate) ?? null } : share
      )
    })
    : undefined
}

export const update = reading(
  Schema.Struct({ sellerTransactionList: Schema.NonEmptyArray(Delivery) }),
  (marketplace, { sellerTransactionList }, call) => {
    const [delivered, missed] = Arr.mapAccum(sellerTransactionList, marketplace, (before, delivery) => {
      const after = deliver(before, delivery)
      return [after ?? before, after === undefined ? [delivery.refCode] : []]
    })
    return [
      missed.flat().length === 0
        ? Answers.done
        : Answers.notDone(call.settings, `Güncellenemeyen işlemler: ${missed.flat().join(", ")}`),
      delivered
    ]
  },
  Answers.wrongShortField
)
