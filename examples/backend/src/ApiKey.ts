/**
 * Who may use this service: whoever has its key. Providers do not; what they post proves itself in its own way.
 */
import { Config, Effect, Layer, Redacted } from "effect"
import { HttpClientRequest } from "effect/http"
import { HttpApiError, HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import { createHash, timingSafeEqual } from "node:crypto"

/** The request does not have the key. */
class Unauthorized extends HttpApiError.Problem<Unauthorized>()("Unauthorized", {
  type: "/problems/unauthorized",
  status: 401,
  title: "The key of this service is needed"
}) {}

const digest = (key: Redacted.Redacted<string>) => createHash("sha256").update(Redacted.value(key)).digest()

/**
 * Lets requests pass that have `Authorization: Bearer <API_KEY>`.
 */
export class ApiKey extends HttpApiMiddleware.Service<ApiKey>()("@entegre/example-backend/ApiKey", {
  requiredForClient: true,
  security: { bearer: HttpApiSecurity.bearer },
  error: Unauthorized
}) {
  /** Reads the key from `API_KEY`. */
  static readonly layer = Layer.effect(
    ApiKey,
    Effect.gen(function*() {
      const expected = digest(yield* Config.Redacted("API_KEY"))
      return ApiKey.of({
        bearer: (handler, { credential }) =>
          timingSafeEqual(digest(credential), expected) ? handler : Effect.fail(new Unauthorized())
      })
    })
  )

  /** For clients: puts the key on every request. */
  static readonly layerClient = (key: Redacted.Redacted<string>) =>
    HttpApiMiddleware.layerClient(ApiKey, ({ next, request }) => next(HttpClientRequest.bearerToken(request, key)))
}
