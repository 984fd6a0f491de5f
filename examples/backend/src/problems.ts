/**
 * What callers of this service are told when something went wrong: RFC 9457 problems, told apart by their `type`.
 *
 * Providers fail by reasons. What a reason means to a caller is decided here, once for all four: whether to correct a
 * field, to come back later, or to find out what happened before doing anything else.
 */
import type { CallError } from "@entegre/core"
import { Duration, Schema } from "effect"
import { HttpApiError, HttpApiSchema } from "effect/http-api"

/** A field that the provider would not take: nothing was sent. */
export class InvalidField extends HttpApiError.Problem<InvalidField>()("InvalidField", {
  type: "/problems/invalid-field",
  status: 422,
  title: "A field can not be used"
}, { field: Schema.String }) {}

/** The provider said no, in the words of `detail`: nothing was done. */
export class Refused extends HttpApiError.Problem<Refused>()("Refused", {
  type: "/problems/refused",
  status: 422,
  title: "The provider refused"
}, { providerCode: Schema.optionalKey(Schema.String) }) {}

/** The bank said no: nothing was paid. */
export class Declined extends HttpApiError.Problem<Declined>()("Declined", {
  type: "/problems/declined",
  status: 402,
  title: "The bank declined"
}) {}

/** There is no such thing. */
export class NotFound extends HttpApiError.Problem<NotFound>()("NotFound", {
  type: "/problems/not-found",
  status: 404,
  title: "Not found"
}) {}

/** There is another one by that name already. */
export class Conflict extends HttpApiError.Problem<Conflict>()("Conflict", {
  type: "/problems/conflict",
  status: 409,
  title: "Conflict"
}) {}

/** Nobody knows whether it was done: it must not simply be tried again. */
export class OutcomeUnknown extends HttpApiError.Problem<OutcomeUnknown>()("OutcomeUnknown", {
  type: "/problems/outcome-unknown",
  status: 504,
  title: "The provider did not say what became of it"
}) {}

/** The provider, or what stands between it and us, has to be looked at by a person. */
export class ProviderFault extends HttpApiError.Problem<ProviderFault>()("ProviderFault", {
  type: "/problems/provider-fault",
  status: 502,
  title: "The provider can not be used as it is"
}) {}

/** It was not done, and may be later: after so many seconds, if that is known. */
export class TryLater extends HttpApiError.Problem<TryLater>()("TryLater", {
  type: "/problems/try-later",
  status: 503,
  title: "Not now"
}, { retryAfter: Schema.optionalKey(Schema.Int) }) {}

/** {@link TryLater}, with the header `Retry-After`. */
export const TryLaterAnswer = TryLater.pipe(
  HttpApiSchema.encodeToWithHeaders(
    { body: TryLater, headers: { "retry-after": Schema.optionalKey(Schema.Int) } },
    {
      decode: ({ body }) => body,
      encode: (body) => ({ body, headers: body.retryAfter === undefined ? {} : { "retry-after": body.retryAfter } })
    }
  )
)

/** How an endpoint can fail that calls a provider. */
export const ofProviders = [InvalidField, Refused, OutcomeUnknown, ProviderFault, TryLaterAnswer] as const

/** What a reason that all providers share means to a caller. */
export const fromReason = (
  reason: CallError.Reason
): InvalidField | OutcomeUnknown | ProviderFault | TryLater => {
  switch (reason._tag) {
    case "InvalidRequest":
      return new InvalidField({ field: reason.field, detail: reason.problem })
    case "OutcomeUnknown":
      return new OutcomeUnknown({ detail: "ask for it, by the name that you gave it, before you do it again" })
    case "CredentialsRefused":
    case "CredentialsUnavailable":
    case "IssuerUnavailable":
    case "TokenStoreUnavailable":
      return tryLater(reason.retryAfter)
    case "ProviderUnavailable":
      return reason.retryAfter === undefined ? new TryLater({}) : tryLater(reason.retryAfter)
    case "Unanswered":
    case "TooManyWaiting":
    case "TokenCacheClosed":
      return new TryLater({})
    case "NotSent":
      return reason.isRetryable ? new TryLater({}) : new ProviderFault({})
    case "Redirected":
    case "TokenRejected":
    case "UnreadableAnswer":
      return new ProviderFault({})
  }
}

/** A reason by which a provider says no. */
export interface Refusal {
  readonly message: string
  readonly providerCode?: string | undefined
  readonly providerMessage?: string | undefined
}

/** The provider said no, in its own words if it gave any. */
export const refused = ({ message, providerCode, providerMessage = message }: Refusal): Refused =>
  new Refused({ detail: providerMessage, ...(providerCode !== undefined && { providerCode }) })

/** Come back after that time. */
export const tryLater = (after: Duration.Duration): TryLater =>
  new TryLater({ retryAfter: Math.ceil(Duration.toSeconds(after)) })
