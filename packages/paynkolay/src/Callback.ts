/**
 * What Paynkolay posts to the `callbackUrl` of a payment.
 *
 * A callback is a claim, not a fact. It comes through the cardholder's browser, and it is signed with the key that is sent
 * in every request. So it is taken in three steps, which the types keep apart:
 *
 * 1. {@link receive} reads the body and verifies its signature and its age. What comes out is {@link Reported}.
 * 2. {@link once} runs a handler for it, once, however often it is posted.
 * 3. In the handler, {@link confirm} asks Paynkolay for the payment's status. Only what comes out of that is
 *    {@link Confirmed}; ship on that.
 *
 * ```ts
 * const reported = yield* Callback.receive(body, { apiSecretKey, merchantSecretKey })
 * yield* Callback.once(reported, Effect.gen(function*() {
 *   if (reported._tag !== "Approved") return yield* orders.close(reported)
 *   const order = yield* orders.find(reported.trxCode)
 *   const confirmed = yield* Callback.confirm(reported, { expected: order, status: paynkolay.payments.status })
 *   yield* orders.ship(confirmed)
 * }))
 * ```
 *
 * Sources: pages 33 and 36 of the provider's documentation. They list the fields of a callback nowhere in one place; what
 * is assumed about them is an option.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as CallbackError from "./CallbackError.ts"
import type { Approved, Confirmed, Reported } from "./CallbackReport.ts"
import type { CallbackStore } from "./CallbackStore.ts"
import type { Currency } from "./Currency.ts"
import * as CallbackBody from "./internal/callbackBody.ts"
import * as Handling from "./internal/callbackHandling.ts"
import * as Verification from "./internal/callbackVerification.ts"
import type { Money } from "./Money.ts"
import type { PaymentStatus, StatusQuery } from "./PaynkolaySchemaPayment.ts"
import type { ApiSecretKey, MerchantSecretKey } from "./Secrets.ts"

export {
  /** The bank paid, says the callback. */
  Approved,
  /** Nothing was paid yet: the payment waits for its completion. */
  CompletionRequired,
  /** The bank did not pay, says the callback. */
  Declined,
  /** What a callback reports. */
  Reported
} from "./CallbackReport.ts"

export type {
  /** A payment of which Paynkolay, when asked, said that it succeeded. */
  Confirmed
} from "./CallbackReport.ts"

// -----------------------------------------------------------------------------
// Receiving
// -----------------------------------------------------------------------------

/**
 * The fields of a callback, each value as the text that was received.
 */
export type Fields = Verification.Fields

/**
 * How callbacks are verified.
 */
export interface Options {
  /** The SX value, which signs callbacks. */
  readonly apiSecretKey: ApiSecretKey
  /** The key that signs upper-case callbacks. */
  readonly merchantSecretKey: MerchantSecretKey
  /** How old a callback may be. Default: 15 minutes. */
  readonly maxAge?: Duration.Input | undefined
  /** How far a callback's time may be ahead of the clock. Default: 5 minutes. */
  readonly clockTolerance?: Duration.Input | undefined
  /**
   * Whether a two-step callback (upper-case fields) must be signed by `hashDataV2`. The provider does not say whether the
   * marketplace's is; `"optional"` lets one pass that has no `hashDataV2`, never one with a wrong one. Anybody can then
   * post such callbacks: look the reference code up before anything is done. Default: `"required"`.
   */
  readonly twoStepSignature?: "required" | "optional" | undefined
  /**
   * Which field is signed if `statusCode` is not there, and if `refCode` is not. The rule of the hash and the samples of
   * the page name them differently. Default: `responseCode` and `referenceCode`.
   */
  readonly otherNames?: { readonly statusCode?: string | undefined; readonly refCode?: string | undefined } | undefined
}

/**
 * Reads the body of a callback, a form or a JSON object, into its fields. Numbers in JSON stay as they were written:
 * `1.3000` is not `1.3`. Fails with `MalformedBody`.
 */
