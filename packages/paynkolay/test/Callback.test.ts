import { assert, describe, it } from "@effect/vitest"
import * as Callback from "@entegre/paynkolay/Callback"
import type * as CallbackError from "@entegre/paynkolay/CallbackError"
import { CompletedPayment } from "@entegre/paynkolay/PaynkolaySchemaPayment"
import { BigDecimal, DateTime, Effect, Schema, Struct } from "effect"
import { TestClock } from "effect/testing"
import { approved, type Fields, form, now, sign, signTwoStep, twoStep } from "./support/callbacks.ts"
import { apiSecretKey, merchantSecretKey } from "./support/keys.ts"
import { shown } from "./support/shown.ts"

const options: Callback.Options = { apiSecretKey, merchantSecretKey }

const verify = (fields: Callback.Fields, change: Partial<Callback.Options> = {}) =>
  Effect.andThen(TestClock.setTime(now), Callback.verify(fields, { ...options, ...change }))

/** Why a callback is not taken. */
const refused = (fields: Callback.Fields, change?: Partial<Callback.Options>) =>
  Effect.map(Effect.flip(Effect.asVoid(verify(fields, change))), ({ reason }) => reason)

const tagOf = (fields: Callback.Fields, change?: Partial<Callback.Options>) =>
  Effect.map(refused(fields, change), ({ _tag }) => _tag)

/** Text that can stand in a signed field and in a form. */
const text = Schema.String.check(Schema.isPattern(/^[^|\p{Surrogate}]*$/u))

