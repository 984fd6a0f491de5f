/**
 * One request to a provider and its whole answer.
 *
 * An exchange is what lies under a login and under an authenticated call alike. It works over every `HttpClient`
 * transport, and it ends: the answer's body is read inside the timeout and up to a limit. It does not follow redirects, it
 * keeps secrets out of errors and spans, and it tells a request that was surely not sent from one whose outcome nobody
 * knows.
 */
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as SchemaParser from "effect/SchemaParser"
import * as BaseUrl from "./BaseUrl.ts"
import { type ExchangeError, NotSent, Redirected, Unanswered, UnreadableAnswer } from "./ExchangeError.ts"
import type * as Expiry from "./Expiry.ts"
import { Received } from "./internal/answer.ts"
import * as Body from "./internal/body.ts"
import * as Confidence from "./internal/confidence.ts"
import { Deadlines } from "./internal/deadlines.ts"
import * as Isolation from "./internal/isolation.ts"
import * as Problem from "./internal/problem.ts"
import * as Scrub from "./internal/scrub.ts"
import * as Transport from "./internal/transport.ts"
import * as Sensitive from "./Sensitive.ts"

/**
 * A provider's whole answer, of whatever status but a redirect. One that an exchange brought prints without its text.
 */
export interface Answer {
  /** The HTTP status. */
  readonly status: number
  /** The headers, by their names in lower case. */
  readonly headers: Headers.Headers
  /** The body, decoded as UTF-8; empty if there was none. */
  readonly text: string
  /** When the request left, in milliseconds since the epoch. */
  readonly requestedAt: number
  /** When the answer began to arrive, in milliseconds since the epoch. */
  readonly receivedAt: number
}

/**
 * How an exchange is bounded, and what it keeps to itself.
 */
export interface Options {
  /**
   * The one address that requests go to. Paths are taken under it, and a request for another origin fails with `NotSent`.
   * Default: wherever the request says.
   */
  readonly baseUrl?: BaseUrl.BaseUrl | undefined
  /** How long an exchange may take, the answer's body included. Default: 30 seconds. */
  readonly timeout?: Duration.Input | undefined
  /** How large an answer's body may be, in bytes. Default: 8388608 (8 MiB). */
  readonly maxBodyBytes?: number | undefined
  /**
   * What of the exchange is sensitive, beside `Sensitive.everywhere`: such headers are redacted wherever the request is
   * printed, and {@link scrub} leaves out what was sent under such names. Default: `Sensitive.none`.
   */
  readonly sensitive?: Sensitive.Sensitive | undefined
  /**
   * What else the provider must not be quoted with, though it is not in the request: a key that only signs, say. Asked
   * when the provider's words are to be shown. Default: nothing.
   */
  readonly secrets?: (() => unknown) | undefined
  /**
   * Whether each exchange has a span of its own, which costs some time a call. It has none either where the application has
   * switched the spans of its HTTP client off, by Effect's `HttpClient.TracerDisabledWhen`. Default: true.
   */
  readonly httpSpan?: boolean | undefined
}

/**
 * Sends a request and reads its whole answer. The timeout, if one is given, is for this exchange alone.
 */
export interface Exchange {
  (
    request: HttpClientRequest.HttpClientRequest,
    timeout?: Duration.Duration
  ): Effect.Effect<Answer, ExchangeError>
}

const defaultTimeout = Duration.seconds(30)
const defaultMaxBodyBytes = 8 * 1024 * 1024

/**
 * Makes an {@link Exchange} over the `HttpClient` that the application provides.
 *
 * Give it a client that does not follow redirects by itself: `FetchHttpClient` is told not to, but
 * `HttpClient.followRedirects` can not be undone from here.
 *
 * ```ts
 * const exchange = yield* Exchange.make({ sensitive: Sensitive.make({ headers: ["access-token"] }) })
 * const answer = yield* exchange(HttpClientRequest.get("https://api.example.com/orders"))
 * ```
 */
export const make = (options?: Options): Effect.Effect<Exchange, never, HttpClient.HttpClient> =>
  Effect.map(HttpClient.HttpClient, (client) => makeWith(client, options))

/**
 * Makes an {@link Exchange} over a client at hand.
 */
