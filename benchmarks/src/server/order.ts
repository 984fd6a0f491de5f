/**
 * What is asked for: an order, as a provider would answer with it.
 */
import * as Schema from "effect/Schema"

export const loginPath = "/authenticate/credential/v2"
export const orderPath = "/orders/5f1c1d2e-9a3b-4c5d-8e6f-7a8b9c0d1e2f"

const Order = Schema.Struct({
  id: Schema.NonEmptyString,
  status: Schema.Literals(["new", "preparing", "onTheWay", "delivered", "cancelled"]),
  restaurant: Schema.Struct({ id: Schema.Int, name: Schema.NonEmptyString }),
  total: Schema.Finite,
  currency: Schema.NonEmptyString,
  lines: Schema.Array(Schema.Struct({
    name: Schema.NonEmptyString,
    quantity: Schema.Int,
    price: Schema.Finite,
    note: Schema.NullOr(Schema.String)
  })),
  createdAt: Schema.NonEmptyString
})

/** The body of an answer. */
export const Answer = Schema.Struct({ result: Order })
export interface Answer extends Schema.Schema.Type<typeof Answer> {}

export const answer: Answer = {
  result: {
    id: "5f1c1d2e-9a3b-4c5d-8e6f-7a8b9c0d1e2f",
    status: "preparing",
    restaurant: { id: 1907, name: "Akat Mahallesi Şubesi" },
    total: 742.5,
    currency: "TRY",
    lines: [
      { name: "Mercimek çorbası", quantity: 2, price: 95, note: null },
      { name: "Adana kebap", quantity: 1, price: 320, note: "acısız" },
      { name: "Künefe", quantity: 1, price: 152.5, note: null },
      { name: "Ayran", quantity: 2, price: 40, note: "soğuk" }
    ],
    createdAt: "2026-11-22T12:34:56+03:00"
  }
}
