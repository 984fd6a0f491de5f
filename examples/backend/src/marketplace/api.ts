/**
 * The marketplace at Paynkolay: its sellers, and payments to them.
 */
import { Identifiers, Money, PaynkolaySchemaSeller } from "@entegre/paynkolay"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { ApiKey } from "../ApiKey.ts"
import * as Problems from "../problems.ts"

/** A seller as this service shows it: without name, numbers and account. */
const Seller = Schema.Struct({ sellerExternalId: Schema.String, active: Schema.optional(Schema.Boolean) })

/** What to start a payment to a seller with. By the mobile number, Masterpass knows the customer's cards. */
export const StartSale = Schema.Struct({
  trxCode: Schema.String.check(Schema.isPattern(/^[\w-]{1,64}$/, { expected: "letters, digits, \"-\" and \"_\"" })),
  amount: Money.MoneyFromString,
  gsm: Schema.RedactedFromValue(Identifiers.Gsm)
})

/** What to start a payment to a seller with. */
export interface StartSale extends Schema.Schema.Type<typeof StartSale> {}

/** A payment that was started, and the page that takes the cardholder to the bank: HTML in Base64. */
const StartedSale = Schema.Struct({
  trxCode: Schema.String,
  page: Schema.optionalKey(Schema.RedactedFromValue(Schema.String))
})

/** A payment to a seller, and how it stands. */
export const Sale = Schema.Struct({
  sellerExternalId: Schema.String,
  trxCode: Schema.String,
  amount: Money.MoneyFromString,
  status: Schema.Literals(["PENDING", "PAID", "DECLINED"])
})

/** A payment to a seller, and how it stands. */
export type Sale = typeof Sale.Type

/** A callback that Paynkolay did not sign. */
export class Forged extends HttpApiError.Problem<Forged>()("Forged", {
  type: "/problems/forged",
  status: 401,
  title: "The signature does not fit"
}) {}

/** A callback that is signed, but can not be taken: `detail` says why. */
export class Unacceptable extends HttpApiError.Problem<Unacceptable>()("Unacceptable", {
  type: "/problems/unacceptable",
  status: 400,
  title: "The callback can not be taken"
}) {}

// The text itself is signed: `1.3000` must not become 1.3 on the way.
const Body = [
  Schema.String.pipe(HttpApiSchema.asText({ contentType: "application/x-www-form-urlencoded" })),
  Schema.String.pipe(HttpApiSchema.asText({ contentType: "application/json" }))
] as const

/** Sellers and payments to them, and the callback about these, which is signed. */
export const MarketplaceApi = HttpApiGroup.make("marketplace")
  .add(
    HttpApiEndpoint.post("open", "/sellers", {
      payload: PaynkolaySchemaSeller.CreateSeller,
      success: Seller.pipe(HttpApiSchema.status(201)),
      error: [Problems.NotFound, Problems.Declined, ...Problems.ofProviders]
    }),
    HttpApiEndpoint.get("find", "/sellers/:sellerExternalId", {
      params: { sellerExternalId: Schema.NonEmptyString },
      success: Seller,
      error: [Problems.NotFound, Problems.Declined, ...Problems.ofProviders]
    }),
    HttpApiEndpoint.post("sell", "/sellers/:sellerExternalId/payments", {
      params: { sellerExternalId: Schema.NonEmptyString },
      payload: StartSale,
      success: StartedSale.pipe(HttpApiSchema.status(201)),
      error: [Problems.Conflict, Problems.NotFound, Problems.Declined, ...Problems.ofProviders]
    }),
    HttpApiEndpoint.get("findSale", "/sellers/:sellerExternalId/payments/:trxCode", {
      params: { sellerExternalId: Schema.NonEmptyString, trxCode: Schema.NonEmptyString },
      success: Sale,
      error: Problems.NotFound
    })
  )
  .middleware(ApiKey)
  .add(
    HttpApiEndpoint.post("callback", "/callbacks/paynkolay", {
      payload: Body,
      success: Schema.String.pipe(HttpApiSchema.asText()),
      error: [Forged, Unacceptable, Problems.TryLaterAnswer]
    })
  )
