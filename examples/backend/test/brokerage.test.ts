import { assert, layer } from "@effect/vitest"
import { Apex, ApexSchema } from "@entegre/apex"
import { TokenCache } from "@entegre/core"
import { type ApexModel, Sandbox } from "@entegre/sandbox"
import { Effect, Layer } from "effect"
import * as Sandboxed from "../src/sandboxed.ts"
import { Backend } from "./support/backend.ts"

/** Apex as its own staff uses it. */
const Staff = Apex.layerConfig().pipe(Layer.provide(TokenCache.layer))

layer(Backend.layer, { excludeTestServices: true })("a notice of Apex", (it) => {
  const market = Effect.gen(function*() {
    const { markets, nodes } = yield* Apex
    const node = yield* nodes.create({ name: "Entegre", type: "Account" })
    return (yield* markets.create({ nodeId: node.id, domain: "market.example" })).id
  }).pipe(Effect.provide(Staff))

  const fire = Effect.fnUntraced(function*(id: string, change?: ApexModel.ApexWebhookChange) {
    const { apex } = yield* Sandbox
    return (yield* apex.webhooks.fire(id, change)).map(({ outcome }) => outcome)
  })

  it.effect("comes in after the service has asked for it, and is kept", () =>
    Effect.gen(function*() {
      const { client: { brokerage } } = yield* Backend
      const marketId = yield* market
      yield* brokerage.subscribe({ params: { marketId } })
      assert.deepStrictEqual(yield* fire(marketId), [204])
      const [notice] = yield* brokerage.notices()
      assert.nestedPropertyVal(notice, "body.subject_id", marketId)
    }))

  it.effect.each<readonly [string, ApexModel.ApexWebhookChange["authentication"], number]>([
    ["with the token", { type: 2, token: Sandboxed.secrets.APEX_WEBHOOK_TOKEN }, 204],
    ["with user name and password", {
      type: 1,
      username: Sandboxed.secrets.APEX_WEBHOOK_USERNAME,
      password: Sandboxed.secrets.APEX_WEBHOOK_PASSWORD
    }, 204],
    ["with another token", { type: 2, token: "another" }, 401],
    ["with another password", { type: 1, username: "entegre", password: "another" }, 401],
    ["with nothing", null, 401]
  ])("%s", ([, authentication, status]) =>
    Effect.gen(function*() {
      const { client: { brokerage } } = yield* Backend
      const marketId = yield* market
      yield* brokerage.subscribe({ params: { marketId } })
      const before = (yield* brokerage.notices()).length
      assert.deepStrictEqual(yield* fire(marketId, { authentication }), [status])
      assert.strictEqual((yield* brokerage.notices()).length - before, status === 204 ? 1 : 0)
    }))

  it.effect("can not be asked for of a market that does not exist", () =>
    Effect.gen(function*() {
      const { client: { brokerage } } = yield* Backend
      const marketId = ApexSchema.MarketId.make("00000000-0000-4000-8000-000000000000")
      assert.strictEqual((yield* Effect.flip(brokerage.subscribe({ params: { marketId } })))._tag, "NotFound")
    }))
})
