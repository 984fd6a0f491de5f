import { Effect } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import type { HttpClientError, HttpClientRequest } from "effect/http"

/** A client without sockets that answers with `answer`, and what it was asked to send. */
export const mockClient = (
  answer: (
    request: HttpClientRequest.HttpClientRequest,
    attempt: number
  ) => Response | Effect.Effect<Response, HttpClientError.HttpClientError>
) => {
  const sent: Array<HttpClientRequest.HttpClientRequest> = []
  const client = HttpClient.make((request) => {
    sent.push(request)
    const response = answer(request, sent.length)
    return Effect.map(
      Effect.isEffect(response) ? response : Effect.succeed(response),
      (response) => HttpClientResponse.fromWeb(request, response)
    )
  })
  return { client, sent }
}
