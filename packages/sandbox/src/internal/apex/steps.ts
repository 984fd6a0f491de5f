import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type { Answer } from "../exchange.ts"
import * as Answers from "./answers.ts"
import * as Inputs from "./inputs.ts"
import type { Call, State, Step } from "./state.ts"

/** A step that begins with a body of that shape. */
export const withBody = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  f: (state: State, call: Call, input: S["Type"]) => readonly [Answer, State]
): Step => {
  const decode = Inputs.decode(schema)
  return (state, call) =>
    Result.match(decode(call.request), {
      onFailure: (field) => [Answers.invalid(field), state],
      onSuccess: (input) => f(state, call, input)
    })
}

const countIn = (text: string | null, otherwise: number): number | undefined => {
  const count = text === null ? otherwise : Number(text)
  return Number.isSafeInteger(count) && count > 0 ? count : undefined
}

/** A page of a list, under the name of what is listed. */
export const page = <A>(
  { request: { query } }: Call,
  name: string,
  items: ReadonlyArray<A>,
  perPageByDefault: number,
  written: (item: A) => unknown
): Answer => {
  const page = countIn(query.get("page"), 1)
  const perPage = countIn(query.get("per_page"), perPageByDefault)
  if (page === undefined) return Answers.invalid("page")
  if (perPage === undefined) return Answers.invalid("per_page")
  return Answers.ok({
    [name]: items.slice((page - 1) * perPage, page * perPage).map(written),
    total: items.length,
    page,
    per_page: perPage
  })
}
