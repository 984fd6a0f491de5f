import { assert, describe, it } from "@effect/vitest"
import { assertNone, assertSome } from "@effect/vitest/utils"
import { type Dukkango, DukkangoSchema } from "@entegre/dukkango"
import { DateTime, Effect, Redacted, Schema } from "effect"
import { inspect } from "node:util"

const istanbul = DateTime.zoneMakeNamedUnsafe("Europe/Istanbul")
const decode = Schema.decodeUnknownEffect(DukkangoSchema.order(istanbul))

/** The sample of the provider's page `api-reference/orders/get-current`, as far as it can be read. */
const sample = {
  id: 1031,
  status_id: 1,
  status_text: "Sipariş Geldi",
  shipping_method: "delivery",
  payment_key: "3e9caf87-5cb7-4c4e-adcb-fc2ec54cf24e",
  payment_method: "Kredi Kartı",
  note: "",
  total: 1417.5,
  date: "2026-01-16 15:10:54",
  restaurant_id: "0ca1d2b1-a199-4960-8617-83a659d890c8",
  restaurant_name: "Halaskargazi Şube",
  courier_type: "restaurant",
  discount: "157.5",
  courier_fee: 0,
  scheduled_date: "",
  order_tip: 0,
  customer: { name: "Ayşe Yılmaz", phone: "05335587642" },
  address: { address: "Örnek Sokak 5", description: "" }
}

const problemOf = (order: unknown) => Effect.map(Effect.flip(decode(order)), ({ message }) => message)

describe("an order", () => {
  it.effect("is read from the provider's sample", () =>
    Effect.gen(function*() {
      const { address, customer, placedAt, raw, ...order } = yield* decode(sample)
      const { note, scheduledFor, ...rest } = order
      assert.deepEqual(rest, {
        key: DukkangoSchema.OrderKey.make("3e9caf87-5cb7-4c4e-adcb-fc2ec54cf24e"),
        id: 1031,
        statusId: 1,
        statusText: "Sipariş Geldi",
        shippingMethod: "delivery",
        courierType: "restaurant",
        paymentMethod: "Kredi Kartı",
        total: 1417.5,
        discount: 157.5,
        courierFee: 0,
        tip: 0,
        restaurantId: DukkangoSchema.RestaurantId.make("0ca1d2b1-a199-4960-8617-83a659d890c8"),
        restaurantName: "Halaskargazi Şube"
      })
      assertNone(note)
      assertNone(scheduledFor)
      assert.strictEqual(DateTime.formatIso(placedAt), "2026-01-16T12:10:54.000Z")
      assertSome(Redacted.value(customer).phone, "05335587642")
      assertSome(Redacted.value(address).street, "Örnek Sokak 5")
      assertNone(Redacted.value(address).description)
      assert.strictEqual(Redacted.value(raw).discount, "157.5")
    }))

  it.effect("keeps what no page shows, in raw", () =>
    Effect.gen(function*() {
      const lines = [{ food_id: 1, quantity: 2 }]
      const { raw } = yield* decode({ ...sample, foods: lines, raw: "theirs" })
      assert.deepStrictEqual(Redacted.value(raw).foods, lines)
      assert.strictEqual(Redacted.value(raw).raw, "theirs")
    }))

  it.effect("keeps a status, a courier and a shipping method that no page lists", () =>
    Effect.gen(function*() {
      const order = yield* decode({ ...sample, status_id: 77, courier_type: "drone", shipping_method: "catapult" })
      assert.deepStrictEqual([order.statusId, order.courierType, order.shippingMethod], [77, "drone", "catapult"])
    }))

  it.effect.each<readonly [string, object]>([
    ["numbers in quotes", { total: "1417.50", id: "1031", status_id: "1", order_tip: "5" }],
    ["nothing, written as an empty string", {
      discount: "",
      courier_fee: "",
      order_tip: "",
      customer: "",
      address: ""
    }],
    ["nothing, written as null", { discount: null, scheduled_date: null, note: null, customer: null, address: null }],
    ["nothing, written as an empty list", { customer: [], address: [] }],
    ["nothing, not written at all", { discount: undefined, note: undefined, address: undefined, customer: undefined }]
  ])("takes %s", ([, fields]) =>
    Effect.gen(function*() {
      const order = yield* decode(JSON.parse(JSON.stringify({ ...sample, ...fields })))
      for (const number of [order.total, order.id, order.statusId, order.discount, order.courierFee, order.tip]) {
        assert.isTrue(Number.isFinite(number))
      }
    }))

  it.effect("reads a scheduled date, in the declared zone as well", () =>
    Effect.gen(function*() {
      const { scheduledFor } = yield* decode({ ...sample, scheduled_date: "2026-01-17 19:30" })
      const zoned = yield* Effect.fromOption(scheduledFor)
      assert.strictEqual(DateTime.formatIso(zoned), "2026-01-17T16:30:00.000Z")
    }))

  it.effect.each<readonly [string, object, string]>([
    ["an amount with a comma", { total: "1.417,50" }, "total"],
    ["an amount that is no number", { discount: {} }, "discount"],
    ["half a status", { status_id: 1.5 }, "statusId"],
    ["a key that is no UUID", { payment_key: "1031" }, "payment_key"],
    ["a date that does not exist", { date: "2026-02-30 10:00:00" }, "placedAt"],
    ["a date in another form", { date: "16.01.2026 15:10" }, "placedAt"],
    ["a time that does not exist", { date: "2026-01-16 24:10:00" }, "placedAt"],
    // To guess it would be to cook at the wrong hour.
    ["a scheduled date in another form", { scheduled_date: "19:30" }, "scheduledFor"],
    ["no total", { total: undefined }, "total"]
  ])("does not take %s, and says where", ([, fields, field]) =>
    Effect.gen(function*() {
      assert.include(yield* problemOf({ ...sample, ...fields }), `"${field}"`)
    }))

  it.effect("shows no person's data when it is printed", () =>
    Effect.gen(function*() {
      const order = yield* decode(sample)
      for (const printed of [inspect(order, { depth: 10 }), JSON.stringify(order)]) {
        for (const data of ["Ayşe", "05335587642", "Örnek"]) assert.notInclude(printed, data)
      }
      const problem = yield* problemOf({ ...sample, customer: { name: "Ayşe", phone: 5335587642 } })
      assert.notInclude(problem, "5335587642")
    }))
})

describe("identifiers", () => {
  it("of different kinds do not compile in each other's place", () => {
    const misuse = (dukkango: Dukkango["Service"], order: DukkangoSchema.Order, food: DukkangoSchema.Food) => [
      // @ts-expect-error: the integer id does not name an order
      dukkango.orders.acknowledge(order.id),
      // @ts-expect-error: nor does it if it is written as text
      dukkango.orders.acknowledge(`${order.id}`),
      // @ts-expect-error: a restaurant is not an order
      dukkango.orders.complete(order.restaurantId),
      // @ts-expect-error: an order is not a restaurant
      dukkango.restaurants.open(order.key),
      // @ts-expect-error: a food is a number of its own
      dukkango.foods.activate(food.sort),
      dukkango.orders.acknowledge(order.key),
      dukkango.restaurants.open(food.restaurantId),
      dukkango.foods.activate(food.id)
    ]
    assert.isFunction(misuse)
  })

  it("are checked when they are made", () => {
    assert.throws(() => DukkangoSchema.OrderKey.make("1031"))
    assert.throws(() => DukkangoSchema.RestaurantId.make(""))
    assert.throws(() => DukkangoSchema.FoodId.make(1.5))
  })
})
