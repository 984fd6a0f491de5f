import { assert, describe, it } from "@effect/vitest"
import { NotSent } from "@entegre/core/ExchangeError"
import { Effect, Option } from "effect"
import { TestClock } from "effect/testing"
import { open } from "./support/cache.ts"
import { withSpans } from "./support/leaks.ts"
import type * as ModelIssuer from "./support/modelIssuer.ts"

/** A cache that is made within a span, as in an application that traces its start. */
const opened = (options: ModelIssuer.Options) => Effect.withSpan(open(options), "start")

describe("the spans of the token life", () => {
  it.effect("tell each login and each refresh, with the provider and what went wrong", () =>
    Effect.gen(function*() {
      const { spans } = yield* withSpans(Effect.gen(function*() {
        const { provider, tokens } = yield* opened({ refreshes: true })
        yield* provider.failNext(new NotSent({ problem: "connectionRefused" }))
        yield* Effect.forkChild(tokens.get)
        yield* TestClock.adjust("10 seconds")
        yield* Effect.flatMap(tokens.get, tokens.reject)
      }))
      assert.deepStrictEqual(
        spans.slice(1).map(({ attributes, kind, name }) => [name, kind, Object.fromEntries(attributes)]),
        [
          ["model.login", "client", {
            "entegre.provider": "model",
            "entegre.operation": "login",
            "error.type": "NotSent"
          }],
          ["model.login", "client", { "entegre.provider": "model", "entegre.operation": "login" }],
          ["model.refresh", "client", { "entegre.provider": "model", "entegre.operation": "refresh" }]
        ]
      )
    }))

  it.effect("belong to no trace of the application's start, nor to a caller's", () =>
    Effect.gen(function*() {
      const { spans } = yield* withSpans(
        Effect.flatMap(opened({}), ({ tokens }) => Effect.withSpan(tokens.get, "caller"))
      )
      const login = spans.find(({ name }) => name === "model.login")
      assert.isTrue(login !== undefined && Option.isNone(login.parent))
    }))
})
