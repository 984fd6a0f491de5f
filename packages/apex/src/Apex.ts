/**
 * Apex, the platform for tokenised assets: nodes, markets, distributors, tokens and KYC, with the access token and the
 * request limit taken care of.
 *
 * ```ts
 * const Main = Apex.layerConfig().pipe(
 *   Layer.provideMerge(TokenCache.layer),
 *   Layer.provide(NodeHttpClient.layerUndici)
 * )
 *
 * const program = Effect.gen(function*() {
 *   const apex = yield* Apex
 *   const node = yield* apex.nodes.create({ name: "Entegre", type: "Account" })
 * })
 * ```
 *
 * Endpoints are from the provider's pages below `api/`, tokens from its page on authentication, the request limit from its
 * introduction.
 */
import type { AuthenticatedClient } from "@entegre/core/AuthenticatedClient"
import * as BaseUrl from "@entegre/core/BaseUrl"
import * as Credentials from "@entegre/core/Credentials"
import type { InvalidOptions } from "@entegre/core/InvalidOptions"
import type { Sensitive } from "@entegre/core/Sensitive"
import { TokenCache } from "@entegre/core/TokenCache"
import type { Tokens as AccessTokens } from "@entegre/core/Tokens"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { ApexError, RateLimited } from "./ApexError.ts"
import type * as ApexOptions from "./ApexOptions.ts"
import { ApexRateLimit } from "./ApexRateLimit.ts"
import type {
  CreateDistributor,
  CreateKycAddress,
  CreateMarket,
  CreateNode,
  Distributor,
  DistributorId,
  KycAddress,
  KycAddressId,
  KycTokenId,
  Market,
  MarketId,
  Node,
  NodeId,
  Page,
  PageInput,
  TokenId,
  UpdateDistributor,
  UpdateKycAddress,
  UpdateMarket,
  UpdateNode
} from "./ApexSchema.ts"
import * as Calls from "./internal/calls.ts"
import * as ApexIssuer from "./internal/issuer.ts"
import * as Limited from "./internal/limited.ts"
import { sensitive } from "./internal/sensitive.ts"
import * as Settings from "./internal/settings.ts"
import type {
  CreateKycToken,
  CreateToken,
  KycToken,
  Markets as TokenMarkets,
  MarketToken,
  Token,
  UpdateKycToken
} from "./TokenSchema.ts"

// -----------------------------------------------------------------------------
// The service
// -----------------------------------------------------------------------------

/**
 * The tree of nodes.
 *
 * `create` is sent once. If no answer comes it fails with `OutcomeUnknown`, which says how to find out what happened; so
 * do the `create…` methods of the other groups.
 */
export interface Nodes {
  /** Adds a node. */
  readonly create: (input: CreateNode) => Effect.Effect<Node, ApexError>
  /** Reads a node. Fails with `NotFound`. */
  readonly get: (id: NodeId) => Effect.Effect<Node, ApexError>
  /** Changes a node. Fails with `NotFound`. */
  readonly update: (id: NodeId, input: UpdateNode) => Effect.Effect<Node, ApexError>
  /**
   * Deletes a node. Apex keeps it out of sight ("soft delete"). Fails with `NotFound`, which after a lost answer may mean
   * that the first attempt has deleted it.
   */
  readonly delete: (id: NodeId) => Effect.Effect<void, ApexError>
  /**
   * The nodes directly below a node, page by page as they are wanted. `perPage`: how many to a page. Default: Apex's, 100.
   */
  readonly children: (id: NodeId, options?: Pick<PageInput, "perPage">) => Stream.Stream<Node, ApexError>
  /** One page of the nodes directly below a node. */
  readonly childrenPage: (id: NodeId, input?: PageInput) => Effect.Effect<Page<Node>, ApexError>
}

/**
 * Markets: where tokens are sold.
 */
export interface Markets {
  /** Adds a market to a node. */
  readonly create: (input: CreateMarket) => Effect.Effect<Market, ApexError>
  /** Changes a market: `webhook: null` removes its webhook, leaving it out keeps it. Fails with `NotFound`. */
  readonly update: (id: MarketId, input: UpdateMarket) => Effect.Effect<Market, ApexError>
}

