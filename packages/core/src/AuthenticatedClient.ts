/**
 * An HTTP client that keeps a provider's token on every request.
 *
 * It takes a token from the cache, puts it on the request, and tells the cache when the provider refuses it. A refused
 * call is sent once more with the next token, if sending it again can do no harm; a second refusal is an error. There is
 * no loop.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as BaseUrl from "./BaseUrl.ts"
import * as Exchange from "./Exchange.ts"
import { type ExchangeError, NotSent, UnreadableAnswer } from "./ExchangeError.ts"
import { isResendable } from "./internal/resendable.ts"
import * as Sensitive from "./Sensitive.ts"
import { TokenError, TokenRejected } from "./TokenError.ts"
import type { Tokens } from "./Tokens.ts"
import type { Token } from "./TokenSet.ts"

/**
 * What happens if a call is made twice.
 *
 * - `safe`: nothing, it only reads;
 * - `idempotent`: the same as if it is made once;
 * - `unsafe`: it may act twice, as a payment does.
 */
export type Safety = "safe" | "idempotent" | "unsafe"

/**
 * An answer, and the token that was sent for it.
 */
export interface Reply {
  /** The answer. */
  readonly answer: Exchange.Answer
  /** The token. */
  readonly token: Token
}

/**
 * Lets requests out: runs what it is given, which asks for a token and sends the request, at once or after a wait; or fails.
 */
export interface Admission<out Denial> {
  (
    request: Effect.Effect<Reply, ExchangeError | TokenError>
  ): Effect.Effect<Reply, Denial | ExchangeError | TokenError>
}

/**
 * How a provider's authenticated calls are made. `Denial` is what `admit` fails with.
 */
export interface Options<Denial = never> extends Exchange.Options {
  /** Where the tokens come from. */
  readonly tokens: Tokens
  /** The one address that the token is sent to. */
  readonly baseUrl: BaseUrl.BaseUrl
  /**
   * Puts the token on a request, in a header. It is tried out once when the client is made: the headers that it sets are
   * sensitive, declared or not.
   */
  readonly authorize: (
    request: HttpClientRequest.HttpClientRequest,
    token: Redacted.Redacted<string>
  ) => HttpClientRequest.HttpClientRequest
  /** Whether an answer means that the token is dead. Default: status 401. */
  readonly isRejection?: ((answer: Exchange.Answer) => boolean) | undefined
  /**
   * Whether an unsafe call that was refused with status 401 is sent again with the next token. Set it to false for a
   * provider that may act before it looks at the token. Default: true.
   */
  readonly replayUnsafe?: boolean | undefined
  /**
   * Lets each request out, be it the call, its repetition or its replay with the next token: for what the provider limits.
   * What it fails with the call fails with. Whoever waits for a login has waited before. Default: requests go out at once.
   */
  readonly admit?: Admission<Denial> | undefined
}

/**
 * A provider's authenticated calls. `Denial` is what they fail with when they are not let out, by a limit of the provider's.
 */
export interface AuthenticatedClient<Denial = never> {
  /**
   * Sends a request, whose URL is a path under the base address, and reads its whole answer.
   *
   * Fails with `NotSent` before a token is even asked for if the request is for another origin, and with `TokenRejected`
   * if the provider refused the token and there is no sending it again.
   */
  readonly send: (
    request: HttpClientRequest.HttpClientRequest,
    options: {
      /** What happens if the call is made twice. */
      readonly safety: Safety
      /** How long each attempt may take. Default: the client's. */
      readonly timeout?: Duration.Duration | undefined
    }
  ) => Effect.Effect<Exchange.Answer, Denial | ExchangeError | TokenError>
  /**
   * The same as a plain `HttpClient`, for what a provider package does not cover: `GET`, `HEAD`, `OPTIONS` and `QUERY`
   * are taken as safe, `PUT` and `DELETE` as idempotent, everything else as unsafe. Answers are read whole before they
   * are handed out.
   */
  readonly httpClient: HttpClient.HttpClient.With<Denial | ExchangeError | TokenError>
}

/**
 * Makes an {@link AuthenticatedClient} over the `HttpClient` that the application provides.
 *
 * ```ts
 * const client = yield* AuthenticatedClient.make({
 *   tokens,
 *   baseUrl,
 *   authorize: (request, token) => HttpClientRequest.setHeader(request, "access-token", Redacted.value(token))
 * })
 * const answer = yield* client.send(HttpClientRequest.get("/orders"), { safety: "safe" })
 * ```
 */
