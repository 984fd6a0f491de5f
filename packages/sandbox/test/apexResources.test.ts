import { assert, describe, it } from "@effect/vitest"
import { Sandbox } from "@entegre/sandbox"
import { Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { call, furnish, invalid, notFound, session, token } from "./apexSupport.ts"
import { transports } from "./support.ts"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const webhook = {
  host: "https://webhook.example.com",
  path: "/webhook",
  method: 1,
  authentication: { type: 1, username: "user", password: "pass" },
  timeout: 30
}

describe.each(transports)("what Apex keeps, %s:", (_, transport) => {
  it.live("nodes, with their place in the tree", () =>
    Effect.gen(function*() {
      const { ask, create } = yield* session()
      const root = yield* create("/nodes", { name: "Root", type: 1 })
      const account = yield* create("/nodes", { parent_id: root, name: "Account", type: 2 })
      const { body, status } = yield* ask("POST", "/nodes", { parent_id: account, name: "Sub", type: 3 })
      assert.strictEqual(status, 201)
      assert.deepInclude(body, { parent_id: account, name: "Sub", type: 3, path: "1.2.3", int_id: 3 })
      assert.match(root, uuid)
      assert.nestedProperty(body, "created_at")
      assert.deepNestedInclude(yield* ask("GET", `/nodes/${root}`), { "body.path": "1", status: 200 })
    }).pipe(Effect.provide(transport)))

  it.live("nodes that are renamed, moved and deleted", () =>
    Effect.gen(function*() {
      const { ask, create } = yield* session()
      const root = yield* create("/nodes", { name: "Root", type: 1 })
      const left = yield* create("/nodes", { parent_id: root, name: "Left", type: 2 })
      const right = yield* create("/nodes", { parent_id: root, name: "Right", type: 2 })
      const leaf = yield* create("/nodes", { parent_id: left, name: "Leaf", type: 3 })
      const moved = yield* ask("PUT", `/nodes/${left}`, { parent_id: right })
      assert.deepNestedInclude(moved, { status: 200, "body.path": "1.3.2", "body.name": "Left" })
      assert.deepNestedInclude(yield* ask("GET", `/nodes/${leaf}`), { "body.path": "1.3.2.4" })
      assert.deepNestedInclude(yield* ask("PUT", `/nodes/${leaf}`, { name: "Yaprak" }), { "body.name": "Yaprak" })
      assert.deepStrictEqual(yield* ask("PUT", `/nodes/${right}`, { parent_id: leaf }), invalid("parent_id"))
      assert.deepStrictEqual(yield* ask("PUT", `/nodes/${left}`, { parent_id: "none" }), notFound("parent node"))
      const { token: access } = yield* session()
      assert.strictEqual((yield* call(access, "DELETE", `/nodes/${left}`)).status, 204)
      assert.deepStrictEqual(yield* ask("GET", `/nodes/${left}`), notFound("node"))
      assert.deepStrictEqual(yield* ask("DELETE", `/nodes/${left}`), notFound("node"))
      assert.deepNestedInclude(yield* ask("GET", `/nodes/${right}/children`), { "body.total": 0 })
      assert.strictEqual((yield* ask("GET", `/nodes/${leaf}`)).status, 200)
    }).pipe(Effect.provide(transport)))

  it.live("nodes only with a name of 1 to 255 characters and one of three types", () =>
    Effect.gen(function*() {
      const { ask } = yield* session()
      for (
        const [body, field] of [
          [{ type: 1 }, "name"],
          [{ name: "", type: 1 }, "name"],
          [{ name: "x".repeat(256), type: 1 }, "name"],
          [{ name: "x" }, "type"],
          [{ name: "x", type: 4 }, "type"],
          [[], "body"]
        ] as const
      ) {
        assert.deepStrictEqual(yield* ask("POST", "/nodes", body), invalid(field))
      }
      assert.deepStrictEqual(
        yield* ask("POST", "/nodes", { name: "x", type: 1, parent_id: "none" }),
        notFound("parent node")
      )
    }).pipe(Effect.provide(transport)))

  it.live("lists in pages, under the name of what is listed", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      yield* apex.settings.update({ rateLimit: 1000 })
      const { ask, create } = yield* session()
      const root = yield* create("/nodes", { name: "Root", type: 1 })
      const names = Array.from({ length: 103 }, (_, index) => `Node ${index}`)
      for (const name of names) yield* create("/nodes", { parent_id: root, name, type: 2 })
      const page = (query: string) => ask("GET", `/nodes/${root}/children${query}`)
      const first = yield* page("")
      assert.deepNestedInclude(first, { "body.total": 103, "body.page": 1, "body.per_page": 100 })
      assert.nestedPropertyVal(first, "body.nodes.99.name", "Node 99")
      assert.notNestedProperty(first, "body.nodes.100")
      const third = yield* page("?page=3&per_page=50")
      assert.deepNestedInclude(third, { "body.page": 3, "body.per_page": 50, "body.nodes.0.name": "Node 100" })
      assert.deepNestedInclude(yield* page("?page=4&per_page=50"), { "body.nodes": [], "body.total": 103 })
      assert.deepStrictEqual(yield* page("?page=0"), invalid("page"))
      assert.deepStrictEqual(yield* page("?per_page=many"), invalid("per_page"))
    }).pipe(Effect.provide(transport)))

  it.live("markets, whose webhook's method goes in as a number and comes out as a word", () =>
    Effect.gen(function*() {
      const { ask, create } = yield* session()
      const node = yield* create("/nodes", { name: "Root", type: 1 })
      const market = { node_id: node, domain: "example.com", webhook }
      const { body, status } = yield* ask("POST", "/markets", market)
      assert.strictEqual(status, 201)
      assert.deepInclude(body, { node_id: node, domain: "example.com", webhook: { ...webhook, method: "GET" } })
      assert.deepNestedInclude(yield* ask("POST", "/markets", { ...market, webhook: { ...webhook, method: 2 } }), {
        "body.webhook.method": "POST"
      })
      assert.deepNestedInclude(yield* ask("POST", "/markets", { node_id: node, domain: "x" }), { "body.webhook": null })
      assert.deepStrictEqual(yield* ask("POST", "/markets", { ...market, node_id: "none" }), notFound("node"))
      assert.deepStrictEqual(yield* ask("POST", "/markets", { node_id: node }), invalid("domain"))
      const hostless = { ...market, webhook: { ...webhook, host: undefined } }
      assert.deepStrictEqual(yield* ask("POST", "/markets", hostless), invalid("webhook.host"))
    }).pipe(Effect.provide(transport)))

  it.live("webhooks that stay where they are not spoken of, and go where they are null", () =>
    Effect.gen(function*() {
      const { ask, create } = yield* session()
      const node = yield* create("/nodes", { name: "Root", type: 1 })
      const market = yield* create("/markets", { node_id: node, domain: "example.com", webhook })
      const distributor = yield* create(`/distributors/nodes/${node}`, { meta: webhook })
      const shown = { ...webhook, method: "GET" }
      for (
        const [path, key] of [[`/markets/${market}`, "webhook"], [`/distributors/${distributor}`, "meta"]] as const
      ) {
        const put = (body: unknown) => ask("PUT", path, body)
        assert.deepNestedInclude(yield* put({}), { status: 200, [`body.${key}`]: shown })
        const changed = yield* put({ [key]: { path: "/elsewhere", method: 2 } })
        assert.deepNestedInclude(changed, { [`body.${key}`]: { ...webhook, path: "/elsewhere", method: "POST" } })
        assert.deepNestedInclude(yield* put({ [key]: null }), { [`body.${key}`]: null })
        assert.deepNestedInclude(yield* put({}), { [`body.${key}`]: null })
        assert.deepStrictEqual(yield* put({ [key]: { path: "/x" } }), invalid(`${key}.host`))
        assert.deepNestedInclude(yield* put({ [key]: webhook }), { [`body.${key}`]: shown })
      }
      assert.deepNestedInclude(yield* ask("PUT", `/markets/${market}`, { domain: "new.example.com" }), {
        "body.domain": "new.example.com",
        "body.webhook": shown
      })
      assert.deepStrictEqual(yield* ask("PUT", "/markets/none", {}), notFound("market"))
      assert.deepStrictEqual(yield* ask("PUT", "/distributors/none", {}), notFound("distributor"))
      assert.deepStrictEqual(yield* ask("POST", "/distributors/nodes/none", {}), notFound("node"))
    }).pipe(Effect.provide(transport)))

  it.live("tokens, whose currency goes in flat and comes out as a token of its own", () =>
    Effect.gen(function*() {
      const { ask, create } = yield* session()
      const { distributor, market, node } = yield* furnish(yield* session())
      const path = `/tokens/nodes/${node}/distributors/${distributor}`
      const { body, status } = yield* ask("POST", path, { ...token, external_id: "ikinci/2 %" })
      assert.strictEqual(status, 201)
      const { contract, integration, meta, rules } = token
      assert.deepInclude(body, { node_id: node, distributor_id: distributor, contract, integration, meta, rules })
      assert.notProperty(body, "currency_token")
      assert.notProperty(body, "currency_token_name")
      yield* ask("POST", "/tokens/external/ikinci%2F2%20%25", { is_all_market: true, market_ids: [] })
      const listed = yield* ask("GET", `/tokens/markets/${market}/all`)
      assert.deepNestedInclude(listed, { "body.total": 1, "body.page": 1, "body.per_page": 20 })
      assert.deepNestedInclude(listed, {
        "body.tokens.0.external_id": "ikinci/2 %",
        "body.tokens.0.currency_token.symbol": "USDT",
        "body.tokens.0.currency_token.decimals": 18,
        "body.tokens.0.currency_token.chain_id": 1
      })
      assert.deepStrictEqual(yield* ask("POST", path, { ...token, value: "100.50" }), invalid("value"))
      assert.deepStrictEqual(yield* ask("POST", path, { ...token, name: undefined }), invalid("name"))
      const elsewhere = `/tokens/nodes/${node}/distributors/none`
      assert.deepStrictEqual(yield* ask("POST", elsewhere, token), notFound("distributor"))
      yield* create(path, token)
    }).pipe(Effect.provide(transport)))

  it.live("values with the noise of a float, unless told not to", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      const { ask } = yield* session()
      const { distributor, node } = yield* furnish(yield* session())
      const create = (value: number) =>
        ask("POST", `/tokens/nodes/${node}/distributors/${distributor}`, { ...token, value })
      assert.deepNestedInclude(yield* create(0.00044), { "body.value": 0.00044000000000000007 })
      assert.deepNestedInclude(yield* create(100.5), { "body.value": 100.5 })
      yield* apex.settings.update({ floatNoise: false })
      assert.deepNestedInclude(yield* create(0.00044), { "body.value": 0.00044 })
    }).pipe(Effect.provide(transport)))

  it.live("tokens in markets: all of them, or those that are named", () =>
    Effect.gen(function*() {
      const { ask, create } = yield* session()
      const { distributor, market, node, token: id } = yield* furnish(yield* session())
      const second = yield* create("/markets", { node_id: node, domain: "second.example.com" })
      const put = (body: unknown) => ask("PUT", `/tokens/${id}/markets`, body)
      const both = yield* put({ is_all_market: true })
      assert.deepNestedInclude(both, { status: 200, "body.total": 2 })
      assert.deepNestedInclude(both, {
        "body.distributor_market_tokens.1.market_id": second,
        "body.distributor_market_tokens.1.token_id": id,
        "body.distributor_market_tokens.1.distributor_id": distributor,
        "body.distributor_market_tokens.1.status": 1
      })
      assert.notDeepNestedInclude(both, { "body.distributor_market_tokens.0.market_id": second })
      const one = yield* put({ is_all_market: false, market_ids: [second] })
      assert.deepNestedInclude(one, { "body.total": 1, "body.distributor_market_tokens.0.market_id": second })
      assert.deepNestedInclude(yield* ask("GET", `/tokens/markets/${market}/all`), { "body.tokens": [] })
      assert.deepNestedInclude(yield* ask("GET", `/tokens/markets/${second}/all`), { "body.tokens.0.id": id })
      assert.deepStrictEqual(yield* put({ is_all_market: false }), invalid("market_ids"))
      assert.deepStrictEqual(yield* put({ is_all_market: false, market_ids: ["none"] }), invalid("market_ids"))
      assert.deepStrictEqual(yield* put({}), invalid("is_all_market"))
      assert.deepStrictEqual(yield* ask("PUT", "/tokens/none/markets", { is_all_market: true }), notFound("token"))
      for (const unknown of ["none", "%E0%A4"]) {
        assert.deepStrictEqual(
          yield* ask("POST", `/tokens/external/${unknown}`, { is_all_market: true }),
          notFound("external token")
        )
      }
      assert.deepStrictEqual(yield* ask("GET", "/tokens/markets/none/all"), notFound("market"))
    }).pipe(Effect.provide(transport)))

  it.live("KYC addresses, listed by chain where asked to", () =>
    Effect.gen(function*() {
      const { ask } = yield* session()
      const { market } = yield* furnish(yield* session())
      const path = `/kyc-addresses/markets/${market}`
      const address = { chain_id: 1, name: "kyc det", address: "0x1234567890abcdef" }
      const { body, status } = yield* ask("POST", path, address)
      assert.strictEqual(status, 201)
      assert.deepInclude(body, { market_id: market, ...address })
      yield* ask("POST", path, { ...address, chain_id: 137 })
      const listed = yield* ask("GET", path)
      assert.deepNestedInclude(listed, { "body.total": 2, "body.page": 1, "body.per_page": 20 })
      const polygon = yield* ask("GET", `${path}?chain_id=137`)
      assert.deepNestedInclude(polygon, { "body.total": 1, "body.kyc_addresses.0.chain_id": 137 })
      assert.deepStrictEqual(yield* ask("POST", path, { ...address, chain_id: "1" }), invalid("chain_id"))
      assert.deepStrictEqual(yield* ask("POST", "/kyc-addresses/markets/none", address), notFound("market"))
      assert.deepStrictEqual(yield* ask("GET", "/kyc-addresses/markets/none"), notFound("market"))
    }).pipe(Effect.provide(transport)))

  it.live("KYC addresses and what ties tokens to them, which change field by field", () =>
    Effect.gen(function*() {
      const { ask, create } = yield* session()
      const { distributor, market, token: id } = yield* furnish(yield* session())
      const address = yield* create(`/kyc-addresses/markets/${market}`, { chain_id: 1, name: "kyc", address: "0x12" })
      assert.deepNestedInclude(yield* ask("PUT", `/kyc-addresses/${address}`, { name: "Yeni KYC" }), {
        status: 200,
        "body.name": "Yeni KYC",
        "body.address": "0x12"
      })
      assert.deepStrictEqual(yield* ask("PUT", "/kyc-addresses/none", {}), notFound("kyc address"))
      const input = { kyc_address_id: address, chain_id: 1, hash: "0x8194", is_approved: true }
      const created = yield* ask("POST", `/tokens/${id}/kyc-tokens`, input)
      assert.strictEqual(created.status, 201)
      assert.deepInclude(created.body, { distributor_id: distributor, token_id: id, ...input })
      const kycToken = yield* create(`/tokens/${id}/kyc-tokens`, input)
      assert.deepNestedInclude(yield* ask("PUT", `/tokens/${id}/kyc-tokens/${kycToken}`, { is_approved: false }), {
        status: 200,
        "body.is_approved": false,
        "body.hash": "0x8194"
      })
      const nobody = { ...input, kyc_address_id: "none" }
      assert.deepStrictEqual(yield* ask("POST", `/tokens/${id}/kyc-tokens`, nobody), notFound("kyc address"))
      assert.deepStrictEqual(yield* ask("POST", "/tokens/none/kyc-tokens", input), notFound("token"))
      assert.deepStrictEqual(yield* ask("PUT", `/tokens/none/kyc-tokens/${kycToken}`, {}), notFound("kyc token"))
    }).pipe(Effect.provide(transport)))

  it.live("nothing that another account may see", () =>
    Effect.gen(function*() {
      const { apex } = yield* Sandbox
      const other = { apiKey: Redacted.make("other-key"), secretKey: Redacted.make("other-secret") }
      yield* apex.registerAccount(other)
      const { distributor, market, node, token: id } = yield* furnish(yield* session())
      const { ask } = yield* session(other)
      assert.deepStrictEqual(yield* ask("GET", `/nodes/${node}`), notFound("node"))
      assert.deepStrictEqual(yield* ask("PUT", `/markets/${market}`, {}), notFound("market"))
      assert.deepStrictEqual(yield* ask("PUT", `/distributors/${distributor}`, {}), notFound("distributor"))
      assert.deepStrictEqual(yield* ask("PUT", `/tokens/${id}/markets`, { is_all_market: true }), notFound("token"))
      assert.deepStrictEqual(
        yield* ask("POST", "/tokens/external/ext_token_12345", { is_all_market: true }),
        notFound("external token")
      )
    }).pipe(Effect.provide(transport)))
})

