import { Amount, ApexSchema, type TokenSchema, Webhook } from "@entegre/apex"
import { Duration, Redacted } from "effect"

// What the provider's pages show, value for value.

export const ids = {
  node: ApexSchema.NodeId.make("e40efce4-38a3-46c4-a202-e8db95d0409c"),
  parent: ApexSchema.NodeId.make("550e8400-e29b-41d4-a716-446655440000"),
  market: ApexSchema.MarketId.make("262bed05-5a0e-4fff-8171-39fafab66b0c"),
  distributor: ApexSchema.DistributorId.make("39e8003c-6342-4fd3-97a1-3f2a7b437d0a"),
  token: ApexSchema.TokenId.make("3c4da8b4-99e0-45ca-bb0b-221c3b1272b3"),
  kycAddress: ApexSchema.KycAddressId.make("3b695a99-be80-4668-99af-254717524dd0"),
  kycToken: ApexSchema.KycTokenId.make("e28cae58-0c9c-4f71-91b4-e567e06cc6a7")
}

export const node = {
  id: "550e8400-e29b-41d4-a716-446655440001",
  parent_id: ids.parent,
  name: "My Node",
  type: 1,
  path: "1.2.3",
  int_id: 3,
  created_at: "2025-01-03T10:00:00Z",
  updated_at: "2025-01-03T10:00:00Z"
}

export const child = {
  id: "e1f8f3ce-8ead-486e-a6dd-8adcf1532f2f",
  parent_id: ids.node,
  name: "My Sub Account",
  type: 3,
  path: "1.3.6",
  int_id: 6,
  created_at: "2025-12-23T16:49:21.110885Z",
  updated_at: "2025-12-23T16:49:21.110885Z"
}

export const market = {
  id: ids.market,
  node_id: ids.node,
  domain: "updated-domain.com",
  webhook: {
    host: "https://webhook2.example.com",
    path: "/webhook",
    method: "GET",
    authentication: { type: 1, username: "user2", password: "pass2" },
    timeout: 30
  },
  created_at: "2025-12-11T14:00:26.023564Z",
  updated_at: "2025-12-11T14:03:47.361795Z"
}

export const distributor = {
  id: ids.distributor,
  node_id: ids.node,
  meta: {
    host: "https://example.com",
    path: "/webhook",
    method: "GET",
    authentication: { type: 1, username: "user", password: "pass" }
  },
  created_at: "2025-12-24T02:16:10.419696+03:00",
  updated_at: "2025-12-24T02:16:10.419696+03:00"
}

export const newToken = {
  name: "My Token",
  symbol: "MTK",
  description: "This is a sample token description",
  chain_id: 1,
  value: 100.5,
  supply: 1000000,
  external_id: "ext_token_12345",
  contract: {
    address: "0x1234567890123456789012345678901234567890",
    hash: "0xabcdef1234567890abcdef1234567890abcdef1234567890abcdef1234567890"
  },
  rules: { max_purchase_limit: 10000, min_purchase_limit: 100 },
  status: 2,
  integration: {
    chain_id: 1,
    abi:
      "[{\"inputs\":[],\"name\":\"transfer\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
    contract_address: "0x9876543210987654321098765432109876543210",
    function_name: "transfer",
    currency_token_address: "0x1111111111111111111111111111111111111111",
    is_approved: true,
    args: [
      {
        type: "address",
        value: "0x2222222222222222222222222222222222222222",
        description: "Recipient address"
      },
      { type: "uint256", value: "1000000000000000000", description: "Amount to transfer" }
    ]
  },
  currency_token_address: "0x1111111111111111111111111111111111111111",
  currency_token_symbol: "USDT",
  currency_token_decimals: 18,
  currency_token_name: "Tether USD",
  meta: {
    images: [{ url: "https://example.com/images/token-logo.png", is_default: true, hash: "abc123def456" }],
    documents: [{
      name: "Whitepaper",
      url: "https://example.com/documents/whitepaper.pdf",
      type: 2,
      hash: "whitepaper_hash_123"
    }]
  }
}

