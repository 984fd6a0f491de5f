import { assert, describe, it } from "@effect/vitest"
import { type ApexError, type Service, Webhook } from "@entegre/apex"
import { DateTime, Effect, Option, Redacted, Stream } from "effect"
import { open } from "./support/apex.ts"
import * as Sample from "./support/samples.ts"

const { ids } = Sample

interface Row {
  readonly operation: string
  readonly call: (apex: Service) => Effect.Effect<unknown, ApexError>
  /** The request: method, path with its query, body. */
  readonly request: readonly [method: string, path: string, body?: unknown]
  readonly status?: number
  readonly answer: unknown
  /** Some of what the call succeeds with. */
  readonly value?: unknown
}

const basic = { type: 1, username: "user", password: "pass" }

const rows: ReadonlyArray<Row> = [
  {
    operation: "nodes.create",
    call: ({ nodes }) => nodes.create({ parentId: ids.parent, name: "My Node", type: "Apex" }),
    request: ["POST", "/nodes", { parent_id: ids.parent, name: "My Node", type: 1 }],
    status: 201,
    answer: Sample.node,
    value: {
      id: "550e8400-e29b-41d4-a716-446655440001",
      parentId: Option.some(ids.parent),
      name: "My Node",
      type: "Apex",
      path: "1.2.3",
      intId: 3
    }
  },
  {
    operation: "nodes.create",
    call: ({ nodes }) => nodes.create({ name: "Root", type: "SubAccount" }),
    request: ["POST", "/nodes", { name: "Root", type: 3 }],
    status: 201,
    answer: { ...Sample.node, parent_id: null },
    value: { parentId: Option.none() }
  },
  {
    operation: "nodes.get",
    call: ({ nodes }) => nodes.get(ids.node),
    request: ["GET", `/nodes/${ids.node}`],
    answer: Sample.node,
    value: { path: "1.2.3" }
  },
  {
    operation: "nodes.update",
    call: ({ nodes }) => nodes.update(ids.node, { name: "Updated Node Name", type: "Account" }),
    request: ["PUT", `/nodes/${ids.node}`, { name: "Updated Node Name", type: 2 }],
    answer: { ...Sample.node, name: "Updated Node Name", type: 2 },
    value: { name: "Updated Node Name", type: "Account" }
  },
  {
    operation: "nodes.update",
    call: ({ nodes }) => nodes.update(ids.node, { parentId: ids.parent }),
    request: ["PUT", `/nodes/${ids.node}`, { parent_id: ids.parent }],
    answer: Sample.node
  },
  {
    operation: "nodes.delete",
    call: ({ nodes }) => nodes.delete(ids.node),
    request: ["DELETE", `/nodes/${ids.node}`],
    status: 204,
    answer: undefined,
    value: undefined
  },
  {
    operation: "nodes.delete",
    call: ({ nodes }) => nodes.delete(ids.node),
    request: ["DELETE", `/nodes/${ids.node}`],
    answer: { message: "node deleted" }
  },
  {
    operation: "nodes.children",
    call: ({ nodes }) => nodes.childrenPage(ids.node, { page: 1, perPage: 100 }),
    request: ["GET", `/nodes/${ids.node}/children?page=1&per_page=100`],
    answer: Sample.page("nodes", [Sample.child], 100),
    value: { total: 1, page: 1, perPage: 100 }
  },
  {
    operation: "nodes.children",
    call: ({ nodes }) => Stream.runCollect(nodes.children(ids.node)),
    request: ["GET", `/nodes/${ids.node}/children?page=1`],
    answer: Sample.page("nodes", [Sample.child], 100),
    value: { length: 1 }
  },
  {
    operation: "markets.create",
    call: ({ markets }) => markets.create({ nodeId: ids.node, domain: "example.com", webhook: Sample.webhook }),
    request: ["POST", "/markets", {
      node_id: ids.node,
      domain: "example.com",
      webhook: { host: "https://webhook.example.com", path: "/webhook", method: 1, authentication: basic, timeout: 30 }
    }],
    status: 201,
    answer: Sample.market,
    value: { id: ids.market, nodeId: ids.node }
  },
  {
    operation: "markets.create",
    call: ({ markets }) => markets.create({ nodeId: ids.node, domain: "example.com" }),
    request: ["POST", "/markets", { node_id: ids.node, domain: "example.com" }],
    status: 201,
    answer: { ...Sample.market, webhook: null },
    value: { webhook: Option.none() }
  },
  {
    operation: "markets.update",
    call: ({ markets }) =>
      markets.update(ids.market, {
        domain: "updated-domain.com",
        webhook: { method: "POST", authentication: Webhook.token(Redacted.make("your-token-here")) }
      }),
    request: ["PUT", `/markets/${ids.market}`, {
      domain: "updated-domain.com",
      webhook: { method: 2, authentication: { type: 2, token: "your-token-here" } }
    }],
    answer: Sample.market,
    value: { domain: "updated-domain.com" }
  },
  {
    operation: "markets.update",
    call: ({ markets }) => markets.update(ids.market, { domain: "updated-domain.com", webhook: null }),
    request: ["PUT", `/markets/${ids.market}`, { domain: "updated-domain.com", webhook: null }],
    answer: { ...Sample.market, webhook: undefined },
    value: { webhook: Option.none() }
  },
  {
    operation: "markets.update",
    call: ({ markets }) => markets.update(ids.market, { domain: "updated-domain.com", webhook: undefined }),
    request: ["PUT", `/markets/${ids.market}`, { domain: "updated-domain.com" }],
    answer: Sample.market
  },
  {
    operation: "distributors.create",
    call: ({ distributors }) => distributors.create(ids.node, { meta: Sample.meta }),
    request: ["POST", `/distributors/nodes/${ids.node}`, {
      meta: { host: "https://example.com", path: "/webhook", method: 1, authentication: basic }
    }],
    status: 201,
    answer: Sample.distributor,
    value: { id: ids.distributor, createdAt: DateTime.makeUnsafe("2025-12-23T23:16:10.419Z") }
  },
  {
    operation: "distributors.create",
    call: ({ distributors }) => distributors.create(ids.node),
    request: ["POST", `/distributors/nodes/${ids.node}`, {}],
    status: 201,
    answer: { ...Sample.distributor, meta: null },
    value: { meta: Option.none() }
  },
  {
    operation: "distributors.update",
    call: ({ distributors }) => distributors.update(ids.distributor, { meta: { path: "/elsewhere" } }),
    request: ["PUT", `/distributors/${ids.distributor}`, { meta: { path: "/elsewhere" } }],
    answer: Sample.distributor
  },
  {
    operation: "distributors.update",
    call: ({ distributors }) => distributors.update(ids.distributor, { meta: null }),
    request: ["PUT", `/distributors/${ids.distributor}`, { meta: null }],
    answer: { ...Sample.distributor, meta: null }
  },
  {
    operation: "distributors.update",
    call: ({ distributors }) => distributors.update(ids.distributor, {}),
    request: ["PUT", `/distributors/${ids.distributor}`, {}],
    answer: Sample.distributor
  },
  {
    operation: "tokens.create",
    call: ({ tokens }) => tokens.create(ids.node, ids.distributor, Sample.createToken),
    request: ["POST", `/tokens/nodes/${ids.node}/distributors/${ids.distributor}`, Sample.newToken],
    status: 201,
    answer: { ...Sample.token, status: 2 },
    value: { status: 2, name: "My Token" }
  },
  {
    operation: "tokens.createFromExternal",
    call: ({ tokens }) => tokens.createFromExternal("693d6f791f8a9198aba44f50", { markets: "all" }),
    request: ["POST", "/tokens/external/693d6f791f8a9198aba44f50", { is_all_market: true, market_ids: [] }],
    status: 201,
    answer: Sample.externalToken,
    value: { chainId: 17000, symbol: "ES" }
  },
  {
    operation: "tokens.createFromExternal",
    call: ({ tokens }) => tokens.createFromExternal("a/b?c", { markets: [ids.market] }),
    request: ["POST", "/tokens/external/a%2Fb%3Fc", { is_all_market: false, market_ids: [ids.market] }],
    status: 201,
    answer: Sample.externalToken
  },
  {
    operation: "tokens.ofMarket",
    call: ({ tokens }) => tokens.ofMarketPage(ids.market, { perPage: 20 }),
    request: ["GET", `/tokens/markets/${ids.market}/all?per_page=20`],
    answer: Sample.page("tokens", [Sample.token], 20),
    value: { total: 1, perPage: 20 }
  },
  {
    operation: "tokens.setMarkets",
    call: ({ tokens }) => tokens.setMarkets(ids.token, { markets: [ids.market] }),
    request: ["PUT", `/tokens/${ids.token}/markets`, { is_all_market: false, market_ids: [ids.market] }],
    answer: { distributor_market_tokens: [Sample.marketToken], total: 1 },
    value: { 0: { tokenId: ids.token, marketId: "861ce222-559c-4a0f-872d-a9f8cf05c93f", status: 1 } }
  },
  {
    operation: "kyc.addresses",
    call: ({ kyc }) => kyc.addressesPage(ids.market, { page: 1, perPage: 20, chainId: 137 }),
    request: ["GET", `/kyc-addresses/markets/${ids.market}?page=1&per_page=20&chain_id=137`],
    answer: Sample.page("kyc_addresses", [Sample.kycAddress], 20),
    value: { items: { 0: { name: "kyc det", chainId: 1 } } }
  },
  {
    operation: "kyc.addresses",
    call: ({ kyc }) => Stream.runCollect(kyc.addresses(ids.market, { chainId: 137, perPage: 5 })),
    request: ["GET", `/kyc-addresses/markets/${ids.market}?page=1&per_page=5&chain_id=137`],
    answer: Sample.page("kyc_addresses", [], 5),
    value: { length: 0 }
  },
  {
    operation: "kyc.createAddress",
    call: ({ kyc }) => kyc.createAddress(ids.market, { chainId: 1, name: "kyc det", address: "0x1234567890abcdef" }),
    request: ["POST", `/kyc-addresses/markets/${ids.market}`, {
      chain_id: 1,
      name: "kyc det",
      address: "0x1234567890abcdef"
    }],
    status: 201,
    answer: Sample.kycAddress,
    value: { marketId: ids.market, address: "0x1234567890abcdef" }
  },
  {
    operation: "kyc.updateAddress",
    call: ({ kyc }) => kyc.updateAddress(ids.kycAddress, { address: "0xupdated12345678901111111" }),
    request: ["PUT", `/kyc-addresses/${ids.kycAddress}`, { address: "0xupdated12345678901111111" }],
    answer: Sample.kycAddress
  },
  {
    operation: "kyc.createToken",
    call: ({ kyc }) =>
      kyc.createToken(ids.token, {
        kycAddressId: ids.kycAddress,
        chainId: 1,
        hash: "0x81948129849128491824981294",
        isApproved: true
      }),
    request: ["POST", `/tokens/${ids.token}/kyc-tokens`, {
      kyc_address_id: ids.kycAddress,
      chain_id: 1,
      hash: "0x81948129849128491824981294",
      is_approved: true
    }],
    status: 201,
    answer: Sample.kycToken,
    value: { id: ids.kycToken, kycAddressId: ids.kycAddress, isApproved: true }
  },
  {
    operation: "kyc.updateToken",
    call: ({ kyc }) => kyc.updateToken(ids.token, ids.kycToken, { isApproved: false }),
    request: ["PUT", `/tokens/${ids.token}/kyc-tokens/${ids.kycToken}`, { is_approved: false }],
    answer: { ...Sample.kycToken, is_approved: false },
    value: { isApproved: false }
  }
]

