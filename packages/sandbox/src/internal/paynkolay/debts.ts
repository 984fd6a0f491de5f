import * as Schema from "effect/Schema"
import * as Answers from "./answers.ts"
import * as Dates from "./dates.ts"
import * as Reports from "./reports.ts"
import * as Sellers from "./sellers.ts"
import * as State from "./state.ts"
import { maybeText, reading } from "./step.ts"

const Minute = Schema.String.check(Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/))

export const list = reading(
  Schema.Struct({ from: Minute, to: Minute, sellerExternalId: Schema.NonEmptyString }),
  (marketplace, body) => [
    Answers.bare(
      marketplace.debts
        .filter(({ at, sellerExternalId }) =>
          sellerExternalId === body.sellerExternalId && Dates.isWithin(Dates.minute(at), body)
        )
        .map(({ at, debtAmount, sellerExternalId }) => ({
          sellerName: Reports.nameOf(marketplace, sellerExternalId),
          debtAmount,
          trxCurrency: "TRY",
          debtCreateDate: Dates.withoutOffset(at),
          debtUpdateDate: Dates.withoutOffset(at),
          debtStatus: true
        }))
    ),
    marketplace
  ]
)

export const penalty = reading(
  Schema.Struct({
    sellerExternalId: Schema.NonEmptyString,
    amount: Schema.String.check(Schema.isPattern(/^\d+(\.\d+)?$/)),
    description: maybeText,
    debtDate: Dates.Day
  }),
  (marketplace, { amount, sellerExternalId }, call) =>
    Sellers.find(marketplace, sellerExternalId)?.active === true
      ? [
        Answers.done,
        {
          ...marketplace,
          debts: State.remember(marketplace.debts, { sellerExternalId, debtAmount: Number(amount), at: call.now })
        }
      ]
      : [Answers.noActiveSeller, marketplace],
  Answers.wrongShortField
)
