import { assert, describe, it } from "@effect/vitest"
import { KeepAlive, TokenCache } from "@entegre/core"
import { type Credentials, Dukkango, type DukkangoError } from "@entegre/dukkango"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Context, Deferred, Duration, Effect, Exit, Fiber, Layer, Redacted, Scope } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { countOf, crowd, failureOf, provider, socketless } from "./support/stack.ts"

const polls = Effect.map(countOf("orders.get-current"), ({ received }) => received)
const refusals = Effect.map(
  Effect.flatMap(provider, ({ counters }) => counters),
  ({ cooldownRefusals }) => cooldownRefusals
)
const current = Dukkango.use(({ orders }) => orders.current())
const inStatus = (statusId: number) => Dukkango.use(({ orders }) => orders.current({ statusId }))

/** Lets fibers come to rest without time going by. */
const settle = TestClock.adjust(0)
const start = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.tap(Effect.forkChild(effect), () => settle)

const reasonOf = <A, R>(effect: Effect.Effect<A, DukkangoError, R>) =>
  Effect.map(failureOf(effect), ({ reason }) => reason)

const cooldownOf = <A, R>(effect: Effect.Effect<A, DukkangoError, R>) =>
  Effect.map(reasonOf(effect), (reason) => {
    if (reason._tag !== "Cooldown") return assert.fail(`${reason._tag}: ${reason.message}`)
    return Duration.toSeconds(reason.retryAfter)
  })

