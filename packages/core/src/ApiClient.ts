/**
 * What a provider package is made of: a table of operations, and a reader of the provider's refusals.
 *
 * The client sends an operation with the provider's token, retries what can be retried without harm, reads the answer by
 * the operation's schema, and fails with the provider's own error, which names the operation.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as SchemaParser from "effect/SchemaParser"
import * as Tracer from "effect/Tracer"
import * as AuthenticatedClient from "./AuthenticatedClient.ts"
import * as CallError from "./CallError.ts"
import * as Exchange from "./Exchange.ts"
import { type ExchangeError, reasons as exchangeReasons } from "./ExchangeError.ts"
import { CallObserver } from "./internal/callObserver.ts"
import * as Problem from "./internal/problem.ts"
import { isResendable } from "./internal/resendable.ts"
import * as Sources from "./internal/sources.ts"
import * as Telemetry from "./internal/telemetry.ts"
import { TokenError } from "./TokenError.ts"

// -----------------------------------------------------------------------------
// Operations
// -----------------------------------------------------------------------------

/**
 * What a provider documents about one of its operations.
 */
export type OperationOptions<A> =
  & {
    /** The operation's name, as in the service's methods: `"orders.accept"`. */
    readonly name: string
    /** What the body of a good answer looks like. An empty body is `undefined`. */
    readonly answer: Schema.ConstraintDecoder<A>
    /** How the body is read: as JSON, or as it is (a page, a report). Default: `"json"`. */
    readonly format?: "json" | "text" | undefined
    /** How long each attempt may take. Default: the client's timeout. */
    readonly timeout?: Duration.Input | undefined
  }
  & (
    | {
      /** The operation only reads, or does the same however often it is called. */
      readonly safety: "safe" | "idempotent"
    }
    | {
      /** The operation may act twice if it is called twice. It is never repeated after it may have been sent. */
      readonly safety: "unsafe"
      /** How the caller finds out what happened to a call without an answer: which operation to ask, and for what. */
      readonly findOut: string
    }
  )

/**
 * An operation of a provider, made by {@link operation}.
 */
export interface Operation<out A> {
  /** The operation's name. */
  readonly name: string
  /** What happens if it is called twice. */
  readonly safety: AuthenticatedClient.Safety
  /** How to find out what happened to a call without an answer, if it is unsafe. */
  readonly findOut: string | undefined
  /** How its body is read. */
  readonly format: "json" | "text"
  /** How long each attempt may take, if not as long as the client's timeout says. */
  readonly timeout: Duration.Duration | undefined
  /** Reads the body of a good answer. */
  readonly decode: (answer: Exchange.Answer, body: unknown) => Effect.Effect<A, CallError.UnreadableAnswer>
}

/**
 * Makes an {@link Operation}. Make it once, beside the provider's other operations: its schema is compiled here.
 *
 * ```ts
 * const acceptOrder = ApiClient.operation({
 *   name: "orders.accept",
 *   safety: "unsafe",
 *   findOut: "read the order's status with orders.get",
 *   answer: Accepted
 * })
 * ```
 */
export const operation = <A>(options: OperationOptions<A>): Operation<A> => ({
  name: options.name,
  safety: options.safety,
  findOut: options.safety === "unsafe" ? options.findOut : undefined,
  format: options.format ?? "json",
  timeout: options.timeout === undefined ? undefined : Duration.fromInputUnsafe(options.timeout),
  decode: Exchange.decodeValue(options.answer)
})

// -----------------------------------------------------------------------------
// Requests
// -----------------------------------------------------------------------------

/**
 * Writes a path. What is filled in is encoded, so that an identifier from outside stays one segment of the path.
 *
 * ```ts
 * ApiClient.path`/orders/${id}/accept`
 * ```
 */
export const path = (parts: TemplateStringsArray, ...segments: ReadonlyArray<string | number>): string =>
  parts.map((part, index) => index < segments.length ? part + encodeSegment(segments[index]) : part).join("")

