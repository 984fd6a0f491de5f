/**
 * Reads the body of an answer, never more of it than the limit.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Headers from "effect/http/Headers"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"
import { UnreadableAnswer } from "../ExchangeError.ts"

/**
 * The text of an answer's body, decoded as UTF-8; fails with {@link UnreadableAnswer} as soon as the limit is passed.
 */
export const text = (
  response: HttpClientResponse.HttpClientResponse,
  headers: Headers.Headers,
  limit: number
): Effect.Effect<string, UnreadableAnswer | HttpClientError.HttpClientError> => {
  // The answer to HEAD declares the length of a body that does not come.
  const declared = response.request.method === "HEAD" ? 0 : declaredLength(headers)
  if (declared === undefined) return streamed(response, limit)
  return declared > limit
    ? Effect.andThen(discard(response), Effect.fail(tooLarge(response.status, limit)))
    : response.text
}

/**
 * Lets go of an answer whose body nobody wants: its connection is closed rather than read to the end.
 */
export const discard = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  Effect.flatMap(
    Effect.forkChild(Effect.ignore(Stream.runDrain(response.stream)), { startImmediately: true }),
    Fiber.interrupt
  )

// Transports hold a body to its declared length, unless the length is that of the compressed body.
const declaredLength = (headers: Headers.Headers): number | undefined => {
  const length = headers["content-length"]
  const encoding = headers["content-encoding"]
  return length !== undefined && /^\d+$/.test(length) && (encoding === undefined || encoding === "identity")
    ? Number(length)
    : undefined
}

const streamed = (
  response: HttpClientResponse.HttpClientResponse,
  limit: number
): Effect.Effect<string, UnreadableAnswer | HttpClientError.HttpClientError> =>
  Effect.suspend(() => {
    const decoder = new TextDecoder()
    let size = 0
    let text = ""
    return Stream.runForEachArray(response.stream, (chunks) => {
      for (const chunk of chunks) {
        size += chunk.length
        if (size > limit) return Effect.fail(tooLarge(response.status, limit))
        text += decoder.decode(chunk, { stream: true })
      }
      return Effect.void
    }).pipe(
      Effect.map(() => text + decoder.decode()),
      Effect.catchIf(isEmptyBody, () => Effect.succeed(""))
    )
  })

const tooLarge = (status: number, limit: number) =>
  new UnreadableAnswer({ status, problem: `larger than ${limit} bytes` })

const isEmptyBody = (error: UnreadableAnswer | HttpClientError.HttpClientError): boolean =>
  error._tag === "HttpClientError" && error.reason._tag === "EmptyBodyError"
