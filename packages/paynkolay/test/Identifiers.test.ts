import { assert, describe, it } from "@effect/vitest"
import * as Identifiers from "@entegre/paynkolay/Identifiers"
import { Arbitrary, Effect, Option, Redacted, Schema } from "effect"
import { shown } from "./support/shown.ts"

const digits = (length: number) =>
  Arbitrary.map(
    Arbitrary.array(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))), {
      minLength: length,
      maxLength: length
    }),
    (digits) => digits.join("")
  )
const place = (length: number) =>
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: length - 1 })))

const accepts = (schema: Schema.ConstraintDecoder<unknown>, value: unknown) =>
  Option.isSome(Schema.decodeUnknownOption(schema)(value))

/** The text with another digit in one place. */
const alter = (text: string, index: number) =>
  text.slice(0, index) + String((Number(text[index]) + 1) % 10) + text.slice(index + 1)

const hidden = (text: string) => Redacted.make(text)

describe("an IBAN", () => {
  it.each(["TR330006100519786457841326"])("%s is one", (text) => {
    assert.strictEqual(Identifiers.Iban.make(text), text)
  })

  it.each([
    ["another check digit", "TR340006100519786457841326"],
    ["blanks", "TR33 0006 1005 1978 6457 8413 26"],
    ["a small country code", "tr330006100519786457841326"],
    ["another country", "DE89370400440532013000"],
    ["a digit too few", "TR33000610051978645784132"],
    ["a digit too many", "TR3300061005197864578413260"],
    ["nothing", ""]
  ])("with %s is none", (_, text) => {
    assert.isFalse(accepts(Identifiers.Iban, text))
  })

  it.effect.prop("has check digits of its own, and no other digit can be wrong", {
    account: digits(22),
    index: place(24)
  }, ({ account, index }) =>
    Effect.sync(() => {
      // ISO 13616: 98 minus the remainder of the number with the check digits at zero.
      const check = 98n - BigInt(`${account}292700`) % 97n
      const iban = `TR${String(check).padStart(2, "0")}${account}`
      assert.isTrue(accepts(Identifiers.Iban, iban))
      assert.isFalse(accepts(Identifiers.Iban, alter(iban, index + 2)))
    }))
})

describe("an identity number", () => {
  it.each(["10000000146", "11111111110"])("%s is one", (text) => {
    assert.strictEqual(Identifiers.Tckn.make(text), text)
  })

  it.each([
    ["the provider's sample, which has no checksum", "12345678901"],
    ["a leading zero", "01000000146"],
    ["a digit too few", "1000000014"],
    ["a digit too many", "100000001460"],
    ["letters", "1000000014a"]
  ])("is not %s", (_, text) => {
    assert.isFalse(accepts(Identifiers.Tckn, text))
  })

  it.effect.prop("has the two checksums that follow from nine digits, and no others", {
    nine: Arbitrary.filter(digits(9), (digits) => !digits.startsWith("0"))
  }, ({ nine }) =>
    Effect.sync(() => {
      const valid = Array.from({ length: 100 }, (_, index) => nine + String(index).padStart(2, "0"))
        .filter((text) => accepts(Identifiers.Tckn, text))
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = Array.from(nine, Number)
      const tenth = (((a + c + e + g + i) * 7 - (b + d + f + h)) % 10 + 10) % 10
      const eleventh = (a + b + c + d + e + f + g + h + i + tenth) % 10
      assert.deepStrictEqual(valid, [`${nine}${tenth}${eleventh}`])
    }))

  it.effect.prop("with one wrong digit is none", {
    nine: Arbitrary.filter(digits(9), (digits) => !digits.startsWith("0")),
    index: place(11)
  }, ({ index, nine }) =>
    Effect.sync(() => {
      const valid = Array.from({ length: 100 }, (_, index) => nine + String(index).padStart(2, "0"))
        .find((text) => accepts(Identifiers.Tckn, text)) ?? ""
      assert.isFalse(accepts(Identifiers.Tckn, alter(valid, index)))
    }))
})

