/**
 * Refused credentials, through a provider's whole package: whatever the traffic, the account is asked for within the
 * documented budget, so that the provider does not lock it.
 */
import { TokenCache } from "@entegre/core"
import { Dukkango } from "@entegre/dukkango"
import { Sandbox } from "@entegre/sandbox"
import { Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { afterAll, assert, beforeAll, it } from "vitest"

// Of 720,000 errors nobody reads the stack.
const { stackTraceLimit } = Error
beforeAll(() => {
  Error.stackTraceLimit = 0
})
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit
})

const right = { appSecretKey: Redacted.make("right-app"), restSecretKey: Redacted.make("right-rest") }
const wrong = { ...right, restSecretKey: Redacted.make("wrong-rest") }

it("two hours of refused credentials and 100 calls a second cost 7 logins, and a corrected secret is used within seconds", async () => {
  let credentials = wrong
  const main = Layer.unwrap(
    Effect.map(Sandbox, ({ dukkango }) =>
      Dukkango.layer({
        baseUrl: dukkango.baseUrl,
        credentials: Effect.sync(() => credentials)
      }))
  ).pipe(
    Layer.provideMerge(TokenCache.layer),
    Layer.provideMerge(Sandbox.layerHttpClientWith({ dukkango: { credentials: right } })),
    Layer.provideMerge(TestClock.layer())
  )
  const program = Effect.gen(function*() {
    const { dukkango } = yield* Sandbox
    const { restaurants } = yield* Dukkango
    const reasons = new Map<string, number>()
    const minutes: Array<number> = []
    let asked = 0
    const call = Effect.match(restaurants.list, {
      onFailure: ({ reason }) => reasons.set(reason._tag, (reasons.get(reason._tag) ?? 0) + 1),
      onSuccess: () => reasons.set("success", (reasons.get("success") ?? 0) + 1)
    })
    const second = Effect.forEach(Array.from({ length: 100 }), () => call, { concurrency: "unbounded", discard: true })
    for (let at = 0; at < 7_200; at++) {
      yield* second
      const { loginsRefused } = yield* dukkango.counters
      if (loginsRefused > asked) minutes.push(at / 60)
      asked = loginsRefused
      yield* TestClock.adjust("1 second")
    }
    const refused = new Map(reasons)
    reasons.clear()
    credentials = right
    yield* TestClock.adjust("3 seconds")
    yield* second
    return { minutes, refused: [...refused], corrected: [...reasons], counters: yield* dukkango.counters }
  })
  const { corrected, counters, minutes, refused } = await Effect.runPromise(Effect.provide(program, main))
  assert.deepStrictEqual(minutes, [0, 1, 6, 21, 51, 81, 111])
  assert.deepStrictEqual(refused, [["CredentialsRefused", 720_000]])
  assert.deepStrictEqual(corrected, [["success", 100]])
  assert.deepInclude(counters, { loginsRefused: 7, logins: 1, overlaps: 0 })
})