export const makeWith = (client: HttpClient.HttpClient, options: Options = {}): Exchange => {
  const limit = options.maxBodyBytes ?? defaultMaxBodyBytes
  const usualTimeout = options.timeout === undefined ? defaultTimeout : Duration.fromInputUnsafe(options.timeout)
  const confidence = Confidence.make(options.sensitive ?? Sensitive.none, options.secrets)
  const isolate = Isolation.make(confidence.sensitive.headers)
  const deadlines = new Deadlines()

  const receive = (
    request: HttpClientRequest.HttpClientRequest,
    response: HttpClientResponse.HttpClientResponse,
    requestedAt: number,
    receivedAt: number
  ): Effect.Effect<Answer, ExchangeError | HttpClientError.HttpClientError> => {
    const { headers, status } = response
    if (isRedirect(status)) {
      return Effect.andThen(Body.discard(response), Effect.fail(new Redirected({ status })))
    }
    return Effect.map(
      Body.text(response, headers, limit),
      (text) => new Received({ status, headers, text, requestedAt, receivedAt }, request, confidence)
    )
  }

  // What goes well takes few steps; what fails may take more.
  const perform = (
    fiber: Fiber.Fiber<unknown, unknown>,
    request: HttpClientRequest.HttpClientRequest,
    timeout: Duration.Duration
  ): Effect.Effect<Answer, ExchangeError> => {
    const clock = fiber.getRef(Clock.Clock)
    const requestedAt = clock.currentTimeMillisUnsafe()
    const onSuccess = (response: HttpClientResponse.HttpClientResponse) =>
      receive(request, response, requestedAt, clock.currentTimeMillisUnsafe())
    const onFailure = (cause: Cause.Cause<HttpClientError.HttpClientError>) =>
      Effect.failCause(cause).pipe(
        Effect.catch(answerWithin),
        Effect.catchDefect((defect) => Effect.fail(failureOf(defect))),
        Effect.flatMap(onSuccess)
      )
    return deadlines.within(
      Effect.matchCauseEffect(client.execute(request), { onSuccess, onFailure }),
      isolate(fiber.context),
      timeout,
      (exit) => {
        if (exit === undefined) return Effect.fail(new Unanswered({ problem: "timedOut", timeout }))
        return Exit.isSuccess(exit) ? Effect.succeed(exit.value) : unanswered(exit.cause)
      }
    )
  }

  const exchange: Exchange = (request, timeout = usualTimeout) =>
    Effect.withFiber((fiber) => perform(fiber, request, timeout))

  // In the place of the client's own span, which shows the URL with its query and, after a failure, the transport's error:
  // some transports repeat a header in its message.
  const traced: Exchange = (request, timeout = usualTimeout) =>
    Effect.withFiber((fiber) =>
      fiber.getRef(HttpClient.TracerDisabledWhen)(request)
        ? perform(fiber, request, timeout)
        : Effect.useSpan(request.method, asClient, (span) => {
          span.attribute("http.request.method", request.method)
          span.attribute("server.address", host(request.url))
          return Effect.map(perform(fiber, request, timeout), (answer) => {
            span.attribute("http.response.status_code", answer.status)
            if (answer.status >= 400) span.attribute("error.type", String(answer.status))
            return answer
          })
        })
    )

  const observed = options.httpSpan === false ? exchange : traced
  return options.baseUrl === undefined ? observed : bound(observed, options.baseUrl)
}

const asClient = { kind: "client" } as const

const bound = (exchange: Exchange, baseUrl: BaseUrl.BaseUrl): Exchange => {
  const resolve = BaseUrl.resolve(baseUrl)
  return (request, timeout) =>
    Result.match(resolve(request), {
      onFailure: (problem) => Effect.fail(new NotSent({ problem })),
      onSuccess: (request) => exchange(request, timeout)
    })
}

