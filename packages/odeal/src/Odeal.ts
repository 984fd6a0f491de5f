/**
 * Ödeal, the virtual POS: authenticated calls, with the token taken care of.
 *
 * ```ts
 * const Main = Odeal.layerConfig().pipe(
 *   Layer.provideMerge(TokenCache.layer),
 *   Layer.provide(NodeHttpClient.layerUndici)
 * )
 *
 * const program = Effect.gen(function*() {
 *   const odeal = yield* Odeal
 *   const started = yield* odeal.call(startPayment({ externalId, amount, returnUrl }))
 * })
 * ```
 *
 * Ödeal has one active token per account: a new one ends the one before. Processes that share the keys must share the token
 * store (`SharedTokenCache.layer`), or they keep ending each other's tokens.
 */
import * as ApiClient from "@entegre/core/ApiClient"
import type { AuthenticatedClient } from "@entegre/core/AuthenticatedClient"
import * as BaseUrl from "@entegre/core/BaseUrl"
import * as Credentials from "@entegre/core/Credentials"
import type { InvalidOptions } from "@entegre/core/InvalidOptions"
import type { Issuer } from "@entegre/core/Issuer"
import type { Sensitive } from "@entegre/core/Sensitive"
import { TokenCache } from "@entegre/core/TokenCache"
import type { Tokens } from "@entegre/core/Tokens"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Failures from "./internal/failures.ts"
import * as OdealIssuer from "./internal/issuer.ts"
import { sensitive } from "./internal/sensitive.ts"
import * as Settings from "./internal/settings.ts"
import { OdealError, type Reason } from "./OdealError.ts"
import type { OdealRequest } from "./OdealOperation.ts"
import type * as OdealOptions from "./OdealOptions.ts"

// -----------------------------------------------------------------------------
// The service
// -----------------------------------------------------------------------------

/**
 * Ödeal as one account sees it.
 */
export interface Service {
  /**
   * Makes a call that an operation of yours describes: see `OdealOperation.make`.
   *
   * A call that is not declared safe or idempotent is sent once. If no answer comes it fails with `OutcomeUnknown`, which
   * says how to find out what happened.
   */
  readonly call: <A>(request: OdealRequest<A>) => Effect.Effect<A, OdealError>
  /** The account's tokens: how they stand, `warmUp`, `forget`. */
  readonly tokens: Tokens
  /** Authenticated calls without schemas. Paths are under the base address; redirects are not followed. */
  readonly client: AuthenticatedClient
}

const makeOver = Effect.fnUntraced(function*<Credentials, E>(
  issuer: Issuer<Credentials, E>,
  { refusesWithSuccessStatus, ...settings }: Settings.CallSettings
): Effect.fn.Return<Service, never, HttpClient.HttpClient | Scope.Scope | TokenCache> {
  const cache = yield* TokenCache
  const tokens = yield* cache.open(issuer)
  const api = yield* ApiClient.make<Reason, OdealError>({
    ...settings,
    provider: "odeal",
    tokens,
    authorize: HttpClientRequest.bearerToken,
    sensitive,
    refusal: (answer, body, { safety }) =>
      Failures.ofCall(answer, body, { isUnsafe: safety === "unsafe", refusesWithSuccessStatus }),
    error: (operation, reason) => new OdealError({ operation, reason })
  })
  return {
    call: ({ operation, request }) => api.run(operation, request),
    tokens,
    client: api.client
  }
})

const make = Effect.fnUntraced(function*<E = never, R = never>(
  options: OdealOptions.Options<E, R>
): Effect.fn.Return<Service, E | InvalidOptions, HttpClient.HttpClient | R | Scope.Scope | TokenCache> {
  const settings = yield* Settings.make(options)
  const credentials = yield* Credentials.capture(options.credentials, Settings.credentials)
  const key = OdealIssuer.tokenKey(settings, yield* credentials)
  return yield* makeOver(yield* OdealIssuer.make(key, settings, credentials), settings)
})

