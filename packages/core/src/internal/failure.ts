/**
 * Why an attempt came to nothing, before it is known when the next one may follow.
 */
import * as Duration from "effect/Duration"
import type { Reason as IssuerReason } from "../IssuerError.ts"
import {
  CredentialsUnavailable,
  IssuerUnavailable,
  type Reason,
  TokenCacheClosed,
  TokenStoreUnavailable
} from "../TokenError.ts"

export type Failure =
  | {
    readonly _tag: "Issuer"
    readonly problem: IssuerUnavailable["problem"]
    readonly status?: number | undefined
    readonly detail?: string | undefined
    /** What the provider asked for in `Retry-After`, in milliseconds. */
    readonly askedToWait?: number | undefined
  }
  | { readonly _tag: "Credentials" }
  | { readonly _tag: "Store" }
  | { readonly _tag: "Closed" }

/** The failure as a caller sees it, `millis` before the next try. */
export const toReason = (failure: Failure, millis: number): Reason => {
  const retryAfter = Duration.millis(Math.max(0, millis))
  switch (failure._tag) {
    case "Issuer":
      return new IssuerUnavailable({
        problem: failure.problem,
        retryAfter,
        ...(failure.status === undefined ? undefined : { status: failure.status }),
        ...(failure.detail === undefined ? undefined : { detail: failure.detail })
      })
    case "Credentials":
      return new CredentialsUnavailable({ retryAfter })
    case "Store":
      return new TokenStoreUnavailable({ retryAfter })
    case "Closed":
      return new TokenCacheClosed()
  }
}

/** What an issuer's refusal is, unless it is one of the credentials. */
export const ofIssuer = (reason: Exclude<IssuerReason, { readonly _tag: "InvalidCredentials" }>): Failure => {
  switch (reason._tag) {
    case "NotSent":
      return { _tag: "Issuer", problem: "notSent", detail: reason.problem }
    case "Unanswered":
      return { _tag: "Issuer", problem: reason.problem }
    case "UnreadableAnswer":
      return { _tag: "Issuer", problem: "unreadableAnswer", status: reason.status, detail: reason.problem }
    case "Redirected":
      return { _tag: "Issuer", problem: "redirected", status: reason.status }
    case "RefreshTokenDead":
      return { _tag: "Issuer", problem: "refused", status: reason.status }
    case "IssuerRefused":
      return {
        _tag: "Issuer",
        problem: "refused",
        status: reason.status,
        askedToWait: reason.retryAfter === undefined ? undefined : Duration.toMillis(reason.retryAfter),
        detail: reason.providerMessage ?? reason.providerCode
      }
  }
}
