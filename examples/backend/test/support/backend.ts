import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Sandbox } from "@entegre/sandbox"
import { Context, Effect, Layer } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import * as Sandboxed from "../../src/sandboxed.ts"

export const Stage = Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici).pipe(
  Layer.provideMerge(Sandbox.layerWith({ dukkango: { cooldown: "1 second" } }))
)

/** The service as a process of its own. */
export class Backend extends Context.Service<Backend, Effect.Success<ReturnType<typeof Sandboxed.start>>>()(
  "@entegre/example-backend/test/support/backend"
) {
  /** Over a sandbox of its own, which every provider answers at once. */
  static readonly layer = Layer.effect(Backend, Sandboxed.start()).pipe(Layer.provideMerge(Stage))
}

/** Posts what no typed client would. */
export const post = Effect.fnUntraced(function*(
  path: string,
  body: string,
  contentType: string = "application/json",
  key: string = Sandboxed.secrets.API_KEY
) {
  const { url } = yield* Backend
  const { headers, status, text } = yield* HttpClientRequest.post(`${url}${path}`).pipe(
    HttpClientRequest.bearerToken(key),
    HttpClientRequest.bodyText(body, contentType),
    HttpClient.execute
  )
  return { headers, status, text: yield* text }
})
