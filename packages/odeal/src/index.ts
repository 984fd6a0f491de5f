/**
 * Ödeal's virtual POS as an Effect service with typed errors: tokens, authenticated calls and the payment callback.
 */
export * as Callback from "./Callback.ts"
export { CallbackDeduplicator } from "./CallbackDeduplicator.ts"
export * as Money from "./Money.ts"
export { Odeal, type Service } from "./Odeal.ts"
export { OdealError } from "./OdealError.ts"
export * as OdealOperation from "./OdealOperation.ts"
export * as Payment from "./Payment.ts"
