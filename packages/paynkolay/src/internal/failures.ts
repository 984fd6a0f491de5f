/**
 * Reads what Paynkolay refused. Its forms are in `PaynkolaySchema.refusal`; none of them depends on the HTTP status.
 */
import type { Operation } from "@entegre/core/ApiClient"
import { OutcomeUnknown, ProviderUnavailable } from "@entegre/core/CallError"
import * as Exchange from "@entegre/core/Exchange"
import * as IssuerError from "@entegre/core/IssuerError"
import type { Refusal } from "@entegre/core/Refusal"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as BankCode from "../BankCode.ts"
import * as PaynkolayError from "../PaynkolayError.ts"
import * as PaynkolaySchema from "../PaynkolaySchema.ts"
import { RefusalCode } from "../PaynkolaySchemaReversal.ts"
import type { Settings } from "./settings.ts"

// -----------------------------------------------------------------------------
// Calls
// -----------------------------------------------------------------------------

/** The reason why a call was refused; nothing if the answer is not a refusal in one of the provider's forms. */
export const ofCall = (
  answer: Exchange.Answer,
  body: unknown,
  { findOut }: Operation<unknown>
): PaynkolayError.Reason | undefined => {
  const refusal = read(answer, body)
  // A fault of the provider says nothing about the call, whatever stands in it.
  if (refusal === undefined || isPassing(answer.status)) return undefined
  const status = Number(refusal.providerCode)
  if (isPassing(status)) {
    return findOut === undefined || status === 429
      ? new ProviderUnavailable({ ...refusal, retryAfter: Exchange.retryAfter(answer) })
      : new OutcomeUnknown({ problem: "serverError", status: answer.status, findOut })
  }
  return documented(answer, body, refusal) ?? new PaynkolayError.Refused(refusal)
}

const documented = (
  answer: Exchange.Answer,
  body: unknown,
  refusal: Refusal
): PaynkolayError.Reason | undefined => {
  const texts = textsOf(body)
  const code = RefusalCode.literals.find((code) => texts.some((text) => text.split(/\W+/).includes(code)))
  if (code !== undefined) return new byCode[code](refusal)
  if (Predicate.hasProperty(body, "status") && body.status === "REJECTED") return new PaynkolayError.Rejected(refusal)
  if (texts.some((text) => text.toLocaleLowerCase("tr").startsWith(noActiveSeller))) {
    return new PaynkolayError.NoActiveSeller(refusal)
  }
  const bankCode = /^\d\d$/.test(refusal.providerCode ?? "") ? refusal.providerCode : undefined
  return bankCode !== undefined && Option.exists(BankCode.find(bankCode), ({ kind }) => kind !== "approved")
    ? new PaynkolayError.Declined({ ...refusal, bankCode, refCode: refCodeOf(answer, body) })
    : undefined
}

const byCode = {
  ALREADY_REFUNDED: PaynkolayError.AlreadyRefunded,
  INSUFFICIENT_BALANCE: PaynkolayError.InsufficientBalance,
  INVALID_DATE: PaynkolayError.InvalidDate,
  TRANSACTION_NOT_FOUND: PaynkolayError.TransactionNotFound,
  SAME_DAY_USE_CANCEL: PaynkolayError.SameDayUseCancel,
  INVALID_HASH: PaynkolayError.InvalidHash
}

const noActiveSeller = "aktif satıcı bulunamadı"

const refCodeOf = (answer: Exchange.Answer, body: unknown): string | undefined => {
  const data = Predicate.hasProperty(body, "data") ? body.data : undefined
  const refCode = Predicate.hasProperty(data, "refCode") ? data.refCode : undefined
  return Exchange.scrubText(answer, refCode)
}

/**
 * Whether an answer says that the token is dead: HTTP status 401, as the authentication page has it, or a refusal with that
 * code under another status.
 */
export const isDeadToken = (answer: Exchange.Answer): boolean =>
  answer.status === 401 ||
  // Looked at first: whole reports are not parsed twice.
  (/"responseCode"\s*:\s*"?401\b/.test(answer.text) &&
    Option.exists(PaynkolaySchema.refusal(Result.getOrUndefined(Exchange.json(answer))), ({ code }) => code === "401"))

// -----------------------------------------------------------------------------
// The login
// -----------------------------------------------------------------------------

/** The reason why a login was refused; nothing if the answer is not a refusal in the provider's form. */
export const ofLogin = (
  answer: Exchange.Answer,
  body: unknown,
  { wrongCredentials }: Settings
): IssuerError.Reason | undefined => {
  const { status } = answer
  const refusal = read(answer, body)
  if (isPassing(status) || isPassing(Number(refusal?.providerCode))) {
    return new IssuerError.IssuerRefused({ ...refusal, status, retryAfter: Exchange.retryAfter(answer) })
  }
  if (status === 401 || refusal?.providerCode === "401") {
    return new IssuerError.InvalidCredentials({ ...refusal, status })
  }
  if (refusal === undefined) return undefined
  return wrongCredentials === "anyRefusal"
    ? new IssuerError.InvalidCredentials(refusal)
    : new IssuerError.IssuerRefused(refusal)
}

// -----------------------------------------------------------------------------
// The form
// -----------------------------------------------------------------------------

/** Trouble that passes: too many requests, a timeout, a fault. `responseCode` repeats statuses, as in 200. */
const isPassing = (status: number): boolean => status === 408 || status === 429 || (status >= 500 && status <= 599)

const read = (answer: Exchange.Answer, body: unknown): Refusal | undefined =>
  Option.getOrUndefined(
    Option.map(PaynkolaySchema.refusal(body), ({ code, message }) => ({
      status: answer.status,
      providerCode: Exchange.scrubText(answer, code),
      providerMessage: Exchange.scrubText(answer, message)
    }))
  )

const textsOf = (body: unknown): ReadonlyArray<string> =>
  Predicate.isObject(body)
    ? Object.values(body).flatMap((value) => typeof value === "string" ? [value.normalize("NFC")] : [])
    : []
