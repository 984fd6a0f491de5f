/**
 * The life of an API token, kept for you.
 *
 * Applications use `TokenCache`; provider packages are made of `Issuer`, `ApiClient` and the reasons of `CallError`.
 */
export * as ApiClient from "./ApiClient.ts"
export * as AuthenticatedClient from "./AuthenticatedClient.ts"
export * as BaseUrl from "./BaseUrl.ts"
export * as CallError from "./CallError.ts"
export * as Credentials from "./Credentials.ts"
export * as Exchange from "./Exchange.ts"
export * as ExchangeError from "./ExchangeError.ts"
export * as Expiry from "./Expiry.ts"
export { InvalidOptions } from "./InvalidOptions.ts"
export type { Grant, Issuer, Rotation } from "./Issuer.ts"
export * as IssuerError from "./IssuerError.ts"
export { KeepAlive } from "./KeepAlive.ts"
export * as Mock from "./Mock.ts"
export * as Quota from "./Quota.ts"
export * as Sensitive from "./Sensitive.ts"
export { TokenCache } from "./TokenCache.ts"
export * as TokenError from "./TokenError.ts"
export { TokenEvent } from "./TokenEvent.ts"
export * as TokenKey from "./TokenKey.ts"
export type { KeyStatus, Tokens } from "./Tokens.ts"
export * as TokenSchedule from "./TokenSchedule.ts"
export type { Token, TokenSet } from "./TokenSet.ts"
export { TokenStore } from "./TokenStore.ts"
