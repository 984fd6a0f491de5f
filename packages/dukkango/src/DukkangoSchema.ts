/**
 * What goes over the wire, and what it becomes.
 *
 * The provider writes some numbers as text (`"discount": "157.5"`), "none" as an empty string (`"scheduled_date": ""`) and
 * dates without an offset. Here they are numbers, `Option`s and dates in a declared zone. What its pages do not show is
 * not required, what they do not know (a status number, a courier) is kept as data, and a person's data is `Redacted`.
 *
 * Facts are from the provider's pages `api-reference/overview`, `api-reference/orders/get-current`,
 * `api-reference/foods/get-foods` and `guides/order-lifecycle`.
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import * as Wire from "./internal/wire.ts"

// -----------------------------------------------------------------------------
// Identifiers
// -----------------------------------------------------------------------------

/**
 * Names an order in every call about it: the order's `payment_key`, a UUID. It is not the order's integer `id`.
 *
 * ```ts
 * OrderKey.make("3e9caf87-5cb7-4c4e-adcb-fc2ec54cf24e") // throws if it is no UUID
 * Schema.decodeUnknownEffect(OrderKey)(input)
 * ```
 */
export const OrderKey = Wire.Uuid.pipe(Schema.brand("@entegre/dukkango/OrderKey"))

/**
 * Names an order in every call about it: the order's `payment_key`, a UUID. It is not the order's integer `id`.
 */
export type OrderKey = typeof OrderKey.Type

/**
 * Names a restaurant (a branch): a UUID.
 */
export const RestaurantId = Wire.Uuid.pipe(Schema.brand("@entegre/dukkango/RestaurantId"))

/**
 * Names a restaurant (a branch): a UUID.
 */
export type RestaurantId = typeof RestaurantId.Type

/**
 * Names a food of the menu: an integer.
 */
export const FoodId = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)).pipe(
  Schema.brand("@entegre/dukkango/FoodId")
)

/**
 * Names a food of the menu: an integer.
 */
export type FoodId = typeof FoodId.Type

// -----------------------------------------------------------------------------
// Restaurants
// -----------------------------------------------------------------------------

/**
 * A restaurant (a branch) that the keys give access to.
 */
export const Restaurant = Schema.Struct({ id: RestaurantId, name: Schema.String })

/**
 * A restaurant (a branch) that the keys give access to.
 */
export interface Restaurant extends Schema.Schema.Type<typeof Restaurant> {}

/**
 * Whether a restaurant takes orders.
 */
export const RestaurantStatus = Schema.Literals(["Open", "Closed"])

/**
 * Whether a restaurant takes orders.
 */
export type RestaurantStatus = typeof RestaurantStatus.Type

// -----------------------------------------------------------------------------
// The menu
// -----------------------------------------------------------------------------

/**
 * A group of choices that come with a food: sauces, sizes.
 *
 * The pages show one group; other values than the ones named here are kept as they come.
 */
export const FoodOption = Schema.Struct({
  /** `ilave_basligi`: what the customer reads, such as `Sos Seçimi`. */
  title: Schema.String,
  /** `secim_turu`: `tekli` (one choice) or `coklu` (several). */
  selection: Schema.String,
  /** `ekleme_cikarma`: `ekleme` adds to the food. */
  effect: Schema.String,
  /** `zorunlu_turu`: `opsiyonel` may be left out. */
  requirement: Schema.String,
  /** `ilave_opsiyonlari`: the choices, with what each adds to the price. */
  choices: Schema.Array(Schema.Struct({ name: Schema.String, price: Wire.Amount }))
}).pipe(Schema.encodeKeys({
  title: "ilave_basligi",
  selection: "secim_turu",
  effect: "ekleme_cikarma",
  requirement: "zorunlu_turu",
  choices: "ilave_opsiyonlari"
}))

/**
 * A group of choices that come with a food: sauces, sizes.
 */
export interface FoodOption extends Schema.Schema.Type<typeof FoodOption> {}

/**
 * A food of the menu. Prices are bare numbers on the provider's pages: Turkish lira, as far as one can tell.
 */
export const Food = Schema.Struct({
  id: FoodId,
  restaurantId: RestaurantId,
  name: Schema.String,
  description: Wire.Text,
  image: Wire.Text,
  category: Schema.Struct({ id: Wire.Integer, name: Schema.String, sort: Wire.Integer }),
  sort: Wire.Integer,
  price: Wire.Amount,
  /** `add_substract`, as the provider spells it. */
  options: Schema.Array(FoodOption)
}).pipe(Schema.encodeKeys({
  id: "food_id",
  restaurantId: "restaurant_id",
  description: "desc",
  options: "add_substract"
}))

/**
 * A food of the menu. Prices are bare numbers on the provider's pages: Turkish lira, as far as one can tell.
 */
export interface Food extends Schema.Schema.Type<typeof Food> {}

// -----------------------------------------------------------------------------
// Orders
// -----------------------------------------------------------------------------

/**
 * The numbers of the documented order statuses. `COMPLETE_NEEDS_PAYMENT`, which the provider also hands out, has no number
 * on its pages.
 */
