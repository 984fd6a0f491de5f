/**
 * Apex in the unit tests of an application.
 */
import * as Mock from "@entegre/core/Mock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Apex, type Distributors, type Kyc, type Markets, type Nodes, type Tokens } from "./Apex.ts"
import type { RateLimited } from "./ApexError.ts"

/**
 * An Apex of which only those members are there that a unit test brings. The others die, naming themselves, when they
 * are used.
 *
 * ```ts
 * ApexMock.layer({ nodes: { delete: () => Effect.void } })
 * ```
 */
export const layer = (members: {
  /** Members of `nodes`. Default: none. */
  readonly nodes?: Mock.Members<Nodes> | undefined
  /** Members of `markets`. Default: none. */
  readonly markets?: Mock.Members<Markets> | undefined
  /** Members of `distributors`. Default: none. */
  readonly distributors?: Mock.Members<Distributors> | undefined
  /** Members of `tokens`. Default: none. */
  readonly tokens?: Mock.Members<Tokens> | undefined
  /** Members of `kyc`. Default: none. */
  readonly kyc?: Mock.Members<Kyc> | undefined
}): Layer.Layer<Apex> =>
  Layer.effect(
    Apex,
    Effect.all({
      nodes: Mock.group<Nodes>("nodes", members.nodes ?? {}),
      markets: Mock.group<Markets>("markets", members.markets ?? {}),
      distributors: Mock.group<Distributors>("distributors", members.distributors ?? {}),
      tokens: Mock.group<Tokens>("tokens", members.tokens ?? {}),
      kyc: Mock.group<Kyc>("kyc", members.kyc ?? {}),
      accessTokens: Mock.tokens("apex"),
      client: Mock.client<RateLimited>()
    })
  )