export const token = {
  id: "26512436-045c-4c32-bd78-13b7dd9c24f3",
  node_id: ids.node,
  distributor_id: "084a5159-1546-4ade-a7ba-956e0234a417",
  currency_token_id: "c94c94fc-479d-4d08-bba0-123a210c174c",
  currency_token: {
    id: "c94c94fc-479d-4d08-bba0-123a210c174c",
    name: "Tether USD",
    symbol: "USDT",
    decimals: 18,
    address: "0x1111111111111111111111111111111111111111",
    chain_id: 1
  },
  chain_id: 1,
  name: "My Token",
  description: "This is a sample token description",
  symbol: "MTK",
  value: 100.5,
  supply: 1000000,
  external_id: "ext_token_12345",
  contract: newToken.contract,
  rules: newToken.rules,
  status: 3,
  integration: newToken.integration
}

export const externalToken = {
  id: "43075f5d-8e7b-4b90-ba44-c85f3d9346d7",
  node_id: ids.node,
  distributor_id: "084a5159-1546-4ade-a7ba-956e0234a417",
  currency_token_id: "6f75c60f-21cc-419f-b0e9-f75655b9fb6a",
  chain_id: 17000,
  name: "Estimates test",
  symbol: "ES",
  value: 0.00044000000000000007,
  supply: 1000000,
  external_id: "693d6f791f8a9198aba44f50",
  status: 2
}

export const marketToken = {
  id: "42773a28-c4c3-4a73-a97e-fd3c36be9135",
  distributor_id: "084a5159-1546-4ade-a7ba-956e0234a417",
  token_id: ids.token,
  market_id: "861ce222-559c-4a0f-872d-a9f8cf05c93f",
  status: 1,
  created_at: "2025-12-24T11:05:57.817512Z",
  updated_at: "2025-12-24T11:05:57.817512Z"
}

export const kycAddress = {
  id: "2912b1ca-cb13-49ed-9ed0-1133f81c5110",
  market_id: ids.market,
  name: "kyc det",
  address: "0x1234567890abcdef",
  chain_id: 1,
  created_at: "2025-12-24T00:26:50.286749+03:00",
  updated_at: "2025-12-24T00:26:50.286749+03:00"
}

export const kycToken = {
  id: ids.kycToken,
  distributor_id: "084a5159-1546-4ade-a7ba-956e0234a417",
  kyc_address_id: ids.kycAddress,
  token_id: ids.token,
  chain_id: 1,
  hash: "0x81948129849128491824981294",
  is_approved: true,
  created_at: "2025-12-24T19:09:11.407528+03:00",
  updated_at: "2025-12-24T19:09:11.407528+03:00"
}

/** A list's only page, under the name of what is listed. */
export const page = (key: string, items: ReadonlyArray<unknown>, perPage: number) => ({
  [key]: items,
  total: items.length,
  page: 1,
  per_page: perPage
})

// The same, as an application writes it.

export const webhook: Webhook.Webhook = {
  host: "https://webhook.example.com",
  path: "/webhook",
  method: "GET",
  authentication: Webhook.basic("user", Redacted.make("pass")),
  timeout: Duration.seconds(30)
}

export const meta: Webhook.Meta = {
  host: "https://example.com",
  path: "/webhook",
  method: "GET",
  authentication: Webhook.basic("user", Redacted.make("pass"))
}

export const amount = Amount.make

export const integration = {
  chainId: 1,
  abi: newToken.integration.abi,
  contractAddress: newToken.integration.contract_address,
  functionName: "transfer",
  currencyTokenAddress: newToken.currency_token_address,
  isApproved: true,
  args: newToken.integration.args
} satisfies TokenSchema.Integration

export const createToken = {
  name: "My Token",
  symbol: "MTK",
  description: "This is a sample token description",
  chainId: 1,
  value: Amount.make("100.50"),
  supply: Amount.make("1000000"),
  externalId: "ext_token_12345",
  contract: newToken.contract,
  rules: { maxPurchaseLimit: Amount.make("10000"), minPurchaseLimit: Amount.make("100") },
  status: 2,
  integration,
  currencyTokenAddress: newToken.currency_token_address,
  currencyTokenSymbol: "USDT",
  currencyTokenDecimals: 18,
  currencyTokenName: "Tether USD",
  meta: {
    images: [{ url: "https://example.com/images/token-logo.png", isDefault: true, hash: "abc123def456" }],
    documents: newToken.meta.documents
  }
} satisfies TokenSchema.CreateToken
