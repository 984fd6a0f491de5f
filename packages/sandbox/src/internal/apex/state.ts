import * as Duration from "effect/Duration"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import type { ApexSettings } from "../../ApexModel.ts"
import type { Answer, SandboxRequest } from "../exchange.ts"
import * as Grants from "../grants.ts"
import type * as Keys from "../keys.ts"
import type { KycAddressInput, KycTokenInput, TokenInput, WebhookInput } from "./inputs.ts"

/** What all that an account created has. Times are milliseconds. */
export interface Entity {
  readonly id: string
  readonly account: number
  readonly createdAt: number
  readonly updatedAt: number
}

export interface Node extends Entity {
  readonly intId: number
  readonly parentId: string | undefined
  readonly name: string
  readonly type: number
  readonly deleted: boolean
}

export interface Market extends Entity {
  readonly nodeId: string
  readonly domain: string
  readonly webhook: WebhookInput | undefined
}

export interface Distributor extends Entity {
  readonly nodeId: string
  readonly meta: WebhookInput | undefined
}

/** What tokens are paid with. All accounts share them. */
export interface CurrencyToken {
  readonly id: string
  readonly name: string
  readonly symbol: string
  readonly decimals: number
  readonly address: string
  readonly chain_id: number
}

export interface Token extends Entity {
  readonly nodeId: string
  readonly distributorId: string
  readonly currencyToken: CurrencyToken | undefined
  readonly input: TokenInput
}

/** That a token is listed in a market. */
export interface Listing extends Entity {
  readonly distributorId: string
  readonly tokenId: string
  readonly marketId: string
}

export interface KycAddress extends Entity {
  readonly marketId: string
  readonly input: KycAddressInput
}

export interface KycToken extends Entity {
  readonly tokenId: string
  readonly distributorId: string
  readonly input: KycTokenInput
}

export interface State {
  readonly settings: ApexSettings
  readonly accounts: ReadonlyArray<Keys.Account>
  readonly grants: Grants.Grants
  /** When each account's requests of the last minute came, oldest first. */
  readonly arrivals: HashMap.HashMap<number, ReadonlyArray<number>>
  readonly nodes: ReadonlyArray<Node>
  readonly markets: ReadonlyArray<Market>
  readonly distributors: ReadonlyArray<Distributor>
  readonly tokens: ReadonlyArray<Token>
  readonly listings: ReadonlyArray<Listing>
  readonly kycAddresses: ReadonlyArray<KycAddress>
  readonly kycTokens: ReadonlyArray<KycToken>
}

export const initial = (settings: ApexSettings, accounts: ReadonlyArray<Keys.Account>): State => ({
  settings,
  accounts,
  grants: Grants.empty,
  arrivals: HashMap.empty(),
  nodes: [],
  markets: [],
  distributors: [],
  tokens: [],
  listings: [],
  kycAddresses: [],
  kycTokens: []
})

/** A call that has been let in. */
export interface Call {
  readonly account: number
  readonly now: number
  readonly request: SandboxRequest
  /** The value of a path segment that the route has a name for. */
  readonly param: (name: string) => string
  /** An identifier that nothing has yet, another one for each index. */
  readonly newId: (index?: number) => string
}

/** What the provider does: an answer, and the state it leaves behind. */
export type Step = (state: State, call: Call) => readonly [Answer, State]

export const find = <A extends Entity>(entities: ReadonlyArray<A>, account: number, id: string): A | undefined =>
  entities.find((entity) => entity.id === id && entity.account === account)

export const replace = <A extends Entity>(entities: ReadonlyArray<A>, entity: A): ReadonlyArray<A> =>
  entities.map((other) => other.id === entity.id ? entity : other)

const remembered = 10_000

/** Keeps something new; where there are ten thousand of its kind, the oldest is forgotten. */
export const append = <A extends Entity>(entities: ReadonlyArray<A>, ...more: ReadonlyArray<A>): ReadonlyArray<A> =>
  [...entities, ...more].slice(-remembered)

/** What a new entity of a call begins with. */
export const begin = ({ account, newId, now }: Call, index?: number): Entity => ({
  id: newId(index),
  account,
  createdAt: now,
  updatedAt: now
})

const minute = Duration.toMillis(Duration.minutes(1))

/** Counts a request of an account. Gives the seconds to wait where it has none left. */
export const admit = (state: State, account: number, now: number): readonly [number | undefined, State] => {
  const { rateLimit } = state.settings
  const recent = Option.getOrElse(HashMap.get(state.arrivals, account), (): ReadonlyArray<number> => [])
    .filter((at) => now < at + minute)
  const oldest = recent.at(-rateLimit)
  return oldest === undefined
    ? [undefined, { ...state, arrivals: HashMap.set(state.arrivals, account, [...recent, now]) }]
    : [Math.ceil((oldest + minute - now) / 1000), state]
}