const respond = ({ answer, status = 200 }: Row): Response =>
  answer === undefined ? new Response(null, { status }) : Response.json(answer, { status })

/** Says that one value is there within another, field by field. */
const includes = (whole: unknown, part: unknown, path = "value"): void => {
  if (typeof part !== "object" || part === null || Option.isOption(part) || DateTime.isDateTime(part)) {
    return assert.deepStrictEqual(whole, part, path)
  }
  for (const [name, value] of Object.entries(part)) {
    includes(Reflect.get(Object(whole), name), value, `${path}.${name}`)
  }
}

describe("every documented endpoint", () => {
  it.effect.each(rows)("$operation: $request.0 $request.1", (row) =>
    Effect.gen(function*() {
      const { apex, calls, sent } = yield* open(() => respond(row))
      const value = yield* row.call(apex)
      const [method, path, body] = row.request
      const [request, ...others] = calls()
      assert.deepStrictEqual(others, [])
      assert.strictEqual(`${request?.method} ${request?.path}${request?.query}`, `${method} ${path}`)
      assert.deepStrictEqual(request?.body, body)
      assert.strictEqual(request?.headers.authorization, "Bearer canary-access-1")
      assert.strictEqual(request?.headers["x-target-server"], "integration")
      assert.strictEqual(request?.headers.accept, "application/json")
      assert.strictEqual(request?.headers["content-type"], body === undefined ? undefined : "application/json")
      assert.strictEqual(sent[0]?.headers["x-target-server"], "authentication")
      if ("value" in row) includes(value, row.value)
    }))

  it.effect.each(rows.filter(({ answer }) => answer !== undefined))(
    "$operation reads answers with fields that are not documented",
    (row) =>
      Effect.gen(function*() {
        const { apex } = yield* open(() => respond({ ...row, answer: { ...Object(row.answer), brand_new: [1] } }))
        yield* row.call(apex)
      })
  )
})

describe("the header X-Target-Server", () => {
  it.effect("can be set for each operation", () =>
    Effect.gen(function*() {
      const { apex, sent } = yield* open(() => Response.json(Sample.node), {
        targetServers: { "auth.authenticate": "identity", "nodes.get": "nodes" }
      })
      yield* apex.nodes.get(ids.node)
      yield* apex.nodes.update(ids.node, { name: "one" })
      assert.deepStrictEqual(
        sent.map(({ headers, path }) => [path.split("/")[1], headers["x-target-server"]]),
        [["auth", "identity"], ["nodes", "nodes"], ["nodes", "integration"]]
      )
    }))
})
