/**
 * Paynkolay's operations: each is a `POST` of a JSON body.
 */
import * as ApiClient from "@entegre/core/ApiClient"
import type { InvalidRequest } from "@entegre/core/CallError"
import type * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as Schema from "effect/Schema"
import * as Card from "../PaynkolaySchemaCard.ts"
import * as Payment from "../PaynkolaySchemaPayment.ts"
import * as Profile from "../PaynkolaySchemaProfile.ts"
import * as Report from "../PaynkolaySchemaReport.ts"
import * as Reversal from "../PaynkolaySchemaReversal.ts"
import * as Seller from "../PaynkolaySchemaSeller.ts"

/** An operation that takes a body. */
export interface Endpoint<in Body, out A> extends ApiClient.Operation<A> {
  readonly request: (body: Body) => Effect.Effect<HttpClientRequest.HttpClientRequest, InvalidRequest>
}

type Described<Body, A> = {
  readonly name: string
  readonly path: string
  readonly body: Schema.ConstraintCodec<Body, unknown>
  readonly answer: Schema.ConstraintDecoder<A>
}

const endpoint = <Body, A>(
  { body, path }: Described<Body, A>,
  operation: ApiClient.Operation<A>
): Endpoint<Body, A> => {
  const write = ApiClient.bodyJson(body)
  const post = HttpClientRequest.acceptJson(HttpClientRequest.post(path))
  return { ...operation, request: (body) => write(post, body) }
}

/** A `POST` that only reads. */
const reads = <Body, A>(described: Described<Body, A>) =>
  endpoint(described, ApiClient.operation({ ...described, safety: "safe" }))

/** A `POST` that sets something to what its body says. */
const sets = <Body, A>(described: Described<Body, A>) =>
  endpoint(described, ApiClient.operation({ ...described, safety: "idempotent" }))

/** A `POST` that may act twice, or is refused the second time although the first has acted. */
const acts = <Body, A>(described: Described<Body, A> & { readonly findOut: string }) =>
  endpoint(described, ApiClient.operation({ ...described, safety: "unsafe" }))

// -----------------------------------------------------------------------------
// Payment profiles
// -----------------------------------------------------------------------------

export const createProfile = acts({
  name: "profiles.create",
  path: "/paymentprofile",
  body: Profile.CreateProfileBody,
  answer: Profile.ProfileAnswer,
  findOut: "read the profile with profiles.get: it is there if it was created"
})

export const getProfile = reads({
  name: "profiles.get",
  path: "/paymentprofile/get",
  body: Profile.ProfileIdBody,
  answer: Profile.ProfileAnswer
})

export const updateProfile = sets({
  name: "profiles.update",
  path: "/paymentprofile/update",
  body: Profile.CreateProfileBody,
  answer: Profile.ProfileAnswer
})

export const deleteProfile = acts({
  name: "profiles.delete",
  path: "/paymentprofile/delete",
  body: Profile.ProfileIdBody,
  answer: Profile.DeletedAnswer,
  findOut: "look for the profile in profiles.list: it is not there if it was deleted"
})

export const listProfiles = reads({
  name: "profiles.list",
  path: "/paymentprofile/list",
  body: Profile.ListProfilesBody,
  answer: Profile.ProfilesAnswer
})

// -----------------------------------------------------------------------------
// Sellers
// -----------------------------------------------------------------------------

export const createSeller = acts({
  name: "sellers.create",
  path: "/seller",
  body: Seller.CreateSellerBody,
  answer: Seller.SellerAnswer,
  findOut: "read the seller with sellers.get: it is there if it was created"
})

export const getSeller = reads({
  name: "sellers.get",
  path: "/seller/get",
  body: Seller.GetSellerBody,
  answer: Seller.SellerAnswer
})

export const updateSeller = sets({
  name: "sellers.update",
  path: "/seller/update",
  body: Seller.CreateSellerBody,
  answer: Seller.SellerAnswer
})

export const deleteSeller = acts({
  name: "sellers.delete",
  path: "/seller/delete",
  body: Seller.DeleteSellerBody,
  answer: Seller.DeletedAnswer,
  findOut: "look for the seller in sellers.list: it is not there if it was deleted"
})

