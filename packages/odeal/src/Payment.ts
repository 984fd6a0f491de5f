/**
 * What Ödeal's pages say about a payment, as schemas to build your own operations of.
 *
 * The names and rules are from the provider's pages `guide/3d-odeme-baslat` and `guide/callback`. Card fields are not
 * published: add those of your document, as `Schema.RedactedFromValue`, so that they are never printed.
 */
import * as BaseUrl from "@entegre/core/BaseUrl"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { MoneyFromNumber } from "./Money.ts"

/**
 * Your own name for a payment, such as an order number. Ödeal rejects a second request with the same one, which guards
 * against charging a card twice: choose it before the first attempt, store it, and use it again when you ask for the
 * status. A new attempt to pay after a refusal needs a new one.
 *
 * Not empty, at most 256 characters, without control characters or white space around it. The length is this package's own
 * limit; the pages name none.
 *
 * ```ts
 * Payment.ExternalId.make("siparis-123") // throws if it can not be one
 * ```
 */
export const ExternalId = Schema.String.check(
  Schema.isPattern(/^[^\s\p{Cc}](?:[^\p{Cc}]{0,254}[^\s\p{Cc}])?$/u, {
    expected: "1 to 256 characters without white space around them"
  })
).pipe(Schema.brand("@entegre/odeal/ExternalId"))

/**
 * Your own name for a payment, such as an order number.
 */
export type ExternalId = typeof ExternalId.Type

/**
 * Ödeal's number for a payment. Keep it: without an `externalId` it is what a cancellation or a refund is asked by.
 */
export const PaymentId = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)).pipe(
  Schema.brand("@entegre/odeal/PaymentId")
)

/**
 * Ödeal's number for a payment.
 */
export type PaymentId = typeof PaymentId.Type

/**
 * How a payment stands, in the words of the callback. `PARTIAL REFUND` is written with a blank.
 */
export const PaymentStatus = Schema.Literals([
  "COMPLETED",
  "CANCELLED",
  "FAILED",
  "PENDING",
  "REFUND",
  "PARTIAL REFUND"
])

/**
 * How a payment stands, in the words of the callback.
 */
export type PaymentStatus = typeof PaymentStatus.Type

const isAddress = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { origin, password, username } = new URL(text)
  return username === "" && password === "" && Result.isSuccess(BaseUrl.make(origin))
}

/**
 * An address that Ödeal, or the customer's browser, is sent to: `https`, or `http` on loopback for tests.
 */
export const WebAddress = Schema.String.check(Schema.makeFilter(isAddress, { expected: "an https address" }))

/**
 * The fields that starting a payment is documented with, to be spread into your own schema.
 *
 * `amount` is shown as the bare decimal `100.00`, so it goes out as a JSON number; spread
 * `amount: Money.MoneyFromString` after it if your document has it in quotes. `returnUrl` is where the callback goes to.
 * `externalId` is required on the page about callbacks and recommended on the one about payments: here it is required.
 *
 * ```ts
 * const StartPayment = Schema.Struct({ ...Payment.startFields, cardToken: Schema.RedactedFromValue(Schema.String) })
 * ```
 */
export const startFields = {
  externalId: ExternalId,
  amount: MoneyFromNumber,
  returnUrl: WebAddress,
  successRedirectUrl: Schema.optionalKey(WebAddress),
  failureRedirectUrl: Schema.optionalKey(WebAddress)
}

/**
 * What starting a payment is answered with: the payment's number, and the page that takes the cardholder to the bank. The
 * pages show the two fields and not what they stand in.
 */
export const Started = Schema.Struct({ id: PaymentId, threeDFormHtml: Schema.NonEmptyString })

/**
 * What starting a payment is answered with.
 */
export interface Started extends Schema.Schema.Type<typeof Started> {}

/**
 * What a status call is asked by: your own name for the payment, or Ödeal's number where it has none.
 *
 * ```ts
 * const path = Payment.PaymentReference.match(reference, {
 *   ExternalId: ({ externalId }) => ApiClient.path`/by-external-id/${externalId}`,
 *   PaymentId: ({ id }) => ApiClient.path`/by-id/${id}`
 * })
 * ```
 */
export const PaymentReference = Schema.TaggedUnion({
  ExternalId: { externalId: ExternalId },
  PaymentId: { id: PaymentId }
})

/**
 * What a status call is asked by.
 */
export type PaymentReference = typeof PaymentReference.Type
