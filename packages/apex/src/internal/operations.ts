/**
 * Apex's operations, as the provider's pages below `api/` list them.
 */
import * as ApiClient from "@entegre/core/ApiClient"
import * as Schema from "effect/Schema"
import * as ApexSchema from "../ApexSchema.ts"
import * as TokenSchema from "../TokenSchema.ts"
import * as Wire from "./wire.ts"

/** The header that says to which server behind the address a request goes. */
export const targetHeader = "x-target-server"

export type OperationName =
  | "auth.authenticate"
  | "auth.refresh"
  | "nodes.create"
  | "nodes.get"
  | "nodes.update"
  | "nodes.delete"
  | "nodes.children"
  | "markets.create"
  | "markets.update"
  | "distributors.create"
  | "distributors.update"
  | "tokens.create"
  | "tokens.createFromExternal"
  | "tokens.ofMarket"
  | "tokens.setMarkets"
  | "kyc.addresses"
  | "kyc.createAddress"
  | "kyc.updateAddress"
  | "kyc.createToken"
  | "kyc.updateToken"

/** The value of that header for all endpoints but those of tokens. */
export const usualTarget = "integration"

/** The value of that header for each operation, as the pages have it. */
export const documentedTarget = (operation: OperationName): string =>
  operation === "auth.authenticate" || operation === "auth.refresh" ? "authentication" : usualTarget

export interface Operation<out A> extends ApiClient.Operation<A> {
  readonly name: OperationName
}

const reads = <A>(name: OperationName, answer: Schema.ConstraintDecoder<A>): Operation<A> => ({
  ...ApiClient.operation({ name, safety: "safe", answer }),
  name
})

/** An update says how things are to be, not what to add to them: once or twice, the same comes of it. */
const sets = <A>(name: OperationName, answer: Schema.ConstraintDecoder<A>): Operation<A> => ({
  ...ApiClient.operation({ name, safety: "idempotent", answer }),
  name
})

const creates = <A>(name: OperationName, answer: Schema.ConstraintDecoder<A>, findOut: string): Operation<A> => ({
  ...ApiClient.operation({ name, safety: "unsafe", findOut, answer }),
  name
})

/** A page of a list, which stands under the name of what is listed. */
const lists = <S extends Schema.Constraint & Schema.ConstraintDecoder<unknown>>(
  name: OperationName,
  key: string,
  item: S
): Operation<ApexSchema.Page<S["Type"]>> =>
  reads(
    name,
    Schema.Struct({
      items: Wire.nullableList(item),
      total: Schema.Int,
      page: Schema.Int,
      perPage: Schema.Int
    }).pipe(Schema.encodeKeys({ items: key, perPage: "per_page" }))
  )

// -----------------------------------------------------------------------------
// Nodes
// -----------------------------------------------------------------------------

export const createNode = creates(
  "nodes.create",
  ApexSchema.Node,
  "look for the name among nodes.children of the parent; a root node can only be found by its id"
)
export const getNode = reads("nodes.get", ApexSchema.Node)
export const updateNode = sets("nodes.update", ApexSchema.Node)
export const listChildren = lists("nodes.children", "nodes", ApexSchema.Node)

/** What it answers is not published: whatever it is, the status says enough. */
export const deleteNode: Operation<string> = {
  ...ApiClient.operation({ name: "nodes.delete", safety: "idempotent", format: "text", answer: Schema.String }),
  name: "nodes.delete"
}

// -----------------------------------------------------------------------------
// Markets and distributors
// -----------------------------------------------------------------------------

export const createMarket = creates(
  "markets.create",
  ApexSchema.Market,
  "look for the domain on the Brokerage platform: no operation lists markets"
)
export const updateMarket = sets("markets.update", ApexSchema.Market)

export const createDistributor = creates(
  "distributors.create",
  ApexSchema.Distributor,
  "look at the node on the Brokerage platform: no operation lists distributors"
)
export const updateDistributor = sets("distributors.update", ApexSchema.Distributor)

// -----------------------------------------------------------------------------
// Tokens
// -----------------------------------------------------------------------------

export const createToken = creates(
  "tokens.create",
  TokenSchema.Token,
  "look for the externalId or the symbol in tokens.ofMarket, or on the Brokerage platform if no market lists the token yet"
)
export const createTokenFromExternal = creates(
  "tokens.createFromExternal",
  TokenSchema.Token,
  "look for the externalId in tokens.ofMarket of one of the markets"
)
export const listTokens = lists("tokens.ofMarket", "tokens", TokenSchema.Token)
export const setMarkets = sets(
  "tokens.setMarkets",
  Schema.Struct({ items: Wire.nullableList(TokenSchema.MarketToken) }).pipe(
    Schema.encodeKeys({ items: "distributor_market_tokens" })
  )
)

// -----------------------------------------------------------------------------
// KYC
// -----------------------------------------------------------------------------

export const listAddresses = lists("kyc.addresses", "kyc_addresses", ApexSchema.KycAddress)
export const createAddress = creates(
  "kyc.createAddress",
  ApexSchema.KycAddress,
  "look for the address in kyc.addresses of the market"
)
export const updateAddress = sets("kyc.updateAddress", ApexSchema.KycAddress)
export const createKycToken = creates(
  "kyc.createToken",
  TokenSchema.KycToken,
  "look at the token on the Brokerage platform: no operation lists what ties it to KYC addresses"
)
export const updateKycToken = sets("kyc.updateToken", TokenSchema.KycToken)
