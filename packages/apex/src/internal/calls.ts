/**
 * Puts Apex's operations on the wire.
 */
import * as ApiClient from "@entegre/core/ApiClient"
import type { Admission } from "@entegre/core/AuthenticatedClient"
import { InvalidRequest } from "@entegre/core/CallError"
import type { Tokens } from "@entegre/core/Tokens"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { ApexError, type RateLimited, type Reason } from "../ApexError.ts"
import * as ApexSchema from "../ApexSchema.ts"
import * as TokenSchema from "../TokenSchema.ts"
import * as Failures from "./failures.ts"
import * as Operations from "./operations.ts"
import { sensitive } from "./sensitive.ts"
import type { Settings } from "./settings.ts"

// -----------------------------------------------------------------------------
// What callers give
// -----------------------------------------------------------------------------

/** Something that goes into a path or a query. */
const checked = <A>(schema: Schema.Schema<A>, expected: string) => {
  const is = Schema.is(schema)
  return (field: string, value: A): Effect.Effect<A, InvalidRequest> =>
    is(value) ? Effect.succeed(value) : Effect.fail(new InvalidRequest({ field, problem: `Expected ${expected}` }))
}

const nodeId = checked(ApexSchema.NodeId, "a UUID")
const marketId = checked(ApexSchema.MarketId, "a UUID")
const distributorId = checked(ApexSchema.DistributorId, "a UUID")
const tokenId = checked(ApexSchema.TokenId, "a UUID")
const kycAddressId = checked(ApexSchema.KycAddressId, "a UUID")
const kycTokenId = checked(ApexSchema.KycTokenId, "a UUID")
const externalId = checked(
  Schema.String.check(Schema.isPattern(/^(?!\.{0,2}$)/)),
  "an identifier that can stand in a path"
)
const natural = checked(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)), "a whole number, and 1 at least")

const withCreateNode = ApiClient.bodyJson(ApexSchema.CreateNode)
const withUpdateNode = ApiClient.bodyJson(ApexSchema.UpdateNode)
const withCreateMarket = ApiClient.bodyJson(ApexSchema.CreateMarket)
const withUpdateMarket = ApiClient.bodyJson(ApexSchema.UpdateMarket)
const withCreateDistributor = ApiClient.bodyJson(ApexSchema.CreateDistributor)
const withUpdateDistributor = ApiClient.bodyJson(ApexSchema.UpdateDistributor)
const withCreateToken = ApiClient.bodyJson(TokenSchema.CreateToken)
const withMarkets = ApiClient.bodyJson(TokenSchema.MarketsInput)
const withCreateAddress = ApiClient.bodyJson(ApexSchema.CreateKycAddress)
const withUpdateAddress = ApiClient.bodyJson(ApexSchema.UpdateKycAddress)
const withCreateKycToken = ApiClient.bodyJson(TokenSchema.CreateKycToken)
const withUpdateKycToken = ApiClient.bodyJson(TokenSchema.UpdateKycToken)

/** What a list is asked for besides its page. */
interface Query {
  readonly page?: number | undefined
  readonly perPage?: number | undefined
  readonly chainId?: number | undefined
}

const withQuery = Effect.fnUntraced(function*(
  request: HttpClientRequest.HttpClientRequest,
  query: Query
): Effect.fn.Return<HttpClientRequest.HttpClientRequest, InvalidRequest> {
  const params: Array<readonly [string, string]> = []
  for (const [field, name] of queryNames) {
    const value = query[field]
    if (value !== undefined) params.push([name, `${yield* natural(field, value)}`])
  }
  return HttpClientRequest.setUrlParams(request, params)
})

const queryNames = [["page", "page"], ["perPage", "per_page"], ["chainId", "chain_id"]] as const

/** What no operation covers goes where all but the token endpoints are, unless the caller says otherwise. */
const withTarget = (request: HttpClientRequest.HttpClientRequest): HttpClientRequest.HttpClientRequest =>
  request.headers[Operations.targetHeader] === undefined
    ? HttpClientRequest.setHeader(request, Operations.targetHeader, Operations.usualTarget)
    : request

