/**
 * The edge of the service: everything comes together here, and nowhere else.
 *
 * Settings come from the environment; the README has them all.
 */
import { NodeHttpClient, NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Apex } from "@entegre/apex"
import { TokenCache } from "@entegre/core"
import { Dukkango } from "@entegre/dukkango"
import { Odeal } from "@entegre/odeal"
import { Paynkolay } from "@entegre/paynkolay"
import { ByteSize, Cause, Config, Effect, Exit, Layer, Logger, References, Runtime } from "effect"
import { HttpIncomingMessage, HttpRouter } from "effect/http"
import { HttpApiBuilder, HttpApiMiddleware } from "effect/http-api"
import { createServer } from "node:http"
import { Api } from "./Api.ts"
import { ApiKey } from "./ApiKey.ts"
import { Background } from "./Background.ts"
import { BrokerageHandlers } from "./brokerage/http.ts"
import { Notices } from "./brokerage/Notices.ts"
import * as Webhooks from "./brokerage/webhooks.ts"
import { HealthHandlers } from "./health/http.ts"
import * as WarmUp from "./health/WarmUp.ts"
import { MarketplaceHandlers } from "./marketplace/http.ts"
import { Sales } from "./marketplace/Sales.ts"
import { PaymentsHandlers } from "./payments/http.ts"
import { Payments } from "./payments/Payments.ts"
import { PublicUrl } from "./PublicUrl.ts"
import { RestaurantHandlers } from "./restaurant/http.ts"
import * as OrderIntake from "./restaurant/OrderIntake.ts"
import { Orders } from "./restaurant/Orders.ts"

/** One JSON object a line, unless a person is looking. */
const Logging = Layer.mergeAll(
  Logger.layer([process.stdout.isTTY ? Logger.consolePretty() : Logger.consoleJson]),
  Layer.effect(References.MinimumLogLevel, Config.withDefault(Config.LogLevel("LOG_LEVEL"), "Info"))
)

/** The four providers, over one token cache. With more than one process it is `SharedTokenCache.layer`. */
const Providers = Layer.mergeAll(
  Apex.layerConfig(),
  // Dükkango lets orders be asked for every 30 seconds; its sandbox may do so more often.
  Layer.unwrap(Effect.map(
    Config.withDefault(Config.Duration("DUKKANGO_COOLDOWN"), undefined),
    (cooldown) => Dukkango.layerConfig({ cooldown })
  )),
  Odeal.layerConfig(),
  Paynkolay.layerConfig()
).pipe(
  Layer.provideMerge(TokenCache.layer),
  Layer.provide(NodeHttpClient.layerUndici)
)

const Routes = HttpApiBuilder.layer(Api, { openapiPath: "/openapi.json" }).pipe(
  Layer.provide([HealthHandlers, RestaurantHandlers, PaymentsHandlers, MarketplaceHandlers, BrokerageHandlers]),
  Layer.provide([
    ApiKey.layer,
    Webhooks.security,
    // Says which field is wrong, and not what is in it.
    HttpApiMiddleware.layerProblemDetails({ includeDetails: true })
  ])
)

/** Shutdown does not wait for connections that clients keep alive after their last answer. */
const makeServer = () => {
  const server = createServer((_, response) => {
    response.on("close", () => {
      if (!server.listening) server.closeIdleConnections()
    })
  })
  return server
}

/** On shutdown, requests that are under way may be finished. */
const Listener = NodeHttpServer.layerConfig(
  makeServer,
  Config.all({
    host: Config.withDefault(Config.NonEmptyString("HOST"), "127.0.0.1"),
    port: Config.withDefault(Config.Int("PORT"), 3000),
    gracefulShutdownTimeout: Config.succeed("10 seconds" as const)
  })
)

const Backend = Layer.mergeAll(HttpRouter.serve(Routes), OrderIntake.layer, WarmUp.layer).pipe(
  Layer.provide([Orders.layerMemory, Notices.layerMemory, Payments.layer, Sales.layer]),
  Layer.provide(Background.layer),
  Layer.provide(PublicUrl.layer),
  Layer.provide(Listener),
  Layer.provide(Layer.succeed(HttpIncomingMessage.MaxBodySize, ByteSize.mebibytes(1))),
  Layer.provide(Providers),
  Layer.provide(Logging)
)

NodeRuntime.runMain(Layer.launch(Backend), {
  // To be told to stop is how a service ends.
  teardown: (exit, onExit) =>
    Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause) ? onExit(0) : Runtime.defaultTeardown(exit, onExit)
})
