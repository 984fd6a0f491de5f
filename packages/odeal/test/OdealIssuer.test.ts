import { assert, describe, it } from "@effect/vitest"
import { Expiry, type Issuer, TokenCache, TokenKey } from "@entegre/core"
import { Odeal } from "@entegre/odeal"
import { Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Model from "./support/odealModel.ts"
import { ping } from "./support/operations.ts"

const call = Odeal.use((odeal) => odeal.call(ping()))

/** Tokens of half an hour without a refresh, each of which ends the one before. */
const otherFlow = (issue: () => string): Issuer<Redacted.Redacted<string>> => ({
  key: TokenKey.make({ provider: "odeal", environment: "other", account: Redacted.make("client-id") }),
  rotation: "singleActive",
  credentials: Effect.succeed(Redacted.make("client-secret")),
  login: () => Effect.sync(() => ({ accessToken: Redacted.make(issue()), expiry: [Expiry.relative(1800)] }))
})

const over = (settings?: Parameters<typeof Odeal.layerWith>[1]) => {
  const issued: Array<string> = []
  const issuer = otherFlow(() => {
    const token = `other-${issued.length + 1}`
    issued.push(token)
    return token
  })
  const model = Model.make()
  const ok = () => Response.json({ result: { ok: true } })
  const layer = Odeal.layerWith(issuer, settings).pipe(
    Layer.provideMerge(TokenCache.layerWith({})),
    Layer.provide(model.layer)
  )
  return { issued, model, ok, run: <A, E>(effect: Effect.Effect<A, E, Odeal>) => Effect.provide(effect, layer) }
}

describe("an issuer of your own", () => {
  it.effect("hands out the tokens of calls, and Ödeal is not asked for any", () =>
    Effect.gen(function*() {
      const { model, ok, run } = over()
      model.next("/made-up/ping", ok())
      assert.deepStrictEqual(yield* run(call), { result: { ok: true } })
      assert.deepStrictEqual(
        model.arrivals.map(({ headers, path }) => [path, headers.authorization]),
        [["/made-up/ping", "Bearer other-1"]]
      )
    }))

  it.effect("is asked anew when a token ends and when Ödeal refuses one", () =>
    Effect.gen(function*() {
      const { issued, model, ok, run } = over()
      yield* run(Effect.gen(function*() {
        model.next("/made-up/ping", ok())
        yield* call
        yield* TestClock.adjust("2 hours")
        model.next("/made-up/ping", Model.unauthorized())
        model.next("/made-up/ping", ok())
        yield* call
      }))
      assert.strictEqual(issued.at(-1), `other-${issued.length}`)
      assert.deepStrictEqual(
        model.arrivals.slice(-2).map(({ headers }) => headers.authorization),
        issued.slice(-2).map((token) => `Bearer ${token}`)
      )
    }))

  it.effect("goes with another address", () =>
    Effect.gen(function*() {
      const { model, ok, run } = over({ baseUrl: "https://gateway.example/vpos" })
      model.next("https://gateway.example/vpos/made-up/ping", ok())
      yield* run(call)
      assert.strictEqual(model.arrivals[0]?.url, "https://gateway.example/vpos/made-up/ping")
    }))

  it.effect("does not lift the check of the other settings", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(over({ baseUrl: "http://gateway.example" }).run(call))
      assert.deepInclude(error, { _tag: "InvalidOptions", option: "baseUrl" })
    }))
})
