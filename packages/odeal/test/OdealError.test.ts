import { assert, describe, it } from "@effect/vitest"
import { CallError } from "@entegre/core"
import { Odeal, OdealError } from "@entegre/odeal"
import { Reason, Refused } from "@entegre/odeal/OdealError"
import { Duration, Effect, Schema } from "effect"
import * as Model from "./support/odealModel.ts"
import { ping } from "./support/operations.ts"

describe("an error", () => {
  it.effect("names the operation and what the provider said", () =>
    Effect.sync(() => {
      const reason = new Refused({ status: 400, providerMessage: "Yetersiz bakiye" })
      const error = new OdealError({ operation: "payments.start", reason })
      assert.strictEqual(error.message, "payments.start: the call was refused (status 400): Yetersiz bakiye")
      assert.strictEqual(error.cause, reason)
      assert.isFalse(error.isRetryable)
      assert.isUndefined(error.retryAfter)
    }))

  it.effect("says how long to wait, if that is known", () =>
    Effect.sync(() => {
      const retryAfter = Duration.seconds(20)
      const reason = new CallError.ProviderUnavailable({ status: 429, retryAfter })
      const error = new OdealError({ operation: "payments.start", reason })
      assert.isTrue(error.isRetryable)
      assert.strictEqual(error.retryAfter, retryAfter)
    }))

  it.effect("is handled by its reason", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over()
      model.next("/made-up/ping", Response.json({ error: { message: "Hatalı" } }, { status: 400 }))
      const words = yield* run(Odeal.use((odeal) =>
        odeal.call(ping()).pipe(
          Effect.as(""),
          Effect.catchReason("OdealError", "Refused", ({ providerMessage }) => Effect.succeed(providerMessage))
        )
      ))
      assert.strictEqual(words, "Hatalı")
    }))

  it.effect("goes over the wire and back", () =>
    Effect.gen(function*() {
      const codec = Schema.toCodecJson(Reason)
      for (
        const reason of [
          new Refused({ status: 409, providerMessage: "Hatalı" }),
          new CallError.OutcomeUnknown({ problem: "timedOut", findOut: "ask" }),
          new CallError.InvalidRequest({ field: "amount", problem: "Expected an amount" })
        ]
      ) {
        const written = yield* Schema.encodeEffect(codec)(reason)
        assert.deepStrictEqual(yield* Schema.decodeEffect(codec)(written), reason)
      }
    }))
})
