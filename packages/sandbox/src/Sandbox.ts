/**
 * The providers of Entegre as local HTTP servers, with faults on demand.
 *
 * `Sandbox.layer` listens on loopback; `Sandbox.layerHttpClient` is the same
 * without sockets, so that everything runs on `TestClock`. Both bring a
 * `ConfigProvider` with addresses and credentials, so that a provider's
 * `layerConfig` just works.
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as ApexSandbox from "./ApexSandbox.ts"
import type * as DukkangoSandbox from "./DukkangoSandbox.ts"
import * as Apex from "./internal/apex/sandbox.ts"
import * as App from "./internal/app.ts"
import * as Client from "./internal/client.ts"
import * as Control from "./internal/control.ts"
import * as Dukkango from "./internal/dukkango/sandbox.ts"
import * as Log from "./internal/log.ts"
import * as Odeal from "./internal/odeal/sandbox.ts"
import type { Carrier } from "./internal/outgoing.ts"
import * as Paynkolay from "./internal/paynkolay/sandbox.ts"
import * as Server from "./internal/server.ts"
import type * as OdealSandbox from "./OdealSandbox.ts"
import type * as PaynkolaySandbox from "./PaynkolaySandbox.ts"
import type { RequestEntry } from "./RequestLog.ts"

/**
 * What each provider of the sandbox starts with.
 */
export interface ProviderOptions {
  /**
   * How Apex behaves.
   *
   * @default as documented, with one account that has created nothing
   */
  readonly apex?: ApexSandbox.Options | undefined
  /**
   * How Dükkango behaves and what it knows at the start.
   *
   * @default as documented, with one account, two branches and no orders
   */
  readonly dukkango?: DukkangoSandbox.Options | undefined
  /**
   * How Ödeal behaves, and with which paths for payments.
   *
   * @default as documented, with one account, no payments and made-up paths
   */
  readonly odeal?: OdealSandbox.Options | undefined
  /**
   * How Paynkolay behaves and what it knows at the start.
   *
   * @default as documented, with one marketplace that has one seller and no
   * payments
   */
  readonly paynkolay?: PaynkolaySandbox.Options | undefined
}

/**
 * What a sandbox with sockets starts with.
 */
export interface Options extends ProviderOptions {
  /**
   * The port to listen on; 0 takes a free one.
   *
   * @default 0
   */
  readonly port?: number | undefined
  /**
   * The loopback address to listen on. The sandbox cannot be reached from
   * another machine.
   *
   * @default "127.0.0.1"
   */
  readonly host?: Server.LoopbackHost | undefined
}

/**
 * What a sandbox without sockets starts with.
 */
export interface HttpClientOptions extends ProviderOptions {
  /**
   * The client over which providers call back, to any address.
   *
   * @default one that answers 200 and carries nothing anywhere; what would have
   * gone out is in the provider's `sent` and `take`
   */
  readonly callbackClient?: HttpClient.HttpClient | undefined
}

/**
 * The sandbox: one service per provider.
 *
 * **Example** (Revoking tokens over real sockets)
 *
 * ```ts check
 * import { NodeHttpClient } from "@effect/platform-node"
 * import { Sandbox } from "@entegre/sandbox"
 * import { Effect, Layer } from "effect"
 * import { HttpClient } from "effect/http"
 *
 * export const refusals = Effect.gen(function*() {
 *   const { dukkango } = yield* Sandbox
 *   yield* dukkango.revokeTokens
 *   yield* HttpClient.get(`${dukkango.baseUrl}/restaurants/get`)
 *   return (yield* dukkango.counters).refused
 * }).pipe(Effect.provide(Layer.merge(Sandbox.layer, NodeHttpClient.layerUndici)))
 * ```
 */