describe("the cooldown", () => {
  it.effect("lets everybody who comes while one asks have its result", () =>
    Effect.gen(function*() {
      const { faults, orders } = yield* provider
      yield* orders.place()
      yield* faults.inject(Fault.latency("2 seconds", { on: "orders.get-current" }))
      const callers = yield* start(crowd(1_000, current))
      yield* TestClock.adjust("1 second")
      const late = yield* start(current)
      yield* TestClock.adjust("1 second")
      const results = [...(yield* Fiber.join(callers)), yield* Fiber.join(late)]
      assert.strictEqual(results.length, 1_001)
      assert.isTrue(results.every((orders) => orders.length === 1))
      assert.strictEqual(yield* polls, 1)
    }).pipe(Effect.provide(socketless())))

  it.effect("has those who come after it wait for one more request, which they share", () =>
    Effect.gen(function*() {
      yield* current
      const waiting = yield* start(crowd(100, current))
      yield* TestClock.adjust("29999 millis")
      assert.strictEqual(yield* polls, 1)
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(waiting)
      assert.strictEqual(yield* polls, 2)
      assert.strictEqual(yield* refusals, 0)
    }).pipe(Effect.provide(socketless())))

  it.effect("has those who come after it fail with the time that is left, by option", () =>
    Effect.gen(function*() {
      yield* current
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* cooldownOf(current), 20)
      yield* TestClock.adjust("20 seconds")
      yield* current
      assert.strictEqual(yield* polls, 2)
    }).pipe(Effect.provide(socketless({ settings: { whenCooling: "fail" } }))))

  it.effect("lets those who come while one asks have its result, whatever the option", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      yield* faults.inject(Fault.latency("2 seconds", { on: "orders.get-current" }))
      const callers = yield* start(crowd(10, current))
      yield* TestClock.adjust("1 second")
      // From the answer, which has not come yet.
      assert.strictEqual(yield* cooldownOf(inStatus(1)), 30)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(callers)
      assert.strictEqual(yield* polls, 1)
    }).pipe(Effect.provide(socketless({ settings: { whenCooling: "fail" } }))))

  it.effect("goes on asking when the caller who asked leaves", () =>
    Effect.gen(function*() {
      const { faults, orders } = yield* provider
      yield* orders.place()
      yield* faults.inject(Fault.latency("2 seconds", { on: "orders.get-current" }))
      const first = yield* start(current)
      const second = yield* start(current)
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(second)).length, 1)

      // Nor does it stop when nobody waits any more: the request was sent and counts.
      yield* TestClock.adjust("30 seconds")
      yield* faults.inject(Fault.latency("2 seconds", { on: "orders.get-current" }))
      const alone = yield* start(current)
      yield* Fiber.interrupt(alone)
      yield* TestClock.adjust("2 seconds")
      const next = yield* start(current)
      yield* TestClock.adjust("29999 millis")
      assert.strictEqual(yield* polls, 2)
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(next)
      assert.strictEqual(yield* refusals, 0)
    }).pipe(Effect.provide(socketless())))

  it.effect("does not ask for those who have left before their turn", () =>
    Effect.gen(function*() {
      yield* current
      const waiting = yield* start(crowd(10, current))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.interrupt(waiting)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* polls, 1)
      yield* current
      assert.strictEqual(yield* polls, 2)
    }).pipe(Effect.provide(socketless())))

  it.effect("takes different questions to one endpoint in turn", () =>
    Effect.gen(function*() {
      const callers = yield* start(Effect.all([current, inStatus(1), inStatus(1), inStatus(16)], {
        concurrency: "unbounded"
      }))
      assert.strictEqual(yield* polls, 1)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(yield* polls, 2)
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.join(callers)
      assert.strictEqual(yield* polls, 3)
      assert.strictEqual(yield* refusals, 0)
    }).pipe(Effect.provide(socketless())))

  it.effect("does not have anybody wait longer than the option says", () =>
    Effect.gen(function*() {
      yield* current
      const waiting = yield* start(Effect.all([inStatus(1), inStatus(2)], { concurrency: "unbounded" }))
      assert.strictEqual(yield* cooldownOf(inStatus(16)), 90)
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(waiting)
    }).pipe(Effect.provide(socketless())))

  it.effect("is one for each endpoint", () =>
    Effect.gen(function*() {
      yield* current
      yield* Dukkango.use(({ foods }) => foods.list)
      assert.strictEqual(yield* polls, 1)
      assert.deepStrictEqual(yield* countOf("foods.get-foods"), { received: 1, done: 1 })
    }).pipe(Effect.provide(socketless())))

  it.effect("begins when the answer came, because the provider may have counted from then", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      yield* faults.inject(Fault.latency("20 seconds", { on: "orders.get-current" }))
      const slow = yield* start(current)
      yield* TestClock.adjust("20 seconds")
      yield* Fiber.join(slow)
      const next = yield* start(current)
      yield* TestClock.adjust("29999 millis")
      assert.strictEqual(yield* polls, 1)
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(next)
    }).pipe(Effect.provide(socketless())))

  it.effect("counts a request that failed, and does not repeat it by itself", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      yield* faults.inject(Fault.status(503, { on: "orders.get-current" }))
      assert.strictEqual((yield* reasonOf(current))._tag, "ProviderUnavailable")
      assert.strictEqual(yield* polls, 1)
      assert.strictEqual(yield* cooldownOf(current), 30)
    }).pipe(Effect.provide(socketless({ settings: { whenCooling: "fail" } }))))

  it.effect("does not count a request that was not sent", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      yield* faults.inject(Fault.status(401, { on: "auth" }))
      assert.strictEqual((yield* reasonOf(current))._tag, "CredentialsRefused")
      assert.strictEqual((yield* reasonOf(current))._tag, "CredentialsRefused")
      assert.strictEqual(yield* polls, 0)
    }).pipe(Effect.provide(socketless({ settings: { whenCooling: "fail" } }))))

  it.effect("is what the provider says, if that is longer", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      yield* faults.inject(Fault.status(429, { on: "orders.get-current", retryAfter: "100 seconds" }))
      const reason = yield* reasonOf(current)
      assert.strictEqual(reason._tag === "TooManyRequests" && Duration.toSeconds(reason.retryAfter), 100)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(yield* cooldownOf(current), 70)
      yield* TestClock.adjust("70 seconds")
      yield* current
    }).pipe(Effect.provide(socketless({ settings: { whenCooling: "fail" } }))))

  it.effect("holds for two layers with the same keys", () =>
    Effect.gen(function*() {
      const [one, two] = yield* twoLayers((yield* provider).credentials)
      yield* one.orders.current()
      assert.strictEqual(yield* cooldownOf(two.orders.current()), 30)
      assert.strictEqual(yield* polls, 1)

      yield* TestClock.adjust("30 seconds")
      yield* Effect.all([one.orders.current(), two.orders.current()], { concurrency: "unbounded" })
      assert.strictEqual(yield* polls, 2)
    }).pipe(Effect.provide(shared)))

  it.effect("is another one for other keys", () =>
    Effect.gen(function*() {
      const { credentials, registerAccount } = yield* provider
      const other = { appSecretKey: Redacted.make("other-app"), restSecretKey: Redacted.make("other-rest") }
      yield* registerAccount(other)
      const [one, two] = yield* twoLayers(credentials, other)
      yield* one.orders.current()
      yield* two.orders.current()
      assert.strictEqual(yield* polls, 2)
      assert.strictEqual(yield* refusals, 0)
    }).pipe(Effect.provide(shared)))

  it.effect("does not last longer when the clock is set back", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("3 hours")
      yield* current
      yield* TestClock.setTime(0)
      assert.strictEqual(yield* cooldownOf(current), 30)
      yield* TestClock.adjust("30 seconds")
      // The sandbox, whose clock was set back as well, was asked.
      assert.strictEqual((yield* reasonOf(current))._tag, "TooManyRequests")
    }).pipe(Effect.provide(socketless({ settings: { whenCooling: "fail" } }))))

  it.effect("takes a request whose fiber was frozen for lost, and asks again", () =>
    Effect.gen(function*() {
      const thaw = yield* Deferred.make<void>()
      let frozen = true
      const freezing = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(
          HttpClient.HttpClient,
          HttpClient.transform((answer, { url }) =>
            frozen && url.endsWith("/orders/get-current")
              ? Effect.andThen(Effect.uninterruptible(Deferred.await(thaw)), answer)
              : answer
          )
        )
      ).pipe(Layer.provideMerge(Sandbox.layerHttpClient))
      const application = Dukkango.layerConfig().pipe(
        Layer.provideMerge(TokenCache.layer),
        Layer.provideMerge(freezing)
      )
      yield* Effect.gen(function*() {
        const waiting = yield* start(Effect.flip(current))
        yield* TestClock.adjust("10 minutes")
        assert.strictEqual((yield* Fiber.join(waiting)).reason._tag, "Unanswered")
        frozen = false
        yield* current
        yield* Deferred.succeed(thaw, undefined)
      }).pipe(Effect.provide(application))
    }))

  it.effect("tells the host to keep a request alive that others wait for", () =>
    Effect.gen(function*() {
      const kept: Array<Effect.Effect<void>> = []
      yield* Dukkango.use(({ tokens }) => tokens.get)
      yield* Effect.provideService(current, KeepAlive, (ended) => {
        kept.push(ended)
      })
      assert.strictEqual(kept.length, 1)
      yield* Effect.all(kept)
    }).pipe(Effect.provide(socketless())))

  it.effect("lets nobody wait for an application that has ended", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const application = yield* Layer.buildWithScope(socketless(), scope)
      yield* Effect.provideContext(current, application)
      const waiting = yield* start(Effect.provideContext(current, application))
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(waiting)))
    }))
})

/** The cache and the sandbox, for layers that tests make themselves. */
const shared = Layer.provideMerge(TokenCache.layer, Sandbox.layerHttpClient)

class Second extends Context.Service<Second, Dukkango["Service"]>()("@entegre/dukkango/test/Cooldown.test/Second") {}

/** Two Dükkangos of one application. */
const twoLayers = Effect.fnUntraced(function*(one: Credentials, two: Credentials = one) {
  const { baseUrl } = yield* provider
  const layerOf = (credentials: Credentials) => Dukkango.layer({ baseUrl, credentials, whenCooling: "fail" })
  const second = Layer.effect(Second, Dukkango).pipe(Layer.provide(layerOf(two)))
  const context = yield* Layer.build(Layer.merge(layerOf(one), second))
  return [Context.get(context, Dukkango), Context.get(context, Second)] as const
})
