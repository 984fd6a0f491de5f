import { BigDecimal, Predicate, Redacted } from "effect"
import type { Call } from "./stack.ts"

/** An operation of the provider's pages, on the wire. */
export interface Endpoint {
  readonly call: Call
  readonly path: string
  readonly body: object
  /** The answer of the provider's page. */
  readonly answer: unknown
  /** Some of what is read from it; numbers as text. */
  readonly gives: unknown
  /** A field that the answer must have, as an error names it, and the answer without it. */
  readonly lacking: { readonly field: string; readonly answer: unknown }
  readonly safety: "safe" | "idempotent" | "unsafe"
}

/** Without a field. */
export const less = (object: object, field: string) =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== field))

/** What is shown of a value: only where `like` looks, numbers as text, secrets open. */
export const glimpse = (value: unknown, like: unknown): unknown => {
  if (Redacted.isRedacted(value)) return Redacted.value(value)
  if (BigDecimal.isBigDecimal(value)) return BigDecimal.format(BigDecimal.normalize(value))
  if (Array.isArray(like)) {
    return Array.isArray(value) ? value.map((item, index) => glimpse(item, like[index])) : value
  }
  return Predicate.isObject(like) && Predicate.isObject(value)
    ? Object.fromEntries(Object.entries(like).map(([field, like]) => [field, glimpse(Reflect.get(value, field), like)]))
    : value
}
