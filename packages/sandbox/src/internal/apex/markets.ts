import * as Result from "effect/Result"
import * as Answers from "./answers.ts"
import * as Inputs from "./inputs.ts"
import * as Nodes from "./nodes.ts"
import * as State from "./state.ts"
import * as Steps from "./steps.ts"
import * as Written from "./written.ts"

export const createMarket = Steps.withBody(Inputs.CreateMarket, (state, call, input) => {
  if (Nodes.findNode(state, call.account, input.node_id) === undefined) return [Answers.notFound("node"), state]
  const market: State.Market = {
    ...State.begin(call),
    nodeId: input.node_id,
    domain: input.domain,
    webhook: input.webhook ?? undefined
  }
  return [Answers.created(Written.market(state, market)), { ...state, markets: State.append(state.markets, market) }]
})

export const updateMarket = Steps.withBody(Inputs.UpdateMarket, (state, call, input) => {
  const market = State.find(state.markets, call.account, call.param("id"))
  if (market === undefined) return [Answers.notFound("market"), state]
  const webhook = Inputs.patchWebhook(market.webhook, input.webhook)
  if (Result.isFailure(webhook)) return [Answers.invalid(`webhook.${webhook.failure}`), state]
  const updated: State.Market = {
    ...market,
    domain: input.domain ?? market.domain,
    webhook: webhook.success,
    updatedAt: call.now
  }
  return [Answers.ok(Written.market(state, updated)), { ...state, markets: State.replace(state.markets, updated) }]
})

export const createDistributor = Steps.withBody(Inputs.CreateDistributor, (state, call, input) => {
  const nodeId = call.param("node_id")
  if (Nodes.findNode(state, call.account, nodeId) === undefined) return [Answers.notFound("node"), state]
  const distributor: State.Distributor = { ...State.begin(call), nodeId, meta: input.meta ?? undefined }
  return [
    Answers.created(Written.distributor(state, distributor)),
    { ...state, distributors: State.append(state.distributors, distributor) }
  ]
})

export const updateDistributor = Steps.withBody(Inputs.UpdateDistributor, (state, call, input) => {
  const distributor = State.find(state.distributors, call.account, call.param("id"))
  if (distributor === undefined) return [Answers.notFound("distributor"), state]
  const meta = Inputs.patchWebhook(distributor.meta, input.meta)
  if (Result.isFailure(meta)) return [Answers.invalid(`meta.${meta.failure}`), state]
  const updated: State.Distributor = { ...distributor, meta: meta.success, updatedAt: call.now }
  return [
    Answers.ok(Written.distributor(state, updated)),
    { ...state, distributors: State.replace(state.distributors, updated) }
  ]
})