// One by one: of a module that is taken apart, a bundle keeps every member.
const get = HttpClientRequest.get
const post = HttpClientRequest.post
const put = HttpClientRequest.put
const remove = HttpClientRequest.delete

// -----------------------------------------------------------------------------
// The calls
// -----------------------------------------------------------------------------

export const make = Effect.fnUntraced(function*(settings: Settings, tokens: Tokens, admit: Admission<RateLimited>) {
  const { client, run } = yield* ApiClient.make<Reason, ApexError, RateLimited>({
    provider: "apex",
    tokens,
    baseUrl: settings.baseUrl,
    authorize: (request, token) => HttpClientRequest.bearerToken(withTarget(request), token),
    admit,
    sensitive,
    timeout: settings.timeout,
    refusal: (answer, body, operation) => Failures.ofCall(answer, body, operation, settings.requestWindow),
    error: (operation, reason) => new ApexError({ operation, reason }),
    retry: settings.retry
  })

  const call = <A>(
    operation: Operations.Operation<A>,
    request: Effect.Effect<HttpClientRequest.HttpClientRequest, InvalidRequest>
  ): Effect.Effect<A, ApexError> =>
    run(
      operation,
      Effect.map(request, (request) =>
        request.pipe(
          HttpClientRequest.acceptJson,
          HttpClientRequest.setHeader(Operations.targetHeader, settings.targetOf(operation.name))
        ))
    )

  const childrenPage = (parent: ApexSchema.NodeId, query: Query = {}) =>
    call(
      Operations.listChildren,
      Effect.flatMap(nodeId("id", parent), (id) => withQuery(get(ApiClient.path`/nodes/${id}/children`), query))
    )

  const ofMarketPage = (market: ApexSchema.MarketId, query: Query = {}) =>
    call(
      Operations.listTokens,
      Effect.flatMap(marketId("marketId", market), (id) =>
        withQuery(get(ApiClient.path`/tokens/markets/${id}/all`), query))
    )

  const addressesPage = (market: ApexSchema.MarketId, query: Query = {}) =>
    call(
      Operations.listAddresses,
      Effect.flatMap(marketId("marketId", market), (id) =>
        withQuery(get(ApiClient.path`/kyc-addresses/markets/${id}`), query))
    )

  return {
    client,
    nodes: {
      create: (input: ApexSchema.CreateNode) => call(Operations.createNode, withCreateNode(post("/nodes"), input)),
      get: (id: ApexSchema.NodeId) =>
        call(
          Operations.getNode,
          Effect.map(nodeId("id", id), (id) => get(ApiClient.path`/nodes/${id}`))
        ),
      update: (id: ApexSchema.NodeId, input: ApexSchema.UpdateNode) =>
        call(
          Operations.updateNode,
          Effect.flatMap(nodeId("id", id), (id) => withUpdateNode(put(ApiClient.path`/nodes/${id}`), input))
        ),
      delete: (id: ApexSchema.NodeId) =>
        Effect.asVoid(call(
          Operations.deleteNode,
          Effect.map(nodeId("id", id), (id) => remove(ApiClient.path`/nodes/${id}`))
        )),
      childrenPage,
      children: (id: ApexSchema.NodeId, query: Query = {}) => pages((page) => childrenPage(id, { ...query, page }))
    },
    markets: {
      create: (input: ApexSchema.CreateMarket) =>
        call(
          Operations.createMarket,
          withCreateMarket(post("/markets"), input)
        ),
      update: (id: ApexSchema.MarketId, input: ApexSchema.UpdateMarket) =>
        call(
          Operations.updateMarket,
          Effect.flatMap(marketId("id", id), (id) => withUpdateMarket(put(ApiClient.path`/markets/${id}`), input))
        )
    },
    distributors: {
      create: (node: ApexSchema.NodeId, input: ApexSchema.CreateDistributor = {}) =>
        call(
          Operations.createDistributor,
          Effect.flatMap(nodeId("nodeId", node), (id) =>
            withCreateDistributor(
              post(ApiClient.path`/distributors/nodes/${id}`),
              input
            ))
        ),
      update: (id: ApexSchema.DistributorId, input: ApexSchema.UpdateDistributor) =>
        call(
          Operations.updateDistributor,
          Effect.flatMap(distributorId("id", id), (id) =>
            withUpdateDistributor(put(ApiClient.path`/distributors/${id}`), input))
        )
    },
    tokens: {
      create: (
        node: ApexSchema.NodeId,
        distributor: ApexSchema.DistributorId,
        input: TokenSchema.CreateToken
      ) =>
        call(
          Operations.createToken,
          Effect.flatMap(
            Effect.all([nodeId("nodeId", node), distributorId("distributorId", distributor)]),
            ([node, distributor]) =>
              withCreateToken(
                post(ApiClient.path`/tokens/nodes/${node}/distributors/${distributor}`),
                input
              )
          )
        ),
      createFromExternal: (external: string, input: TokenSchema.Markets) =>
        call(
          Operations.createTokenFromExternal,
          Effect.flatMap(externalId("externalId", external), (id) =>
            withMarkets(post(ApiClient.path`/tokens/external/${id}`), input))
        ),
      ofMarketPage,
      ofMarket: (id: ApexSchema.MarketId, query: Query = {}) => pages((page) => ofMarketPage(id, { ...query, page })),
      setMarkets: (id: ApexSchema.TokenId, input: TokenSchema.Markets) =>
        Effect.map(
          call(
            Operations.setMarkets,
            Effect.flatMap(tokenId("id", id), (id) => withMarkets(put(ApiClient.path`/tokens/${id}/markets`), input))
          ),
          ({ items }) => items
        )
    },
    kyc: {
      addressesPage,
      addresses: (id: ApexSchema.MarketId, query: Query = {}) => pages((page) => addressesPage(id, { ...query, page })),
      createAddress: (market: ApexSchema.MarketId, input: ApexSchema.CreateKycAddress) =>
        call(
          Operations.createAddress,
          Effect.flatMap(marketId("marketId", market), (id) =>
            withCreateAddress(post(ApiClient.path`/kyc-addresses/markets/${id}`), input))
        ),
      updateAddress: (id: ApexSchema.KycAddressId, input: ApexSchema.UpdateKycAddress) =>
        call(
          Operations.updateAddress,
          Effect.flatMap(kycAddressId("id", id), (id) =>
            withUpdateAddress(put(ApiClient.path`/kyc-addresses/${id}`), input))
        ),
      createToken: (token: ApexSchema.TokenId, input: TokenSchema.CreateKycToken) =>
        call(
          Operations.createKycToken,
          Effect.flatMap(tokenId("tokenId", token), (id) =>
            withCreateKycToken(post(ApiClient.path`/tokens/${id}/kyc-tokens`), input))
        ),
      updateToken: (
        token: ApexSchema.TokenId,
        id: ApexSchema.KycTokenId,
        input: TokenSchema.UpdateKycToken
      ) =>
        call(
          Operations.updateKycToken,
          Effect.flatMap(Effect.all([tokenId("tokenId", token), kycTokenId("id", id)]), ([token, id]) =>
            withUpdateKycToken(
              put(ApiClient.path`/tokens/${token}/kyc-tokens/${id}`),
              input
            ))
        )
    }
  }
})

/** All entries of a list, page by page as they are wanted. */
const pages = <A>(
  read: (page: number) => Effect.Effect<ApexSchema.Page<A>, ApexError>
): Stream.Stream<A, ApexError> =>
  Stream.paginate({ page: 1, before: 0 }, ({ before, page }) =>
    Effect.map(read(page), ({ items, total }) => {
      const seen = before + items.length
      // A page with nothing on it is the last one, whatever the total says.
      const next = items.length > 0 && seen < total ? Option.some({ page: page + 1, before: seen }) : Option.none()
      return [items, next] as const
    }))
