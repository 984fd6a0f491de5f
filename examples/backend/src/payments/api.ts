/**
 * Card payments by Ödeal's virtual POS.
 */
import { Callback, Money, Payment } from "@entegre/odeal"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { ApiKey } from "../ApiKey.ts"
import * as Problems from "../problems.ts"

/** What to start a payment with. The `id` is yours: the same one never charges a card twice, however often it is sent. */
export const StartPayment = Schema.Struct({ id: Payment.ExternalId, amount: Money.MoneyFromString })

/** What to start a payment with. */
export interface StartPayment extends Schema.Schema.Type<typeof StartPayment> {}

/** A payment that was started, and the page that takes the cardholder to the bank. */
const StartedPayment = Schema.Struct({ id: Payment.ExternalId, page: Schema.String })

/** A payment, and how it stands as far as Ödeal itself has said. */
export const PaymentState = Schema.Struct({ ...StartPayment.fields, status: Payment.PaymentStatus })

/** A payment, and how it stands as far as Ödeal itself has said. */
export type PaymentState = typeof PaymentState.Type

/** Payments, and the callback about them. Whoever posts that has no key: it is believed only after Ödeal was asked. */
export const PaymentsApi = HttpApiGroup.make("payments")
  .add(
    HttpApiEndpoint.post("start", "/payments", {
      payload: StartPayment,
      success: StartedPayment.pipe(HttpApiSchema.status(201)),
      error: [Problems.Conflict, ...Problems.ofProviders]
    }),
    HttpApiEndpoint.get("find", "/payments/:id", {
      params: { id: Payment.ExternalId },
      success: PaymentState,
      error: [Problems.NotFound, ...Problems.ofProviders]
    })
  )
  .middleware(ApiKey)
  .add(
    HttpApiEndpoint.post("callback", "/callbacks/odeal", {
      payload: Callback.Body,
      success: HttpApiSchema.Empty(200),
      error: Problems.TryLaterAnswer
    })
  )
