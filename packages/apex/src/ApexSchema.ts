/**
 * What goes over the wire, and what it becomes: nodes, markets, distributors and KYC. Tokens are in `TokenSchema`.
 *
 * In what is sent, a field that may be left out is optional. Where `null` is allowed too, the two differ: left out, the
 * field stays as it is; `null` removes it. In what comes back, a field that may be missing or `null` is an `Option`, times
 * are moments whatever offset they are written with, and what the pages do not list (a number of an enumeration) is kept
 * as it is.
 *
 * Facts are from the provider's pages below `api/`.
 */
import * as Schema from "effect/Schema"
import * as Wire from "./internal/wire.ts"
import { Configured, Meta, MetaChanges, Webhook, WebhookChanges } from "./Webhook.ts"

// -----------------------------------------------------------------------------
// Identifiers
// -----------------------------------------------------------------------------

const Uuid = Schema.String.check(Schema.isGUID({ expected: "a UUID" }))

/**
 * Names a node: a UUID. `NodeId.make` throws if it is none; use `Schema.decodeUnknownEffect(NodeId)` for what comes from
 * outside.
 */
export const NodeId = Uuid.pipe(Schema.brand("@entegre/apex/NodeId"))

/**
 * Names a node: a UUID.
 */
export type NodeId = typeof NodeId.Type

/**
 * Names a market: a UUID.
 */
export const MarketId = Uuid.pipe(Schema.brand("@entegre/apex/MarketId"))

/**
 * Names a market: a UUID.
 */
export type MarketId = typeof MarketId.Type

/**
 * Names a distributor: a UUID.
 */
export const DistributorId = Uuid.pipe(Schema.brand("@entegre/apex/DistributorId"))

/**
 * Names a distributor: a UUID.
 */
export type DistributorId = typeof DistributorId.Type

/**
 * Names a token, the tokenised asset: a UUID.
 */
export const TokenId = Uuid.pipe(Schema.brand("@entegre/apex/TokenId"))

/**
 * Names a token, the tokenised asset: a UUID.
 */
export type TokenId = typeof TokenId.Type

/**
 * Names a KYC address of a market: a UUID.
 */
export const KycAddressId = Uuid.pipe(Schema.brand("@entegre/apex/KycAddressId"))

/**
 * Names a KYC address of a market: a UUID.
 */
export type KycAddressId = typeof KycAddressId.Type

/**
 * Names what ties a token to a KYC address: a UUID.
 */
export const KycTokenId = Uuid.pipe(Schema.brand("@entegre/apex/KycTokenId"))

/**
 * Names what ties a token to a KYC address: a UUID.
 */
export type KycTokenId = typeof KycTokenId.Type

/**
 * Names a blockchain network: 1 is Ethereum, 56 is BNB Smart Chain, 137 is Polygon.
 */
export const ChainId = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

/**
 * Names a blockchain network.
 */
export type ChainId = typeof ChainId.Type

const dates = { createdAt: Wire.Instant, updatedAt: Wire.Instant }

const dateKeys = { createdAt: "created_at", updatedAt: "updated_at" } as const

// -----------------------------------------------------------------------------
// Pages
// -----------------------------------------------------------------------------

/**
 * A page of a list.
 */
export interface Page<out A> {
  /** What is on it. */
  readonly items: ReadonlyArray<A>
  /** How many there are on all pages. */
  readonly total: number
  /** Its number, from 1. */
  readonly page: number
  /** How many Apex puts on a page. */
  readonly perPage: number
}

/**
 * Which page of a list is asked for.
 */
export const PageInput = Schema.Struct({
  /** Its number, from 1. Default: 1. */
  page: Schema.optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  /** How many to a page, at least 1. Default: Apex's, which is 100 for the children of a node and 20 for other lists. */
  perPage: Schema.optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)))
})

/**
 * Which page of a list is asked for.
 */
export type PageInput = typeof PageInput.Type

// -----------------------------------------------------------------------------
// Nodes
// -----------------------------------------------------------------------------

/**
 * The types of nodes. On the wire they are 1, 2 and 3.
 */
export const NodeType = Schema.Literals([1, 2, 3]).transform(["Apex", "Account", "SubAccount"])

/**
 * The types of nodes.
 */
export type NodeType = typeof NodeType.Type

/**
 * A node of the tree.
 *
 * - `path` is where it stands: the `intId`s from the root down to it, as in `1.2.3`.
 * - `type` is a {@link NodeType}, or whatever else Apex answers.
 */
export const Node = Schema.Struct({
  id: NodeId,
  parentId: Wire.optional(NodeId),
  name: Schema.String,
  type: Wire.enumeration({ Apex: 1, Account: 2, SubAccount: 3 }),
  path: Schema.String,
  intId: Schema.Int,
  ...dates
}).pipe(Schema.encodeKeys({ parentId: "parent_id", intId: "int_id", ...dateKeys }))

/**
 * A node of the tree.
 */
export interface Node extends Schema.Schema.Type<typeof Node> {}

const NodeName = Schema.String.check(
  Schema.isMinLength(1, { expected: "a name of 1 to 255 characters" }),
  Schema.isMaxLength(255, { expected: "a name of 1 to 255 characters" })
)

/**
 * A new node.
 */
