/**
 * Tokens, the tokenised assets: what is sent about them, and what comes back.
 *
 * What the pages show of a token that Apex answers breaks off, so only what identifies one and says what it is worth is
 * required; the rest is an `Option`. Numbers of enumerations (a token's `status`, a document's `type`) are kept as they
 * come: the pages do not list them.
 *
 * Facts are from the provider's pages `api/tokens/create`, `create-external`, `market-list`, `update-tokens-market`,
 * `create-token-kyc-address` and `update-token-kyc-address`.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Amount from "./Amount.ts"
import { ChainId, DistributorId, KycAddressId, KycTokenId, MarketId, NodeId, TokenId } from "./ApexSchema.ts"
import * as Wire from "./internal/wire.ts"

// -----------------------------------------------------------------------------
// Parts of a token
// -----------------------------------------------------------------------------

/**
 * Where a token's contract is.
 */
export const Contract = Schema.Struct({ address: Schema.String, hash: Schema.String })

/**
 * Where a token's contract is.
 */
export interface Contract extends Schema.Schema.Type<typeof Contract> {}

/**
 * How much of a token may be bought at once.
 */
export const Rules = Schema.Struct({
  maxPurchaseLimit: Amount.NonNegative,
  minPurchaseLimit: Amount.NonNegative
}).pipe(Schema.encodeKeys({ maxPurchaseLimit: "max_purchase_limit", minPurchaseLimit: "min_purchase_limit" }))

/**
 * How much of a token may be bought at once.
 */
export interface Rules extends Schema.Schema.Type<typeof Rules> {}

const isJson = (text: string): boolean => Option.isSome(decodeJson(text))

const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/**
 * The call on the chain by which a token is bought.
 */
export const Integration = Schema.Struct({
  chainId: Schema.Int,
  /** The contract's ABI: a JSON text. */
  abi: Schema.String.check(Schema.makeFilter(isJson, { expected: "a JSON text" })),
  contractAddress: Schema.String,
  functionName: Schema.String,
  /** The contract of the currency that is paid with. */
  currencyTokenAddress: Schema.String,
  isApproved: Schema.Boolean,
  /** The arguments of the function. `value` is a text whatever the `type`: `"1000000000000000000"` for a `uint256`. */
  args: Wire.list(Schema.Struct({ type: Schema.String, value: Schema.String, description: Schema.String }))
}).pipe(Schema.encodeKeys({
  chainId: "chain_id",
  contractAddress: "contract_address",
  functionName: "function_name",
  currencyTokenAddress: "currency_token_address",
  isApproved: "is_approved"
}))

/**
 * The call on the chain by which a token is bought.
 */
export interface Integration extends Schema.Schema.Type<typeof Integration> {}

/**
 * Pictures and papers.
 */
export const Meta = Schema.Struct({
  images: Wire.list(
    Schema.Struct({ url: Schema.String, isDefault: Schema.Boolean, hash: Schema.String }).pipe(
      Schema.encodeKeys({ isDefault: "is_default" })
    )
  ),
  documents: Wire.list(
    Schema.Struct({ name: Schema.String, url: Schema.String, type: Schema.Int, hash: Schema.String })
  )
})

/**
 * Pictures and papers.
 */
export interface Meta extends Schema.Schema.Type<typeof Meta> {}

/**
 * The currency that a token is paid with: itself a token on a chain, such as USDT.
 */
export const CurrencyToken = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  symbol: Schema.String,
  decimals: Schema.Int,
  address: Schema.String,
  chainId: Schema.Int
}).pipe(Schema.encodeKeys({ chainId: "chain_id" }))

/**
 * The currency that a token is paid with.
 */
export interface CurrencyToken extends Schema.Schema.Type<typeof CurrencyToken> {}

// -----------------------------------------------------------------------------
// Tokens
// -----------------------------------------------------------------------------

/**
 * A token. `value` and `supply` keep every digit as it came; see `Amount` for what floats leave in them.
 */
export const Token = Schema.Struct({
  id: TokenId,
  nodeId: NodeId,
  distributorId: DistributorId,
  chainId: Schema.Int,
  name: Schema.String,
  symbol: Schema.String,
  value: Amount.Amount,
  supply: Amount.Amount,
  status: Schema.Int,
  description: Wire.optional(Schema.String),
  externalId: Wire.optional(Schema.String),
  currencyTokenId: Wire.optional(Schema.String),
  currencyToken: Wire.optional(CurrencyToken),
  contract: Wire.optional(Contract),
  rules: Wire.optional(Rules),
  integration: Wire.optional(Integration),
  meta: Wire.optional(Meta),
  createdAt: Wire.optional(Wire.Instant),
  updatedAt: Wire.optional(Wire.Instant)
}).pipe(Schema.encodeKeys({
  nodeId: "node_id",
  distributorId: "distributor_id",
  chainId: "chain_id",
  externalId: "external_id",
  currencyTokenId: "currency_token_id",
  currencyToken: "currency_token",
  createdAt: "created_at",
  updatedAt: "updated_at"
}))

/**
 * A token.
 */
export interface Token extends Schema.Schema.Type<typeof Token> {}

/**
 * A new token. The pages do not say which fields Apex requires; the five that are required here are those without which
 * there is no token.
 */
