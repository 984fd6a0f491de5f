import { assert, describe, it } from "@effect/vitest"
import { NotSent } from "@entegre/core/ExchangeError"
import * as TokenAlerts from "@entegre/core/TokenAlerts"
import { TokenCache } from "@entegre/core/TokenCache"
import { TokenEvent } from "@entegre/core/TokenEvent"
import { Effect, Layer, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as ModelIssuer from "./support/modelIssuer.ts"

const minute = 60_000

const failed = (at: number, key = "#1") =>
  TokenEvent.cases.Failed.make({
    provider: "model",
    key,
    at,
    cause: "cold",
    attempt: 1,
    reason: "IssuerUnavailable",
    message: "no",
    retryAfter: 1,
    tokenAlive: false
  })
const issued = (at: number) =>
  TokenEvent.cases.Adopted.make({ provider: "model", key: "#1", at, generation: 1, expiresAt: at + 1, elapsed: 0 })
const lockedOut = (at: number) =>
  TokenEvent.cases.LockedOut.make({ provider: "model", key: "#1", at, attempts: 1, retryAfter: minute })

/** What is told about events, one after the other. */
const told = (options: TokenAlerts.Options, events: ReadonlyArray<TokenEvent>) => {
  const follow = TokenAlerts.make(options)
  return events.map((event) => follow(event)?._tag)
}

describe("alerts", () => {
  it("are raised by so many failures within the time, and not by fewer or slower ones", () => {
    const options = { failures: 3, within: "5 minutes" } as const
    assert.deepStrictEqual(told(options, [failed(0), failed(minute), failed(2 * minute)]), [
      undefined,
      undefined,
      "Raised"
    ])
    assert.deepStrictEqual(told(options, [failed(0), failed(3 * minute), failed(6 * minute)]), [
      undefined,
      undefined,
      undefined
    ])
    assert.deepStrictEqual(told(options, [failed(0), failed(1), failed(2, "#2")]), [undefined, undefined, undefined])
    assert.deepStrictEqual(told(options, [failed(0), failed(1), issued(2), failed(3)]), Array(4).fill(undefined))
  })

  it("are raised once, until the key was well or quiet, and say when it is over", () => {
    const options = { failures: 2, within: "5 minutes" } as const
    assert.deepStrictEqual(
      told(options, [failed(0), failed(1), failed(2), failed(3), issued(4), issued(5), failed(6), failed(7)]),
      [undefined, "Raised", undefined, undefined, "Resolved", undefined, undefined, "Raised"]
    )
    assert.deepStrictEqual(
      told(options, [failed(0), failed(1), failed(10 * minute), failed(11 * minute), issued(12 * minute)]),
      [undefined, "Raised", undefined, "Raised", "Resolved"]
    )
  })

  it("that stand are resolved, however long and weakly the key failed since", () => {
    const options = { failures: 2, within: "5 minutes" } as const
    assert.deepStrictEqual(
      told(options, [failed(0), failed(1), failed(10 * minute), issued(11 * minute)]),
      [undefined, "Raised", undefined, "Resolved"]
    )
  })

  it("are raised and resolved for each key, whatever other keys do meanwhile", () => {
    const options = { failures: 2, within: "5 minutes" } as const
    const others = Array.from({ length: 100 }, (_, index) => failed(1 + index, `#${index + 2}`))
    assert.deepStrictEqual(
      told(options, [failed(0), ...others, failed(4 * minute), failed(20 * minute, "#2"), issued(21 * minute)])
        .filter((tag) => tag !== undefined),
      ["Raised", "Resolved"]
    )
  })

  it("are raised at once by refused credentials", () => {
    assert.deepStrictEqual(told({}, [lockedOut(0), lockedOut(minute), lockedOut(6 * minute)]), [
      "Raised",
      undefined,
      "Raised"
    ])
  })

  it("carry the last event and no more than can be written as JSON", () => {
    const alert = TokenAlerts.make()(lockedOut(7))
    assert(alert !== undefined)
    const written: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(TokenAlerts.Alert)(alert)))
    assert.deepInclude(written, { _tag: "Raised", provider: "model", key: "#1", at: 7, failures: 1 })
  })

  it.effect("reach whoever is to be told, and one that can not be delivered holds nobody up for long", () =>
    Effect.gen(function*() {
      const delivered: Array<string> = []
      const provider = yield* ModelIssuer.make()
      const alerts = TokenAlerts.layer((alert) => {
        delivered.push(`${alert._tag} ${alert.provider}/${alert.key}`)
        return [Effect.fail("no network"), Effect.never][delivered.length - 1] ?? Effect.void
      }, { failures: 1 })
      yield* Effect.gen(function*() {
        const tokens = yield* (yield* TokenCache).open(provider.issuer)
        const refused = new NotSent({ problem: "connectionRefused" })
        yield* provider.failNext(refused)
        yield* Effect.forkChild(tokens.get)
        yield* TestClock.adjust("10 seconds")
        yield* provider.failNext(refused)
        yield* Effect.forkChild(Effect.flatMap(tokens.get, tokens.reject))
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(delivered, ["Raised model/#1", "Resolved model/#1"])
        yield* TestClock.adjust("30 seconds")
        assert.deepStrictEqual(delivered.slice(2), ["Raised model/#1", "Resolved model/#1"])
      }).pipe(Effect.provide(Layer.provideMerge(alerts, TokenCache.layer)))
    }))
})