describe("a callback", () => {
  it.effect("with a signature that fits is reported as it was written", () =>
    Effect.gen(function*() {
      const reported = yield* verify(sign(approved))
      assert(reported._tag === "Approved")
      assert.containSubset(reported, {
        trxCode: "ORDER_12345",
        refCode: "IKSIRPF456012",
        authCode: "123456",
        currency: "TRY",
        installment: "1",
        cardType: "CREDIT",
        issuerBankCode: "62",
        paymentSystem: "V"
      })
      assert.deepStrictEqual(reported.timestamp, DateTime.makeUnsafe(now))
      assert.isTrue(BigDecimal.equals(reported.trxAmount, BigDecimal.fromStringUnsafe("150")))
      assert.deepStrictEqual(reported.commissionRate, BigDecimal.fromStringUnsafe("1.3000"))
    }))

  it.effect("reports the same however its body is written", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(now)
      const fields = sign(approved)
      const numbers = JSON.stringify(fields).replace(
        /"(commissionRate|trxAmount|installment|statusCode)":"([^"]*)"/g,
        (_, name: string, value: string) => `"${name}": ${value}`
      )
      assert.include(numbers, "\"commissionRate\": 1.3000")
      for (const body of [form(fields), JSON.stringify(fields), `\n ${numbers}`]) {
        assert.deepStrictEqual(yield* Callback.receive(body, options), yield* Callback.verify(fields, options))
      }
    }))

  it.effect.prop(
    "is read back from a form and from JSON as it was written",
    { fields: Schema.Record(text, text) },
    ({ fields }) =>
      Effect.gen(function*() {
        const written = { ...fields, hash: "h", rate: "1.3000" }
        assert.deepStrictEqual(yield* Callback.parse(form(written)), written)
        assert.deepStrictEqual(yield* Callback.parse(JSON.stringify(written)), written)
      })
  )

  it.effect.prop(
    "of which any signed field was changed is refused",
    { index: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 15 })), value: text },
    Effect.fnUntraced(function*({ index, value }) {
      const field = Object.keys(approved)[index] ?? ""
      const changed = { ...sign(approved), [field]: value }
      if (Object.values(approved)[index] === value) return
      assert.strictEqual(yield* tagOf(changed), "InvalidSignature")
    })
  )

  it.effect.prop(
    "with any other hash is refused",
    { hash: text, at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 87 })) },
    Effect.fnUntraced(function*({ at, hash }) {
      const { hash: right = "" } = sign(approved)
      const close = right.slice(0, at) + (right[at] === "A" ? "B" : "A") + right.slice(at + 1)
      for (const wrong of [close, right.slice(0, at), `${right}=`, hash]) {
        assert.include(["InvalidSignature", "MissingField"], yield* tagOf({ ...approved, hash: wrong }))
      }
    })
  )

  it.effect("signed with the merchant secret key too is refused", () =>
    Effect.gen(function*() {
      const { hash = "" } = sign(approved, { ...approved, paymentSystem: "V|_mpSecretKeyForTests0" })
      assert.strictEqual(yield* tagOf({ ...approved, hash }), "InvalidSignature")
    }))

  it.effect.prop(
    "is refused if a signed field has the separator, even if the signature fits",
    { index: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 14 })) },
    Effect.fnUntraced(function*({ index }) {
      const [field = "", next = ""] = Object.keys(approved).slice(index)
      const values: Fields = approved
      // The same hash, with the border between two fields moved.
      const moved = sign({ ...approved, [field]: `${values[field]}|${values[next]}`, [next]: "" }, approved)
      const reason = yield* refused(moved)
      assert.strictEqual(reason._tag, "SeparatorInField")
      assert.strictEqual(reason._tag === "SeparatorInField" && reason.field, field)
    })
  )

  it.effect("without a missing field's value is signed as if it were empty", () =>
    Effect.gen(function*() {
      const without = Struct.omit(sign({ ...approved, cardType: "" }), ["cardType"])
      assert.notProperty(yield* verify(without), "cardType")
    }))

  it.effect.each(["hash", "statusCode", "refCode", "trxCode", "timestamp", "currencyCode"])(
    "without %s is refused",
    (field) =>
      Effect.gen(function*() {
        const without = { ...approved, [field]: "" }
        const signed = field === "hash" ? without : sign(without)
        const reason = yield* refused({ ...signed, ...(field === "hash" ? { hash: "" } : {}) })
        assert.strictEqual(reason._tag === "MissingField" && reason.field, field)
      })
  )

  it.effect.each(
    [["trxAmount", "?"], ["authAmount", ""], ["commissionRate", "1,3"], ["timestamp", "yesterday"]] as const
  )(
    "with a %s that can not be read is refused, and the value is not repeated: %j",
    ([field, value]) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Effect.asVoid(verify(sign({ ...approved, [field]: value }))))
        assert.deepStrictEqual(error.reason._tag === "UnreadableField" && error.reason.field, field)
        if (value !== "") assert.notInclude(error.message, value)
      })
  )

  it.effect("that the bank declined is reported with its code, and the bank's beside it", () =>
    Effect.gen(function*() {
      const declined = { ...approved, statusCode: "0", authCode: "", responseCode: "51" }
      assert.deepStrictEqual(yield* verify(sign(declined)), {
        _tag: "Declined",
        refCode: "IKSIRPF456012",
        trxCode: "ORDER_12345",
        statusCode: "0",
        responseCode: "51",
        signature: "verified"
      })
    }))

  it.effect("may say both of the provider's words for success", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* verify(sign({ ...approved, statusCode: "200", responseCode: "2" })))._tag, "Approved")
    }))

  it.effect("whose unsigned code says otherwise than the signed one is refused", () =>
    Effect.gen(function*() {
      for (const [statusCode, responseCode] of [["0", "2"], ["2", "0"], ["0", "200"]] as const) {
        const reason = yield* refused(sign({ ...approved, statusCode, responseCode }))
        assert.strictEqual(reason._tag, "Contradiction")
      }
    }))

  it.effect("may have the other names for the code and the reference", () =>
    Effect.gen(function*() {
      const { refCode, statusCode, ...rest } = approved
      const named = sign({ ...rest, responseCode: statusCode, referenceCode: refCode }, approved)
      assert.strictEqual((yield* verify(named))._tag, "Approved")

      const renamed = sign({ ...rest, RC: statusCode, REF: refCode }, approved)
      assert.strictEqual(yield* tagOf(renamed), "InvalidSignature")
      const otherNames = { statusCode: "RC", refCode: "REF" }
      assert.strictEqual((yield* verify(renamed, { otherNames }))._tag, "Approved")
    }))

  it.effect("shows no secret and no signature when it is refused", () =>
    Effect.gen(function*() {
      const fields = sign({ ...approved, trxCode: "SECRET_ORDER" })
      const error = yield* Effect.flip(Effect.asVoid(verify({ ...fields, authCode: "654321" })))
      assert.notMatch(shown(error), /SECRET_ORDER|654321|U1hWQUxVRQ|ForTests/)
      assert.notInclude(shown(error), fields["hash"] ?? "")
    }))
})

