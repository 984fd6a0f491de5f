/**
 * The callback that Ödeal posts to a payment's `returnUrl`, and what it is worth.
 *
 * The callback carries no signature, as far as the provider's page `guide/callback` shows: whoever knows the address can
 * write one. So what is decoded is an {@link UnconfirmedPayment}, a claim. {@link confirm} asks Ödeal itself, and only its
 * {@link ConfirmedPayment} is a reason to ship anything.
 *
 * ```ts
 * const receive = Effect.fnUntraced(function*(body: unknown) {
 *   const payment = yield* Callback.decode(body)
 *   const deduplicator = yield* CallbackDeduplicator
 *   yield* deduplicator.once(
 *     payment.key,
 *     Callback.confirm(payment, askStatus).pipe(Effect.flatMap((confirmed) => ship(confirmed)))
 *   )
 * })
 * ```
 *
 * The page asks for an answer of status 200 soon, and for long work to be queued.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaParser from "effect/SchemaParser"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Problem from "./internal/problem.ts"
import { ExternalId, PaymentId, PaymentReference, PaymentStatus } from "./Payment.ts"

// -----------------------------------------------------------------------------
// What is claimed
// -----------------------------------------------------------------------------

/**
 * A status that the page does not name. It is kept, so that its callback can be answered and looked at.
 */
export const UnknownStatus = Schema.String.check(
  Schema.isPattern(/^\p{L}[\p{L}\p{N} _-]{0,63}$/u, { expected: "a payment status" })
).pipe(Schema.brand("@entegre/odeal/UnknownStatus"))

/**
 * A status that the page does not name.
 */
export type UnknownStatus = typeof UnknownStatus.Type

const shortText = Schema.String.check(Schema.isBetweenLength(1, 256))

// The page shows `null` for none, and leaves out what the status has nothing to say about.
const optional = <S extends Schema.Constraint>(schema: S) =>
  Schema.optionalKey(Schema.Unknown).pipe(
    Schema.decodeTo(
      Schema.Unknown,
      SchemaTransformation.transformOptional<unknown, unknown>({
        decode: (value) => Option.some(Option.getOrUndefined(Option.filter(value, isSomething))),
        encode: Option.filter(isSomething)
      })
    ),
    Schema.decodeTo(Schema.OptionFromUndefinedOr(schema), SchemaTransformation.passthrough({ strict: false }))
  )

const isSomething = (value: unknown): boolean =>
  Predicate.isNotNullish(value) && !(typeof value === "string" && value.trim() === "")

/**
 * What a callback says, in the fields of the provider's page `guide/callback`. `payment_status` is called `status` here.
 */
export const Claim = Schema.Struct({
  /** Ödeal's number for the payment. */
  id: PaymentId,
  /** Your own name for the payment, if it was started with one. */
  externalId: optional(ExternalId),
  /** Ödeal's key for the callbacks of a payment. A later refund may carry the same one. */
  uniqueKey: shortText,
  /** How the payment stands, says the callback. */
  status: Schema.Union([PaymentStatus, UnknownStatus]),
  /** Why the payment failed, in the provider's words. */
  reason: optional(Schema.String),
  /** The bank's authorization code, of a payment that succeeded. */
  authCode: optional(Schema.String),
  /** The bank's provision number, of a payment that succeeded. */
  bankProvisionNumber: optional(Schema.String),
  /** Ödeal's provision code, of a payment that succeeded. */
  provisionCode: optional(Schema.String)
}).pipe(Schema.encodeKeys({ status: "payment_status" }))

/**
 * What a callback says.
 */
export interface Claim extends Schema.Schema.Type<typeof Claim> {}

/**
 * A payment as a callback tells of it: a claim of nobody knows whom, until it is confirmed.
 */
export class UnconfirmedPayment extends Schema.Class<UnconfirmedPayment>("@entegre/odeal/UnconfirmedPayment")({
  /** What the callback says. Good for a log and for finding the payment, not for deciding anything. */
  claim: Schema.toType(Claim)
}) {
  /** What to ask for the payment's status by. */
  get reference(): PaymentReference {
    return Option.match(this.claim.externalId, {
      onNone: () => PaymentReference.cases.PaymentId.make({ id: this.claim.id }),
      onSome: (externalId) => PaymentReference.cases.ExternalId.make({ externalId })
    })
  }
  /**
   * The same for callbacks that repeat each other: `uniqueKey` and status, because a later refund may carry the same
   * `uniqueKey`. A second partial refund may carry the same key; what was refunded in all, the status call knows.
   */
  get key(): string {
    return `${this.claim.status}\n${this.claim.uniqueKey}`
  }
}

