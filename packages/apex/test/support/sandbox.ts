import { NodeHttpClient } from "@effect/platform-node"
import { Apex, type Settings } from "@entegre/apex"
import { TokenCache } from "@entegre/core"
import { type ApexSandbox, Sandbox } from "@entegre/sandbox"
import { Effect, Layer } from "effect"

export interface StackOptions {
  readonly sandbox?: ApexSandbox.Options
  readonly settings?: Settings
}

const over = (settings?: Settings) => Layer.provideMerge(Layer.orDie(Apex.layerConfig(settings)), TokenCache.layer)

/** An application with a sandbox, without sockets: everything that takes time is up to the test's clock. */
export const socketless = ({ sandbox, settings }: StackOptions = {}) =>
  Layer.provideMerge(over(settings), Sandbox.layerHttpClientWith({ apex: sandbox }))

/** An application with a sandbox on a real socket. */
export const sockets = ({ sandbox, settings }: StackOptions = {}) =>
  over(settings).pipe(
    Layer.provideMerge(Layer.orDie(Sandbox.layerWith({ apex: sandbox }))),
    Layer.provideMerge(NodeHttpClient.layerUndici)
  )

/** The provider's side. */
export const provider = Sandbox.use(({ apex }) => Effect.succeed(apex))