describe("the age of a callback", () => {
  const at = (timestamp: string) => sign({ ...approved, timestamp })

  it.effect.each<readonly [string, CallbackError.Stale["problem"] | "fresh"]>([
    ["2026-01-15 14:15:00+0300", "fresh"],
    ["2026-01-15 14:14:59+0300", "tooOld"],
    ["2026-01-15 14:35:00+0300", "fresh"],
    ["2026-01-15 14:35:01+0300", "inTheFuture"],
    ["2026-01-15 11:30:00+0000", "fresh"],
    ["2026-01-15 14:30:00", "fresh"]
  ])("at 14:30 in Istanbul, %s is %s", ([timestamp, expected]) =>
    Effect.gen(function*() {
      const problem = yield* verify(at(timestamp)).pipe(
        Effect.as("fresh"),
        Effect.catchReason("CallbackError", "Stale", ({ problem }) => Effect.succeed(problem))
      )
      assert.strictEqual(problem, expected)
    }))

  it.effect("is limited as the options say", () =>
    Effect.gen(function*() {
      const old = at("2026-01-15 13:30:00+0300")
      assert.strictEqual(yield* tagOf(old), "Stale")
      assert.strictEqual((yield* verify(old, { maxAge: "1 hour" }))._tag, "Approved")
      const ahead = at("2026-01-15 14:30:01+0300")
      assert.strictEqual(yield* tagOf(ahead, { clockTolerance: 0 }), "Stale")
    }))

  it.effect("does not matter before the signature fits", () =>
    Effect.gen(function*() {
      const old = { ...at("2026-01-15 13:30:00+0300"), trxAmount: "1.00" }
      assert.strictEqual(yield* tagOf(old), "InvalidSignature")
    }))
})

describe("a two-step callback", () => {
  const waiting: Callback.CompletionRequired = {
    _tag: "CompletionRequired",
    referenceCode: "qv6UkBD2m1Ora+tS6UHTW36hm0s4+0RG1pU=",
    signature: "verified"
  }

  it.effect("is not a payment: it asks for completion with the reference code, unchanged", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* verify(signTwoStep(twoStep)), waiting)
      yield* TestClock.setTime(now)
      assert.deepStrictEqual(yield* Callback.receive(form(signTwoStep(twoStep)), options), waiting)
    }))

  it.effect("without a currency may have signed an empty one, or none", () =>
    Effect.gen(function*() {
      const without = Struct.omit(twoStep, ["CURRENCY_CODE"])
      assert.deepStrictEqual(yield* verify(signTwoStep(without)), waiting)
      assert.deepStrictEqual(yield* verify(signTwoStep(without, [...Object.values(without), ""])), waiting)
      assert.strictEqual(
        yield* tagOf(signTwoStep({ ...twoStep, CURRENCY_CODE: "" }, Object.values(without))),
        "InvalidSignature"
      )
    }))

  it.effect("with a changed field is refused, however the options are", () =>
    Effect.gen(function*() {
      for (const field of Object.keys(twoStep)) {
        const changed = { ...signTwoStep(twoStep), [field]: "changed" }
        assert.strictEqual(yield* tagOf(changed), "InvalidSignature")
        assert.strictEqual(yield* tagOf(changed, { twoStepSignature: "optional" }), "InvalidSignature")
      }
    }))

  it.effect("without a signature is refused, or reported as unsigned", () =>
    Effect.gen(function*() {
      const reason = yield* refused(twoStep)
      assert.strictEqual(reason._tag === "MissingField" && reason.field, "hashDataV2")
      assert.deepStrictEqual(yield* verify(twoStep, { twoStepSignature: "optional" }), {
        ...waiting,
        signature: "absent"
      })
    }))

  it.effect("that failed is reported as declined", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* verify(signTwoStep({ ...twoStep, RESPONSE_CODE: "0" })), {
        _tag: "Declined",
        refCode: twoStep.REFERENCE_CODE,
        statusCode: "0",
        signature: "verified"
      })
    }))

  it.effect("with an authorisation code, or with the other kind of hash, is refused", () =>
    Effect.gen(function*() {
      const authorised = yield* refused(signTwoStep({ ...twoStep, AUTH_CODE: "123456" }))
      assert.strictEqual(authorised._tag === "UnexpectedField" && authorised.field, "AUTH_CODE")
      const both = yield* refused({ ...sign(approved), ...signTwoStep(twoStep) })
      assert.strictEqual(both._tag === "UnexpectedField" && both.field, "hash")
    }))

  it.effect("in lower case is one that succeeded without an authorisation code", () =>
    Effect.gen(function*() {
      for (const authCode of ["", "0", "00"]) {
        const fields = sign({ ...approved, authCode, referenceCode: twoStep.REFERENCE_CODE })
        assert.deepStrictEqual(yield* verify(fields), waiting)
      }
    }))
})

