/**
 * Several processes with the same keys: applications over one token store.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import type { DukkangoError } from "@entegre/dukkango"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Duration, Effect, Fiber, Layer, Schedule } from "effect"
import { TestClock } from "effect/testing"
import { type Process, processes } from "./support/processes.ts"
import { countOf, crowd, failureOf, provider } from "./support/stack.ts"

const polls = Effect.map(countOf("orders.get-current"), ({ received }) => received)
const refusals = Effect.map(
  Effect.flatMap(provider, ({ counters }) => counters),
  ({ cooldownRefusals }) => cooldownRefusals
)
const sandboxed = Effect.provide(Sandbox.layerHttpClient)

const two = (settings: Parameters<typeof processes>[1] = {}) =>
  Effect.flatMap(
    processes(2, settings),
    ([one, other]) =>
      one === undefined || other === undefined ? Effect.die("there are two") : Effect.succeed([one, other] as const)
  )

const current = ({ dukkango: { orders }, run }: Process) => run(orders.current())
const inStatus = ({ dukkango: { orders }, run }: Process, statusId: number) => run(orders.current({ statusId }))

const cooldownOf = <A>(effect: Effect.Effect<A, DukkangoError>) =>
  Effect.map(failureOf(effect), ({ message, reason }) => {
    if (reason._tag !== "Cooldown") return assert.fail(message)
    return Duration.toSeconds(reason.retryAfter)
  })

describe("the cooldown over processes", () => {
  it.effect("has processes that poll together never refused", () =>
    Effect.gen(function*() {
      const members = yield* processes(3)
      yield* Effect.forEach(members, ({ dukkango, run }) =>
        Effect.forEach([Effect.asVoid(dukkango.orders.current()), Effect.asVoid(dukkango.foods.list)], (ask) =>
          Effect.forkChild(run(Effect.forever(Effect.exit(ask))))))
      yield* TestClock.adjust("20 minutes")
      assert.strictEqual(yield* polls, 41)
      assert.strictEqual((yield* countOf("foods.get-foods")).received, 41)
      assert.strictEqual(yield* refusals, 0)
    }).pipe(sandboxed))

  it.live("has them not refused over real sockets either", () =>
    Effect.gen(function*() {
      const { settings } = yield* provider
      yield* settings.update({ cooldown: "100 millis" })
      const members = yield* processes(2, { cooldown: "100 millis", maxCooldownWait: "10 seconds" })
      yield* Effect.forEach(members, (member) => Effect.repeat(current(member), { times: 7 }), {
        concurrency: "unbounded",
        discard: true
      })
      assert.strictEqual(yield* polls, 16)
      assert.strictEqual(yield* refusals, 0)
    }).pipe(Effect.provide(Layer.provideMerge(Layer.orDie(Sandbox.layer), NodeHttpClient.layerUndici))))

  it.effect("tells one how long the other's request keeps it waiting, from the answer on", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      const [one, other] = yield* two({ whenCooling: "fail" })
      yield* faults.inject(Fault.latency("20 seconds", { on: "orders.get-current" }))
      const slow = yield* Effect.forkChild(current(one))
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("19 seconds")
      yield* Fiber.join(slow)
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(yield* cooldownOf(current(other)), 25)
      yield* TestClock.adjust("25 seconds")
      yield* current(other)
      assert.strictEqual(yield* refusals, 0)
    }).pipe(sandboxed))

  it.effect("lasts as long as a request of the other, however long that is", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      const [one, other] = yield* two({ whenCooling: "fail", timeout: "5 minutes" })
      yield* faults.inject(Fault.latency("3 minutes", { on: "orders.get-current" }))
      const slow = yield* Effect.forkChild(current(one))
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("100 seconds")
      assert.isAtLeast(yield* cooldownOf(current(other)), 20)
      yield* TestClock.adjust("100 seconds")
      yield* Fiber.join(slow)
      assert.strictEqual(yield* polls, 1)
    }).pipe(sandboxed))

  it.effect("is over a pause later if the other has died while it asked", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      const [one, other] = yield* two({ whenCooling: "fail" })
      yield* faults.inject(Fault.hang({ on: "orders.get-current" }))
      yield* Effect.forkChild(current(one))
      yield* TestClock.adjust("1 second")
      yield* one.freeze
      yield* TestClock.adjust("28 seconds")
      assert.strictEqual(yield* cooldownOf(current(other)), 1)
      yield* TestClock.adjust("1 second")
      yield* current(other)
    }).pipe(sandboxed))

  it.effect("is not begun by a request of the other that was not sent", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      const [one, other] = yield* two({ whenCooling: "fail" })
      yield* faults.inject(Fault.status(401, { on: "auth" }))
      assert.strictEqual((yield* failureOf(current(one))).reason._tag, "CredentialsRefused")
      yield* TestClock.adjust("2 minutes")
      yield* current(other)
      assert.strictEqual(yield* polls, 1)
    }).pipe(sandboxed))

  it.effect("is what the provider said to the other, if that is longer", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      const [one, other] = yield* two({ whenCooling: "fail" })
      yield* faults.inject(Fault.status(429, { on: "orders.get-current", retryAfter: "100 seconds" }))
      assert.strictEqual((yield* failureOf(current(one))).reason._tag, "TooManyRequests")
      assert.strictEqual(yield* cooldownOf(current(other)), 100)
    }).pipe(sandboxed))

  it.effect("is not begun by those who leave before their turn", () =>
    Effect.gen(function*() {
      const [one, other] = yield* two({ maxCooldownWait: "5 minutes" })
      yield* current(one)
      const leaving = yield* Effect.forkChild(crowd(10, current(one)))
      yield* TestClock.adjust("29 seconds")
      yield* Fiber.interrupt(leaving)
      yield* TestClock.adjust("1 second")
      yield* current(other)
      assert.strictEqual(yield* polls, 2)
    }).pipe(sandboxed))

  it.effect("is not begun by those who leave while their turn is taken", () =>
    Effect.gen(function*() {
      const [one, other] = yield* two({ whenCooling: "fail" })
      one.line.is = "slow"
      const leaving = yield* Effect.forkChild(current(one))
      // To look, then to take, takes 1.9 seconds each.
      yield* TestClock.adjust("1900 millis")
      yield* TestClock.adjust("1 second")
      const left = yield* Effect.forkChild(Fiber.interrupt(leaving))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(left)
      one.line.is = "well"
      yield* current(other)
      assert.strictEqual(yield* polls, 1)
    }).pipe(sandboxed))

  it.effect("keeps the order of arrival in a process, whatever the other one asks", () =>
    Effect.gen(function*() {
      const [one, other] = yield* two({ maxCooldownWait: "10 minutes" })
      const order: Array<number> = []
      const asking = yield* Effect.forkChild(
        Effect.forEach([1, 2, 3, 4], (statusId) =>
          Effect.andThen(inStatus(one, statusId), Effect.sync(() => order.push(statusId))), {
          concurrency: "unbounded"
        })
      )
      yield* Effect.forkChild(Effect.ignore(Effect.repeat(current(other), Schedule.recurs(3))))
      yield* TestClock.adjust("10 minutes")
      yield* Fiber.join(asking)
      assert.deepStrictEqual(order, [1, 2, 3, 4])
      assert.strictEqual(yield* refusals, 0)
    }).pipe(sandboxed))
})

describe("the cooldown while the store is away", () => {
  it.effect("holds in each process, and over all again when the store is back", () =>
    Effect.gen(function*() {
      const [one, other] = yield* two({ whenCooling: "fail" })
      yield* current(one)
      one.line.is = other.line.is = "away"
      assert.strictEqual(yield* cooldownOf(current(one)), 30)
      assert.strictEqual((yield* failureOf(current(other))).reason._tag, "TooManyRequests")
      assert.strictEqual(yield* cooldownOf(current(other)), 30)
      one.line.is = other.line.is = "well"
      yield* TestClock.adjust("30 seconds")
      yield* current(one)
      assert.strictEqual(yield* cooldownOf(current(other)), 30)
    }).pipe(sandboxed))

  it.effect("keeps nobody waiting for a store that is silent, but once and for two seconds", () =>
    Effect.gen(function*() {
      const [one] = yield* two()
      one.line.is = "silent"
      const asking = yield* Effect.forkChild(current(one))
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(asking)
      yield* one.run(one.dukkango.foods.list)
      assert.strictEqual(yield* polls, 1)
    }).pipe(sandboxed))
})