/**
 * Distributors: who issues tokens.
 */
export interface Distributors {
  /** Adds a distributor to a node. */
  readonly create: (nodeId: NodeId, input?: CreateDistributor) => Effect.Effect<Distributor, ApexError>
  /** Changes a distributor: `meta: null` removes its webhook, leaving it out keeps it. Fails with `NotFound`. */
  readonly update: (id: DistributorId, input: UpdateDistributor) => Effect.Effect<Distributor, ApexError>
}

/**
 * Tokens, the tokenised assets.
 */
export interface Tokens {
  /** Adds a token of a distributor, below a node. */
  readonly create: (
    nodeId: NodeId,
    distributorId: DistributorId,
    input: CreateToken
  ) => Effect.Effect<Token, ApexError>
  /** Takes up a token that another platform knows by this id, and lists it in markets. */
  readonly createFromExternal: (externalId: string, input: TokenMarkets) => Effect.Effect<Token, ApexError>
  /** The tokens of a market, page by page as they are wanted. `perPage`: how many to a page. Default: Apex's, 20. */
  readonly ofMarket: (id: MarketId, options?: Pick<PageInput, "perPage">) => Stream.Stream<Token, ApexError>
  /** One page of the tokens of a market. */
  readonly ofMarketPage: (id: MarketId, input?: PageInput) => Effect.Effect<Page<Token>, ApexError>
  /** Says in which markets a token is listed, instead of those where it is. Fails with `NotFound`. */
  readonly setMarkets: (id: TokenId, input: TokenMarkets) => Effect.Effect<ReadonlyArray<MarketToken>, ApexError>
}

/**
 * Which KYC addresses are listed.
 */
export interface ChainFilter {
  /** Only those on this chain. Default: all. */
  readonly chainId?: number | undefined
}

/**
 * KYC: the addresses of a market, and what ties tokens to them.
 */
export interface Kyc {
  /**
   * The KYC addresses of a market, page by page as they are wanted. `perPage`: how many to a page. Default: Apex's, 20.
   */
  readonly addresses: (
    id: MarketId,
    options?: Pick<PageInput, "perPage"> & ChainFilter
  ) => Stream.Stream<KycAddress, ApexError>
  /** One page of the KYC addresses of a market. */
  readonly addressesPage: (
    id: MarketId,
    input?: PageInput & ChainFilter
  ) => Effect.Effect<Page<KycAddress>, ApexError>
  /** Adds a KYC address to a market. */
  readonly createAddress: (marketId: MarketId, input: CreateKycAddress) => Effect.Effect<KycAddress, ApexError>
  /** Changes a KYC address. Fails with `NotFound`. */
  readonly updateAddress: (id: KycAddressId, input: UpdateKycAddress) => Effect.Effect<KycAddress, ApexError>
  /** Ties a token to a KYC address. */
  readonly createToken: (tokenId: TokenId, input: CreateKycToken) => Effect.Effect<KycToken, ApexError>
  /** Changes what ties a token to a KYC address. Fails with `NotFound`. */
  readonly updateToken: (
    tokenId: TokenId,
    id: KycTokenId,
    input: UpdateKycToken
  ) => Effect.Effect<KycToken, ApexError>
}

/**
 * Apex as one account sees it.
 */
export interface Service {
  /** The tree of nodes. */
  readonly nodes: Nodes
  /** The markets. */
  readonly markets: Markets
  /** The distributors. */
  readonly distributors: Distributors
  /** The tokens, the tokenised assets. */
  readonly tokens: Tokens
  /** KYC addresses. */
  readonly kyc: Kyc
  /** The account's access tokens: how they stand, `warmUp`, `forget`. */
  readonly accessTokens: AccessTokens
  /**
   * Authenticated calls that this package does not cover. Paths are under the base address, redirects are not followed,
   * and the request limit is kept: a call that would wait too long for it fails with `RateLimited`. `X-Target-Server` is
   * `integration` unless the request has one.
   */
  readonly client: AuthenticatedClient<RateLimited>
}

