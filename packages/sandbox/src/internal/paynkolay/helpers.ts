import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Answers from "./answers.ts"
import * as Hash from "./hash.ts"
import { reading } from "./step.ts"

const answer = (fields: Hash.Fields) => Effect.map(Hash.sign(fields), (apiKey) => Answers.ok({ apiKey }))

const Amount = Schema.Union([Schema.String, Schema.Finite])

const written = (amount: typeof Amount.Type) => typeof amount === "number" ? Hash.amount(amount) : amount

export const payment = reading(
  Schema.Struct({
    apiSecretKey: Schema.String,
    secretKey: Schema.String,
    trxCode: Schema.String,
    totalTrxAmount: Amount,
    trxCurrency: Schema.String,
    trxType: Schema.String
  }),
  (marketplace, body, { settings }) => {
    const [fields = []] = Hash.acceptedForPayment(
      settings.paymentHash,
      Hash.payment({ ...body, merchantSecretKey: body.secretKey, totalTrxAmount: written(body.totalTrxAmount) })
    )
    return [answer(fields), marketplace]
  }
)

export const reversal = reading(
  Schema.Struct({
    apiSecretKey: Schema.String,
    secretKey: Schema.String,
    trxType: Schema.String,
    trxDate: Schema.String,
    amount: Amount,
    trxCurrency: Schema.String,
    referenceCode: Schema.String
  }),
  (marketplace, body) => [
    answer(Hash.reversal({ ...body, merchantSecretKey: body.secretKey, amount: written(body.amount) })),
    marketplace
  ]
)