export const OrderStatus = {
  /** `Sipariş Geldi` (RECEIVED): the order came in and waits for `accept`. */
  received: 1,
  /** `Hazırlanıyor` (CONFIRMED): the order was accepted. */
  confirmed: 2,
  /** `Restoran Kuryeye Verildi` (IN_DELIVERY): the order is on its way. */
  inDelivery: 16,
  /** `Teslim Edildi`: the order was delivered. */
  delivered: 5,
  /** `İptal Edildi`: the order was cancelled. */
  cancelled: 6
} as const

const Customer = Schema.Struct({ name: Wire.Text, phone: Wire.Text })

const Address = Schema.Struct({
  /** `address`: street and number, as the customer wrote them. */
  street: Wire.Text,
  description: Wire.Text
}).pipe(Schema.encodeKeys({ street: "address" }))

/**
 * An order, with its dates read in a zone.
 *
 * - `key` names the order in calls; `id` is the number that people read.
 * - `statusId` is one of {@link OrderStatus} or a number that the pages do not list; `statusText` is its display name.
 * - `paymentMethod` is the display name (`Kredi Kartı`), not the key that `orders.variables` lists (`CREDIT_CARD`).
 * - `courierType` is `restaurant`, `fuudy` or `come_get`; `shippingMethod` is `delivery` or `pickup`; others are kept.
 * - `discount`, `courierFee` and `tip` are 0 where the provider sends nothing.
 * - `customer` and `address` are a person's data, and so is `raw`: they are redacted wherever the order is printed.
 * - `raw` is the order as it came. The provider's page breaks off inside `address`; what it does not show, the order's
 *   lines among it, is there.
 */
export const order = (zone: DateTime.TimeZone) =>
  Wire.withRaw(
    Schema.Struct({
      key: OrderKey,
      id: Wire.Integer,
      statusId: Wire.Integer,
      statusText: Schema.String,
      shippingMethod: Schema.String,
      courierType: Schema.String,
      paymentMethod: Schema.String,
      note: Wire.Text,
      total: Wire.Amount,
      discount: Wire.AmountOrZero,
      courierFee: Wire.AmountOrZero,
      tip: Wire.AmountOrZero,
      placedAt: Wire.dateTime(zone),
      scheduledFor: Wire.dateTimeOption(zone),
      restaurantId: RestaurantId,
      restaurantName: Schema.String,
      customer: Schema.RedactedFromValue(Wire.block(Customer), { label: "customer" }),
      address: Schema.RedactedFromValue(Wire.block(Address), { label: "address" }),
      raw: Schema.RedactedFromValue(Schema.Record(Schema.String, Schema.Unknown), { label: "raw" })
    }).pipe(Schema.encodeKeys({
      key: "payment_key",
      statusId: "status_id",
      statusText: "status_text",
      shippingMethod: "shipping_method",
      courierType: "courier_type",
      paymentMethod: "payment_method",
      courierFee: "courier_fee",
      tip: "order_tip",
      placedAt: "date",
      scheduledFor: "scheduled_date",
      restaurantId: "restaurant_id",
      restaurantName: "restaurant_name"
    }))
  )

/**
 * An order. See {@link order}.
 */
export interface Order extends Schema.Schema.Type<ReturnType<typeof order>> {}

/**
 * What an order can be paid with and how it can be handed over: keys, and the display names that orders carry.
 */
export const OrderVariables = Schema.Struct({
  paymentMethods: Schema.Array(Schema.Struct({ key: Schema.String, name: Schema.String })),
  shippingMethods: Schema.Array(Schema.Struct({ key: Schema.String, name: Schema.String }))
}).pipe(Schema.encodeKeys({ paymentMethods: "paymentMethod", shippingMethods: "shippingMethod" }))

/**
 * What an order can be paid with and how it can be handed over: keys, and the display names that orders carry.
 */
export interface OrderVariables extends Schema.Schema.Type<typeof OrderVariables> {}

/**
 * A reason for cancelling an order.
 */
export const CancelReason = Schema.Struct({ id: Wire.Integer, reason: Schema.String })

/**
 * A reason for cancelling an order.
 */
export interface CancelReason extends Schema.Schema.Type<typeof CancelReason> {}

// -----------------------------------------------------------------------------
// What is sent
// -----------------------------------------------------------------------------

/**
 * What `orders.current` can be asked for.
 */
export const CurrentInput = Schema.Struct({
  /** Only orders in this status. Default: all that wait for an acknowledgement. */
  statusId: Schema.optional(Schema.Int)
})

/**
 * What `orders.current` can be asked for.
 */
export type CurrentInput = typeof CurrentInput.Type

/**
 * What `orders.accept` sends.
 */
export const AcceptInput = Schema.Struct({
  /** How long the kitchen needs, in whole minutes: 1 to 1440. */
  preparingTime: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1440 }))
})

/**
 * What `orders.accept` sends.
 */
export type AcceptInput = typeof AcceptInput.Type

/**
 * What `orders.cancel` sends.
 */
export const CancelInput = Schema.Struct({
  /** The number of a reason that `orders.cancelReasons` lists: 1 to 8. */
  reasonId: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 8 }))
})

/**
 * What `orders.cancel` sends.
 */
export type CancelInput = typeof CancelInput.Type