export class Sandbox extends Context.Service<Sandbox, {
  /** Where the sandbox is: `http://127.0.0.1:<port>`, or a made-up address without sockets. */
  readonly origin: string
  /** Environment variables with which a provider's `layerConfig` finds the sandbox. The secrets are in the clear. */
  readonly environment: Redacted.Redacted<Readonly<Record<string, string>>>
  /** The last thousand requests that reached no provider, such as those that followed a redirect out of one. */
  readonly strays: Effect.Effect<ReadonlyArray<RequestEntry>>
  readonly apex: ApexSandbox.ApexSandbox
  readonly dukkango: DukkangoSandbox.DukkangoSandbox
  readonly odeal: OdealSandbox.OdealSandbox
  readonly paynkolay: PaynkolaySandbox.PaynkolaySandbox
}>()("@entegre/sandbox/Sandbox") {
  /**
   * A sandbox with the given options on a real socket. Fails with `ServeError`
   * where the port cannot be listened on.
   */
  static readonly layerWith = (options: Options): Layer.Layer<Sandbox, ServeError> =>
    Layer.effectContext(Effect.gen(function*() {
      const { http, origin } = yield* Server.listen({ host: options.host ?? "127.0.0.1", port: options.port ?? 0 })
      const { sandbox, site } = yield* make(options, origin, yield* Server.carrier)
      // A served request is uninterruptible by itself, and one that hangs would keep the server from closing.
      yield* http.serve(Effect.interruptible(App.make(site, Server.breakOff)))
      return yield* withConfig(sandbox)
    }))

  /**
   * A sandbox on a real socket, at a free port of 127.0.0.1, that behaves as
   * documented.
   */
  static readonly layer: Layer.Layer<Sandbox, ServeError> = Sandbox.layerWith({})

  /**
   * A sandbox with the given options and an `HttpClient` that leads to it and
   * nowhere else. No socket is opened.
   */
  static readonly layerHttpClientWith = (options: HttpClientOptions): Layer.Layer<Sandbox | HttpClient.HttpClient> =>
    Layer.effectContext(Effect.gen(function*() {
      const carrier = Client.carrier(options.callbackClient ?? Client.postbox)
      const { sandbox, site } = yield* make(options, Client.origin, carrier)
      return Context.add(yield* withConfig(sandbox), HttpClient.HttpClient, Client.make(site))
    }))

  /**
   * A sandbox that behaves as documented and an `HttpClient` that leads to it
   * and nowhere else. No socket is opened.
   */
  static readonly layerHttpClient: Layer.Layer<Sandbox | HttpClient.HttpClient> = Sandbox.layerHttpClientWith({})
}

const make = Effect.fnUntraced(function*(options: ProviderOptions, origin: string, carrier: Carrier) {
  const strays = yield* Log.make
  const dukkango = yield* Dukkango.make(options.dukkango ?? {}, origin)
  const apex = yield* Apex.make(options.apex ?? {}, origin, carrier)
  const odeal = yield* Odeal.make(options.odeal ?? {}, origin, carrier)
  const paynkolay = yield* Paynkolay.make(options.paynkolay ?? {}, origin, carrier)
  const sandbox = Sandbox.of({
    origin,
    environment: Redacted.make({
      DUKKANGO_BASE_URL: dukkango.service.baseUrl,
      DUKKANGO_APP_SECRET_KEY: Redacted.value(dukkango.service.credentials.appSecretKey),
      DUKKANGO_REST_SECRET_KEY: Redacted.value(dukkango.service.credentials.restSecretKey),
      APEX_BASE_URL: apex.service.baseUrl,
      APEX_API_KEY: Redacted.value(apex.service.credentials.apiKey),
      APEX_SECRET_KEY: Redacted.value(apex.service.credentials.secretKey),
      ODEAL_BASE_URL: odeal.service.baseUrl,
      ODEAL_API_KEY: Redacted.value(odeal.service.credentials.apiKey),
      ODEAL_SECRET_KEY: Redacted.value(odeal.service.credentials.secretKey),
      PAYNKOLAY_BASE_URL: paynkolay.service.baseUrl,
      PAYNKOLAY_USERNAME: paynkolay.service.credentials.username,
      PAYNKOLAY_PASSWORD: Redacted.value(paynkolay.service.credentials.password),
      PAYNKOLAY_MERCHANT_NO: paynkolay.service.credentials.merchantNo,
      PAYNKOLAY_API_SECRET_KEY: Redacted.value(paynkolay.service.credentials.apiSecretKey),
      PAYNKOLAY_MERCHANT_SECRET_KEY: Redacted.value(paynkolay.service.credentials.merchantSecretKey),
      PAYNKOLAY_CANCEL_API_SECRET_KEY: Redacted.value(paynkolay.service.credentials.cancelApiSecretKey)
    }),
    strays: strays.entries,
    apex: apex.service,
    dukkango: dukkango.service,
    odeal: odeal.service,
    paynkolay: paynkolay.service
  })
  return {
    sandbox,
    site: { providers: [apex, dukkango, odeal, paynkolay], control: yield* Control.make(sandbox), strays }
  }
})

const withConfig = (sandbox: Sandbox["Service"]) =>
  Effect.map(ConfigProvider.ConfigProvider, (ambient) =>
    Context.make(Sandbox, sandbox).pipe(
      Context.add(
        ConfigProvider.ConfigProvider,
        ConfigProvider.orElse(ConfigProvider.fromEnvRecord(Redacted.value(sandbox.environment)), ambient)
      )
    ))