describe("times at Apex", () => {
  it.effect("have Istanbul's offset in what was just created, and Z in what is read", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2025-12-23T23:16:10.419Z"))
      const { ask } = yield* session()
      const { distributor, market, node } = yield* furnish(yield* session())
      const offset = { created_at: "2025-12-24T02:16:10.419696+03:00", updated_at: "2025-12-24T02:16:10.419696+03:00" }
      const path = `/kyc-addresses/markets/${market}`
      assert.deepInclude((yield* ask("POST", path, { chain_id: 1, name: "kyc", address: "0x12" })).body, offset)
      assert.deepInclude((yield* ask("POST", `/tokens/nodes/${node}/distributors/${distributor}`, token)).body, offset)
      yield* TestClock.adjust("1 hour")
      const { ask: later } = yield* session()
      assert.deepNestedInclude(yield* later("GET", path), {
        "body.kyc_addresses.0.created_at": "2025-12-23T23:16:10.419696Z"
      })
      assert.deepNestedInclude(yield* later("GET", `/nodes/${node}`), { "body.created_at": "2025-12-23T23:16:10Z" })
      assert.deepNestedInclude(yield* later("PUT", `/markets/${market}`, { domain: "x" }), {
        "body.created_at": "2025-12-23T23:16:10.419696Z",
        "body.updated_at": "2025-12-24T00:16:10.419696Z"
      })
    }).pipe(Effect.provide(Sandbox.layerHttpClient)))
})
