/**
 * What Dükkango's part of the sandbox is made of: operations, settings,
 * accounts, restaurants, foods and orders.
 *
 * Restaurants, foods and orders are as they go over the wire, with the
 * provider's own field names. Sources are the provider's public pages; fields
 * that those pages do not show are marked as made up.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { DurationFromInput, Fault, type FaultOn, Target } from "./Fault.ts"

/**
 * The operations of Dükkango: the documented path, dots for slashes.
 */
export const DukkangoOperation = Schema.Literals([
  "auth.login",
  "restaurants.get",
  "restaurants.status.get",
  "restaurants.status.open",
  "restaurants.status.close",
  "foods.get-foods",
  "foods.status-active",
  "foods.status-passive",
  "orders.get-current",
  "orders.success",
  "orders.accept",
  "orders.ontheway",
  "orders.complete",
  "orders.cancel",
  "orders.variables",
  "orders.cancel-reasons"
])

/**
 * The operations of Dükkango: the documented path, dots for slashes.
 */
export type DukkangoOperation = typeof DukkangoOperation.Type

const targets: ReadonlySet<string> = new Set([...Target.literals, ...DukkangoOperation.literals])

/**
 * A fault of Dükkango: one that is meant for `"auth"`, `"calls"`, `"all"` or an
 * operation that Dükkango has.
 */
export const DukkangoFault = Fault.pipe(
  Schema.refine((fault): fault is FaultOn<DukkangoOperation | Target> => targets.has(fault.on), {
    expected: `"on" to be one of ${[...targets].join(", ")}`
  })
)

/**
 * How Dükkango behaves. Every field can be changed while it runs.
 *
 * - `tokenLifetime`: how long a new token lives. Default 24 hours, as
 *   documented.
 * - `expiryZone`: the zone in which `expiration_date` and order dates are
 *   written, which carry no offset. Default `"Europe/Istanbul"`; the page names
 *   no zone.
 * - `clockSkew`: how far the provider's clock is ahead (or, when negative,
 *   behind) in what it tells: the `Date` header, `expiration_date`, order
 *   dates. Default 0.
 * - `cooldown`: the pause between two answers of `foods.get-foods` and of
 *   `orders.get-current` per account. Default 30 seconds, as documented.
 * - `latency`: how long every answer takes. Default 0.
 * - `singleActiveToken`: whether a new token ends the account's former ones.
 *   Default false; the page does not say.
 * - `credentialsAccepted`: false refuses every login as if its credentials were
 *   wrong. Default true.
 * - `missingCredentialsStatus`: the status of a login that lacks a field.
 *   Default 422, as the authentication page has it; the overview has 400.
 * - `currentStatuses`: the order statuses that `orders.get-current` returns.
 *   Default 1, 2 and 16. The page also names `COMPLETE_NEEDS_PAYMENT`, whose
 *   number it does not give.
 */
export const DukkangoSettings = Schema.Struct({
  tokenLifetime: DurationFromInput,
  expiryZone: Schema.String.check(
    Schema.makeFilter((zone: string) => Option.isSome(DateTime.zoneFromString(zone)) || "a time zone")
  ),
  clockSkew: DurationFromInput,
  cooldown: DurationFromInput,
  latency: DurationFromInput,
  singleActiveToken: Schema.Boolean,
  credentialsAccepted: Schema.Boolean,
  missingCredentialsStatus: Schema.Literals([422, 400]),
  currentStatuses: Schema.Array(Schema.Int)
})

/**
 * How Dükkango behaves.
 */
export type DukkangoSettings = typeof DukkangoSettings.Type

/**
 * A change of some settings.
 */
export const DukkangoSettingsChange = DukkangoSettings.mapFields(Struct.map(Schema.optionalKey))

/**
 * A change of some settings, with durations in any form.
 */
export type DukkangoSettingsPatch = {
  readonly [K in keyof DukkangoSettings]?:
    | (DukkangoSettings[K] extends Duration.Duration ? Duration.Input : DukkangoSettings[K])
    | undefined
}

/**
 * The documented behaviour.
 */
export const defaultSettings: DukkangoSettings = {
  tokenLifetime: Duration.hours(24),
  expiryZone: "Europe/Istanbul",
  clockSkew: Duration.zero,
  cooldown: Duration.seconds(30),
  latency: Duration.zero,
  singleActiveToken: false,
  credentialsAccepted: true,
  missingCredentialsStatus: 422,
  currentStatuses: [1, 2, 16]
}

