/**
 * A backend over two providers, in the sandbox, that is seen: its layers are those of any application.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { Apex } from "@entegre/apex"
import { TokenCache } from "@entegre/core"
import { Dukkango } from "@entegre/dukkango"
import { Sandbox } from "@entegre/sandbox"
import { Layer, References } from "effect"
import * as Observability from "./Observability.ts"

const Providers = Layer.mergeAll(Dukkango.layerConfig({ label: "main street" }), Apex.layerConfig({ label: "broker" }))

export const layer = (endpoint: string) =>
  Layer.merge(Layer.provide(Providers, Observability.calls), Observability.tokens).pipe(
    Layer.provideMerge(TokenCache.layer),
    Layer.provideMerge(Sandbox.layer),
    Layer.provideMerge(Observability.exporter(endpoint)),
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "Debug")),
    Layer.provide(NodeHttpClient.layerUndici)
  )