const make = Effect.fnUntraced(function*<E = never, R = never>(
  options: ApexOptions.Options<E, R>
): Effect.fn.Return<
  Service,
  E | InvalidOptions,
  ApexRateLimit | HttpClient.HttpClient | R | Scope.Scope | TokenCache
> {
  const settings = yield* Settings.make(options)
  const credentials = yield* Credentials.capture(options.credentials, Settings.credentials)
  const key = ApexIssuer.tokenKey(settings, yield* credentials)
  const cache = yield* TokenCache
  const accessTokens = yield* cache.open(yield* ApexIssuer.make(key, settings, credentials))
  const limits = yield* ApexRateLimit
  const limiter = yield* limits.open(key, {
    requests: settings.callLimit,
    window: Duration.toMillis(settings.requestWindow)
  })
  return { ...yield* Calls.make(settings, accessTokens, Limited.make(limiter, settings)), accessTokens }
})

/**
 * Apex as one account sees it.
 */
export class Apex extends Context.Service<Apex, Service>()("@entegre/apex/Apex") {
  /**
   * What of Apex's exchanges is sensitive: the names that are redacted and guarded. For `Sensitive.layer`, and for tests
   * that look for leaks.
   */
  static readonly sensitive: Sensitive = sensitive

  /**
   * Makes the service over the token cache, the request limits and the HTTP client at hand, for as long as the scope
   * lives. Most applications use {@link layer}.
   *
   * Fails with `InvalidOptions`, which names the option, and with what obtaining the keys fails with.
   */
  static readonly make = make

  /**
   * An Apex layer with options. Writing it twice makes two services, which share tokens and the request limit if their
   * API keys are the same.
   *
   * Fails with `InvalidOptions`, which names the option, and with what obtaining the keys fails with.
   *
   * ```ts
   * Apex.layer({
   *   baseUrl: "https://…/api/v1/integration",
   *   credentials: { apiKey: Redacted.make("…"), secretKey: Redacted.make("…") }
   * })
   * ```
   */
  static readonly layer = <E = never, R = never>(
    options: ApexOptions.Options<E, R>
  ): Layer.Layer<Apex, E | InvalidOptions, HttpClient.HttpClient | R | TokenCache> =>
    Layer.effect(Apex, make(options)).pipe(Layer.provide(ApexRateLimit.layer))

  /**
   * An Apex layer whose address and keys come from the configuration. Fails with a `ConfigError`, which names the
   * variable.
   *
   * - `APEX_BASE_URL`: the base address, with the path before the resources: `https://…/api/v1/integration`. Required.
   * - `APEX_API_KEY`, `APEX_SECRET_KEY`: the two keys. Read again at every login, so that keys which were replaced are
   *   picked up. Required.
   * - `APEX_LOGIN_BY`: `body` or `headers`. Default: the option's.
   * - `APEX_REQUEST_LIMIT`: requests in one window. Default: the option's.
   *
   * ```ts
   * Apex.layerConfig({ maxWait: "10 seconds" })
   * ```
   */
  static readonly layerConfig = (
    settings: ApexOptions.Settings = {}
  ): Layer.Layer<Apex, Config.ConfigError | InvalidOptions, HttpClient.HttpClient | TokenCache> =>
    Layer.unwrap(Effect.map(fromConfig, ({ baseUrl, loginBy, requestLimit }) =>
      Apex.layer({
        ...settings,
        baseUrl,
        loginBy: loginBy ?? settings.loginBy,
        requestLimit: requestLimit ?? settings.requestLimit,
        credentials: credentialsFromConfig
      })))
}

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

const credentialsFromConfig = Config.all({
  apiKey: Credentials.secret("APEX_API_KEY"),
  secretKey: Credentials.secret("APEX_SECRET_KEY")
})

const fromConfig = Config.all({
  baseUrl: BaseUrl.config("APEX_BASE_URL"),
  loginBy: Config.withDefault(Config.schema(Schema.Literals(["body", "headers"]), "APEX_LOGIN_BY"), undefined),
  requestLimit: Config.withDefault(Config.Int("APEX_REQUEST_LIMIT"), undefined)
})