// Half a surrogate pair can not be encoded; it stands for nothing that a provider could know.
const encodeSegment = (segment: string | number | undefined): string =>
  encodeURIComponent(String(segment).replace(/\p{Surrogate}/gu, "\uFFFD"))

/**
 * Puts a value on a request as its JSON body, written by a schema. What is `Redacted` in the value is sensitive, under
 * whatever name it goes out: no answer is quoted with it. Fails with `InvalidRequest`, which names the field that
 * the schema does not accept.
 *
 * ```ts
 * const encodeAccept = ApiClient.bodyJson(AcceptInput)
 *
 * encodeAccept(HttpClientRequest.post(ApiClient.path`/orders/${id}/accept`), { preparingTime: 30 })
 * ```
 */
export const bodyJson = <A>(
  schema: Schema.ConstraintCodec<A, unknown>
): (
  request: HttpClientRequest.HttpClientRequest,
  value: A
) => Effect.Effect<HttpClientRequest.HttpClientRequest, CallError.InvalidRequest> => {
  const encode = SchemaParser.encodeUnknownEffect(schema)
  const note = Sources.noteFor(schema)
  return (request, value) =>
    encode(value).pipe(
      Effect.mapErrorEager((issue) => new CallError.InvalidRequest(Problem.fromIssue(issue))),
      Effect.flatMapEager((body) =>
        Effect.mapBothEager(HttpClientRequest.bodyJson(request, body), {
          onFailure: () =>
            new CallError.InvalidRequest({ field: "", problem: "Expected a value that JSON can express" }),
          onSuccess: (request) => note(request, value)
        })
      )
    )
}

// -----------------------------------------------------------------------------
// The client
// -----------------------------------------------------------------------------

/**
 * How a provider's operations are run. `Refusal` is what the provider answers, `Denial` what `admit` fails with.
 */
export interface Options<Refusal, E, Denial = never> extends AuthenticatedClient.Options<Denial> {
  /** The provider's short name; spans are called `provider.operation`. */
  readonly provider: string
  /**
   * Reads what the provider refused. It is asked about every answer, whatever its status, with the body parsed
   * (`undefined` if it is empty or not JSON); `undefined` means that the answer is not a refusal that the provider
   * documents. What of the answer stands in the reason goes through `Exchange.scrub`.
   */
  readonly refusal: (
    answer: Exchange.Answer,
    body: unknown,
    operation: Operation<unknown>
  ) => Refusal | CallError.Reason | undefined
  /** Wraps a reason into the provider's error. */
  readonly error: (operation: string, reason: NoInfer<Denial> | Refusal | CallError.Reason) => E
  /**
   * When what can be retried without harm is retried. A wait that the provider asks for is kept up to 5 seconds; if it
   * asks for a longer one there is no retry. At most 10 retries, whatever the schedule. Default: at most 2, after about
   * 200 and 400 milliseconds.
   */
  readonly retry?: Schedule.Schedule<unknown, NoInfer<Denial> | Refusal | CallError.Reason> | undefined
}

/**
 * A provider's operations.
 */
export interface ApiClient<E, Denial = never> {
  /**
   * Runs an operation: sends the request, retries it if that can do no harm, and reads the answer.
   *
   * A request that was surely not sent is retried whatever the operation; one that was not answered, or answered that the
   * provider can not serve it now, only if the operation is safe or idempotent. An unsafe operation that was sent and not
   * clearly answered fails with `OutcomeUnknown`. A request whose body is a stream is sent once.
   */
  readonly run: <A>(
    operation: Operation<A>,
    request:
      | HttpClientRequest.HttpClientRequest
      | Effect.Effect<HttpClientRequest.HttpClientRequest, CallError.InvalidRequest>
  ) => Effect.Effect<A, E>
  /** The client beneath, for calls that no operation covers. */
  readonly client: AuthenticatedClient.AuthenticatedClient<Denial>
}

