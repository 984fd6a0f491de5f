/**
 * Dükkango, the restaurant platform, as an Effect service with typed errors.
 */
export { Dukkango, type Service } from "./Dukkango.ts"
export { DukkangoBranches } from "./DukkangoBranches.ts"
export { DukkangoError } from "./DukkangoError.ts"
export * as DukkangoSchema from "./DukkangoSchema.ts"
export * as OrderFeed from "./OrderFeed.ts"
