import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core/TokenCache"
import { TokenEvent } from "@entegre/core/TokenEvent"
import * as TokenLog from "@entegre/core/TokenLog"
import { Effect, Layer, Logger, Predicate, Ref, References } from "effect"
import { TestClock } from "effect/testing"
import * as ModelIssuer from "./support/modelIssuer.ts"

describe("the log of token events", () => {
  it.effect("has a line for each, with its fields as annotations and at its level", () =>
    Effect.gen(function*() {
      const lines: Array<unknown> = []
      const logger = Logger.layer([Logger.map(Logger.formatJson, (line) => lines.push(JSON.parse(line)))])
      const provider = yield* ModelIssuer.make()
      yield* Effect.gen(function*() {
        const tokens = yield* (yield* TokenCache).open(provider.issuer)
        yield* tokens.get
        yield* Ref.set(provider.secret, "wrong")
        yield* tokens.forget
        yield* Effect.flip(tokens.get)
        yield* TestClock.adjust("1 second")
      }).pipe(
        Effect.provide(TokenLog.layer.pipe(
          Layer.provideMerge(TokenCache.layer),
          Layer.provideMerge(logger),
          Layer.provideMerge(Layer.succeed(References.MinimumLogLevel, "All"))
        ))
      )
      const told = lines.flatMap((line) =>
        Predicate.hasProperty(line, "annotations") && Predicate.hasProperty(line, "level")
          ? [[line.level, line.annotations]]
          : []
      )
      assert.deepStrictEqual(
        told.map(([level, fields]) => [level, Predicate.hasProperty(fields, "event") && fields.event]),
        [
          ["DEBUG", "Asked"],
          ["INFO", "Issued"],
          ["INFO", "Forgotten"],
          ["DEBUG", "Asked"],
          ["INFO", "NotIssued"],
          ["ERROR", "LockedOut"]
        ]
      )
      assert.deepInclude(told[4]?.[1], {
        provider: "model",
        key: "#1",
        means: "login",
        attempt: 1,
        reason: "InvalidCredentials",
        status: 401,
        duration: 0
      })
    }))

  it.effect.prop("has words for every event", { event: TokenEvent }, ({ event }) =>
    Effect.sync(() => {
      const text = TokenLog.describe(event)
      assert.isTrue(text.startsWith(`${event.provider}/${event.key}: `))
      assert.notInclude(text.slice(text.indexOf(": ")), "undefined")
      assert.include(["Debug", "Info", "Warn", "Error"], TokenLog.levelOf(event))
    }))
})
