import { assert, describe, it } from "@effect/vitest"
import * as ApiClient from "@entegre/core/ApiClient"
import * as Exchange from "@entegre/core/Exchange"
import * as Sensitive from "@entegre/core/Sensitive"
import { Effect, Redacted, Schema } from "effect"
import { Headers, HttpClientRequest, UrlParams } from "effect/http"
import { inspect } from "node:util"
import { mockClient } from "./support/httpMock.ts"

const declared = Sensitive.make({
  headers: ["Access-Token"],
  fields: ["customer", "app_secret_key"],
  query: ["session"]
})

const Payment = Schema.Struct({
  reference: Schema.String,
  customer: Schema.Struct({ name: Schema.String, since: Schema.String, floor: Schema.Int }),
  hidden: Schema.RedactedFromValue(Schema.String)
})
const encodePayment = ApiClient.bodyJson(Payment)

const payment: typeof Payment.Type = {
  reference: "REF-2026-01",
  customer: { name: "Işıl İpek", since: "2019-05-15", floor: 31_415 },
  hidden: Redacted.make("well kept")
}

const request = HttpClientRequest.post("https://api.example.com/payments?page=7").pipe(
  HttpClientRequest.setHeaders({ "access-token": "opaque one", "x-request": "visible" }),
  HttpClientRequest.bearerToken("opaque-two"),
  HttpClientRequest.setUrlParams({ Session: "opaque-three" })
)

/** The answer to a payment. */
const answered = Effect.gen(function*() {
  const { client } = mockClient(() =>
    Response.json({ said: "visible" }, { headers: { "Access-Token": "opaque four", "x-answer": "visible" } })
  )
  const exchange = Exchange.makeWith(client, { sensitive: declared, secrets: () => ({ signing: "never sent" }) })
  return yield* exchange(yield* encodePayment(request, payment))
})