export const listSellers = reads({
  name: "sellers.list",
  path: "/seller/sellers",
  body: Seller.ListSellersBody,
  answer: Seller.SellersAnswer
})

export const listSellersByProfile = reads({
  name: "sellers.listByProfile",
  path: "/seller/sellers/byPaymentProfile",
  body: Seller.ListSellersByProfileBody,
  answer: Seller.SellersAnswer
})

// -----------------------------------------------------------------------------
// Payments
// -----------------------------------------------------------------------------

const findPayment = "ask payments.status with the trxCode: it knows the payment if it was started"

export const createPayment = acts({
  name: "payments.create",
  path: "/payment/create",
  body: Payment.CreatePaymentBody,
  answer: Payment.CreatedPaymentAnswer,
  findOut: findPayment
})

export const createMasterpassPayment = acts({
  name: "payments.createWithMasterpass",
  path: "/payment/create/MASTERPASS",
  body: Payment.CreateMasterpassPaymentBody,
  answer: Payment.CreatedPaymentAnswer,
  findOut: findPayment
})

export const paymentStatus = reads({
  name: "payments.status",
  path: "/payment/status",
  body: Payment.StatusBody,
  answer: Payment.StatusAnswer
})

export const storedCards = reads({
  name: "payments.storedCards",
  path: "/payment/storedCardList",
  body: Card.StoredCardListBody,
  answer: Card.StoredCardListAnswer
})

export const instalments = reads({
  name: "payments.instalments",
  path: "/payment/fetchInstallments",
  body: Card.FetchInstalmentsBody,
  answer: Card.InstalmentsAnswer
})

export const updateCommission = sets({
  name: "payments.updateCommission",
  path: "/payment/updateCommission",
  body: Reversal.UpdateCommissionBody,
  answer: Reversal.UpdateCommissionAnswer
})

export const completePayment = acts({
  name: "payments.completeExternal",
  path: "/payment/completePaymentExternal",
  body: Payment.CompletePaymentBody,
  answer: Payment.CompletedPayment,
  findOut: "ask payments.status with the payment's trxCode: it is SUCCESS if it was completed, and PENDING if not"
})

export const refundPayment = acts({
  name: "payments.refund",
  path: "/payment/refund",
  body: Reversal.RefundBody,
  answer: Reversal.ReversalAnswer,
  findOut: "ask payments.status with the refCode, or reports.transaction: the refund is there if it was made"
})

export const cancelPayment = acts({
  name: "payments.cancel",
  path: "/payment/cancel",
  body: Reversal.CancelBody,
  answer: Reversal.ReversalAnswer,
  findOut: "ask payments.status with the refCode: the payment is CANCELLED if it was cancelled"
})

export const updateDelivery = acts({
  name: "deliveries.update",
  path: "/transaction/update-delivery",
  body: Reversal.UpdateDeliveryBody,
  answer: Reversal.UpdateDeliveryAnswer,
  findOut: "report the same deliveries again: each is taken once, and the refusal names the payments whose were"
})

// -----------------------------------------------------------------------------
// Reports and penalties
// -----------------------------------------------------------------------------

export const transactionReport = reads({
  name: "reports.transaction",
  path: "/transaction/report",
  body: Report.TransactionReportBody,
  answer: Report.TransactionReport
})

export const sellerReport = reads({
  name: "reports.seller",
  path: "/transaction/seller/report",
  body: Report.SellerReportBody,
  answer: Report.SellerReport
})

export const sellerPaymentReport = reads({
  name: "reports.sellerPayments",
  path: "/transaction/seller/payment-report",
  body: Report.SellerPaymentReportBody,
  answer: Report.SellerPaymentReport
})

export const sellerDebtReport = reads({
  name: "reports.sellerDebts",
  path: "/transaction/seller/debt-report",
  body: Report.DebtReportBody,
  answer: Report.DebtReport
})

export const createPenalty = acts({
  name: "penalties.create",
  path: "/penalty",
  body: Report.PenaltyBody,
  answer: Report.PenaltyAnswer,
  findOut: "look for the debt in reports.sellerDebts"
})