/**
 * The schema of a callback's JSON body, as an `HttpApi` endpoint's payload is declared with.
 *
 * ```ts
 * HttpApiEndpoint.post("odealCallback", "/callbacks/odeal", { payload: Callback.Body })
 * ```
 */
export const Body = Claim.pipe(
  Schema.decodeTo(
    UnconfirmedPayment,
    SchemaTransformation.transform({ decode: (claim) => ({ claim }), encode: ({ claim }) => claim })
  )
)

/**
 * What was posted is not a callback as the page shows it.
 *
 * What to do: answer with status 400 and look at the field; whoever posts such things is probably not Ödeal.
 */
export class UnreadableCallback
  extends Schema.TaggedError<UnreadableCallback>("@entegre/odeal/UnreadableCallback")("UnreadableCallback", {
    /** The field that is not as documented; empty for the whole body. */
    field: Schema.String,
    /** What was expected there, in words that do not repeat its value. */
    problem: Schema.String
  })
{
  override get message(): string {
    return `the callback can not be read: ${this.field === "" ? "" : `${this.field}: `}${this.problem}`
  }
}

const read = SchemaParser.decodeUnknownEffect(Body)

/**
 * Reads a callback's body, parsed from JSON. Fails with {@link UnreadableCallback}, which names the field.
 */
export const decode = (body: unknown): Effect.Effect<UnconfirmedPayment, UnreadableCallback> =>
  Effect.mapError(read(body), (issue) => new UnreadableCallback(Problem.fromIssue(issue)))

// -----------------------------------------------------------------------------
// What is confirmed
// -----------------------------------------------------------------------------

const Confirmed: unique symbol = Symbol("@entegre/odeal/ConfirmedPayment")

/**
 * A payment whose status Ödeal itself has told, when it was asked. Only {@link confirm} makes one.
 *
 * It holds what was asked by and what was answered, and nothing else of the callback: someone who forges one could pair your
 * expensive order's `externalId` with the `id` of a cheap payment. Compare the amount in `answer` with your order's.
 */
export interface ConfirmedPayment<out Answer> {
  readonly [Confirmed]: true
  /** What Ödeal was asked by. */
  readonly reference: PaymentReference
  /** How the payment stands, says Ödeal. */
  readonly status: PaymentStatus
  /** What the status call answered. */
  readonly answer: Answer
  /**
   * The same for the same payment in the same status, whatever callbacks told of it. Do what follows from a payment once per
   * key, because a forged callback with a `uniqueKey` of its own passes the deduplicator and is borne out.
   */
  readonly key: string
}

/**
 * Ödeal does not bear out what a callback says. It was forged, or it came late and the payment has moved on; then another
 * callback tells of that.
 *
 * What to do: ship nothing. If it is a payment that you wait for, ask for its status again later.
 */
export class NotConfirmed extends Schema.TaggedError<NotConfirmed>("@entegre/odeal/NotConfirmed")("NotConfirmed", {
  /** The status that the callback claims. */
  claimed: Schema.Union([PaymentStatus, UnknownStatus]),
  /** The status that Ödeal answered. */
  status: PaymentStatus
}) {
  override get message(): string {
    return `the callback says ${this.claimed}, and Ödeal says ${this.status}`
  }
}

/**
 * Asks Ödeal whether what a callback says is true.
 *
 * `statusCall` is yours, because the path of the status call (CheckStatus) is not published: it asks by the reference that it
 * is given, and brings the status in the words of the callback, with whatever else was answered. Fails with
 * {@link NotConfirmed} if the status is another one than claimed, and with what the status call fails with.
 *
 * ```ts
 * const askStatus = Effect.fnUntraced(function*(reference: Payment.PaymentReference) {
 *   const odeal = yield* Odeal
 *   const { result } = yield* odeal.call(paymentStatus(reference))
 *   return { status: result.status, amount: result.amount }
 * })
 *
 * const confirmed = yield* Callback.confirm(payment, askStatus)
 * ```
 */
export const confirm = Effect.fnUntraced(function*<Answer extends { readonly status: PaymentStatus }, E, R>(
  payment: UnconfirmedPayment,
  statusCall: (reference: PaymentReference) => Effect.Effect<Answer, E, R>
): Effect.fn.Return<ConfirmedPayment<Answer>, E | NotConfirmed, R> {
  const { claim, reference } = payment
  const answer = yield* statusCall(reference)
  const { status } = answer
  if (status !== claim.status) return yield* new NotConfirmed({ claimed: claim.status, status })
  return { [Confirmed]: true, reference, status, answer, key: confirmedKey(reference, status) }
})

const confirmedKey = (reference: PaymentReference, status: PaymentStatus): string =>
  PaymentReference.match(reference, {
    ExternalId: ({ externalId }) => `${status}\nexternalId\n${externalId}`,
    PaymentId: ({ id }) => `${status}\nid\n${id}`
  })
