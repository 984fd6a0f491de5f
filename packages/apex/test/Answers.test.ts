import { assert, describe, it } from "@effect/vitest"
import type { ApexError, Service } from "@entegre/apex"
import { Effect } from "effect"
import { open } from "./support/apex.ts"
import * as Sample from "./support/samples.ts"

const { ids } = Sample

describe("an answer that lacks a required field", () => {
  const reads: ReadonlyArray<readonly [string, (apex: Service) => Effect.Effect<unknown, ApexError>, object]> = [
    ["path", ({ nodes }) => nodes.get(ids.node), Sample.node],
    ["int_id", ({ nodes }) => nodes.update(ids.node, { name: "one" }), Sample.node],
    ["node_id", ({ markets }) => markets.update(ids.market, {}), Sample.market],
    ["created_at", ({ distributors }) => distributors.update(ids.distributor, {}), Sample.distributor],
    ["kyc_address_id", ({ kyc }) => kyc.updateToken(ids.token, ids.kycToken, {}), Sample.kycToken],
    ["market_id", ({ kyc }) => kyc.updateAddress(ids.kycAddress, {}), Sample.kycAddress],
    ["nodes", ({ nodes }) => nodes.childrenPage(ids.node), Sample.page("nodes", [], 100)],
    ["total", ({ tokens }) => tokens.ofMarketPage(ids.market), Sample.page("tokens", [], 20)]
  ]
  it.effect.each(reads)("fails with an error that names it: %s", ([field, call, answer]) =>
    Effect.gen(function*() {
      const rest = Object.fromEntries(Object.entries(answer).filter(([name]) => name !== field))
      const { apex } = yield* open(() => Response.json(rest))
      const { reason } = yield* Effect.flip(Effect.asVoid(call(apex)))
      assert.strictEqual(reason._tag, "UnreadableAnswer")
      assert.include(reason.message, `${field}: Missing key`)
    }))

  it.effect("names it within a list", () =>
    Effect.gen(function*() {
      const token = { ...Sample.token, symbol: undefined }
      const { apex } = yield* open(() => Response.json(Sample.page("tokens", [Sample.token, token], 20)))
      const { reason } = yield* Effect.flip(apex.tokens.ofMarketPage(ids.market))
      assert.include(reason.message, "tokens[1].symbol")
    }))

  it.effect("leaves the outcome of what was created unknown", () =>
    Effect.gen(function*() {
      const { apex, calls } = yield* open(() => Response.json({ id: Sample.node.id }, { status: 201 }))
      const { reason } = yield* Effect.flip(apex.nodes.create({ name: "one", type: "Account" }))
      if (reason._tag !== "OutcomeUnknown") return assert.fail(reason.message)
      assert.strictEqual(reason.problem, "unreadableAnswer")
      assert.include(reason.findOut, "nodes.children")
      assert.strictEqual(calls().length, 1)
    }))
})
