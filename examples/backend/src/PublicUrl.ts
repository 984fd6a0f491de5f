/**
 * Where providers reach this service: the address that callbacks and webhooks are sent to.
 */
import { BaseUrl } from "@entegre/core"
import { Config, Context, Effect, Layer, Result } from "effect"
import { HttpServer } from "effect/http"

/**
 * Where providers reach this service.
 */
export class PublicUrl extends Context.Service<PublicUrl, {
  /** `https://backend.example`, without a slash at the end. */
  readonly origin: string
}>()("@entegre/example-backend/PublicUrl") {
  /**
   * Reads it from `PUBLIC_URL`. A server that listens on loopback needs none, which does for the sandbox: then it is the
   * address of the server.
   */
  static readonly layer = Layer.effect(
    PublicUrl,
    Effect.gen(function*() {
      const { address } = yield* HttpServer.HttpServer
      const own = BaseUrl.make(HttpServer.formatAddress(address))
      const configured = BaseUrl.config("PUBLIC_URL")
      const origin = yield* Result.isSuccess(own) ? Config.withDefault(configured, own.success) : configured
      return { origin }
    })
  )
}