/**
 * Makes an {@link ApiClient} over the `HttpClient` that the application provides.
 *
 * ```ts
 * const api = yield* ApiClient.make({
 *   provider: "acme",
 *   tokens,
 *   baseUrl,
 *   authorize: (request, token) => HttpClientRequest.bearerToken(request, token),
 *   refusal: (answer) => answer.status === 404 ? new OrderNotFound() : undefined,
 *   error: (operation, reason) => new AcmeError({ operation, reason })
 * })
 *
 * const get = (id: string) => api.run(getOrder, HttpClientRequest.get(ApiClient.path`/orders/${id}`))
 * ```
 */
export const make = <Refusal, E, Denial = never>(
  options: Options<Refusal, E, Denial>
): Effect.Effect<ApiClient<E, Denial>, never, HttpClient.HttpClient> =>
  Effect.zipWith(AuthenticatedClient.make(options), CallObserver, (client, observer) => {
    type Reason = Denial | Refusal | CallError.Reason

    const read = <A>(operation: Operation<A>, answer: Exchange.Answer): Effect.Effect<A, Reason> => {
      const json = Exchange.json(answer)
      const refusal = options.refusal(answer, Result.getOrUndefined(json), operation)
      if (refusal !== undefined) return Effect.fail(refusal)
      if (answer.status < 200 || answer.status > 299) return Effect.fail(undocumented(operation, answer))
      const body = operation.format === "text" ? Result.succeed(answer.text) : json
      return Result.match(body, {
        onFailure: (error) => Effect.fail(settle(operation, error)),
        onSuccess: (body) => Effect.mapErrorEager(operation.decode(answer, body), (error) => settle(operation, error))
      })
    }

    const call = <A>(
      operation: Operation<A>,
      request: HttpClientRequest.HttpClientRequest
    ): Effect.Effect<A, Reason> =>
      Effect.matchEffect(client.send(request, operation), {
        onFailure: (error) =>
          Effect.fail<Reason>(
            isTokenError(error) ? error.reason : isExchangeError(error) ? settle(operation, error) : error
          ),
        onSuccess: (answer) => read(operation, answer)
      })

    const policy = (safety: AuthenticatedClient.Safety) =>
      (options.retry ?? standardRetry).pipe(
        Schedule.setInputType<Reason>(),
        Schedule.while(({ input }) => mayRetry(safety, input)),
        Schedule.modifyDelay(({ duration, input }) => Effect.succeed(Duration.max(duration, wait(input)))),
        Schedule.upTo({ times: mostRetries }),
        Schedule.passthrough
      )
    const policies = { safe: policy("safe"), idempotent: policy("idempotent"), unsafe: policy("unsafe") }

    // A schedule is set up only when there is something to retry. It goes from one failure to the next, so the roles of
    // success and failure are exchanged around it.
    const retry = <A>(operation: Operation<A>, attempt: Effect.Effect<A, Reason>, first: Reason) =>
      Effect.suspend(() =>
        Effect.mapError(attempt, speakForAll(first)).pipe(
          Effect.flip,
          Effect.scheduleFrom(first, policies[operation.safety]),
          Effect.flip
        )
      )

    const retried = <A>(
      operation: Operation<A>,
      request: HttpClientRequest.HttpClientRequest
    ): Effect.Effect<A, Reason> => {
      const attempt = call(operation, request)
      if (!isResendable(request)) return attempt
      return Effect.catchIf(
        attempt,
        (reason) => mayRetry(operation.safety, reason),
        (reason) => retry(operation, attempt, reason)
      )
    }

    const run = <A>(
      operation: Operation<A>,
      request:
        | HttpClientRequest.HttpClientRequest
        | Effect.Effect<HttpClientRequest.HttpClientRequest, CallError.InvalidRequest>
    ): Effect.Effect<A, E> => {
      const settled = HttpClientRequest.isHttpClientRequest(request)
        ? retried(operation, request)
        : Effect.flatMap(request, (request) => retried(operation, request))
      const observed = observer === undefined ? settled : observer(options.provider, operation.name)(settled)
      // `Effect.withSpan` would also keep a stack frame: the error names the operation as it is.
      return Effect.useSpan(
        `${options.provider}.${operation.name}`,
        {
          kind: "client",
          attributes: { [Telemetry.provider]: options.provider, [Telemetry.operation]: operation.name }
        },
        (span) =>
          Effect.mapError(provideParentSpan(observed, span), (reason) => {
            if (Predicate.hasProperty(reason, "_tag")) span.attribute(Telemetry.errorType, reason._tag)
            return options.error(operation.name, reason)
          })
      )
    }

    return { run, client }
  })