const Secret = Schema.RedactedFromValue(Schema.NonEmptyString)

/**
 * The two keys of a Dükkango account.
 */
export const DukkangoCredentials = Schema.Struct({ appSecretKey: Secret, restSecretKey: Secret })

/**
 * The two keys of a Dükkango account.
 */
export type DukkangoCredentials = typeof DukkangoCredentials.Type

/**
 * A further account: credentials and the branches that they may see.
 *
 * - `restaurants`: branches that exist are shared, others are opened. Default:
 *   one new branch of its own.
 */
export const DukkangoAccountInput = Schema.Struct({
  ...DukkangoCredentials.fields,
  restaurants: Schema.optional(Schema.Array(Schema.Struct({ id: Schema.String, name: Schema.String })))
})

/**
 * A further account: credentials and the branches that they may see.
 */
export type DukkangoAccountInput = typeof DukkangoAccountInput.Type

/**
 * A restaurant (a branch).
 */
export const DukkangoRestaurant = Schema.Struct({ id: Schema.String, name: Schema.String, open: Schema.Boolean })

/**
 * A restaurant (a branch).
 */
export type DukkangoRestaurant = typeof DukkangoRestaurant.Type

/**
 * An account: credentials and the branches that they may see.
 */
export interface DukkangoAccount {
  readonly credentials: DukkangoCredentials
  readonly restaurants: ReadonlyArray<DukkangoRestaurant>
}

/**
 * A food as `foods.get-foods` returns it. `add_substract` is spelled as the
 * provider spells it.
 */
export const DukkangoFood = Schema.Struct({
  food_id: Schema.Int,
  name: Schema.String,
  category: Schema.Struct({ id: Schema.Int, name: Schema.String, sort: Schema.Int }),
  desc: Schema.String,
  image: Schema.String,
  restaurant_id: Schema.String,
  sort: Schema.Int,
  price: Schema.Finite,
  add_substract: Schema.Array(Schema.Struct({
    ilave_basligi: Schema.String,
    secim_turu: Schema.String,
    ekleme_cikarma: Schema.String,
    zorunlu_turu: Schema.String,
    ilave_opsiyonlari: Schema.Array(Schema.Struct({ name: Schema.String, price: Schema.Finite }))
  }))
})

/**
 * A food as `foods.get-foods` returns it.
 */
export type DukkangoFood = typeof DukkangoFood.Type

/**
 * An order as `orders.get-current` returns it. The visible page ends inside
 * `address`: `apartment`, `floor`, `door_number` and the whole of `foods` are
 * made up.
 */
export const DukkangoOrder = Schema.Struct({
  id: Schema.Int,
  status_id: Schema.Int,
  status_text: Schema.String,
  shipping_method: Schema.String,
  payment_key: Schema.String,
  payment_method: Schema.String,
  note: Schema.String,
  total: Schema.Finite,
  date: Schema.String,
  restaurant_id: Schema.String,
  restaurant_name: Schema.String,
  courier_type: Schema.String,
  discount: Schema.String,
  courier_fee: Schema.Finite,
  scheduled_date: Schema.String,
  order_tip: Schema.Finite,
  customer: Schema.Struct({ name: Schema.String, phone: Schema.String }),
  address: Schema.Struct({
    address: Schema.String,
    description: Schema.String,
    apartment: Schema.String,
    floor: Schema.String,
    door_number: Schema.String
  }),
  foods: Schema.Array(Schema.Struct({
    food_id: Schema.Int,
    name: Schema.String,
    quantity: Schema.Int,
    price: Schema.Finite,
    note: Schema.String
  }))
})

/**
 * An order as `orders.get-current` returns it.
 */
export type DukkangoOrder = typeof DukkangoOrder.Type

/**
 * What may be said about an order that is to be placed.
 */
export const DukkangoOrderInput = DukkangoOrder.mapFields(Struct.map(Schema.optionalKey))

/**
 * What may be said about an order that is to be placed.
 */
export type DukkangoOrderInput = typeof DukkangoOrderInput.Type

/**
 * An acknowledgement that Dükkango received: which order, in which status, and
 * when (milliseconds of the sandbox's clock).
 */
export const DukkangoAcknowledgement = Schema.Struct({
  paymentKey: Schema.String,
  statusId: Schema.Int,
  at: Schema.Finite
})

/**
 * An acknowledgement that Dükkango received.
 */
export type DukkangoAcknowledgement = typeof DukkangoAcknowledgement.Type
