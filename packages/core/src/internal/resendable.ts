/**
 * Whether a request can be sent again as it was.
 */
import type * as HttpClientRequest from "effect/http/HttpClientRequest"

/**
 * Whether the body is still there after it was sent: a stream is spent, and a body of a kind that nobody knows may be.
 */
export const isResendable = ({ body }: HttpClientRequest.HttpClientRequest): boolean =>
  body._tag === "Raw" ? typeof body.body === "string" || body.body instanceof Uint8Array : body._tag !== "Stream"
