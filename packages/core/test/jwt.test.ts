import { assert, describe, it } from "@effect/vitest"
import * as Expiry from "@entegre/core/Expiry"
import { Redacted, Schema } from "effect"

const arbitrary = { seed: "jwt", runs: 300 }

// From Paynkolay's page "Authentication and Token Retrieval".
const published =
  "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJua29sYXlfbWFya2V0cGxhY2UiLCJleHAiOjE3NjI5NDY0NTYsImlhdCI6MTc2Mjk0NDY1Nn0."
  + "KzUrZmGymeI0Tzqss8XNJzWrCrVmPEtcbep1hXDpqxZ4ALHNk3DQoepdVWWsXs6gnhj3njWgk2klHcrBfn2OLw"

const exp = 1762946456
const now = (exp - 1800) * 1000

const resolve = (token: string) =>
  Expiry.resolve(
    [Expiry.jwt(Redacted.make(token))],
    { requestedAt: now, receivedAt: now, serverDate: undefined, age: undefined },
    now
  )

const base64url = (text: string | Uint8Array) => Buffer.from(text).toString("base64url")
const tokenOf = (claims: string | Uint8Array) => `e30.${base64url(claims)}.c2ln`

const readable: Expiry.Resolved = { expiresAt: exp * 1000, skew: undefined, problems: [] }
const unreadable: Expiry.Resolved = {
  expiresAt: now + 60_000,
  skew: undefined,
  problems: [{ _tag: "Unreadable", statement: "Jwt" }]
}

describe("a JSON Web Token's end", () => {
  it("is read from the token that Paynkolay publishes", () => {
    assert.deepStrictEqual(resolve(published), readable)
  })

  it.prop(
    "is read beside claims in any script, with the padding or without it",
    { claims: Schema.Record(Schema.String, Schema.String), padded: Schema.Boolean },
    ({ claims, padded }) => {
      const payload = base64url(JSON.stringify({ ...claims, exp, iat: undefined }))
      assert.deepStrictEqual(
        resolve(`e30.${payload}${padded ? "=".repeat((4 - payload.length % 4) % 4) : ""}.c2ln`),
        readable
      )
    },
    { arbitrary }
  )

  it("is read beside Turkish names, whose bytes need the letters of base64url", () => {
    const token = tokenOf(`{"ad":"İğdır Şöförü ~~~???>>>","exp":${exp}}`)
    assert.match(token, /-/)
    assert.match(token, /_/)
    assert.deepStrictEqual(resolve(token), readable)
  })

  it("is read beside a name in an older character set", () => {
    const name = Uint8Array.of(0xde, 0xfe)
    assert.deepStrictEqual(
      resolve(tokenOf(Buffer.concat([Buffer.from(`{"ad":"`), name, Buffer.from(`","exp":${exp}}`)]))),
      readable
    )
  })

  it("is read whatever the signature is", () => {
    assert.deepStrictEqual(resolve(`e30.${base64url(`{"exp":${exp}}`)}.`), readable)
  })

  it.each([
    ["in quotes", `"${exp}"`],
    ["with a fraction", `${exp}.0004`],
    ["in exponent notation", "1.762946456e9"]
  ])("is read %s", (_, text) => {
    assert.deepStrictEqual(resolve(tokenOf(`{"exp":${text}}`)), readable)
  })

  it("has the milliseconds of its fraction", () => {
    assert.strictEqual(resolve(tokenOf(`{"exp":${exp}.7509}`)).expiresAt, exp * 1000 + 750)
  })

  it("is never later than the token's whole life after the start of the request", () => {
    const issued = resolve(tokenOf(`{"exp":${exp},"iat":${exp - 600}}`))
    assert.strictEqual(issued.expiresAt, now + 600_000)
  })

  it.each([
    ["later than the end", `${exp + 1}`],
    ["at the end", `${exp}`],
    ["unreadable", `"yesterday"`],
    ["in milliseconds", `${(exp - 600) * 1000}`]
  ])("does not depend on an issue time that is %s", (_, iat) => {
    assert.deepStrictEqual(resolve(tokenOf(`{"exp":${exp},"iat":${iat}}`)), readable)
  })

  it.each([
    ["nothing", ""],
    ["an opaque token", "bcfb7a8a1239a25ab6b61b60964037421931c948bdc37c75daec8fd79a78b5e9"],
    ["two parts", `e30.${base64url(`{"exp":${exp}}`)}`],
    ["four parts", `e30.${base64url(`{"exp":${exp}}`)}.c2ln.c2ln`],
    ["an encrypted token", `e30.${base64url(`{"exp":${exp}}`)}.aXY.Y2lwaGVy.dGFn`],
    ["empty claims", "e30..c2ln"],
    ["other characters", `e30.${base64url(`{"exp":${exp}}`)}!.c2ln`],
    ["padding in the middle", `e30.=${base64url(`{"exp":${exp}}`)}.c2ln`],
    ["text that is not JSON", tokenOf(`exp=${exp}`)],
    ["JSON that was cut off", tokenOf(`{"exp":${exp}`)],
    ["a list", tokenOf(`[${exp}]`)],
    ["null", tokenOf("null")],
    ["a number", tokenOf(`${exp}`)],
    ["claims without an end", tokenOf(`{"iat":${exp}}`)],
    ["an end that is null", tokenOf(`{"exp":null}`)],
    ["an end that is text", tokenOf(`{"exp":"tomorrow"}`)],
    ["an end that is empty", tokenOf(`{"exp":""}`)],
    ["an end that is negative", tokenOf(`{"exp":-1}`)],
    ["an end that is infinite", tokenOf(`{"exp":1e999}`)],
    ["an end that is a list", tokenOf(`{"exp":[${exp}]}`)]
  ])("can not be read from %s", (_, token) => {
    assert.deepStrictEqual(resolve(token), unreadable)
  })

  it.prop(
    "is bounded, and never a defect, when bytes of the token are damaged",
    {
      at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: published.length })),
      cut: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 })),
      insert: Schema.String
    },
    ({ at, cut, insert }) => {
      const { expiresAt } = resolve(published.slice(0, at) + insert + published.slice(at + cut))
      assert.isTrue(expiresAt > now && expiresAt <= now + 7 * 86_400_000)
    },
    { arbitrary }
  )

  it.prop(
    "is bounded, and never a defect, when bytes of the claims are damaged",
    {
      at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 })),
      byte: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))
    },
    ({ at, byte }) => {
      const bytes = Buffer.from(published.split(".")[1] ?? "", "base64url")
      bytes[at] = byte
      const { expiresAt } = resolve(tokenOf(bytes))
      assert.isTrue(expiresAt > now && expiresAt <= now + 7 * 86_400_000)
    },
    { arbitrary: { ...arbitrary, runs: 2_000 } }
  )
})