describe("a tax number", () => {
  it.each(["1234567890", "4840847211"])("%s is one", (text) => {
    assert.strictEqual(Identifiers.Vkn.make(text), text)
  })

  it.each([
    ["another checksum", "1234567891"],
    ["a digit too few", "123456789"],
    ["a digit too many", "12345678900"],
    ["a letter", "123456789O"]
  ])("with %s is none", (_, text) => {
    assert.isFalse(accepts(Identifiers.Vkn, text))
  })

  it.effect.prop("has exactly one checksum", { nine: digits(9) }, ({ nine }) =>
    Effect.sync(() => {
      const valid = Array.from({ length: 10 }, (_, index) => `${nine}${index}`)
      assert.strictEqual(valid.filter((text) => accepts(Identifiers.Vkn, text)).length, 1)
    }))

  it.effect.prop(
    "with one wrong digit is none",
    { nine: digits(9), index: place(9) },
    ({ index, nine }) =>
      Effect.sync(() => {
        const valid = Array.from({ length: 10 }, (_, last) => `${nine}${last}`)
          .find((text) => accepts(Identifiers.Vkn, text)) ?? ""
        assert.isFalse(accepts(Identifiers.Vkn, alter(valid, index)))
      })
  )
})

describe("a mobile number", () => {
  it.effect.prop("has 10 digits from the 5 on", { rest: digits(9) }, ({ rest }) =>
    Effect.sync(() => {
      assert.isTrue(accepts(Identifiers.Gsm, `5${rest}`))
      for (const text of [`05${rest}`, `+905${rest}`, `905${rest}`, `4${rest}`, `5${rest.slice(1)}`, `5${rest} `]) {
        assert.isFalse(accepts(Identifiers.Gsm, text))
      }
    }))
})

describe("a plate code", () => {
  it("is one of 81", () => {
    const codes = Array.from({ length: 100 }, (_, index) => String(index).padStart(2, "0"))
    const accepted = codes.filter((code) => accepts(Identifiers.PlateCode, code))
    assert.deepStrictEqual(accepted, codes.slice(1, 82))
    assert.isFalse(accepts(Identifiers.PlateCode, "6"))
  })
})

describe("card data", () => {
  it.each(["4546711234567894", "4111111111111111", "378282246310005", "6759649826438453"])(
    "a card number is %s",
    (text) => {
      assert.strictEqual(Redacted.value(Identifiers.CardNumber.make(hidden(text))), text)
    }
  )

  it.effect.prop("a card number with one wrong digit is none", { fifteen: digits(15), index: place(16) }, (
    { fifteen, index }
  ) =>
    Effect.sync(() => {
      const valid = Array.from({ length: 10 }, (_, last) => `${fifteen}${last}`)
        .filter((text) => accepts(Identifiers.CardNumber, text))
      assert.strictEqual(valid.length, 1)
      assert.isFalse(accepts(Identifiers.CardNumber, alter(valid[0] ?? "", index)))
    }))

  it("a card number has no blanks, and 12 to 19 digits", () => {
    for (const text of ["4546 7112 3456 7894", "00000000000", "00000000000000000000", ""]) {
      assert.isFalse(accepts(Identifiers.CardNumber, text))
    }
  })

  it("is asked for by the first 6 to 8 digits, or all", () => {
    for (const text of ["454671", "4546711", "45467112", "4546711234567894"]) {
      assert.isTrue(accepts(Identifiers.CardPrefix, text))
    }
    for (const text of ["45467", "454671123", "4546711234567895", "45467a"]) {
      assert.isFalse(accepts(Identifiers.CardPrefix, text))
    }
  })

  it("a security code has 3 or 4 digits", () => {
    assert.deepStrictEqual(["12", "123", "1234", "12345", "12a"].filter((text) => accepts(Identifiers.Cvv, text)), [
      "123",
      "1234"
    ])
  })

  it("shows in no text", () => {
    const number = Identifiers.CardNumber.make(hidden("4546711234567894"))
    assert.notInclude(shown(number), "4546")
  })
})

describe("a wrong identifier", () => {
  it.effect.each<readonly [Schema.Codec<unknown, string>, string]>([
    [Identifiers.Iban, "Expected a Turkish IBAN: TR and 24 digits, whose check digits match"],
    [Identifiers.Tckn, "Expected a Turkish identity number (TCKN): 11 digits, whose checksums match"],
    [Identifiers.Vkn, "Expected a Turkish tax number (VKN): 10 digits, whose checksum matches"],
    [Identifiers.Gsm, "Expected a mobile number: 10 digits that start with 5"],
    [Identifiers.PlateCode, "Expected a plate code: two digits from 01 to 81"],
    [Identifiers.CardNumber, "Expected a card number: 12 to 19 digits, whose checksum matches"],
    [Identifiers.CardPrefix, "Expected the first 6 to 8 digits of a card number, or the whole of it"],
    [Identifiers.Cvv, "Expected a security code: 3 or 4 digits"]
  ])("says what was expected: %#", ([schema, message]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Effect.asVoid(Schema.decodeEffect(schema)("987654321987")))
      assert.strictEqual(error.message, message)
    }))
})
