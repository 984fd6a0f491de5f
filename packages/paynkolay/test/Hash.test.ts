import { assert, describe, it } from "@effect/vitest"
import * as Hash from "@entegre/paynkolay/Hash"
import * as LocalDate from "@entegre/paynkolay/LocalDate"
import * as Money from "@entegre/paynkolay/Money"
import * as Secrets from "@entegre/paynkolay/Secrets"
import { Effect, Redacted, Schema } from "effect"
import { approved as callback, hashOf } from "./support/callbacks.ts"
import { apiSecretKey, cancelApiSecretKey, cancelSx, merchantSecret, merchantSecretKey, sx } from "./support/keys.ts"
import { shown } from "./support/shown.ts"

const payment: Hash.PaymentFields = {
  apiSecretKey,
  merchantSecretKey,
  trxCode: "ORDER_12345",
  totalTrxAmount: Money.make("150.00"),
  trxCurrency: "TRY",
  trxType: "SALES"
}

const reversal: Hash.ReversalFields = {
  apiSecretKey: cancelApiSecretKey,
  merchantSecretKey,
  trxType: "refund",
  trxDate: LocalDate.LocalDate.make("2025-10-30"),
  amount: Money.make("2000.00"),
  trxCurrency: "TRY",
  referenceCode: "IKSIRPF456012"
}

const completion = {
  MERCHANT_NO: "400000001",
  REFERENCE_CODE: "IKSIRPF456012",
  AUTH_CODE: "123456",
  RESPONSE_CODE: "2",
  USE_3D: "true",
  RND: "1768476600000",
  INSTALLMENT: "1",
  AUTHORIZATION_AMOUNT: "150.00"
}

const storedCards = { apiSecretKey, merchantSecretKey, mpCustomerKey: Redacted.make("5551234567") }

/** A text in UTF-8 that may stand in a hash. */
const text = Schema.String.check(Schema.isPattern(/^[^|\p{Surrogate}]*$/u))

// Two redacted values are deeply equal whatever is in them.
const value: (hash: Effect.Effect<Hash.Hash, Hash.SeparatorInField>) => Effect.Effect<string, Hash.SeparatorInField> =
  Effect.map(Redacted.value)

describe("the hash of", () => {
  it.effect("a payment covers six fields", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* value(Hash.payment(payment)),
        "B7or2Yap2gKmmR9oYbuLMVZfwRyXwWxH/twnC0IdvO0/ACTX8z5cyguippwpz5aMxRkce9SaQ/5Je7d1IGD7ZA=="
      )
    }))

  it.effect("a payment covers two fields by the older rule, whatever is paid", () =>
    Effect.gen(function*() {
      const older = yield* value(Hash.payment(payment, "twoFields"))
      assert.strictEqual(
        older,
        "8zmNpnAEae/Tk8g7rTc2bpyF7lw5ShVgl2xDTUNFf4WHbmQ2dMcog3LVnKFlUYuL40wtkINw6q4Y0lzGEIErVw=="
      )
      const another = { ...payment, trxCode: "ORDER_2", totalTrxAmount: Money.make("1.00") }
      assert.strictEqual(yield* value(Hash.payment(another, "twoFields")), older)
    }))

  it.effect("the list of stored cards has the customer between the keys", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* value(Hash.storedCardList(storedCards)),
        "NFfbXOm0gAbPQk4HJ6bwc/YUNxGJuhg4WwokDtMygxIlLOm6JFe+xnqoJV8Iq9OJSXi1yeuIwJsXXWqvnQ3wpg=="
      )
    }))

  it.effect("a refund is made with the cancel key", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* value(Hash.reversal(reversal)),
        "dTO8Be/iainb+lobqSj5HY6P3GrNj6SlRiAYhb5I204hrmyyzqQr66JaeNdyKKRVmtleDiOD7MBrNrvWTJpnIg=="
      )
      assert.strictEqual(
        yield* value(Hash.reversal({ ...reversal, trxType: "cancel" })),
        hashOf(cancelSx, merchantSecret, "cancel", "2025-10-30", "2000.00", "TRY", "IKSIRPF456012")
      )
    }))

  it.effect("a callback covers sixteen fields as they were received, and not the merchant secret key", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* value(Hash.callback(apiSecretKey, callback)),
        "W36IczKzOATt0l/jxALA8iozD0Ylsc7yCMaiVIaojK/x2rvLP27xAH1mZVH5iLUpyy3kByyBJcOXGPZEqFAwKQ=="
      )
      assert.notStrictEqual(
        yield* value(Hash.callback(apiSecretKey, { ...callback, commissionRate: "1.3" })),
        yield* value(Hash.callback(apiSecretKey, callback))
      )
    }))

  it.effect("a callback counts a missing field as empty", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* value(Hash.callback(apiSecretKey, { ...callback, paymentSystem: undefined })),
        yield* value(Hash.callback(apiSecretKey, { ...callback, paymentSystem: "" }))
      )
    }))

  it.effect("an upper-case callback has nine fields with a currency, and either of two forms without", () =>
    Effect.gen(function*() {
      const values = (fields: { readonly [F in Hash.CompletionField]?: string }) =>
        Effect.map(Hash.completion(merchantSecretKey, fields), (hashes) => hashes.map(Redacted.value))
      assert.deepStrictEqual(yield* values({ ...completion, CURRENCY_CODE: "949" }), [
        "Z6EcjbOIIc3LA0vXVY1sshl/NZdaZGCEF1xqA1pTrqMge00Ffmp1dTIo/LKFYXCIb3o7XKqUIm9E9AjwRMscvw=="
      ])
      assert.deepStrictEqual(yield* values(completion), [
        "VTP/BEyqAN9wD/prNSJ8F+XPxT18fm7heTm1LnH6A5mrZhlNFCu7hCBJrq66XbW7N1A5ODsvfpAonBcC7kt2Jw==",
        "rzxXmjBfuGKsvoCp4BDda1AoKLHHnFB4T4T7J+wtj09PYH9RpvUInbtcYMT6zHz2XREJEJmlMNWJtA7FzRXm9A=="
      ])
    }))
})

