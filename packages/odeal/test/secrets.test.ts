import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core"
import { Odeal } from "@entegre/odeal"
import { Cause, Effect, Exit, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import * as Model from "./support/odealModel.ts"
import { start } from "./support/operations.ts"
import { payment } from "./support/payments.ts"

const access = "canary-eyJhbGciOiJIUzI1NiJ9.access"
const refresh = "canary-eyJhbGciOiJIUzI1NiJ9.refresh"
const canaries = ["canary-api-key", "canary-secret-key", access, refresh, "4242424242424242"]
const keys = { apiKey: Redacted.make("canary-api-key"), secretKey: Redacted.make("canary-secret-key") }
const token = () => Response.json({ result: { accessToken: access, refreshToken: refresh }, expiresIn: 3600 })

/** A provider that repeats what it was sent, in both places that messages are read from. */
const echo = (status: number, ...sent: ReadonlyArray<string>) => {
  const message = `reddedildi: ${sent.join(", ")}`
  return Response.json({ error: { message }, result: { message } }, { status })
}

/** Asserts that an effect fails with nothing of the canaries to be seen, however the failure is printed. */
const failsWithout = Effect.fnUntraced(function*<A, E, R>(effect: Effect.Effect<A, E, R>) {
  const exit = yield* Effect.exit(effect)
  if (Exit.isSuccess(exit)) return assert.fail("the call is to fail")
  const seen = [inspect(exit, { depth: 20, showHidden: true }), JSON.stringify(exit), Cause.pretty(exit.cause)]
  for (const canary of canaries) assert.notInclude(seen.join("\n"), canary)
})

/** Starts a payment, with all the time that it needs. */
const pay = Effect.gen(function*() {
  const odeal = yield* Odeal
  const fiber = yield* Effect.forkChild(odeal.call(start(payment)))
  yield* TestClock.adjust("10 minutes")
  return yield* Fiber.join(fiber)
})

const echoedCall = (answer: Parameters<ReturnType<typeof Model.make>["next"]>[1]) => {
  const { model, run } = Model.over({}, {}, keys)
  model.next(Model.login, token())
  for (let attempt = 0; attempt < 5; attempt++) model.next("/made-up/start", answer)
  return Effect.ensuring(
    run(pay),
    // What was sent did hold them.
    Effect.sync(() => {
      const [call] = model.to("/made-up/start")
      assert.strictEqual(call?.headers.authorization, `Bearer ${access}`)
      assert.include(JSON.stringify(call?.body), "4242424242424242")
    })
  )
}

describe("keys, tokens and cards are nowhere to be seen", () => {
  for (const status of [200, 400, 404, 429, 500]) {
    it.effect(`after a call that is answered with ${status} and repeats them`, () =>
      failsWithout(echoedCall(echo(status, `Bearer ${access}`, "4242 4242 4242 4242", "4242424242424242"))))
  }

  it.effect("after a call whose answer is not as documented and repeats them", () =>
    failsWithout(echoedCall(Response.json({ result: { id: canaries.join(" "), [canaries.join(" ")]: 1 } }))))

  it.effect("in the URL of any request, nor in the status of the cache", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over({}, {}, keys)
      model.next(Model.login, token())
      const status = yield* run(Effect.gen(function*() {
        yield* Effect.exit(pay)
        return yield* Effect.flatMap(TokenCache, (cache) => cache.status)
      }))
      const urls = model.arrivals.map(({ url }) => url)
      assert.isNotEmpty(urls)
      for (const canary of canaries) assert.notInclude(`${urls.join("\n")}${JSON.stringify(status)}`, canary)
    }))
})
