import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type { PaynkolayCredentials, PaynkolayOperation, PaynkolaySettings } from "../../PaynkolayModel.ts"
import type { SandboxRequest } from "../exchange.ts"
import * as Cards from "./cards.ts"
import * as Debts from "./debts.ts"
import * as Deliveries from "./deliveries.ts"
import * as Hash from "./hash.ts"
import * as Helpers from "./helpers.ts"
import * as Payments from "./payments.ts"
import * as Profiles from "./profiles.ts"
import * as Reports from "./reports.ts"
import * as Reversals from "./reversals.ts"
import * as Sellers from "./sellers.ts"
import { type Step, textIn } from "./step.ts"

export interface Route {
  readonly step: Step
  /**
   * The `apiSecretKey` of the body: needed, or right where it is there, or none of the route's business.
   *
   * Default: right where it is there.
   */
  readonly key?: "needed" | "ignored"
  /** What `apiKey` may be a hash of. */
  readonly signed?: (
    credentials: PaynkolayCredentials,
    body: unknown,
    settings: PaynkolaySettings
  ) => ReadonlyArray<Hash.Fields>
  /** Whether it is the one that asks for no token. */
  readonly isOpen?: true
}

const amountIn = (body: unknown, name: string): string => {
  const value = Predicate.hasProperty(body, name) ? body[name] : undefined
  return Predicate.isNumber(value) ? Hash.amount(value) : ""
}

const signedPayment: Route["signed"] = (credentials, body, settings) =>
  Hash.acceptedForPayment(
    settings.paymentHash,
    Hash.payment({
      apiSecretKey: Redacted.value(credentials.apiSecretKey),
      merchantSecretKey: Redacted.value(credentials.merchantSecretKey),
      trxCode: textIn(body, "trxCode"),
      totalTrxAmount: amountIn(body, "trxAmount"),
      trxCurrency: textIn(body, "trxCurrency"),
      trxType: textIn(body, "trxType")
    })
  )

/** A right hash under a wrong key is a wrong hash. */
const signedReversal: Route["signed"] = (credentials, body) => {
  const apiSecretKey = Redacted.value(credentials.cancelApiSecretKey)
  return textIn(body, "apiSecretKey") !== apiSecretKey ? [] : [
    Hash.reversal({
      apiSecretKey,
      merchantSecretKey: Redacted.value(credentials.merchantSecretKey),
      trxType: textIn(body, "trxType"),
      trxDate: textIn(body, "trxDate"),
      amount: amountIn(body, "totalTrxAmount"),
      trxCurrency: textIn(body, "trxCurrency"),
      referenceCode: textIn(body, "refCode")
    })
  ]
}

const routes: Record<Exclude<PaynkolayOperation, "authenticate">, Route> = {
  "paymentprofile": { step: Profiles.create, key: "needed" },
  "paymentprofile.get": { step: Profiles.get },
  "paymentprofile.update": { step: Profiles.update, key: "needed" },
  "paymentprofile.delete": { step: Profiles.remove },
  "paymentprofile.list": { step: Profiles.list, key: "needed" },
  "seller": { step: Sellers.create, key: "needed" },
  "seller.get": { step: Sellers.get },
  "seller.update": { step: Sellers.update, key: "needed" },
  "seller.delete": { step: Sellers.remove },
  "seller.sellers": { step: Sellers.list, key: "needed" },
  "seller.sellers.byPaymentProfile": { step: Sellers.listByProfile, key: "needed" },
  "payment.create": { step: Payments.create, key: "needed", signed: signedPayment },
  "payment.create.MASTERPASS": { step: Payments.createByMasterpass, key: "needed", signed: signedPayment },
  "payment.status": { step: Payments.status },
  "payment.storedCardList": {
    step: Cards.list,
    key: "needed",
    signed: (credentials, body) => [Hash.storedCardList(credentials, textIn(body, "mpCustomerKey"))]
  },
  "payment.fetchInstallments": { step: Cards.fetchInstallments, key: "needed" },
  "payment.updateCommission": { step: Payments.updateCommission },
  "payment.completePaymentExternal": { step: Payments.complete, key: "ignored", isOpen: true },
  "payment.refund": { step: Reversals.refund, key: "ignored", signed: signedReversal },
  "payment.cancel": { step: Reversals.cancel, key: "ignored", signed: signedReversal },
  "transaction.update-delivery": { step: Deliveries.update, key: "needed" },
  "transaction.report": { step: Reports.transactions, key: "needed" },
  "transaction.seller.report": { step: Reports.sellerTransactions, key: "needed" },
  "transaction.seller.payment-report": { step: Reports.sellerPayments, key: "needed" },
  "transaction.seller.debt-report": { step: Debts.list, key: "needed" },
  "penalty": { step: Debts.penalty, key: "needed" },
  "calculate-hash.payment": { step: Helpers.payment, key: "ignored" },
  "calculate-hash.refund-cancel": { step: Helpers.reversal, key: "ignored" }
}

const table: ReadonlyMap<string, Route & { readonly operation: string }> = new Map(
  Object.entries(routes).map(([operation, route]) => [`/${operation.replaceAll(".", "/")}`, { ...route, operation }])
)

export const isLogin = (request: SandboxRequest, path: string) => request.method === "POST" && path === "/authenticate"

export const match = (request: SandboxRequest, path: string) => request.method === "POST" ? table.get(path) : undefined
