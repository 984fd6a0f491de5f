/**
 * Operations with paths that are made up, as the tests need some.
 */
import { ApiClient } from "@entegre/core"
import { OdealOperation, Payment } from "@entegre/odeal"
import { Schema } from "effect"

const Card = Schema.Struct({
  cardNumber: Schema.RedactedFromValue(Schema.String.check(Schema.isPattern(/^\d{16}$/, { expected: "16 digits" }))),
  cvv: Schema.RedactedFromValue(Schema.String.check(Schema.isPattern(/^\d{3}$/, { expected: "3 digits" })))
})

export const StartPayment = Schema.Struct({ ...Payment.startFields, card: Card })

/** What the model answers, unless told otherwise. */
const Ok = Schema.Struct({ result: Schema.Struct({ ok: Schema.Boolean }) })

/** Charges a card. */
export const start = OdealOperation.make({
  name: "payments.start",
  method: "POST",
  path: "/made-up/start",
  body: StartPayment,
  answer: Schema.Struct({ result: Payment.Started })
})

/** Reads how a payment stands. */
export const status = OdealOperation.make({
  name: "payments.status",
  method: "GET",
  path: (externalId: string) => ApiClient.path`/made-up/payments/${externalId}`,
  answer: Schema.Struct({ result: Schema.Struct({ status: Payment.PaymentStatus }) })
})

/** Reads by a POST, which is declared. */
export const search = OdealOperation.make({
  name: "payments.search",
  method: "POST",
  path: "/made-up/search",
  safety: "safe",
  body: Schema.Struct({ day: Schema.String }),
  answer: Ok
})

/** Cancels a payment, without a body. */
export const cancel = OdealOperation.make({
  name: "payments.cancel",
  method: "DELETE",
  path: (id: number) => ApiClient.path`/made-up/payments/${id}`,
  findOut: "look the payment up",
  answer: Ok
})

/** Whether anybody is there: no input, no schema to speak of. */
export const ping = OdealOperation.make({
  name: "ping",
  method: "GET",
  path: "/made-up/ping",
  answer: Ok
})
