/**
 * Dükkango, the restaurant platform: restaurants, menu and orders, with the token taken care of.
 *
 * ```ts
 * const Main = Dukkango.layerConfig().pipe(
 *   Layer.provideMerge(TokenCache.layer),
 *   Layer.provide(NodeHttpClient.layerUndici)
 * )
 *
 * const program = Effect.gen(function*() {
 *   const dukkango = yield* Dukkango
 *   const restaurants = yield* dukkango.restaurants.list
 * })
 * ```
 *
 * Endpoints are from the provider's page `api-reference/overview`, tokens from its page on authentication.
 */
import type { AuthenticatedClient } from "@entegre/core/AuthenticatedClient"
import * as BaseUrl from "@entegre/core/BaseUrl"
import * as Credentials from "@entegre/core/Credentials"
import type { InvalidOptions } from "@entegre/core/InvalidOptions"
import * as Quota from "@entegre/core/Quota"
import type { Sensitive } from "@entegre/core/Sensitive"
import { TokenCache } from "@entegre/core/TokenCache"
import type { Tokens } from "@entegre/core/Tokens"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { DukkangoCooldown } from "./DukkangoCooldown.ts"
import type { DukkangoError } from "./DukkangoError.ts"
import type * as DukkangoOptions from "./DukkangoOptions.ts"
import type {
  AcceptInput,
  CancelInput,
  CancelReason,
  CurrentInput,
  Food,
  FoodId,
  Order,
  OrderKey,
  OrderVariables,
  Restaurant,
  RestaurantId,
  RestaurantStatus
} from "./DukkangoSchema.ts"
import * as Calls from "./internal/calls.ts"
import * as Feed from "./internal/feed.ts"
import * as DukkangoIssuer from "./internal/issuer.ts"
import * as Lead from "./internal/lead.ts"
import * as Run from "./internal/run.ts"
import { sensitive } from "./internal/sensitive.ts"
import * as Settings from "./internal/settings.ts"
import type { OrderFeed } from "./OrderFeed.ts"

// -----------------------------------------------------------------------------
// The service
// -----------------------------------------------------------------------------

/**
 * The branches that the keys give access to.
 */
export interface Restaurants {
  /** All of them. */
  readonly list: Effect.Effect<ReadonlyArray<Restaurant>, DukkangoError>
  /** Whether one takes orders. Fails with `RestaurantNotFound`. */
  readonly status: (id: RestaurantId) => Effect.Effect<RestaurantStatus, DukkangoError>
  /** Opens one. Fails with `RestaurantNotFound`. */
  readonly open: (id: RestaurantId) => Effect.Effect<void, DukkangoError>
  /** Closes one. Fails with `RestaurantNotFound`. */
  readonly close: (id: RestaurantId) => Effect.Effect<void, DukkangoError>
}

/**
 * The menu.
 */
export interface Foods {
  /**
   * All of it. May be asked once per cooldown; whoever asks during it waits or gets `Cooldown`, by the option
   * `whenCooling`.
   */
  readonly list: Effect.Effect<ReadonlyArray<Food>, DukkangoError>
  /** Puts a food on sale. */
  readonly activate: (id: FoodId) => Effect.Effect<void, DukkangoError>
  /** Takes a food off sale. */
  readonly passivate: (id: FoodId) => Effect.Effect<void, DukkangoError>
}

/**
 * Orders. To receive them, use `run`; the other methods move them on.
 *
 * `accept`, `onTheWay`, `complete` and `cancel` are sent once. If no answer comes they fail with `OutcomeUnknown`, which
 * says how to find out what happened.
 */
export interface Orders extends OrderFeed {
  /**
   * The orders that wait for an acknowledgement. May be asked once per cooldown; whoever asks during it waits or gets
   * `Cooldown`, by the option `whenCooling`. One order that is not as documented fails the whole call; `run` and `feed` read
   * each for itself.
   */
  readonly current: (input?: CurrentInput) => Effect.Effect<ReadonlyArray<Order>, DukkangoError>
  /**
   * Says that an order, in the status it is in, was taken care of: it is not shown again until its status changes. `run`
   * does it by itself. Fails with `OrderNotFound`.
   */
  readonly acknowledge: (key: OrderKey) => Effect.Effect<void, DukkangoError>
  /** Accepts an order and says how long the kitchen needs. Fails with `OrderNotFound`. */
  readonly accept: (key: OrderKey, input: AcceptInput) => Effect.Effect<void, DukkangoError>
  /** Says that the restaurant's own courier (`courierType` is `restaurant`) has an order. Fails with `OrderNotFound`. */
  readonly onTheWay: (key: OrderKey) => Effect.Effect<void, DukkangoError>
  /** Says that an order was delivered. Fails with `OrderNotFound`. */
  readonly complete: (key: OrderKey) => Effect.Effect<void, DukkangoError>
  /** Cancels an order. Fails with `OrderNotFound`. */
  readonly cancel: (key: OrderKey, input: CancelInput) => Effect.Effect<void, DukkangoError>
  /** What orders can be paid with and how they can be handed over. */
  readonly variables: Effect.Effect<OrderVariables, DukkangoError>
  /** The reasons that `cancel` takes. */
  readonly cancelReasons: Effect.Effect<ReadonlyArray<CancelReason>, DukkangoError>
}

