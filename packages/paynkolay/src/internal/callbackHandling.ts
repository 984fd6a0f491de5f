/**
 * Acting on a callback: once, and after asking Paynkolay.
 */
import * as BigDecimal from "effect/BigDecimal"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as CallbackError from "../CallbackError.ts"
import * as CallbackReport from "../CallbackReport.ts"
import { CallbackStore, CallbackStoreError, type Claim } from "../CallbackStore.ts"
import type { Currency } from "../Currency.ts"
import type { Money } from "../Money.ts"
import type { PaymentStatus } from "../PaynkolaySchemaPayment.ts"

// -----------------------------------------------------------------------------
// Once
// -----------------------------------------------------------------------------

export const once = <A, E, R>(
  reported: CallbackReport.Reported,
  handler: Effect.Effect<A, E, R>,
  rememberFor: Duration.Duration
): Effect.Effect<A, E | CallbackError.CallbackError, R | CallbackStore> =>
  Effect.uninterruptibleMask(Effect.fnUntraced(function*(restore) {
    const store = yield* CallbackStore
    const claim: Claim = { key: keyOf(reported), owner: `${yield* Random.nextInt}.${yield* Random.nextInt}` }
    const release = Effect.ignore(inTime(store.release(claim)))

    const isFirst = yield* inTime(store.claim(claim, rememberFor)).pipe(
      // It may have been claimed after all.
      Effect.tapError(() => release),
      Effect.mapError(({ problem }) => because(new CallbackError.StoreUnavailable({ problem })))
    )
    if (!isFirst) return yield* because(new CallbackError.Duplicate())
    return yield* Effect.onExit(restore(handler), (exit) => Exit.isSuccess(exit) ? Effect.void : release)
  }))

const inTime = <A>(effect: Effect.Effect<A, CallbackStoreError>): Effect.Effect<A, CallbackStoreError> =>
  Effect.timeoutOrElse(effect, {
    duration: "5 seconds",
    orElse: () => Effect.fail(new CallbackStoreError({ problem: "no answer in the time allowed" }))
  })

// Codes that were signed do not contain the separator, and the only one that may not be signed stands alone.
const keyOf = (reported: CallbackReport.Reported): string =>
  CallbackReport.Reported.match(reported, {
    Approved: ({ refCode, trxCode }) => `approved|${refCode}|${trxCode}`,
    Declined: ({ refCode, statusCode, trxCode = "" }) => `declined|${trxCode}|${statusCode}|${refCode}`,
    CompletionRequired: ({ referenceCode }) => `completion|${referenceCode}`
  })

// -----------------------------------------------------------------------------
// Confirmed
// -----------------------------------------------------------------------------

export const confirm = (
  reported: CallbackReport.Approved,
  expected: { readonly trxAmount: Money; readonly trxCurrency: Currency },
  transactions: ReadonlyArray<PaymentStatus>
): Effect.Effect<CallbackReport.Confirmed, CallbackError.CallbackError> => {
  const { authAmount, currency, refCode, trxCode } = reported
  const sales = transactions.filter((known) =>
    (known.refCode ?? refCode) === refCode && (known.trxCode ?? trxCode) === trxCode &&
    (known.trxType ?? "SALES") === "SALES"
  )
  const status = sales.find(({ trxStatus }) => trxStatus !== "SUCCESS") ?? sales[0]
  if (status === undefined) return notConfirmed("notFound")
  if (status.trxStatus !== "SUCCESS") return notConfirmed("status", status.trxStatus)
  if ([currency, status.trxCurrency ?? currency].some((paidIn) => paidIn !== expected.trxCurrency)) {
    return notConfirmed("currency", status.trxStatus)
  }
  return [authAmount, status.trxAmount ?? authAmount].every(BigDecimal.isGreaterThanOrEqualTo(expected.trxAmount))
    ? Effect.succeed({ _tag: "Confirmed", reported, status })
    : notConfirmed("amount", status.trxStatus)
}

const notConfirmed = (
  problem: CallbackError.NotConfirmed["problem"],
  trxStatus?: string
): Effect.Effect<never, CallbackError.CallbackError> =>
  Effect.fail(because(new CallbackError.NotConfirmed({ problem, trxStatus })))

const because = (reason: CallbackError.Reason) => new CallbackError.CallbackError({ reason })