// Given a value at once, `provideService` makes a function for it each time.
const provideParentSpan = Effect.provideService(Tracer.ParentSpan)

// -----------------------------------------------------------------------------
// What failed
// -----------------------------------------------------------------------------

// An answer that is neither good nor a refusal that the provider documents: a proxy's, a firewall's.
const undocumented = (operation: Operation<unknown>, answer: Exchange.Answer): CallError.Reason => {
  const { status } = answer
  if (status >= 500 && operation.findOut !== undefined) {
    return new CallError.OutcomeUnknown({ problem: "serverError", status, findOut: operation.findOut })
  }
  return status >= 500 || status === 429 || status === 408
    ? new CallError.ProviderUnavailable({ status, retryAfter: Exchange.retryAfter(answer) })
    : new CallError.UnreadableAnswer({ status, problem: "a refusal that the provider does not document" })
}

// An unsafe call that may have acted must not look like one that failed.
const settle = ({ findOut }: Operation<unknown>, reason: ExchangeError): CallError.Reason => {
  if (findOut === undefined) return reason
  switch (reason._tag) {
    case "NotSent":
      return reason
    case "Unanswered":
      return new CallError.OutcomeUnknown({ problem: reason.problem, findOut })
    case "UnreadableAnswer":
      return reason.status >= 400 && reason.status < 500
        ? reason
        : new CallError.OutcomeUnknown({
          problem: "unreadableAnswer",
          status: reason.status,
          detail: reason.problem,
          findOut
        })
    case "Redirected":
      // 307 and 308 ask for the call itself to be made elsewhere: it was not made here.
      return reason.status === 307 || reason.status === 308
        ? reason
        : new CallError.OutcomeUnknown({ problem: "redirected", status: reason.status, findOut })
  }
}

// The error speaks for all attempts: one that was not sent says nothing about an earlier one that may have been.
const speakForAll = <Reason>(first: Reason) => {
  let unanswered = isUnanswered(first) ? first : undefined
  return (reason: Reason): Reason | CallError.Unanswered => {
    if (isUnanswered(reason)) unanswered = reason
    return isNotSent(reason) && unanswered !== undefined ? unanswered : reason
  }
}

const isTokenError = Schema.is(TokenError)
const isExchangeError = Schema.is(Schema.Union(exchangeReasons))
const isNotSent = Schema.is(CallError.NotSent)
const isUnanswered = Schema.is(CallError.Unanswered)
const isProviderUnavailable = Schema.is(CallError.ProviderUnavailable)

// -----------------------------------------------------------------------------
// Retries
// -----------------------------------------------------------------------------

const standardRetry = Schedule.exponential("200 millis").pipe(Schedule.jittered, Schedule.upTo({ times: 2 }))
const mostRetries = 10
const longestWait = Duration.seconds(5)

const mayRetry = (safety: AuthenticatedClient.Safety, reason: unknown): boolean => {
  if (isNotSent(reason)) return reason.isRetryable
  if (safety === "unsafe") return false
  return isUnanswered(reason) ||
    (isProviderUnavailable(reason) && Duration.isLessThanOrEqualTo(wait(reason), longestWait))
}

const wait = (reason: unknown): Duration.Duration =>
  (isProviderUnavailable(reason) ? reason.retryAfter : undefined) ?? Duration.zero
