/**
 * What the answers of all of Paynkolay's operations have in common.
 *
 * The schemas of the operations stand beside this module, by subject: `PaynkolaySchemaProfile`, `PaynkolaySchemaSeller`,
 * `PaynkolaySchemaPayment`, `PaynkolaySchemaCard`, `PaynkolaySchemaReversal`, `PaynkolaySchemaReport`. For each operation
 * there is
 *
 * - what the caller says (`CreateSeller`), with every rule that can be checked before anything is sent,
 * - what goes over the wire (`CreateSellerBody`): the same and the marketplace's credentials,
 * - what comes back (`Seller`). Unknown fields are passed over; a field that is absent and one that is `null` are the same;
 *   amounts have as many decimals as the provider writes, which may be four.
 *
 * Field names are the provider's. Sources: pages 34 to 39 of its documentation, as they were public in September 2026.
 */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

// -----------------------------------------------------------------------------
// Good answers
// -----------------------------------------------------------------------------

/**
 * An answer of the form `{ success, responseCode, responseMessage, data }`, read as its `data`.
 *
 * Whether the answer is a refusal is another question, which {@link refusal} answers first.
 */
export const Data = <A, I>(data: Schema.Codec<A, I>) =>
  Schema.Struct({ data }).pipe(
    Schema.decodeTo(
      Schema.toType(data),
      SchemaTransformation.transform({ decode: ({ data }) => data, encode: (data) => ({ data }) })
    )
  )

/**
 * An answer that only says that it was done: `success: true`, with or without `data: null` and a message.
 */
export const Done = Schema.Struct({ success: Schema.Literal(true) }).pipe(
  Schema.decodeTo(
    Schema.Void,
    SchemaTransformation.transform<void, { readonly success: true }>({
      decode: () => undefined,
      encode: () => ({ success: true })
    })
  )
)

// -----------------------------------------------------------------------------
// Refusals
// -----------------------------------------------------------------------------

/**
 * What Paynkolay says when it refuses.
 */
export interface Refusal {
  /** Its `responseCode`, if it gave one. Those of refunds are in `PaynkolaySchemaReversal`. */
  readonly code: string | undefined
  /** Its message, in Turkish or a word in capitals, if it gave one. */
  readonly message: string | undefined
}

/**
 * The values of `responseCode` that mean success.
 */
export const successCodes: ReadonlyArray<string> = ["200", "2"]

/**
 * Reads an answer as a refusal. None if it is not one.
 *
 * The HTTP status does not tell: a refusal may come with 200. It is one if `success` is false, or `status` is
 * `"REJECTED"`, or there is a `responseCode` other than `"200"` and `"2"`.
 */
export const refusal = (body: unknown): Option.Option<Refusal> => {
  if (!Predicate.isObject(body)) return Option.none()
  const code = text(field(body, "responseCode"))
  const refused = ["false", false].some((no) => field(body, "success") === no) ||
    field(body, "status") === "REJECTED" ||
    (code !== undefined && !successCodes.includes(code))
  return refused
    ? Option.some({ code, message: text(field(body, "message")) ?? text(field(body, "responseMessage")) })
    : Option.none()
}

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

const field = (body: object, name: string): unknown => Predicate.hasProperty(body, name) ? body[name] : undefined

const text = (value: unknown): string | undefined =>
  typeof value === "number" ? String(value) : typeof value === "string" && value !== "" ? value : undefined
