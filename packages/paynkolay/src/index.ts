/**
 * Paynkolay (N Kolay) marketplace: sellers, payment profiles, payments and reports, and the callbacks of payments.
 */
export * as BankCode from "./BankCode.ts"
export * as Currency from "./Currency.ts"
export * as Hash from "./Hash.ts"
export * as Identifiers from "./Identifiers.ts"
export * as LocalDate from "./LocalDate.ts"
export * as Money from "./Money.ts"
export * as PaynkolaySchema from "./PaynkolaySchema.ts"
export * as PaynkolaySchemaCard from "./PaynkolaySchemaCard.ts"
export * as PaynkolaySchemaPayment from "./PaynkolaySchemaPayment.ts"
export * as PaynkolaySchemaProfile from "./PaynkolaySchemaProfile.ts"
export * as PaynkolaySchemaReport from "./PaynkolaySchemaReport.ts"
export * as PaynkolaySchemaReversal from "./PaynkolaySchemaReversal.ts"
export * as PaynkolaySchemaSeller from "./PaynkolaySchemaSeller.ts"
export * as Secrets from "./Secrets.ts"
