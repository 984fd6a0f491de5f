import * as Exchange from "../exchange.ts"

export const ok = (body: unknown): Exchange.Answer => Exchange.json(200, body)
export const created = (body: unknown): Exchange.Answer => Exchange.json(201, body)
/** Made up: the page does not show what a deletion gets. */
export const deleted: Exchange.Answer = { _tag: "Answer", status: 204, headers: {}, body: new Uint8Array(0) }

const refused = (
  status: number,
  code: string,
  message: string,
  details?: Readonly<Record<string, unknown>>
): Exchange.Answer => Exchange.json(status, { error: { code, message, ...(details !== undefined && { details }) } })

export const invalidApiKey = refused(401, "INVALID_API_KEY", "invalid api key or secret")
export const refreshTokenExpired = refused(401, "REFRESH_TOKEN_EXPIRED", "refresh token expired")

/** Made up, as all that follow: of errors, the pages show the two above and the envelope. */
export const tokenDead = refused(401, "UNAUTHORIZED", "invalid or expired access token")
export const wrongTarget = (status: number, expected: string) =>
  refused(status, "INVALID_TARGET_SERVER", "missing or wrong X-Target-Server header", { expected })
export const invalid = (field: string) => refused(400, "VALIDATION_ERROR", "invalid request", { field })
export const notFound = (what: string) => refused(404, "NOT_FOUND", `${what} not found`)

export const tooManyRequests = (retryAfter: number | undefined): Exchange.Answer => {
  const answer = refused(429, "RATE_LIMIT_EXCEEDED", "too many requests")
  return retryAfter === undefined
    ? answer
    : { ...answer, headers: { ...answer.headers, "retry-after": `${retryAfter}` } }
}

/** The envelope for a status that a fault asks for. */
export const envelope = (status: number): Exchange.Answer => {
  switch (status) {
    case 401:
      return tokenDead
    case 404:
      return notFound("resource")
    case 429:
      return tooManyRequests(undefined)
    default:
      return status < 400 ? Exchange.json(status, {}) : refused(status, "INTERNAL_ERROR", "internal error")
  }
}
