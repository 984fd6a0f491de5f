/**
 * A collector for those who have none at hand: takes what comes by OTLP, and remembers it.
 */
import { NodeHttpServer } from "@effect/platform-node"
import { Context, Effect, Layer } from "effect"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"

export class Collector extends Context.Service<Collector, {
  /** Where to send by OTLP. */
  readonly endpoint: string
  /** What came, by kind: `metrics`, `traces`, `logs`. */
  readonly received: Effect.Effect<ReadonlyArray<readonly [kind: string, body: string]>>
}>()("@entegre/example-telemetry/Collector") {
  static readonly layer = Layer.unwrap(Effect.sync(() => {
    const received: Array<readonly [string, string]> = []
    const take = (kind: string) =>
      HttpRouter.add(
        "POST",
        `/v1/${kind}`,
        Effect.gen(function*() {
          const request = yield* HttpServerRequest.HttpServerRequest
          received.push([kind, yield* Effect.orDie(request.text)])
          return yield* Effect.orDie(HttpServerResponse.json({}))
        })
      )
    const routes = Layer.mergeAll(take("metrics"), take("traces"), take("logs"))
    const collector = Layer.effect(
      Collector,
      Effect.map(HttpServer.HttpServer, ({ address }) => ({
        endpoint: HttpServer.formatAddress(address),
        received: Effect.sync(() => received)
      }))
    )
    return Layer.provideMerge(collector, HttpRouter.serve(routes, { disableListenLog: true, disableLogger: true }))
      .pipe(
        Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
      )
  }))
}
