/**
 * Paynkolay in the unit tests of an application.
 */
import * as Mock from "@entegre/core/Mock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  type Deliveries,
  type Payments,
  Paynkolay,
  type Penalties,
  type Profiles,
  type Reports,
  type Sellers
} from "./Paynkolay.ts"

/**
 * A Paynkolay of which only those members are there that a unit test brings. The others die, naming themselves, when they
 * are used.
 *
 * ```ts
 * PaynkolayMock.layer({ payments: { status: () => Effect.succeed([{ trxStatus: "SUCCESS" }]) } })
 * ```
 */
export const layer = (members: {
  /** Members of `profiles`. Default: none. */
  readonly profiles?: Mock.Members<Profiles> | undefined
  /** Members of `sellers`. Default: none. */
  readonly sellers?: Mock.Members<Sellers> | undefined
  /** Members of `payments`. Default: none. */
  readonly payments?: Mock.Members<Payments> | undefined
  /** Members of `deliveries`. Default: none. */
  readonly deliveries?: Mock.Members<Deliveries> | undefined
  /** Members of `reports`. Default: none. */
  readonly reports?: Mock.Members<Reports> | undefined
  /** Members of `penalties`. Default: none. */
  readonly penalties?: Mock.Members<Penalties> | undefined
}): Layer.Layer<Paynkolay> =>
  Layer.effect(
    Paynkolay,
    Effect.all({
      profiles: Mock.group<Profiles>("profiles", members.profiles ?? {}),
      sellers: Mock.group<Sellers>("sellers", members.sellers ?? {}),
      payments: Mock.group<Payments>("payments", members.payments ?? {}),
      deliveries: Mock.group<Deliveries>("deliveries", members.deliveries ?? {}),
      reports: Mock.group<Reports>("reports", members.reports ?? {}),
      penalties: Mock.group<Penalties>("penalties", members.penalties ?? {}),
      tokens: Mock.tokens("paynkolay"),
      client: Mock.client()
    })
  )
