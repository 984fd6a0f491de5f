import { assert, describe, it } from "@effect/vitest"
import { type ApexError, ApexSchema, type Service, Webhook } from "@entegre/apex"
import { Effect, Redacted, Stream } from "effect"
import { open } from "./support/apex.ts"
import * as Sample from "./support/samples.ts"

const { ids } = Sample

describe("what is sent", () => {
  const wrong = "1031; DROP"
  const nodeId = ApexSchema.NodeId.make(wrong, { disableChecks: true })
  const rows: ReadonlyArray<readonly [string, string, (apex: Service) => Effect.Effect<unknown, ApexError>]> = [
    ["nodes.create", "name", ({ nodes }) => nodes.create({ name: "", type: "Apex" })],
    ["nodes.create", "name", ({ nodes }) => nodes.create({ name: "n".repeat(256), type: "Apex" })],
    ["nodes.create", "parentId", ({ nodes }) => nodes.create({ parentId: nodeId, name: "one", type: "Apex" })],
    ["nodes.get", "id", ({ nodes }) => nodes.get(nodeId)],
    ["nodes.children", "page", ({ nodes }) => nodes.childrenPage(ids.node, { page: 0 })],
    ["nodes.children", "perPage", ({ nodes }) => Stream.runDrain(nodes.children(ids.node, { perPage: 1.5 }))],
    ["markets.create", "domain", ({ markets }) => markets.create({ nodeId: ids.node, domain: "" })],
    [
      "markets.create",
      "webhook.host",
      ({ markets }) => markets.create({ nodeId: ids.node, domain: "a.example", webhook: { host: "", path: "/" } })
    ],
    [
      "markets.update",
      "webhook.authentication.username",
      ({ markets }) =>
        markets.update(ids.market, { webhook: { authentication: Webhook.basic("a:b", Redacted.make("pass")) } })
    ],
    [
      "markets.update",
      "webhook.authentication.token",
      ({ markets }) => markets.update(ids.market, { webhook: { authentication: Webhook.token(Redacted.make("")) } })
    ],
    ["distributors.create", "nodeId", ({ distributors }) => distributors.create(nodeId)],
    [
      "tokens.create",
      "supply",
      ({ tokens }) => tokens.create(ids.node, ids.distributor, { ...Sample.createToken, supply: Sample.amount("-1") })
    ],
    [
      "tokens.create",
      "value",
      ({ tokens }) =>
        tokens.create(ids.node, ids.distributor, {
          ...Sample.createToken,
          value: Sample.amount("0.12345678901234567890")
        })
    ],
    [
      "tokens.create",
      "integration.abi",
      ({ tokens }) =>
        tokens.create(ids.node, ids.distributor, {
          ...Sample.createToken,
          integration: { ...Sample.integration, abi: "[{" }
        })
    ],
    ["tokens.createFromExternal", "externalId", ({ tokens }) => tokens.createFromExternal("..", { markets: "all" })],
    ["kyc.addresses", "chainId", ({ kyc }) => kyc.addressesPage(ids.market, { chainId: 0 })],
    [
      "kyc.createAddress",
      "chainId",
      ({ kyc }) => kyc.createAddress(ids.market, { chainId: 0, name: "a", address: "b" })
    ]
  ]
  it.effect.each(rows)("is checked before: %s, %s", ([operation, field, call]) =>
    Effect.gen(function*() {
      const { apex, sent } = yield* open(() => assert.fail("nothing is to be sent"))
      const error = yield* Effect.flip(Effect.asVoid(call(apex)))
      assert.strictEqual(error.operation, operation)
      if (error.reason._tag !== "InvalidRequest") return assert.fail(error.message)
      assert.strictEqual(error.reason.field, field)
      assert.notInclude(error.message, wrong)
      assert.deepStrictEqual(sent, [])
    }))
})