export const CreateNode = Schema.Struct({
  /** The node that it hangs on. Default: none, it is a root. */
  parentId: Schema.optional(NodeId),
  /** 1 to 255 characters. */
  name: NodeName,
  /** What it is. */
  type: NodeType
}).pipe(Schema.encodeKeys({ parentId: "parent_id" }))

/**
 * A new node.
 */
export interface CreateNode extends Schema.Schema.Type<typeof CreateNode> {}

/**
 * Changes to a node. What is left out stays as it is.
 */
export const UpdateNode = Schema.Struct({
  /** Hangs it on another node. */
  parentId: Schema.optional(NodeId),
  /** 1 to 255 characters. */
  name: Schema.optional(NodeName),
  /** What it is. */
  type: Schema.optional(NodeType)
}).pipe(Schema.encodeKeys({ parentId: "parent_id" }))

/**
 * Changes to a node.
 */
export interface UpdateNode extends Schema.Schema.Type<typeof UpdateNode> {}

// -----------------------------------------------------------------------------
// Markets
// -----------------------------------------------------------------------------

/**
 * A market: where tokens are sold, under a domain.
 */
export const Market = Schema.Struct({
  id: MarketId,
  nodeId: NodeId,
  domain: Schema.String,
  webhook: Wire.optional(Configured),
  ...dates
}).pipe(Schema.encodeKeys({ nodeId: "node_id", ...dateKeys }))

/**
 * A market: where tokens are sold, under a domain.
 */
export interface Market extends Schema.Schema.Type<typeof Market> {}

/**
 * A new market.
 */
export const CreateMarket = Schema.Struct({
  /** The node that it belongs to. */
  nodeId: NodeId,
  /** Its domain: `example.com`. */
  domain: Schema.NonEmptyString,
  /** Where Apex sends its notices. Default: nowhere. */
  webhook: Schema.optional(Webhook)
}).pipe(Schema.encodeKeys({ nodeId: "node_id" }))

/**
 * A new market.
 */
export interface CreateMarket extends Schema.Schema.Type<typeof CreateMarket> {}

/**
 * Changes to a market. What is left out stays as it is.
 */
export const UpdateMarket = Schema.Struct({
  /** Its domain. */
  domain: Schema.optional(Schema.NonEmptyString),
  /** Where Apex sends its notices; `null` for nowhere any more. */
  webhook: Schema.optional(Schema.NullOr(WebhookChanges))
})

/**
 * Changes to a market.
 */
export interface UpdateMarket extends Schema.Schema.Type<typeof UpdateMarket> {}

// -----------------------------------------------------------------------------
// Distributors
// -----------------------------------------------------------------------------

/**
 * A distributor: who issues tokens.
 */
export const Distributor = Schema.Struct({
  id: DistributorId,
  nodeId: NodeId,
  meta: Wire.optional(Configured),
  ...dates
}).pipe(Schema.encodeKeys({ nodeId: "node_id", ...dateKeys }))

/**
 * A distributor: who issues tokens.
 */
export interface Distributor extends Schema.Schema.Type<typeof Distributor> {}

/**
 * A new distributor.
 */
export const CreateDistributor = Schema.Struct({
  /** Where Apex sends its notices. Default: nowhere. */
  meta: Schema.optional(Meta)
})

/**
 * A new distributor.
 */
export interface CreateDistributor extends Schema.Schema.Type<typeof CreateDistributor> {}

/**
 * Changes to a distributor. What is left out stays as it is.
 */
export const UpdateDistributor = Schema.Struct({
  /** Where Apex sends its notices; `null` for nowhere any more. */
  meta: Schema.optional(Schema.NullOr(MetaChanges))
})

/**
 * Changes to a distributor.
 */
export interface UpdateDistributor extends Schema.Schema.Type<typeof UpdateDistributor> {}

// -----------------------------------------------------------------------------
// KYC
// -----------------------------------------------------------------------------

/**
 * A KYC address: the contract on a chain that knows whose purchases a market allows.
 */
export const KycAddress = Schema.Struct({
  id: KycAddressId,
  marketId: MarketId,
  chainId: Schema.Int,
  name: Schema.String,
  address: Schema.String,
  ...dates
}).pipe(Schema.encodeKeys({ marketId: "market_id", chainId: "chain_id", ...dateKeys }))

/**
 * A KYC address of a market.
 */
export interface KycAddress extends Schema.Schema.Type<typeof KycAddress> {}

/**
 * A new KYC address.
 */
export const CreateKycAddress = Schema.Struct({
  /** Its chain. */
  chainId: ChainId,
  /** Its name, for people. */
  name: Schema.NonEmptyString,
  /** The address on the chain. */
  address: Schema.NonEmptyString
}).pipe(Schema.encodeKeys({ chainId: "chain_id" }))

/**
 * A new KYC address.
 */
export interface CreateKycAddress extends Schema.Schema.Type<typeof CreateKycAddress> {}

/**
 * Changes to a KYC address. What is left out stays as it is.
 */
export const UpdateKycAddress = Schema.Struct({
  /** Its chain. */
  chainId: Schema.optional(ChainId),
  /** Its name, for people. */
  name: Schema.optional(Schema.NonEmptyString),
  /** The address on the chain. */
  address: Schema.optional(Schema.NonEmptyString)
}).pipe(Schema.encodeKeys({ chainId: "chain_id" }))

/**
 * Changes to a KYC address.
 */
export interface UpdateKycAddress extends Schema.Schema.Type<typeof UpdateKycAddress> {}
