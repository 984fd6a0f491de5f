/**
 * What the bodies of requests were made of: there, unlike on the wire, what is secret is `Redacted`.
 */
import type * as HttpBody from "effect/http/HttpBody"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

const sources = new WeakMap<HttpBody.HttpBody, unknown>()

/** What the body of a request was made of, if it is known. */
export const of = ({ body }: HttpClientRequest.HttpClientRequest): unknown => sources.get(body)

type Note = (
  request: HttpClientRequest.HttpClientRequest,
  source: unknown
) => HttpClientRequest.HttpClientRequest

/** Notes what a request was made of by a schema, if there can be anything redacted in it. */
export const noteFor = (schema: Schema.Constraint): Note =>
  mayRedact(SchemaAST.toType(schema.ast), new Set())
    ? (request, source) => {
      sources.set(request.body, source)
      return request
    }
    : (request) => request

// `Redacted` is one of the types that a schema declares rather than describes.
const mayRedact = (ast: SchemaAST.AST, seen: Set<SchemaAST.AST>): boolean => {
  if (seen.has(ast)) return false
  seen.add(ast)
  const may = (ast: SchemaAST.AST) => mayRedact(ast, seen)
  if (SchemaAST.isDeclaration(ast)) return true
  if (SchemaAST.isObjects(ast)) {
    return ast.propertySignatures.some(({ type }) => may(type)) || ast.indexSignatures.some(({ type }) => may(type))
  }
  if (SchemaAST.isArrays(ast)) return ast.elements.some(may) || ast.rest.some(may)
  if (SchemaAST.isUnion(ast)) return ast.types.some(may)
  return SchemaAST.isSuspend(ast) && may(ast.thunk())
}