describe("what the provider says", () => {
  const cut: ReadonlyArray<readonly [what: string, said: string, shown: string]> = [
    ["a token", "no such token opaque one", "no such token …"],
    ["a token's half", "no such token opaque", "no such token …"],
    ["a bearer token", "opaque-two is dead", "… is dead"],
    ["a bearer token and its scheme", "Bearer opaque-two is dead", "Bearer … is dead"],
    ["a parameter of the query", "(opaque-three)", "(…)"],
    ["a declared field's content", "for IŞIL ipek", "for …"],
    ["it without its marks", "for isil IPEK", "for …"],
    ["it in the lower case of another language", "for i̇pek", "for …"],
    ["a date in its other form", "since 15.05.2019", "since …"],
    ["a number", "floor 31415", "floor …"],
    ["what is redacted, whatever its name", "hidden: well kept!", "hidden: …!"],
    ["what was never sent", "expected never sent", "expected …"],
    ["it in Base64", `got ${Buffer.from("well kept").toString("base64")}`, "got …"],
    ["it in a URL", "got well%20kept", "got …"],
    ["an e-mail address", "for ahmet@example.com only", "for … only"],
    ["an IBAN", "to TR33 0006 1005 1978 6457 8413 26.", "to …."],
    ["a card number", "4242-4242-4242-4242 is refused", "… is refused"],
    ["a card number with blanks", "4242 4242 4242 4242 is refused", "… is refused"],
    ["a masked card number", "454671******7894 is refused", "… is refused"],
    ["an identity number", "TCKN 10000000146", "TCKN …"],
    ["a phone number", "call 0532 123 45 67", "call …"],
    ["a JWT", "eyJhbGciOi.eyJzdWIi.c2ln is dead", "… is dead"],
    ["another bearer token", "Bearer abc is dead", "Bearer … is dead"],
    ["a key", `key ${"ab".repeat(16)}`, "key …"]
  ]
  it.effect.each(cut)("is shown without %s", ([, said, shown]) =>
    Effect.gen(function*() {
      assert.strictEqual(Exchange.scrub(yield* answered, said), shown)
    }))

  const kept = [
    "REF-2026-01 of 2026-01-15 14:30:00 over 1500.00 TRY",
    "no node 550e8400-e29b-41d4-a716-446655440000",
    "sipariş bulunamadı (kod 1234)",
    "skeptics, on page 7"
  ]
  it.effect.each(kept)("keeps what a handler needs: %s", (said) =>
    Effect.gen(function*() {
      assert.strictEqual(Exchange.scrub(yield* answered, said), said)
    }))

  it.effect("has an end, and no half of a secret before it", () =>
    Effect.gen(function*() {
      const answer = yield* answered
      assert.isBelow(Exchange.scrub(answer, "ş ".repeat(100_000)).length, 202)
      assert.notInclude(Exchange.scrub(answer, `${"ş".repeat(1_997)} well kept`), "we")
    }))

  const words = [["opaque-two is refused", "… is refused"], ["", undefined], [" \n\u0000", undefined]] as const
  it.effect.each([...words, [5, undefined], [null, undefined], [{ said: "x" }, undefined]] as const)(
    "is shown where words are expected if it has any: %j",
    ([said, shown]) =>
      Effect.gen(function*() {
        assert.strictEqual(Exchange.scrubText(yield* answered, said), shown)
      })
  )

  it.effect("is shown as JSON without what stands under a sensitive name", () =>
    Effect.gen(function*() {
      const details = {
        reason: "no customer opaque-two",
        customer: { anything: "somebody else" },
        App_Secret_Key: "x",
        session_token: "y",
        list: ["10000000146", 10_000_000_146, 42, null, true, [[["deep"]]]],
        "opaque-two": 1
      }
      assert.deepStrictEqual(Exchange.scrubJson(yield* answered, details), {
        reason: "no customer …",
        customer: "…",
        App_Secret_Key: "…",
        session_token: "…",
        list: ["…", "…", 42, null, true, [["…"]]],
        "…": 1
      })
    }))

  it("of an answer that no exchange brought is freed of what looks sensitive", () => {
    const answer = { status: 400, headers: Headers.empty, text: "", requestedAt: 0, receivedAt: 0 }
    assert.strictEqual(Exchange.scrub(answer, "well kept for ahmet@example.com"), "well kept for …")
    assert.deepStrictEqual(Exchange.scrubJson(answer, { password: "x", said: "x" }), { password: "…", said: "x" })
  })
})

describe("an answer", () => {
  it.effect("prints without its text and without what its headers hold in confidence", () =>
    Effect.gen(function*() {
      const answer = yield* answered
      const printed = [inspect(answer, { depth: 9, showHidden: true }), JSON.stringify(answer)]
      for (const text of printed) {
        assert.notMatch(text, /opaque|well kept|"said"|never sent/)
        assert.include(text, "visible")
      }
      assert.strictEqual(answer.headers["access-token"], "opaque four")
    }))
})

describe("a declaration", () => {
  it("tells what of a message is to be found nowhere", () => {
    const texts = Sensitive.textsOf(declared)({
      headers: { "ACCESS-TOKEN": "one", authorization: "Bearer two", accept: "x" },
      query: [["session", "three"], ["page", "x"]],
      body: {
        customer: [{ name: "four", age: 5 }],
        appSecretKey: "six",
        CVV: "777",
        other: Redacted.make("eight"),
        x: "x"
      }
    })
    assert.deepStrictEqual(texts, ["one", "two", "three", "four", "5", "six", "777", "eight"])
  })

  it.effect("holds for what the application prints of requests of its own", () =>
    Effect.gen(function*() {
      const names = yield* Headers.CurrentRedactedNames
      assert.includeMembers([...names], ["access-token", "cookie", "x-api-key"])
      const redacted = UrlParams.redactUrl("https://a.example/?SESSION=a&access_token=b&page=7")
      assert.notMatch(redacted, /=[ab]\b/)
      assert.include(redacted, "page=7")
    }).pipe(Effect.provide(Sensitive.layer(declared))))
})