describe("every hash", () => {
  it.effect.prop(
    "is SHA-512 in Base64 over its fields in UTF-8",
    { trxCode: text, customer: text, referenceCode: text },
    Effect.fnUntraced(function*({ customer, referenceCode, trxCode }) {
      assert.strictEqual(
        yield* value(Hash.payment({ ...payment, trxCode })),
        hashOf(sx, merchantSecret, trxCode, "150.00", "TRY", "SALES")
      )
      assert.strictEqual(
        yield* value(Hash.storedCardList({ ...storedCards, mpCustomerKey: Redacted.make(customer) })),
        hashOf(sx, customer, merchantSecret)
      )
      assert.strictEqual(
        yield* value(Hash.reversal({ ...reversal, referenceCode })),
        hashOf(cancelSx, merchantSecret, "refund", "2025-10-30", "2000.00", "TRY", referenceCode)
      )
      assert.strictEqual(
        yield* value(Hash.callback(apiSecretKey, { ...callback, trxCode })),
        hashOf(sx, ...Object.values({ ...callback, trxCode }))
      )
    })
  )

  it.effect.prop(
    "refuses a field with the separator, by name, so that nothing can be moved into a neighbour",
    { before: text, after: text },
    Effect.fnUntraced(function*({ after, before }) {
      const split = `${before}|${after}`
      const refused = <A>(hash: Effect.Effect<A, Hash.SeparatorInField>) =>
        Effect.map(Effect.flip(Effect.asVoid(hash)), ({ field }) => field)

      assert.strictEqual(yield* refused(Hash.payment({ ...payment, trxCode: split })), "trxCode")
      assert.strictEqual(
        yield* refused(Hash.storedCardList({ ...storedCards, mpCustomerKey: Redacted.make(split) })),
        "mpCustomerKey"
      )
      assert.strictEqual(yield* refused(Hash.reversal({ ...reversal, referenceCode: split })), "referenceCode")
      for (const field of Hash.callbackFields) {
        assert.strictEqual(yield* refused(Hash.callback(apiSecretKey, { ...callback, [field]: split })), field)
      }
      for (const field of [...Hash.completionFields, "CURRENCY_CODE"]) {
        assert.strictEqual(
          yield* refused(Hash.completion(merchantSecretKey, { ...completion, [field]: split })),
          field
        )
      }
    })
  )

  it.effect("refuses a merchant secret key with the separator", () =>
    Effect.gen(function*() {
      const broken = Secrets.MerchantSecretKey.make(Redacted.make("_a|b"))
      const error = yield* Effect.flip(Hash.payment({ ...payment, merchantSecretKey: broken }))
      assert.strictEqual(error.field, "merchantSecretKey")
      assert.strictEqual(
        error.message,
        "merchantSecretKey must not contain \"|\", which separates the fields of a hash"
      )
    }))

  it.effect("shows itself in no text", () =>
    Effect.gen(function*() {
      const hash = yield* Hash.payment(payment)
      assert.notInclude(shown(hash), Redacted.value(hash).slice(0, 8))
    }))
})

describe("the three secrets", () => {
  it.effect("do not stand in for one another", () =>
    Effect.gen(function*() {
      // @ts-expect-error a refund is signed with the cancel key
      const refund = yield* value(Hash.reversal({ ...reversal, apiSecretKey }))
      // @ts-expect-error a payment is signed with the payment key
      const paid = yield* value(Hash.payment({ ...payment, apiSecretKey: cancelApiSecretKey }))
      // @ts-expect-error the merchant secret key is not an SX value
      const swapped = yield* value(Hash.payment({ ...payment, apiSecretKey: merchantSecretKey }))
      // @ts-expect-error any redacted text is not a secret of Paynkolay's
      const anything = yield* value(Hash.payment({ ...payment, apiSecretKey: Redacted.make(sx) }))
      assert.notStrictEqual(refund, yield* value(Hash.reversal(reversal)))
      assert.notStrictEqual(paid, yield* value(Hash.payment(payment)))
      assert.notStrictEqual(swapped, yield* value(Hash.payment(payment)))
      assert.strictEqual(anything, yield* value(Hash.payment(payment)))
    }))

  it.each([Secrets.ApiSecretKey, Secrets.MerchantSecretKey, Secrets.CancelApiSecretKey])(
    "are not empty, and do not show: %#",
    (Secret) => {
      assert.throws(() => Secret.make(Redacted.make("")))
      const secret = Secret.make(Redacted.make(merchantSecret))
      assert.notInclude(shown(secret), "ForTests")
    }
  )
})
