/**
 * Reads what Apex refused: `{"error": {"code": "…", "message": "…", "details": {}}}`.
 */
import type { Operation } from "@entegre/core/ApiClient"
import * as CallError from "@entegre/core/CallError"
import * as Exchange from "@entegre/core/Exchange"
import * as IssuerError from "@entegre/core/IssuerError"
import type * as Refusal from "@entegre/core/Refusal"
import type * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import * as ApexError from "../ApexError.ts"

/** A refusal in the provider's form. */
interface ApexRefusal extends Refusal.Refusal {
  readonly details: unknown
}

const codes = {
  invalidCredentials: "INVALID_API_KEY",
  refreshTokenExpired: "REFRESH_TOKEN_EXPIRED"
}

// -----------------------------------------------------------------------------
// Calls
// -----------------------------------------------------------------------------

/**
 * The reason why a call was refused; nothing if the answer is not a refusal in the provider's form. `window` is how long
 * it takes until a key that was refused for too many requests is surely free again.
 */
export const ofCall = (
  answer: Exchange.Answer,
  body: unknown,
  operation: Operation<unknown>,
  window: Duration.Duration
): ApexError.ApexError["reason"] | undefined => {
  const { status } = answer
  const refusal = read(answer, body)
  if (status === 429) {
    const { providerCode, providerMessage } = refusal ?? {}
    return new ApexError.RateLimited({
      status,
      providerCode,
      providerMessage,
      retryAfter: Exchange.retryAfter(answer) ?? window
    })
  }
  if (refusal === undefined) return undefined
  if (isFault(status)) {
    // What a fault means for a call that must not be made twice is the client's to say.
    return operation.findOut === undefined ? unavailable(answer, refusal) : undefined
  }
  switch (status) {
    case 400:
    case 422:
      return new ApexError.ValidationFailed(refusal)
    case 403:
      return new ApexError.Forbidden(refusal)
    case 404:
      return new ApexError.NotFound(refusal)
    case 409:
      return new ApexError.Conflict(refusal)
    default:
      return new ApexError.Refused(refusal)
  }
}

const unavailable = (answer: Exchange.Answer, { providerCode, providerMessage, status }: ApexRefusal) =>
  new CallError.ProviderUnavailable({
    status,
    providerCode,
    providerMessage,
    retryAfter: Exchange.retryAfter(answer)
  })

// -----------------------------------------------------------------------------
// The token endpoints
// -----------------------------------------------------------------------------

/**
 * The reason why a login was refused; nothing if the answer is not a refusal. Only the documented code says that the
 * credentials are wrong: what else comes with status 401 does not lock them out.
 */
export const ofLogin = (
  answer: Exchange.Answer,
  body: unknown
): IssuerError.Reason | undefined => {
  const refusal = read(answer, body)
  if (refusal?.status === 401 && refusal.providerCode === codes.invalidCredentials) {
    return new IssuerError.InvalidCredentials(refusal)
  }
  return refused(answer, refusal)
}

/**
 * The reason why a refresh was refused; nothing if the answer is not a refusal.
 *
 * Documented is `REFRESH_TOKEN_EXPIRED`. A refresh token that is refused for any other reason is of no use either, and the
 * login that follows tells what is wrong: with the credentials, say. Too many requests and faults say nothing about it.
 */
export const ofRefresh = (
  answer: Exchange.Answer,
  body: unknown
): IssuerError.Reason | undefined => {
  const { status } = answer
  const refusal = read(answer, body)
  const dead = refusal !== undefined && status !== 429 && !isFault(status)
  return dead ? new IssuerError.RefreshTokenDead(refusal) : refused(answer, refusal)
}

const refused = (
  answer: Exchange.Answer,
  refusal: ApexRefusal | undefined
): IssuerError.IssuerRefused | undefined => {
  const { status } = answer
  const told = refusal !== undefined || status === 429 || status === 401 || isFault(status)
  return told
    ? new IssuerError.IssuerRefused({
      status,
      providerCode: refusal?.providerCode,
      providerMessage: refusal?.providerMessage,
      retryAfter: Exchange.retryAfter(answer)
    })
    : undefined
}

// -----------------------------------------------------------------------------
// The form
// -----------------------------------------------------------------------------

const isFault = (status: number): boolean => status >= 500 || status === 408

const read = (answer: Exchange.Answer, body: unknown): ApexRefusal | undefined => {
  const { status } = answer
  if (status < 400 || !Predicate.isObject(body) || !Predicate.hasProperty(body, "error")) return undefined
  const { error } = body
  if (!Predicate.isObject(error)) return undefined
  const providerCode = textOf(answer, error, "code")
  const providerMessage = textOf(answer, error, "message")
  if (providerCode === undefined && providerMessage === undefined) return undefined
  const details = Predicate.hasProperty(error, "details") ? Exchange.scrubJson(answer, error.details) : undefined
  return { status, providerCode, providerMessage, details }
}

const textOf = (answer: Exchange.Answer, error: object, field: string): string | undefined =>
  Predicate.hasProperty(error, field) ? Exchange.scrubText(answer, error[field]) : undefined
