import { assert, describe, it } from "@effect/vitest"
import { Odeal } from "@entegre/odeal"
import { Arbitrary, Duration, Effect, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as Model from "./support/odealModel.ts"
import { ping, start, status } from "./support/operations.ts"
import { payment, pending, started } from "./support/payments.ts"

const callers = Array.from({ length: 50 }, (_, caller) => caller)

const span = (minimum: number, maximum: number) =>
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })))

/** The tokens that went out with each caller's requests, in their order. */
const tokensOf = (model: ReturnType<typeof Model.make>, path: string) =>
  model.to(path).map(({ headers }) => headers.authorization)

/** Does something at each of these seconds. */
const at = <A, E, R>(seconds: ReadonlyArray<number>, act: (index: number) => Effect.Effect<A, E, R>) =>
  Effect.forEach(seconds, (second, index) => Effect.delay(act(index), Duration.seconds(second)), {
    concurrency: "unbounded"
  })

describe("50 callers on a cold cache", () => {
  it.effect("cost one login, and all succeed", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over({ latency: "300 millis" })
      const fiber = yield* Effect.forkChild(run(
        Odeal.use((odeal) => Effect.forEach(callers, () => odeal.call(ping()), { concurrency: "unbounded" }))
      ))
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(fiber)).length, 50)
      assert.deepInclude(model.counts, { logins: 1, renewals: 0, mostAtOnce: 1 })
      assert.strictEqual(model.to("/made-up/ping").length, 50)
    }))
})

describe("when the token rotates under 50 calls in flight", () => {
  it.effect("each is sent once more with the new token, payments too", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over({ latency: "10 seconds", answer: started })
      yield* run(Effect.gen(function*() {
        const odeal = yield* Odeal
        yield* odeal.tokens.warmUp
        yield* TestClock.adjust("10 seconds")
        // They leave with the first token, and a login from elsewhere ends it before they arrive.
        const fibers = yield* Effect.forEach(callers, () => Effect.forkChild(odeal.call(start(payment))))
        yield* TestClock.adjust("5 seconds")
        model.revoke()
        yield* TestClock.adjust("1 minute")
        yield* Effect.forEach(fibers, Fiber.join)
      }))
      assert.deepInclude(model.counts, { logins: 2, renewals: 0, refused: 1, mostAtOnce: 1 })
      assert.deepStrictEqual(tokensOf(model, "/made-up/start"), [
        ...callers.map(() => "Bearer access-1"),
        ...callers.map(() => "Bearer access-2")
      ])
    }))

  it.effect("a renewal in the background ends the token of calls in flight, which costs them a repetition and no more", () =>
    Effect.gen(function*() {
      const { model, run } = Model.over({ latency: "10 seconds" })
      yield* run(Effect.gen(function*() {
        const odeal = yield* Odeal
        const first = yield* Effect.forkChild(odeal.call(ping()))
        yield* TestClock.adjust("20 seconds")
        yield* Fiber.join(first)
        // A call every 6 seconds all through the window, each under way for 10.
        yield* TestClock.adjust("54 minutes")
        const fibers = yield* Effect.forEach(
          callers,
          () => Effect.andThen(TestClock.adjust("6 seconds"), Effect.forkChild(odeal.call(ping())))
        )
        yield* TestClock.adjust("1 minute")
        yield* Effect.forEach(fibers, Fiber.join)
      }))
      assert.deepInclude(model.counts, { logins: 1, renewals: 1, refused: 0, mostAtOnce: 1 })
      const repeated = model.to("/made-up/ping").length - (1 + callers.length)
      assert.isAtLeast(repeated, 1)
      assert.isAtMost(repeated, 3)
    }))
})

describe("after any interleaving of 50 callers with expiry and revocation", () => {
  it.effect.prop(
    "there was one renewal at a time, no refresh token was spent twice, and no refused call sent more than once again",
    {
      arrivals: Arbitrary.array(span(0, 3600), { minLength: 50, maxLength: 50 }),
      revocations: Arbitrary.array(span(0, 3600), { minLength: 0, maxLength: 5 }),
      life: span(60, 1800),
      latency: span(0, 5000)
    },
    ({ arrivals, latency, life, revocations }) =>
      Effect.gen(function*() {
        const { model, run } = Model.over({ latency, life: Duration.seconds(life), answer: pending })
        const fiber = yield* Effect.forkChild(run(Odeal.use((odeal) =>
          Effect.all([
            at(arrivals, (caller) => Effect.result(odeal.call(status(`${caller}`)))),
            at(revocations, () => Effect.sync(model.revoke))
          ], { concurrency: "unbounded" })
        )))
        yield* TestClock.adjust("2 hours")
        const [results] = yield* Fiber.join(fiber)

        assert.strictEqual(model.counts.mostAtOnce, 1)
        const spent = model.to(Model.refresh).map(({ body }) => JSON.stringify(body))
        assert.strictEqual(new Set(spent).size, spent.length)
        for (const [caller, result] of results.entries()) {
          const tokens = tokensOf(model, `/made-up/payments/${caller}`)
          assert.isAtMost(tokens.length, 2)
          assert.strictEqual(new Set(tokens).size, tokens.length)
          // Nothing but a second revocation, while the call was on its way again, makes it fail.
          if (result._tag === "Failure") {
            assert.strictEqual(result.failure.reason._tag, "TokenRejected")
            assert.strictEqual(tokens.length, 2)
            assert.isNotEmpty(revocations)
          }
        }
        if (revocations.length === 0) assert.deepInclude(model.counts, { logins: 1, refused: 0 })
      }),
    120_000
  )
})
