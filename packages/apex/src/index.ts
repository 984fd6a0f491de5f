/**
 * The Apex Brokerage Integration API as an Effect service with typed errors.
 */
export * as Amount from "./Amount.ts"
export { Apex, type Service } from "./Apex.ts"
export { ApexError } from "./ApexError.ts"
export * as ApexMock from "./ApexMock.ts"
export type { Credentials, Options, Settings, TargetServers } from "./ApexOptions.ts"
export { ApexRateLimit } from "./ApexRateLimit.ts"
export * as ApexSchema from "./ApexSchema.ts"
export * as TokenSchema from "./TokenSchema.ts"
export * as Webhook from "./Webhook.ts"
export * as WebhookVerifier from "./WebhookVerifier.ts"