describe("the body of a callback", () => {
  it.effect.each<readonly [string, string, CallbackError.MalformedBody["problem"]]>([
    ["nothing", "", "neitherFormNorJson"],
    ["neither a form nor JSON", "<html></html>", "neitherFormNorJson"],
    ["broken JSON", "{\"hash\": \"abc", "neitherFormNorJson"],
    ["JSON in JSON", "{\"data\": {\"hash\": \"abc\"}}", "nestedField"],
    ["a list in JSON", "{\"hash\": [1.3000]}", "nestedField"],
    ["two values for one name", "hash=a&trxCode=1&trxCode=2", "repeatedField"],
    ["too long", `hash=${"a".repeat(16_384)}`, "tooLong"],
    ["quotes without end", `{${"\"\\".repeat(8_000)}`, "neitherFormNorJson"]
  ])("must not be %s", ([, body, problem]) =>
    Effect.gen(function*() {
      const { reason } = yield* Effect.flip(Effect.asVoid(Callback.receive(body, options)))
      assert.strictEqual(reason._tag === "MalformedBody" && reason.problem, problem)
    }))

  it.effect("keeps numbers as they were written, and digits in text alone", () =>
    Effect.gen(function*() {
      const body =
        "{\"rate\": 1.3000, \"minus\": -0.50, \"big\": 1.0E+2, \"text\": \"a 1.3000 \\\" 2.50\", \"yes\": true, "
        + "\"none\": null, \"2\": \"two\"}"
      assert.deepStrictEqual(yield* Callback.parse(body), {
        rate: "1.3000",
        minus: "-0.50",
        big: "1.0E+2",
        text: "a 1.3000 \" 2.50",
        yes: "true",
        2: "two"
      })
    }))

  it.effect("with names that objects have by themselves is only fields", () =>
    Effect.gen(function*() {
      const fields = yield* Callback.parse("__proto__=x&constructor=y&hash=z")
      assert.deepStrictEqual(Object.entries(fields), [["__proto__", "x"], ["constructor", "y"], ["hash", "z"]])
      assert.strictEqual(Object.getPrototypeOf(fields), Object.prototype)
    }))
})

describe("what was reported", () => {
  const same = Schema.toEquivalence(Callback.Reported)

  it.effect.each([sign(approved), sign({ ...approved, statusCode: "0" }), signTwoStep(twoStep)])(
    "can be written down and read back: %#",
    (fields) =>
      Effect.gen(function*() {
        const reported = yield* verify(fields)
        const written = JSON.stringify(yield* Schema.encodeEffect(Callback.Reported)(reported))
        assert.isTrue(same(yield* Schema.decodeEffect(Schema.fromJsonString(Callback.Reported))(written), reported))
      })
  )
})

describe("the answer of a completion", () => {
  const { refCode, statusCode, ...rest } = approved
  const answer = sign({ ...rest, responseCode: statusCode, referenceCode: refCode }, approved)

  it.effect("has the fields of a callback, and its hash can be verified", () =>
    Effect.gen(function*() {
      const completed = yield* Schema.decodeUnknownEffect(CompletedPayment)({ ...answer, success: true, message: null })
      const reported = yield* verify(completed)
      assert.strictEqual(reported._tag === "Approved" && reported.refCode, refCode)
      assert.strictEqual(yield* tagOf({ ...completed, authAmount: "1.00" }), "InvalidSignature")
    }))
})
