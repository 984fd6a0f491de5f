/**
 * Reads what Dükkango refused: `{"status": false, "error": "<code>", "message": "<words>"}`.
 */
import type * as CallError from "@entegre/core/CallError"
import * as Exchange from "@entegre/core/Exchange"
import * as IssuerError from "@entegre/core/IssuerError"
import type { Refusal } from "@entegre/core/Refusal"
import type * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import * as DukkangoError from "../DukkangoError.ts"

const codes = {
  missingField: "eksik alan",
  unauthorized: "yetkisiz erişim",
  wrongUrl: "URL hatalı",
  orderNotFound: "sipariş bulunamadı",
  restaurantNotFound: "restoran bulunamadı",
  tooManyRequests: "çok fazla istek"
}

/** The reason why a call was refused; nothing if the answer is not a refusal in the provider's form. */
export const ofCall = (
  answer: Exchange.Answer,
  body: unknown,
  cooldown: Duration.Duration
): DukkangoError.Reason | undefined => {
  const refusal = read(answer, body)
  if (answer.status === 429 || refusal?.providerCode === codes.tooManyRequests) {
    return new DukkangoError.TooManyRequests({
      ...refusal,
      status: answer.status,
      retryAfter: Exchange.retryAfter(answer) ?? cooldown
    })
  }
  // A fault of the provider says nothing about the call, whatever stands in it.
  if (refusal === undefined || isFault(answer.status)) return undefined
  return refusals.get(refusal.providerCode ?? "")?.(refusal) ?? new DukkangoError.Refused(refusal)
}

const refusals = new Map<string, (refusal: Refusal) => DukkangoError.Reason>([
  [
    codes.missingField,
    (refusal) => new DukkangoError.MissingField({ ...refusal, field: missingField(refusal.providerMessage) })
  ],
  [codes.unauthorized, (refusal) => new DukkangoError.Unauthorized(refusal)],
  [codes.wrongUrl, (refusal) => new DukkangoError.Forbidden(refusal)],
  [codes.orderNotFound, (refusal) => new DukkangoError.OrderNotFound(refusal)],
  [codes.restaurantNotFound, (refusal) => new DukkangoError.RestaurantNotFound(refusal)]
])

/** The reason why a login with some keys was refused; nothing if the answer is not a refusal in the provider's form. */
export const ofLogin = (
  answer: Exchange.Answer,
  body: unknown
): IssuerError.Reason | undefined => {
  const refusal = read(answer, body)
  const { status } = answer
  if (isFault(status) || status === 429) {
    return new IssuerError.IssuerRefused({ ...refusal, status, retryAfter: Exchange.retryAfter(answer) })
  }
  // Keys that are "missing" although they were sent are keys that Dükkango can not use: trying them again does not help.
  if (status === 401 || refusal?.providerCode === codes.unauthorized || refusal?.providerCode === codes.missingField) {
    return new IssuerError.InvalidCredentials({ ...refusal, status })
  }
  return refusal === undefined ? undefined : new IssuerError.IssuerRefused(refusal)
}

/** Whether the request of a failed call surely did not reach the endpoint. */
export const wasNotSent = ({ _tag }: DukkangoError.Reason): boolean => notSent.has(_tag)

const notSent: ReadonlySet<string> = new Set<CallError.Reason["_tag"]>([
  "InvalidRequest",
  "NotSent",
  "CredentialsRefused",
  "CredentialsUnavailable",
  "IssuerUnavailable",
  "TooManyWaiting",
  "TokenStoreUnavailable",
  "TokenCacheClosed"
])

const isFault = (status: number): boolean => status >= 500 || status === 408

const read = (answer: Exchange.Answer, body: unknown): Refusal | undefined => {
  if (!Predicate.isObject(body)) return undefined
  const { status } = answer
  const code = textOf(answer, body, "error")
  const isRefusal = status >= 400 ? code !== undefined : Predicate.hasProperty(body, "status") && body.status === false
  return isRefusal ? { status, providerCode: code, providerMessage: textOf(answer, body, "message") } : undefined
}

const textOf = (answer: Exchange.Answer, body: object, field: string): string | undefined =>
  Predicate.hasProperty(body, field) ? Exchange.scrubText(answer, body[field]) : undefined

const missingField = (message: string | undefined): string | undefined => /^(\w+) is required$/.exec(message ?? "")?.[1]
