import * as Answers from "./answers.ts"
import * as Inputs from "./inputs.ts"
import * as State from "./state.ts"
import * as Steps from "./steps.ts"
import * as Written from "./written.ts"

export const createAddress = Steps.withBody(Inputs.KycAddress, (state, call, input) => {
  const marketId = call.param("market_id")
  if (State.find(state.markets, call.account, marketId) === undefined) return [Answers.notFound("market"), state]
  const address: State.KycAddress = { ...State.begin(call), marketId, input }
  return [
    Answers.created(Written.kycAddress(state, address, "created")),
    { ...state, kycAddresses: State.append(state.kycAddresses, address) }
  ]
})

export const listAddresses: State.Step = (state, call) => {
  const market = State.find(state.markets, call.account, call.param("market_id"))
  if (market === undefined) return [Answers.notFound("market"), state]
  const chain = call.request.query.get("chain_id")
  const addresses = state.kycAddresses.filter(({ input, marketId }) =>
    marketId === market.id && (chain === null || chain === `${input.chain_id}`)
  )
  return [
    Steps.page(call, "kyc_addresses", addresses, 20, (address) => Written.kycAddress(state, address, "read")),
    state
  ]
}

export const updateAddress = Steps.withBody(Inputs.KycAddressPatch, (state, call, patch) => {
  const address = State.find(state.kycAddresses, call.account, call.param("id"))
  if (address === undefined) return [Answers.notFound("kyc address"), state]
  const updated: State.KycAddress = { ...address, input: { ...address.input, ...patch }, updatedAt: call.now }
  return [
    Answers.ok(Written.kycAddress(state, updated, "read")),
    { ...state, kycAddresses: State.replace(state.kycAddresses, updated) }
  ]
})

const hasAddress = (state: State.State, { account }: State.Call, id: string | undefined) =>
  id === undefined || State.find(state.kycAddresses, account, id) !== undefined

export const createToken = Steps.withBody(Inputs.KycToken, (state, call, input) => {
  const token = State.find(state.tokens, call.account, call.param("token_id"))
  if (token === undefined) return [Answers.notFound("token"), state]
  if (!hasAddress(state, call, input.kyc_address_id)) return [Answers.notFound("kyc address"), state]
  const kycToken: State.KycToken = {
    ...State.begin(call),
    tokenId: token.id,
    distributorId: token.distributorId,
    input
  }
  return [
    Answers.created(Written.kycToken(state, kycToken, "created")),
    { ...state, kycTokens: State.append(state.kycTokens, kycToken) }
  ]
})

export const updateToken = Steps.withBody(Inputs.KycTokenPatch, (state, call, patch) => {
  const kycToken = State.find(state.kycTokens, call.account, call.param("id"))
  if (kycToken === undefined || kycToken.tokenId !== call.param("token_id")) {
    return [Answers.notFound("kyc token"), state]
  }
  if (!hasAddress(state, call, patch.kyc_address_id)) return [Answers.notFound("kyc address"), state]
  const updated: State.KycToken = { ...kycToken, input: { ...kycToken.input, ...patch }, updatedAt: call.now }
  return [
    Answers.ok(Written.kycToken(state, updated, "read")),
    { ...state, kycTokens: State.replace(state.kycTokens, updated) }
  ]
})