export const parse = (body: string): Effect.Effect<Fields, CallbackError.CallbackError> =>
  Effect.mapError(
    Effect.fromResult(CallbackBody.parse(body)),
    (problem) => because(new CallbackError.MalformedBody({ problem }))
  )

/**
 * Verifies the fields of a callback: first the signature, in constant time, then everything else. The answer of
 * `/payment/completePaymentExternal` has the same fields and can be verified too.
 *
 * Fails with `MissingField`, `UnexpectedField`, `SeparatorInField` and `InvalidSignature`; and, if the signature fits, with
 * `UnreadableField`, `Contradiction` and `Stale`.
 */
export const verify = (fields: Fields, options: Options): Effect.Effect<Reported, CallbackError.CallbackError> =>
  Effect.mapError(
    Verification.verify(fields, {
      apiSecretKey: options.apiSecretKey,
      merchantSecretKey: options.merchantSecretKey,
      maxAge: Duration.fromInputUnsafe(options.maxAge ?? "15 minutes"),
      clockTolerance: Duration.fromInputUnsafe(options.clockTolerance ?? "5 minutes"),
      twoStepSignature: options.twoStepSignature ?? "required",
      otherNames: {
        statusCode: options.otherNames?.statusCode ?? "responseCode",
        refCode: options.otherNames?.refCode ?? "referenceCode"
      }
    }),
    because
  )

/**
 * Reads and verifies the body of a callback: {@link parse} and {@link verify}.
 *
 * ```ts
 * const request = yield* HttpServerRequest.HttpServerRequest
 * const reported = yield* Callback.receive(yield* request.text, { apiSecretKey, merchantSecretKey })
 * ```
 */
export const receive = (body: string, options: Options): Effect.Effect<Reported, CallbackError.CallbackError> =>
  Effect.flatMap(parse(body), (fields) => verify(fields, options))

// -----------------------------------------------------------------------------
// Handling
// -----------------------------------------------------------------------------

/**
 * How a callback is handled once.
 */
export interface OnceOptions {
  /**
   * How long it is remembered that a callback was handled. It must be longer than a callback may be old and ahead of the
   * clock together. Default: 1 hour.
   */
  readonly rememberFor?: Duration.Input | undefined
}

/**
 * Runs a handler for a callback, unless the same payment was reported with the same outcome before: then it fails with
 * `Duplicate`. If the handler fails or is interrupted, the callback counts as not handled and may come again.
 *
 * Fails with `StoreUnavailable` if it can not be told, after at most 5 seconds; the handler has not run then.
 */
export const once = <A, E, R>(
  reported: Reported,
  handler: Effect.Effect<A, E, R>,
  options: OnceOptions = {}
): Effect.Effect<A, E | CallbackError.CallbackError, R | CallbackStore> =>
  Handling.once(reported, handler, Duration.fromInputUnsafe(options.rememberFor ?? "1 hour"))

/**
 * What a callback is confirmed with.
 */
export interface ConfirmOptions<E, R> {
  /** What the order costs. Neither the callback nor the status knows that; without it, a payment of 1.00 ships anything. */
  readonly expected: { readonly trxAmount: Money; readonly trxCurrency: Currency }
  /** Asks for a payment's status: the operation `/payment/status`. */
  readonly status: (query: StatusQuery) => Effect.Effect<ReadonlyArray<PaymentStatus>, E, R>
}

/**
 * Asks Paynkolay whether a payment succeeded that a callback reports as approved, and compares it with the order: no less
 * may have been paid, in no other currency. More may have been, by instalment fees.
 *
 * Fails with `NotConfirmed`, and with what asking fails with.
 */
export const confirm = <E, R>(
  reported: Approved,
  options: ConfirmOptions<E, R>
): Effect.Effect<Confirmed, CallbackError.CallbackError | E, R> =>
  Effect.flatMap(
    options.status({ refCode: reported.refCode, trxCode: reported.trxCode }),
    (transactions) => Handling.confirm(reported, options.expected, transactions)
  )

const because = (reason: CallbackError.Reason) => new CallbackError.CallbackError({ reason })