const host = (url: string): string => /^[a-z]+:\/\/(?:[^/?#@]*@)?([^/?#:]*)/i.exec(url)?.[1] ?? ""

/**
 * When an answer was asked for and given, and what the server's clock showed: what {@link Expiry} reckons with.
 */
export const timing = (answer: Answer): Expiry.Timing => ({
  requestedAt: answer.requestedAt,
  receivedAt: answer.receivedAt,
  serverDate: serverDate(answer),
  age: age(answer)
})

const serverDate = (answer: Answer): number | undefined =>
  Result.getOrUndefined(Result.map(Headers.parseHttpDate(answer.headers.date ?? ""), DateTime.toEpochMillis))

const age = (answer: Answer): number | undefined => {
  const text = answer.headers.age?.trim() ?? ""
  return /^\d+$/.test(text) ? Number(text) : undefined
}

/**
 * How long the provider asks to wait (`Retry-After`, in seconds or as a date on the provider's clock), but no longer than
 * `cap`. Default of `cap`: 5 minutes. Nothing if the header is absent or can not be read.
 */
export const retryAfter = (answer: Answer, cap: Duration.Input = "5 minutes"): Duration.Duration | undefined => {
  const parsed = Headers.parseRetryAfter(answer.headers["retry-after"] ?? "")
  if (Result.isFailure(parsed)) return undefined
  const delay = Headers.retryAfterDelay(parsed.success, serverDate(answer) ?? answer.receivedAt)
  return Duration.min(delay, Duration.fromInputUnsafe(cap))
}

/**
 * A text of the provider's as it may be shown: without what it was sent in confidence, without what looks like a secret, a
 * card, an account, an identity number, a phone number or an address of e-mail, and no longer than 200 characters.
 *
 * ```ts
 * new Refused({ providerMessage: Exchange.scrub(answer, body.message) })
 * ```
 */
export const scrub = (answer: Answer, said: string): string => Scrub.text(said, Received.textsOf(answer))

/**
 * The same for what stands where the provider's words are expected: `undefined` if it is no text, or one without words.
 *
 * ```ts
 * new Refused({ providerCode: Exchange.scrubText(answer, error.code) })
 * ```
 */
export const scrubText = (answer: Answer, said: unknown): string | undefined =>
  typeof said === "string" ? scrub(answer, said) || undefined : undefined

/**
 * The same for JSON that the provider gives as details: its texts, some entries of its lists and objects, some levels of
 * them, and nothing that stands under a sensitive name.
 */
export const scrubJson = (answer: Answer, said: unknown): unknown =>
  Scrub.data(said, Received.textsOf(answer), Received.confidenceOf(answer).isSensitiveField)

/**
 * The body of an answer as JSON; `undefined` for an empty body. Fails with {@link UnreadableAnswer} if it is anything
 * else.
 */
export const json = (answer: Answer): Result.Result<unknown, UnreadableAnswer> => {
  if (answer.text.trim() === "") return Result.succeed(undefined)
  return Result.try({
    try: (): unknown => JSON.parse(answer.text),
    catch: () => new UnreadableAnswer({ status: answer.status, problem: `not JSON${contentType(answer)}` })
  })
}

const contentType = (answer: Answer): string => {
  const type = /^\s*([a-z]+\/[a-z0-9.+-]{1,40})\s*(?:;|$)/i.exec(answer.headers["content-type"] ?? "")
  return type === null ? "" : ` (${type[1]})`
}

/**
 * Reads the JSON body of an answer by a schema. Fails with {@link UnreadableAnswer}, which names the field that is not as
 * documented, never its value.
 *
 * ```ts
 * const decodeToken = Exchange.decode(Schema.Struct({ token: Schema.NonEmptyString }))
 * const { token } = yield* decodeToken(answer)
 * ```
 */
export const decode = <A>(
  schema: Schema.ConstraintDecoder<A>
): (answer: Answer) => Effect.Effect<A, UnreadableAnswer> => {
  const read = decodeValue(schema)
  return (answer) => Effect.flatMap(Effect.fromResult(json(answer)), (value) => read(answer, value))
}

/**
 * {@link decode} for a body that has been parsed, or picked out of an envelope.
 */
export const decodeValue = <A>(
  schema: Schema.ConstraintDecoder<A>
): (answer: Answer, value: unknown) => Effect.Effect<A, UnreadableAnswer> => {
  const read = SchemaParser.decodeUnknownEffect(schema)
  return (answer, value) =>
    Effect.mapErrorEager(read(value), (issue) => {
      const { field, problem } = Problem.fromIssue(issue)
      return new UnreadableAnswer({
        status: answer.status,
        problem: field === "" ? problem : `${field}: ${problem}`
      })
    })
}

// -----------------------------------------------------------------------------
// Failures
// -----------------------------------------------------------------------------

// The body did not come as it should, or something broke that nobody foresaw.
const unanswered = (
  cause: Cause.Cause<ExchangeError | HttpClientError.HttpClientError>
): Effect.Effect<never, ExchangeError> =>
  Effect.failCause(cause).pipe(
    Effect.mapError((error) => error._tag === "HttpClientError" ? connectionLost() : error),
    Effect.catchDefect(() => Effect.fail(connectionLost()))
  )

const connectionLost = () => new Unanswered({ problem: "connectionLost" })

// 304 is an answer of a cache; 0 is what a browser shows of a redirect that it was told not to follow.
const isRedirect = (status: number): boolean => (status >= 300 && status < 400 && status !== 304) || status === 0

// A client that was told to fail on some statuses has the answer in its error.
const answerWithin = (
  error: HttpClientError.HttpClientError
): Effect.Effect<HttpClientResponse.HttpClientResponse, ExchangeError> =>
  error.response === undefined ? Effect.fail(failure(error.reason)) : Effect.succeed(error.response)

const failure = (reason: HttpClientError.HttpClientErrorReason): ExchangeError => {
  if (reason._tag === "InvalidUrlError") return new NotSent({ problem: "invalidRequest" })
  // What a stream fails with may look like a failure to connect, and part of the stream may have been sent.
  return reason.request.body._tag === "Stream" ? connectionLost() : failureOf(reason.cause)
}

const failureOf = (cause: unknown): ExchangeError => {
  const problem = Transport.notSent(cause)
  return problem === undefined ? connectionLost() : new NotSent({ problem })
}
