import * as Answers from "./answers.ts"
import * as Inputs from "./inputs.ts"
import * as Nodes from "./nodes.ts"
import * as State from "./state.ts"
import * as Steps from "./steps.ts"
import * as Written from "./written.ts"

/** The currency that an input names, which may be known already. */
const currencyTokenOf = (
  state: State.State,
  { newId }: State.Call,
  input: Inputs.TokenInput
): State.CurrencyToken | undefined => {
  const address = input.currency_token_address
  if (address === undefined) return undefined
  const known = state.tokens.find(({ currencyToken }) => currencyToken?.address === address)?.currencyToken
  return known ?? {
    id: newId(1),
    name: input.currency_token_name ?? "",
    symbol: input.currency_token_symbol ?? "",
    decimals: input.currency_token_decimals ?? 18,
    address,
    chain_id: input.chain_id
  }
}

export const create = Steps.withBody(Inputs.CreateToken, (state, call, input) => {
  const { account, param } = call
  const nodeId = param("node_id")
  const distributorId = param("distributor_id")
  if (Nodes.findNode(state, account, nodeId) === undefined) return [Answers.notFound("node"), state]
  if (State.find(state.distributors, account, distributorId) === undefined) {
    return [Answers.notFound("distributor"), state]
  }
  const token: State.Token = {
    ...State.begin(call),
    nodeId,
    distributorId,
    currencyToken: currencyTokenOf(state, call, input),
    input: { status: 1, ...input }
  }
  return [
    Answers.created(Written.token(state, token, "created")),
    { ...state, tokens: State.append(state.tokens, token) }
  ]
})

/** Lists a token in the markets that are named, or in all that there are, and in no other. */
const list = (
  state: State.State,
  call: State.Call,
  token: State.Token,
  input: typeof Inputs.Markets.Type
): { readonly listings: ReadonlyArray<State.Listing>; readonly state: State.State } | undefined => {
  const own = state.markets.filter(({ account }) => account === call.account).map(({ id }) => id)
  const wanted = input.is_all_market ? own : input.market_ids
  if (wanted === undefined || wanted.some((id) => !own.includes(id))) return undefined
  const listings = wanted.map((marketId, index): State.Listing =>
    state.listings.find((listing) => listing.tokenId === token.id && listing.marketId === marketId) ??
      { ...State.begin(call, index), distributorId: token.distributorId, tokenId: token.id, marketId }
  )
  const others = state.listings.filter(({ tokenId }) => tokenId !== token.id)
  return { listings, state: { ...state, listings: State.append(others, ...listings) } }
}

export const createExternal = Steps.withBody(Inputs.Markets, (state, call, input) => {
  const externalId = call.param("external_id")
  const token = state.tokens.find((token) => token.account === call.account && token.input.external_id === externalId)
  if (token === undefined) return [Answers.notFound("external token"), state]
  const listed = list(state, call, token, input)
  return listed === undefined
    ? [Answers.invalid("market_ids"), state]
    : [Answers.created(Written.token(state, token, "created")), listed.state]
})

export const updateMarkets = Steps.withBody(Inputs.Markets, (state, call, input) => {
  const token = State.find(state.tokens, call.account, call.param("token_id"))
  if (token === undefined) return [Answers.notFound("token"), state]
  const listed = list(state, call, token, input)
  if (listed === undefined) return [Answers.invalid("market_ids"), state]
  const { listings } = listed
  return [
    Answers.ok({
      distributor_market_tokens: listings.map((listing) => Written.listing(state, listing)),
      total: listings.length
    }),
    listed.state
  ]
})

export const ofMarket: State.Step = (state, call) => {
  const market = State.find(state.markets, call.account, call.param("market_id"))
  if (market === undefined) return [Answers.notFound("market"), state]
  const listed = new Set(state.listings.filter(({ marketId }) => marketId === market.id).map(({ tokenId }) => tokenId))
  const tokens = state.tokens.filter(({ id }) => listed.has(id))
  return [Steps.page(call, "tokens", tokens, 20, (token) => Written.token(state, token, "read")), state]
}
