import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Sandbox } from "@entegre/sandbox"
import { Context, Effect, Layer } from "effect"
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