const makeWith = <Credentials, E>(
  issuer: Issuer<Credentials, E>,
  options: OdealOptions.CallSettings = {}
): Effect.Effect<Service, InvalidOptions, HttpClient.HttpClient | Scope.Scope | TokenCache> =>
  Effect.flatMap(Settings.makeCall(options), (settings) => makeOver(issuer, settings))

/**
 * Ödeal as one account sees it.
 */
export class Odeal extends Context.Service<Odeal, Service>()("@entegre/odeal/Odeal") {
  /**
   * What of Ödeal's exchanges is sensitive: the names that are redacted and guarded. For `Sensitive.layer`, and for tests
   * that look for leaks.
   */
  static readonly sensitive: Sensitive = sensitive

  /**
   * Makes the service over the token cache and the HTTP client at hand, for as long as the scope lives. Most applications
   * use {@link layer}.
   *
   * Fails with `InvalidOptions`, which names the option, and with what obtaining the keys fails with.
   */
  static readonly make = make

  /**
   * Makes the service over an issuer of your own, for an account that gets its tokens in another way than by
   * `/authenticate/credential/v2`. Tokens go out as `Authorization: Bearer`. Most applications use {@link layerWith}.
   *
   * Fails with `InvalidOptions`, which names the option.
   */
  static readonly makeWith = makeWith

  /**
   * An Ödeal layer with options. Writing it twice makes two services, which share tokens if their `apiKey` and address are
   * the same.
   *
   * Fails with `InvalidOptions`, which names the option, and with what obtaining the keys fails with.
   *
   * ```ts
   * Odeal.layer({
   *   environment: "staging",
   *   credentials: { apiKey: Redacted.make("…"), secretKey: Redacted.make("…") }
   * })
   * ```
   */
  static readonly layer = <E = never, R = never>(
    options: OdealOptions.Options<E, R>
  ): Layer.Layer<Odeal, E | InvalidOptions, HttpClient.HttpClient | R | TokenCache> =>
    Layer.effect(Odeal, make(options))

  /**
   * An Ödeal layer over an issuer of your own: see {@link makeWith}.
   *
   * Fails with `InvalidOptions`, which names the option.
   */
  static readonly layerWith = <Credentials, E>(
    issuer: Issuer<Credentials, E>,
    options: OdealOptions.CallSettings = {}
  ): Layer.Layer<Odeal, InvalidOptions, HttpClient.HttpClient | TokenCache> =>
    Layer.effect(Odeal, makeWith(issuer, options))

  /**
   * An Ödeal layer whose keys come from the configuration. Fails with a `ConfigError`, which names the variable.
   *
   * - `ODEAL_API_KEY`, `ODEAL_SECRET_KEY`: the two keys. Read again at every login, so that keys which were replaced are
   *   picked up.
   * - `ODEAL_ENVIRONMENT`: `production` or `staging`. Default: the option's.
   * - `ODEAL_BASE_URL`: another address than the environment's. Default: the option's.
   *
   * ```ts
   * Odeal.layerConfig({ timeout: "1 minute" })
   * ```
   */
  static readonly layerConfig = (
    settings: OdealOptions.Settings = {}
  ): Layer.Layer<Odeal, Config.ConfigError | InvalidOptions, HttpClient.HttpClient | TokenCache> =>
    Layer.unwrap(Effect.map(fromConfig, ({ baseUrl, environment }) =>
      Odeal.layer({
        ...settings,
        environment: environment ?? settings.environment,
        baseUrl: baseUrl ?? settings.baseUrl,
        credentials: credentialsFromConfig
      })))
}

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

const credentialsFromConfig = Config.all({
  apiKey: Credentials.secret("ODEAL_API_KEY"),
  secretKey: Credentials.secret("ODEAL_SECRET_KEY")
})

const fromConfig = Config.all({
  environment: Config.withDefault(Config.Literals(["production", "staging"], "ODEAL_ENVIRONMENT"), undefined),
  baseUrl: Config.withDefault(BaseUrl.config("ODEAL_BASE_URL"), undefined)
})
