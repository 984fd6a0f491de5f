import { Money, Payment } from "@entegre/odeal"
import { Redacted } from "effect"
import type { StartPayment } from "./operations.ts"

/** A payment that can be started. */
export const payment: typeof StartPayment.Type = {
  externalId: Payment.ExternalId.make("siparis-123"),
  amount: Money.make("100.00"),
  returnUrl: "https://shop.example/callbacks/odeal",
  card: { cardNumber: Redacted.make("4242424242424242"), cvv: Redacted.make("000") }
}

/** What its start is answered with. */
export const started = () => Response.json({ result: { id: 456789, threeDFormHtml: "<form>" }, traceId: "1" })

/** What its status is answered with. */
export const pending = () => Response.json({ result: { status: "PENDING" } })
