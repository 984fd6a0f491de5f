import { assert, describe, it } from "@effect/vitest"
import { Refusal } from "@entegre/core"
import { Schema } from "effect"

class Gone extends Schema.TaggedError<Gone>("test/Gone")("Gone", Refusal.fields) {
  override get message(): string {
    return Refusal.sentence("it is gone", this)
  }
}

describe("the message of a refusal", () => {
  it("has the provider's code, and the status where there is none", () => {
    assert.strictEqual(new Gone({ status: 404, providerCode: "NONE" }).message, "it is gone (NONE)")
    assert.strictEqual(new Gone({ status: 404 }).message, "it is gone (status 404)")
  })

  it("ends with the provider's words, if it gave any", () => {
    assert.strictEqual(
      new Gone({ status: 404, providerCode: "NONE", providerMessage: "yok" }).message,
      "it is gone (NONE): yok"
    )
    assert.strictEqual(new Gone({ status: 404, providerMessage: "yok" }).message, "it is gone (status 404): yok")
  })
})
