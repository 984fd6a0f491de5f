import { assert, describe, it } from "@effect/vitest"
import * as InvalidOptions from "@entegre/core/InvalidOptions"
import { Duration, Effect, Redacted } from "effect"

/** What is wrong with an option, or `undefined`. */
const problem = <A>(check: Effect.Effect<A, InvalidOptions.InvalidOptions>) =>
  Effect.match(check, { onFailure: (error) => error.message, onSuccess: () => undefined })

describe("a secret", () => {
  it.effect.each([
    ["", "appSecretKey is empty"],
    ["canary\n", "appSecretKey begins or ends with white space"],
    [" canary", "appSecretKey begins or ends with white space"],
    ["can\u0000ary", "appSecretKey has a control character in it"],
    ["can\r\nary", "appSecretKey has a control character in it"],
    ["can ary", undefined],
    ["çanary", undefined]
  ])("%j: %s", ([secret, expected]) =>
    Effect.gen(function*() {
      const check = InvalidOptions.nonEmptySecret("appSecretKey", Redacted.make(secret ?? ""))
      assert.strictEqual(yield* problem(check), expected)
    }))
})

describe("a duration", () => {
  it.effect.each(
    [
      ["5 minutes", undefined],
      [1, undefined],
      [0, "window must be positive"],
      ["-1 seconds", "window must be positive"],
      [Duration.infinity, "window must be finite"],
      [Duration.negativeInfinity, "window must be finite"],
      [Number.NaN, "window must be positive"]
    ] as const
  )("%s: %s", ([input, expected]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* problem(InvalidOptions.positiveDuration("window", input)), expected)
    }))
})

describe("a base address", () => {
  it.effect("is named by its option", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* InvalidOptions.baseUrl("baseUrl", "https://api.example.com/"),
        "https://api.example.com"
      )
      const error = yield* Effect.flip(InvalidOptions.baseUrl("baseUrl", "http://api.example.com"))
      assert.deepInclude(error, { option: "baseUrl", problem: "http is allowed on loopback only" })
    }))
})
