/**
 * What Ödeal can be asked, as you declare it.
 *
 * Ödeal publishes no path but those of its tokens: the others are in the document that it hands to its merchants. So this
 * package has no table of endpoints. You declare an operation once, with the path and the fields of your document, and
 * everything else is taken care of: the token, the check of what goes out and of what comes in, retries, errors.
 *
 * ```ts
 * const startPayment = OdealOperation.make({
 *   name: "payments.start",
 *   method: "POST",
 *   path: "/the/path/of/your/document",
 *   body: Schema.Struct({ ...Payment.startFields, installment: Schema.Int }),
 *   answer: Schema.Struct({ result: Payment.Started })
 * })
 *
 * const started = yield* odeal.call(startPayment({ externalId, amount, returnUrl, installment: 1 }))
 * ```
 */
import * as ApiClient from "@entegre/core/ApiClient"
import type * as AuthenticatedClient from "@entegre/core/AuthenticatedClient"
import type { InvalidRequest } from "@entegre/core/CallError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { constant } from "effect/Function"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as Schema from "effect/Schema"

/**
 * What you know about an operation.
 */
export type OperationOptions<Input, A> =
  & {
    /** A name for errors and spans: `"payments.start"`. Give it no identifiers, which would make every call a kind of its own. */
    readonly name: string
    /**
     * The path under the base address, or how to write it for an input. What is filled in is encoded by `ApiClient.path`, so
     * that an identifier stays one segment.
     */
    readonly path: string | ((input: Input) => string)
    /** What the body of a good answer looks like. Fields that it does not name may be there. */
    readonly answer: Schema.ConstraintDecoder<A>
    /**
     * What happens if the call is made twice. A call that is not declared safe or idempotent is never repeated after it may
     * have been sent, unless Ödeal refused its token with status 401. Default: `"safe"` for GET, else `"unsafe"`.
     */
    readonly safety?: AuthenticatedClient.Safety | undefined
    /**
     * How the caller of an unsafe operation finds out what became of a call without an answer; it stands in
     * `OutcomeUnknown`. Default: to ask the status call, as the page `guide/3d-odeme-baslat` says.
     */
    readonly findOut?: string | undefined
    /** How long each attempt may take. Default: the layer's timeout. */
    readonly timeout?: Duration.Input | undefined
  }
  & (
    | {
      /** The HTTP method. */
      readonly method: "GET"
      /** A GET has no body. */
      readonly body?: undefined
    }
    | {
      /** The HTTP method. */
      readonly method: "POST" | "PUT" | "PATCH" | "DELETE"
      /** What is sent as JSON. Checked before anything is sent. Default: no body. */
      readonly body?: Schema.ConstraintCodec<Input, unknown> | undefined
    }
  )

/**
 * A call to be made: what `odeal.call` takes. It holds its input where nobody prints it.
 */
export interface OdealRequest<out A> {
  /** What core knows of the operation. */
  readonly operation: ApiClient.Operation<A>
  /** The request as it is put on the wire, or what is wrong with the input. */
  readonly request: Effect.Effect<HttpClientRequest.HttpClientRequest, InvalidRequest>
}

/**
 * An operation of Ödeal, made by {@link make}: makes a request of an input.
 */
export interface OdealOperation<in Input, out A> {
  (input: Input): OdealRequest<A>
}

/**
 * What the page `guide/3d-odeme-baslat` advises after a timeout.
 */
const askForTheStatus =
  "ask Ödeal's status call (CheckStatus) for the payment, by its externalId or by the id that its start was answered with"

/**
 * Declares an {@link OdealOperation}. Do it once, beside your other operations: its schemas are compiled here.
 *
 * The call that it makes fails with `InvalidRequest`, which names the field, if the body's schema does not accept the
 * input: nothing is sent then.
 *
 * ```ts
 * const paymentStatus = OdealOperation.make({
 *   name: "payments.status",
 *   method: "GET",
 *   path: (externalId: Payment.ExternalId) => ApiClient.path`/the/path/of/your/document/${externalId}`,
 *   answer: Schema.Struct({ result: Schema.Struct({ status: Payment.PaymentStatus }) })
 * })
 * ```
 */
export const make = <A, Input = void>(options: OperationOptions<Input, A>): OdealOperation<Input, A> => {
  const { answer, body, findOut = askForTheStatus, method, name, path, timeout } = options
  const safety = options.safety ?? (method === "GET" ? "safe" : "unsafe")
  const operation = ApiClient.operation(
    safety === "unsafe" ? { name, answer, timeout, safety, findOut } : { name, answer, timeout, safety }
  )
  const withBody = body === undefined ? undefined : ApiClient.bodyJson(body)
  const requestTo = (path: string) => HttpClientRequest.acceptJson(HttpClientRequest.make(method)(path))
  const requestFor = typeof path === "string" ? constant(requestTo(path)) : (input: Input) => requestTo(path(input))
  return (input) => ({
    operation,
    request: Effect.suspend(() => {
      const request = requestFor(input)
      return withBody === undefined ? Effect.succeed(request) : withBody(request, input)
    })
  })
}