/**
 * Dükkango as one account sees it.
 */
export interface Service {
  /** The branches. */
  readonly restaurants: Restaurants
  /** The menu. */
  readonly foods: Foods
  /** The orders. */
  readonly orders: Orders
  /** The account's tokens: how they stand, `warmUp`, `forget`. */
  readonly tokens: Tokens
  /**
   * Authenticated calls that this package does not cover. Paths are under the base address; redirects are not followed, and
   * a cooldown is not kept.
   */
  readonly client: AuthenticatedClient
}

const make = Effect.fnUntraced(function*<E = never, R = never>(
  options: DukkangoOptions.Options<E, R>
): Effect.fn.Return<
  Service,
  E | InvalidOptions,
  DukkangoCooldown | HttpClient.HttpClient | R | Scope.Scope | TokenCache
> {
  const settings = yield* Settings.make(options)
  const credentials = yield* Credentials.capture(options.credentials, Settings.credentials)
  const key = DukkangoIssuer.tokenKey(settings, yield* credentials)
  const cache = yield* TokenCache
  const tokens = yield* cache.open(yield* DukkangoIssuer.make(key, settings, credentials))
  const calls = yield* Calls.make(settings, tokens, yield* DukkangoCooldown)
  const source: Feed.Source = {
    poll: calls.eachOrder,
    acknowledge: calls.orders.acknowledge,
    interval: settings.cooldown,
    campaign: (statusId, options) =>
      Lead.campaign({
        ...options,
        quota: Quota.of(cache),
        allowance: new Quota.Allowance({ key, name: statusId === undefined ? "orders.run" : `orders.run ${statusId}` })
      })
  }
  return {
    restaurants: calls.restaurants,
    foods: calls.foods,
    orders: {
      ...calls.orders,
      run: (handler, options = {}) => Run.run(source, handler, options),
      feed: (options = {}) => Feed.stream(source, options)
    },
    tokens,
    client: calls.client
  }
})

/**
 * Dükkango as one account sees it.
 */
export class Dukkango extends Context.Service<Dukkango, Service>()("@entegre/dukkango/Dukkango") {
  /**
   * What of Dükkango's exchanges is sensitive: the names that are redacted and guarded. For `Sensitive.layer`, and for tests
   * that look for leaks.
   */
  static readonly sensitive: Sensitive = sensitive

  /**
   * Makes the service over the token cache, the cooldowns and the HTTP client at hand, for as long as the scope lives.
   * Most applications use {@link layer}.
   *
   * Fails with `InvalidOptions`, which names the option, and with what obtaining the keys fails with.
   */
  static readonly make = make

  /**
   * A Dükkango layer with options. Writing it twice makes two services, which share tokens and cooldowns if their keys are
   * the same.
   *
   * Fails with `InvalidOptions`, which names the option, and with what obtaining the keys fails with.
   *
   * ```ts
   * Dukkango.layer({
   *   credentials: { appSecretKey: Redacted.make("…"), restSecretKey: Redacted.make("…") },
   *   label: "Akat"
   * })
   * ```
   */
  static readonly layer = <E = never, R = never>(
    options: DukkangoOptions.Options<E, R>
  ): Layer.Layer<Dukkango, E | InvalidOptions, HttpClient.HttpClient | R | TokenCache> =>
    Layer.effect(Dukkango, make(options)).pipe(Layer.provide(DukkangoCooldown.layer))

  /**
   * A Dükkango layer whose keys come from the configuration. Fails with a `ConfigError`, which names the variable.
   *
   * - `DUKKANGO_APP_SECRET_KEY`, `DUKKANGO_REST_SECRET_KEY`: the two keys. Read again at every login, so that keys which
   *   were replaced are picked up.
   * - `DUKKANGO_BASE_URL`: the base address. Default: the option's.
   * - `DUKKANGO_EXPIRY_ZONE`: the zone of `expiration_date`, such as `Europe/Istanbul` or `+03:00`. Default: the option's.
   *
   * ```ts
   * Dukkango.layerConfig({ whenCooling: "fail" })
   * ```
   */
  static readonly layerConfig = (
    settings: DukkangoOptions.Settings = {}
  ): Layer.Layer<Dukkango, Config.ConfigError | InvalidOptions, HttpClient.HttpClient | TokenCache> =>
    Layer.unwrap(Effect.map(fromConfig, ({ baseUrl, expiryZone }) =>
      Dukkango.layer({
        ...settings,
        baseUrl: baseUrl ?? settings.baseUrl,
        expiryZone: expiryZone ?? settings.expiryZone,
        credentials: credentialsFromConfig
      })))
}

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

const credentialsFromConfig = Config.all({
  appSecretKey: Credentials.secret("DUKKANGO_APP_SECRET_KEY"),
  restSecretKey: Credentials.secret("DUKKANGO_REST_SECRET_KEY")
})

const fromConfig = Config.all({
  baseUrl: Config.withDefault(BaseUrl.config("DUKKANGO_BASE_URL"), undefined),
  expiryZone: Config.withDefault(Config.schema(Schema.TimeZoneFromString, "DUKKANGO_EXPIRY_ZONE"), undefined)
})
