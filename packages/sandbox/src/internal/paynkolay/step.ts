import type * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { PaynkolaySettings } from "../../PaynkolayModel.ts"
import type { Answer } from "../exchange.ts"
import * as Answers from "./answers.ts"
import type { Account, Marketplace } from "./state.ts"

/** A call that has been let in. */
export interface Call {
  readonly account: Account
  readonly settings: PaynkolaySettings
  /** By the provider's own clock. */
  readonly now: number
  readonly body: unknown
  /** Whether `apiKey` is a right hash of this body. */
  readonly isSigned: boolean
  /** Something that nobody can guess. */
  readonly nonce: string
}

/**
 * An answer, the marketplace that is left behind, and the payment that is to be called back.
 *
 * An answer that has to be signed is an effect.
 */
export type Outcome = readonly [
  answer: Answer | Effect.Effect<Answer>,
  marketplace: Marketplace,
  calledBack?: string
]

/** What the provider does. */
export type Step = (marketplace: Marketplace, call: Call) => Outcome

/** A text in a body that is not known yet; empty where there is none. */
export const textIn = (body: unknown, name: string): string => {
  const value = Predicate.hasProperty(body, name) ? body[name] : ""
  return Predicate.isString(value) ? value : ""
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** The name of the first field that is missing or wrong. */
const firstField = ({ issue }: Schema.SchemaError) => {
  const path = format(issue).issues[0]?.path?.map((part) => Predicate.isObject(part) ? part.key : part) ?? []
  return path.length === 0 ? "body" : path.map(String).join(".")
}

/** A step that reads the body first, and refuses it by the name of a field. */
export const reading = <A>(
  schema: Schema.Decoder<A>,
  step: (marketplace: Marketplace, body: A, call: Call) => Outcome,
  refusal: (settings: PaynkolaySettings, field: string) => Answer = Answers.missingField
): Step => {
  const decode = Schema.decodeUnknownResult(schema)
  return (marketplace, call) =>
    Result.match(decode(call.body), {
      onFailure: (error) => [refusal(call.settings, firstField(error)), marketplace],
      onSuccess: (body) => step(marketplace, body, call)
    })
}

/** A text that may be left out. */
export const maybeText = Schema.optional(Schema.NullOr(Schema.String))

/** A number that may be left out. */
export const maybeNumber = Schema.optional(Schema.NullOr(Schema.Finite))

/** Which of a list to give: active ones, inactive ones, all. */
export const maybeActive = Schema.optional(Schema.NullOr(Schema.Boolean))

export const isWanted = (wanted: boolean | null | undefined) => ({ active }: { readonly active: boolean }) =>
  wanted === null || wanted === undefined || wanted === active

/** Cents are rounded half up. */
export const cents = (amount: number): number => Math.round((amount + Number.EPSILON) * 100) / 100