export const CreateToken = Schema.Struct({
  name: Schema.NonEmptyString,
  symbol: Schema.NonEmptyString,
  chainId: ChainId,
  /** What one is worth, in the currency that it is paid with. */
  value: Amount.NonNegative,
  /** How many there are. */
  supply: Amount.NonNegative,
  description: Schema.optional(Schema.String),
  /** What the application calls it. With one, `tokens.ofMarket` tells whether a call without an answer succeeded. */
  externalId: Schema.optional(Schema.NonEmptyString),
  contract: Schema.optional(Contract),
  rules: Schema.optional(Rules),
  /** A number that the pages do not explain: their sample has 2. */
  status: Schema.optional(Schema.Int),
  integration: Schema.optional(Integration),
  /** The contract of the currency that it is paid with. */
  currencyTokenAddress: Schema.optional(Schema.NonEmptyString),
  currencyTokenSymbol: Schema.optional(Schema.NonEmptyString),
  /** 18 for most. */
  currencyTokenDecimals: Schema.optional(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))),
  currencyTokenName: Schema.optional(Schema.NonEmptyString),
  meta: Schema.optional(Meta)
}).pipe(Schema.encodeKeys({
  chainId: "chain_id",
  externalId: "external_id",
  currencyTokenAddress: "currency_token_address",
  currencyTokenSymbol: "currency_token_symbol",
  currencyTokenDecimals: "currency_token_decimals",
  currencyTokenName: "currency_token_name"
}))

/**
 * A new token.
 */
export interface CreateToken extends Schema.Schema.Type<typeof CreateToken> {}

// -----------------------------------------------------------------------------
// Tokens in markets
// -----------------------------------------------------------------------------

/**
 * The markets in which a token is listed: all of them, or these.
 */
export const Markets = Schema.Struct({
  markets: Schema.Union([Schema.Literal("all"), Schema.NonEmptyArray(MarketId)])
})

/**
 * The markets in which a token is listed: all of them, or these.
 */
export interface Markets extends Schema.Schema.Type<typeof Markets> {}

/** On the wire, all of them is a flag, and these are a list beside it, which is empty otherwise. */
const WrittenMarkets = Schema.Struct({ is_all_market: Schema.Boolean, market_ids: Schema.Array(MarketId) })

/**
 * {@link Markets} as they are sent: `is_all_market` and `market_ids`.
 */
export const MarketsInput = WrittenMarkets.pipe(
  Schema.decodeTo(
    Schema.toType(Markets),
    SchemaTransformation.transform<Markets, typeof WrittenMarkets.Type>({
      decode: ({ is_all_market, market_ids: [first, ...rest] }) => ({
        markets: is_all_market || first === undefined ? "all" : [first, ...rest]
      }),
      encode: ({ markets }) =>
        markets === "all" ? { is_all_market: true, market_ids: [] } : { is_all_market: false, market_ids: markets }
    })
  )
)

/**
 * That a token is listed in a market. The pages do not explain `status`: their sample has 1.
 */
export const MarketToken = Schema.Struct({
  id: Schema.String,
  distributorId: DistributorId,
  tokenId: TokenId,
  marketId: MarketId,
  status: Schema.Int,
  createdAt: Wire.Instant,
  updatedAt: Wire.Instant
}).pipe(Schema.encodeKeys({
  distributorId: "distributor_id",
  tokenId: "token_id",
  marketId: "market_id",
  createdAt: "created_at",
  updatedAt: "updated_at"
}))

/**
 * That a token is listed in a market.
 */
export interface MarketToken extends Schema.Schema.Type<typeof MarketToken> {}

// -----------------------------------------------------------------------------
// Tokens and KYC
// -----------------------------------------------------------------------------

/**
 * What ties a token to a KYC address.
 */
export const KycToken = Schema.Struct({
  id: KycTokenId,
  distributorId: DistributorId,
  kycAddressId: KycAddressId,
  tokenId: TokenId,
  chainId: Schema.Int,
  hash: Schema.String,
  isApproved: Schema.Boolean,
  createdAt: Wire.Instant,
  updatedAt: Wire.Instant
}).pipe(Schema.encodeKeys({
  distributorId: "distributor_id",
  kycAddressId: "kyc_address_id",
  tokenId: "token_id",
  chainId: "chain_id",
  isApproved: "is_approved",
  createdAt: "created_at",
  updatedAt: "updated_at"
}))

/**
 * What ties a token to a KYC address.
 */
export interface KycToken extends Schema.Schema.Type<typeof KycToken> {}

/**
 * Ties a token to a KYC address.
 */
export const CreateKycToken = Schema.Struct({
  /** The address. */
  kycAddressId: KycAddressId,
  /** Its chain. */
  chainId: ChainId,
  /** The hash of the transaction, or of the contract. */
  hash: Schema.NonEmptyString,
  /** Whether it is approved. */
  isApproved: Schema.Boolean
}).pipe(Schema.encodeKeys({ kycAddressId: "kyc_address_id", chainId: "chain_id", isApproved: "is_approved" }))

/**
 * Ties a token to a KYC address.
 */
export interface CreateKycToken extends Schema.Schema.Type<typeof CreateKycToken> {}

/**
 * Changes to what ties a token to a KYC address. What is left out stays as it is.
 */
export const UpdateKycToken = Schema.Struct({
  /** Its chain. */
  chainId: Schema.optional(ChainId),
  /** The hash of the transaction, or of the contract. */
  hash: Schema.optional(Schema.NonEmptyString),
  /** Whether it is approved. */
  isApproved: Schema.optional(Schema.Boolean)
}).pipe(Schema.encodeKeys({ chainId: "chain_id", isApproved: "is_approved" }))

/**
 * Changes to what ties a token to a KYC address.
 */
export interface UpdateKycToken extends Schema.Schema.Type<typeof UpdateKycToken> {}