export const make = <Denial = never>(
  options: Options<Denial>
): Effect.Effect<AuthenticatedClient<Denial>, never, HttpClient.HttpClient> =>
  Effect.map(Exchange.make(withTokenHeaders(options)), (exchange) => {
    type Failure = Denial | ExchangeError | TokenError

    const { admit, authorize, tokens } = options
    const isRejection = options.isRejection ?? isUnauthorized
    const replayUnsafe = options.replayUnsafe ?? true
    const resolve = BaseUrl.resolve(options.baseUrl)

    const mayReplay = (
      request: HttpClientRequest.HttpClientRequest,
      safety: Safety,
      answer: Exchange.Answer
    ): boolean => isResendable(request) && (safety !== "unsafe" || (replayUnsafe && isUnauthorized(answer)))

    // The call is over: whoever comes next asks for the successor.
    const rejected = (token: Token, { status }: Exchange.Answer): Effect.Effect<never, TokenError> =>
      Effect.andThen(
        tokens.discard(token),
        Effect.fail(new TokenError({ provider: tokens.key.provider, reason: new TokenRejected({ status }) }))
      )

    const sendResolved = (
      request: HttpClientRequest.HttpClientRequest,
      safety: Safety,
      timeout?: Duration.Duration
    ): Effect.Effect<Exchange.Answer, Failure> => {
      const send = Effect.flatMap((token: Token) =>
        Effect.map(exchange(authorize(request, token.value), timeout), (answer): Reply => ({ answer, token }))
      )
      // A login must not keep a place that was waited for, and the wait may outlast a token.
      const letOut = (token: Effect.Effect<Token, TokenError>): Effect.Effect<Reply, Failure> =>
        admit === undefined ? send(token) : Effect.andThen(token, admit(send(tokens.get)))

      return Effect.flatMap(letOut(tokens.get), ({ answer, token }) => {
        if (!isRejection(answer)) return Effect.succeed(answer)
        if (!mayReplay(request, safety, answer)) return rejected(token, answer)
        return Effect.flatMap(
          letOut(tokens.reject(token)),
          ({ answer, token }) => isRejection(answer) ? rejected(token, answer) : Effect.succeed(answer)
        )
      })
    }

    const resolved = <A, E>(
      request: HttpClientRequest.HttpClientRequest,
      use: (request: HttpClientRequest.HttpClientRequest) => Effect.Effect<A, E>
    ): Effect.Effect<A, E | NotSent> =>
      Result.match(resolve(request), {
        onFailure: (problem) => Effect.fail(new NotSent({ problem })),
        onSuccess: use
      })

    return {
      send: (request, { safety, timeout }) => resolved(request, (request) => sendResolved(request, safety, timeout)),
      httpClient: HttpClient.makeWith<Failure, never, Failure, never>(
        Effect.flatMap((request) =>
          resolved(
            request,
            (request) =>
              Effect.flatMap(sendResolved(request, safetyOf(request.method)), (answer) => toResponse(request, answer))
          )
        ),
        Effect.succeed
      )
    }
  })

const withTokenHeaders = (options: Options<unknown>): Exchange.Options => {
  const { headers } = options.authorize(HttpClientRequest.empty, Redacted.make("token"))
  const ofToken = Sensitive.make({ headers: Object.keys(headers) })
  return { ...options, baseUrl: undefined, sensitive: Sensitive.combine(options.sensitive ?? Sensitive.none, ofToken) }
}

const isUnauthorized = (answer: Exchange.Answer): boolean => answer.status === 401

const safetyOf = (method: string): Safety => safeties[method] ?? "unsafe"

const safeties: { readonly [method: string]: Safety } = {
  GET: "safe",
  HEAD: "safe",
  OPTIONS: "safe",
  QUERY: "safe",
  PUT: "idempotent",
  DELETE: "idempotent"
}

const toResponse = (
  request: HttpClientRequest.HttpClientRequest,
  { headers, status, text }: Exchange.Answer
): Effect.Effect<HttpClientResponse.HttpClientResponse, UnreadableAnswer> =>
  status < 200 || status > 599
    ? Effect.fail(new UnreadableAnswer({ status, problem: "no such HTTP status" }))
    : Effect.succeed(
      HttpClientResponse.fromWeb(request, new Response(bodiless.has(status) ? null : text, { status, headers }))
    )

// Statuses with which `Response` takes no body.
const bodiless: ReadonlySet<number> = new Set([204, 205, 304])
