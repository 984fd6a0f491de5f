/**
 * What Ödeal is asked for.
 *
 * Ödeal publishes no path but those of its tokens. The defaults here are made up, and are those of the sandbox: set
 * `ODEAL_START_PATH` and `ODEAL_STATUS_PATH` to those of the document that Ödeal hands to its merchants, and compare the
 * fields with it.
 */
import { ApiClient } from "@entegre/core"
import { OdealOperation, Payment } from "@entegre/odeal"
import { Config, Schema } from "effect"

const paths = Config.all({
  start: Config.withDefault(Config.NonEmptyString("ODEAL_START_PATH"), "/made-up/payments/start"),
  status: Config.withDefault(Config.NonEmptyString("ODEAL_STATUS_PATH"), "/made-up/payments/status")
})

/** The operations, at the configured paths. */
export const operations = Config.map(paths, ({ start, status }) => ({
  start: OdealOperation.make({
    name: "payments.start",
    method: "POST",
    path: start,
    body: Schema.Struct(Payment.startFields),
    answer: Schema.Struct({ result: Payment.Started })
  }),
  status: OdealOperation.make({
    name: "payments.status",
    method: "GET",
    path: (reference: Payment.PaymentReference) =>
      status + Payment.PaymentReference.match(reference, {
        ExternalId: ({ externalId }) => ApiClient.path`?externalId=${externalId}`,
        PaymentId: ({ id }) => ApiClient.path`?id=${id}`
      }),
    answer: Schema.Struct({ result: Schema.Struct({ payment_status: Payment.PaymentStatus }) })
  })
}))
