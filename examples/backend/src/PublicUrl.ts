/**
 * Where providers reach this service: the address that callbacks and webhooks are sent to.
 */
import { BaseUrl } from "@entegre/core"
import { Config, Context, Effect, Layer } from "effect"
import { HttpServer } from "effect/http"

/**
 * Where providers reach this service.
 */
export class PublicUrl extends Context.Service<PublicUrl, {
  /** `https://backend.example`, without a path. */
  readonly origin: string
}>()("@entegre/example-backend/PublicUrl") {
  /** Reads it from `PUBLIC_URL`. Default: the address that the server listens on, which does for the sandbox. */
  static readonly layer = Layer.effect(
    PublicUrl,
    Effect.gen(function*() {
      const { address } = yield* HttpServer.HttpServer
      const configured = yield* Config.option(BaseUrl.config("PUBLIC_URL"))
      return { origin: configured._tag === "Some" ? configured.value : HttpServer.formatAddress(address) }
    })
  )
}
