/**
 * Reads what Ödeal refused. Its message stands in `error.message` or in `result.message` (the provider's page
 * `guide/3d-odeme-baslat`); nothing else about the form of a refusal is published.
 */
import { ProviderUnavailable } from "@entegre/core/CallError"
import * as Exchange from "@entegre/core/Exchange"
import { InvalidCredentials, IssuerRefused, type Reason, RefreshTokenDead } from "@entegre/core/IssuerError"
import * as Predicate from "effect/Predicate"
import { Refused } from "../OdealError.ts"

/** Reads the answer of the token endpoint; nothing if it is not a refusal. */
export type Reader = (answer: Exchange.Answer, body: unknown) => Reason | undefined

/** The reason why a call was refused; nothing if the answer is not a refusal in the provider's form. */
export const ofCall = (
  answer: Exchange.Answer,
  body: unknown,
  options: { readonly isUnsafe: boolean; readonly refusesWithSuccessStatus: boolean }
): Refused | ProviderUnavailable | undefined => {
  const { status } = answer
  const providerMessage = messageOf(answer, body)
  if (providerMessage === undefined) return undefined
  if (isPassing(status)) {
    // A fault says nothing about what became of the call, whatever stands in it.
    return status >= 500 && options.isUnsafe
      ? undefined
      : new ProviderUnavailable({ status, providerMessage, retryAfter: Exchange.retryAfter(answer) })
  }
  return status >= 400 || options.refusesWithSuccessStatus ? new Refused({ status, providerMessage }) : undefined
}

/**
 * Why a login was refused.
 *
 * What wrong keys are answered with is not published. A login that Ödeal refuses in its own form is not tried again as it
 * is, under whatever status: trying wrong keys again could lock the account.
 */
export const ofLogin: Reader = (answer, body) => {
  const { status } = answer
  const providerMessage = messageOf(answer, body)
  if (isPassing(status)) return notNow(answer, providerMessage)
  return status === 401 || providerMessage !== undefined
    ? new InvalidCredentials({ status, providerMessage })
    : undefined
}

/**
 * Why a refresh was refused.
 *
 * What a dead refresh token is answered with is not published either. Whatever a refresh is refused with but "not now", a
 * login follows, so a wrong guess costs no more than that login.
 */
export const ofRefresh: Reader = (answer, body) => {
  const { status } = answer
  const providerMessage = messageOf(answer, body)
  if (isPassing(status)) return notNow(answer, providerMessage)
  return status === 401 || providerMessage !== undefined ? new RefreshTokenDead({ status }) : undefined
}

const notNow = (answer: Exchange.Answer, providerMessage: string | undefined): IssuerRefused =>
  new IssuerRefused({ status: answer.status, providerMessage, retryAfter: Exchange.retryAfter(answer) })

/** Trouble that passes: too many requests, a timeout, a fault. */
const isPassing = (status: number): boolean => status >= 500 || status === 429 || status === 408

// Under a status of success, `result` is the answer itself: a message in it is none of a refusal.
const messageOf = (answer: Exchange.Answer, body: unknown): string | undefined =>
  textIn(answer, body, "error") ?? (answer.status >= 400 ? textIn(answer, body, "result") : undefined)

const textIn = (answer: Exchange.Answer, body: unknown, place: "error" | "result"): string | undefined =>
  Exchange.scrubText(answer, field(field(body, place), "message"))

const field = (value: unknown, name: string): unknown => Predicate.hasProperty(value, name) ? value[name] : undefined
