import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core"
import { Odeal } from "@entegre/odeal"
import { Effect, Fiber, Redacted } from "effect"
import { HttpClientError, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import { failsWithout } from "./support/leaks.ts"
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

const request = HttpClientRequest.post("https://apigw.odeal.com/mobile").pipe(
  HttpClientRequest.bearerToken(access)
)
const transportError = Effect.fail(
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({
      request,
      cause: new Error(`Invalid header Bearer ${access}`),
      description: `Bearer ${access}`
    })
  })
)

/** Starts a payment, with all the time that it needs. */
const pay = Effect.gen(function*() {
  const odeal = yield* Odeal
  const fiber = yield* Effect.forkChild(odeal.call(start(payment)))
  yield* TestClock.adjust("10 minutes")
  return yield* Fiber.join(fiber)
})

const echoedLogin = (status: number) => {
  const { model, run } = Model.over({}, {}, keys)
  for (let attempt = 0; attempt < 50; attempt++) {
    model.next(Model.login, echo(status, "canary-api-key", "canary-secret-key"))
  }
  return run(pay)
}

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
  for (const status of [200, 400, 401, 429, 503]) {
    it.effect(`after a login that is answered with ${status} and repeats them`, () =>
      Effect.gen(function*() {
        const error = yield* failsWithout(canaries, echoedLogin(status))
        assert.strictEqual(error._tag, "OdealError")
      }))
  }

  for (const status of [200, 400, 404, 429, 500]) {
    it.effect(`after a call that is answered with ${status} and repeats them`, () =>
      Effect.gen(function*() {
        const error = yield* failsWithout(
          canaries,
          echoedCall(echo(status, `Bearer ${access}`, "4242 4242 4242 4242", "4242424242424242"))
        )
        assert.strictEqual(error._tag, "OdealError")
      }))
  }

  it.effect("after a call whose transport repeats them", () =>
    Effect.gen(function*() {
      const error = yield* failsWithout(canaries, echoedCall(transportError))
      assert.strictEqual(error._tag, "OdealError")
    }))

  it.effect("after a call whose answer is not as documented and repeats them", () =>
    Effect.gen(function*() {
      const answer = Response.json({ result: { id: canaries.join(" "), [canaries.join(" ")]: 1 } })
      const error = yield* failsWithout(canaries, echoedCall(answer))
      assert.strictEqual(error._tag, "OdealError")
    }))

  it.effect("in a request that nobody has made yet", () =>
    Effect.sync(() => {
      const request = start(payment)
      const seen = [inspect(request, { depth: 20, showHidden: true }), JSON.stringify(request), String(request.request)]
      for (const canary of canaries) assert.notInclude(seen.join("\n"), canary)
    }))

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
