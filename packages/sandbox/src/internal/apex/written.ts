import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Struct from "effect/Struct"
import type { ApexSettings } from "../../ApexModel.ts"
import * as Inputs from "./inputs.ts"
import type * as State from "./state.ts"

/** How the pages write times: a new KYC entry and a new token with Istanbul's offset, what is read with `Z`. */
export type Manner = "created" | "read"

const istanbul = DateTime.zoneMakeOffset(Duration.toMillis(Duration.hours(3)))

const momentOf = (settings: ApexSettings, millis: number) =>
  DateTime.makeUnsafe(millis + Duration.toMillis(settings.clockSkew))

/** `2025-01-03T12:00:00Z` */
export const wholeSeconds = (settings: ApexSettings, millis: number): string =>
  `${DateTime.formatIso(momentOf(settings, millis)).slice(0, 19)}Z`

/** The page's own digits. No clock here is that fine. */
const microseconds = "696"

/** `2025-12-24T02:16:10.419696+03:00` or `2025-12-23T23:16:10.419696Z` */
export const fine = (settings: ApexSettings, millis: number, manner: Manner): string => {
  const moment = momentOf(settings, millis)
  return manner === "created"
    ? `${DateTime.formatIsoOffset(DateTime.setZone(moment, istanbul)).slice(0, 23)}${microseconds}+03:00`
    : `${DateTime.formatIso(moment).slice(0, 23)}${microseconds}Z`
}

const dates = (settings: ApexSettings, { createdAt, updatedAt }: State.Entity, manner: Manner) => ({
  created_at: fine(settings, createdAt, manner),
  updated_at: fine(settings, updatedAt, manner)
})

/** The identifiers from the root down to a node. A parent that is gone is a root. */
const pathOf = (nodes: ReadonlyArray<State.Node>, node: State.Node): string => {
  const parent = nodes.find(({ id }) => id === node.parentId)
  return parent === undefined ? `${node.intId}` : `${pathOf(nodes, parent)}.${node.intId}`
}

export const node = ({ nodes, settings }: State.State, node: State.Node) => ({
  id: node.id,
  ...(node.parentId !== undefined && { parent_id: node.parentId }),
  name: node.name,
  type: node.type,
  path: pathOf(nodes, node),
  int_id: node.intId,
  created_at: wholeSeconds(settings, node.createdAt),
  updated_at: wholeSeconds(settings, node.updatedAt)
})

/** What goes in as a number comes out as a word. */
const webhook = (webhook: Inputs.WebhookInput | undefined) =>
  webhook === undefined ? null : { ...webhook, method: Inputs.methodOf(webhook.method) }

export const market = ({ settings }: State.State, market: State.Market) => ({
  id: market.id,
  node_id: market.nodeId,
  domain: market.domain,
  webhook: webhook(market.webhook),
  ...dates(settings, market, "read")
})

export const distributor = ({ settings }: State.State, distributor: State.Distributor) => ({
  id: distributor.id,
  node_id: distributor.nodeId,
  meta: webhook(distributor.meta),
  ...dates(settings, distributor, "read")
})

/** The next number that a float can be, where it cannot be this one exactly. */
const withNoise = (value: number): number => {
  if (value <= 0 || Number.isInteger(value * 2 ** 20)) return value
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  view.setBigUint64(0, view.getBigUint64(0) + 1n)
  return view.getFloat64(0)
}

/** Goes in flat, and comes out as a token of its own. */
const currencyFields = [
  "currency_token_address",
  "currency_token_decimals",
  "currency_token_name",
  "currency_token_symbol"
] as const

export const token = ({ settings }: State.State, token: State.Token, manner: Manner) => ({
  id: token.id,
  node_id: token.nodeId,
  distributor_id: token.distributorId,
  ...(token.currencyToken !== undefined && { currency_token_id: token.currencyToken.id }),
  ...(token.currencyToken !== undefined && manner === "read" && { currency_token: token.currencyToken }),
  ...Struct.omit(token.input, currencyFields),
  value: settings.floatNoise ? withNoise(token.input.value) : token.input.value,
  ...dates(settings, token, manner)
})

export const listing = ({ settings }: State.State, listing: State.Listing) => ({
  id: listing.id,
  distributor_id: listing.distributorId,
  token_id: listing.tokenId,
  market_id: listing.marketId,
  status: 1,
  ...dates(settings, listing, "read")
})

export const kycAddress = ({ settings }: State.State, address: State.KycAddress, manner: Manner) => ({
  id: address.id,
  market_id: address.marketId,
  ...address.input,
  ...dates(settings, address, manner)
})

export const kycToken = ({ settings }: State.State, token: State.KycToken, manner: Manner) => ({
  id: token.id,
  distributor_id: token.distributorId,
  token_id: token.tokenId,
  ...token.input,
  ...dates(settings, token, manner)
})
