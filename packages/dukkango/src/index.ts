/**
 * Dükkango, the restaurant platform, as an Effect service with typed errors.
 */
export { Dukkango } from "./Dukkango.ts"
export { BranchUnavailable, DukkangoBranches } from "./DukkangoBranches.ts"
export { DukkangoCooldown } from "./DukkangoCooldown.ts"
export { DukkangoError } from "./DukkangoError.ts"
export * as DukkangoMock from "./DukkangoMock.ts"
export type { Credentials, Options, Settings } from "./DukkangoOptions.ts"
export * as DukkangoSchema from "./DukkangoSchema.ts"
export * as OrderFeed from "./OrderFeed.ts"
