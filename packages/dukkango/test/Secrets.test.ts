import { assert, describe, it } from "@effect/vitest"
import { Dukkango, DukkangoSchema, type OrderFeed } from "@entegre/dukkango"
import { Fault } from "@entegre/sandbox"
import { Cause, Effect, Exit, Fiber, Layer, Logger, Redacted, References, Tracer } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import { provider, socketless } from "./support/stack.ts"

const appSecretKey = "canary-app-secret-key-4711"
const restSecretKey = "canary-rest-secret-key-4712"
const person = { name: "Canan Arı", phone: "05330004713", street: "Kanarya Sokak 4714" }

/** Everything by which a value may end up in a log. */
const renderings = (value: unknown): string =>
  [
    String(value),
    inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value, (_, member: unknown) => typeof member === "bigint" ? String(member) : member),
    Cause.isCause(value) ? Cause.pretty(value) : ""
  ].join("\n")

/** Runs an effect and gives everything of it that could be seen from outside. */
const seenOf = Effect.fnUntraced(function*<A, E, R>(effect: Effect.Effect<A, E, R>) {
  const seen: Array<string> = []
  const spans: Array<Tracer.NativeSpan> = []
  const logger = Logger.layer([
    Logger.make(({ cause, message }) => seen.push(renderings(message), renderings(cause))),
    Logger.map(Logger.formatJson, (line) => seen.push(line)),
    Logger.map(Logger.formatLogFmt, (line) => seen.push(line))
  ])
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const exit = yield* Effect.exit(effect).pipe(
    Effect.tap((exit) => Effect.logError("outcome", Exit.isFailure(exit) ? exit.cause : "succeeded")),
    Effect.withTracer(tracer),
    // Even if the application has its spans show every header.
    Effect.provideService(HttpClient.TracerHeaderFilter, () => true),
    Effect.provide(Layer.merge(logger, Layer.succeed(References.MinimumLogLevel, "All")))
  )
  if (Exit.isFailure(exit)) seen.push(renderings(exit.cause), ...Cause.prettyErrors(exit.cause).map(renderings))
  for (const { attributes, events, name, status } of spans) {
    seen.push(renderings([name, [...attributes], events]))
    if (status._tag === "Ended" && Exit.isFailure(status.exit)) seen.push(renderings(status.exit.cause))
  }
  return seen.join("\n")
})

/** The keys, a person's data, and every token that the provider has seen so far. */
const canaries = Effect.gen(function*() {
  const requests = yield* (yield* provider).requests
  const tokens = requests.flatMap(({ headers }) => Redacted.value(headers)["access-token"] ?? [])
  return [appSecretKey, restSecretKey, person.name, person.phone, person.street, ...new Set(tokens)]
})

const stack = socketless({
  settings: { label: "Akat" },
  sandbox: {
    credentials: { appSecretKey: Redacted.make(appSecretKey), restSecretKey: Redacted.make(restSecretKey) },
    orders: [
      // One that can be read, and two in which a person's data stands where something else is expected.
      {
        customer: { name: person.name, phone: person.phone },
        address: { address: person.street, description: "", apartment: "", floor: "", door_number: "" }
      },
      { date: person.phone, customer: { name: person.name, phone: person.phone } },
      { restaurant_id: person.street, note: person.name }
    ]
  }
})

describe("no secret and no person's data is to be seen", () => {
  it.effect("in the order feed, its events and its log", () =>
    Effect.gen(function*() {
      const { faults } = yield* provider
      const { orders } = yield* Dukkango
      const events: Array<OrderFeed.OrderEvent> = []
      yield* faults.inject(Fault.status(404, { on: "orders.success", times: 1 }))
      const observed = yield* Effect.forkChild(
        orders.run(() => Effect.void, { onEvent: (event) => Effect.sync(() => events.push(event)), grace: 0 })
      )
      yield* TestClock.adjust("2 minutes")
      yield* Fiber.interrupt(observed)
      assert.includeMembers(events.map(({ _tag }) => _tag), ["Unreadable", "AcknowledgeFailed", "Acknowledged"])

      const { orders: sandboxed } = yield* provider
      yield* sandboxed.place({ customer: { name: person.name, phone: person.phone } })
      const logged = yield* Effect.forkChild(seenOf(
        Effect.timeoutOption(orders.run(() => Effect.fail("no"), { grace: 0 }), "20 minutes")
      ))
      yield* TestClock.adjust("20 minutes")
      const seen = yield* Fiber.join(logged)
      assert.include(seen, "was given up")
      for (const canary of yield* canaries) {
        assert.notInclude(renderings(events), canary)
        assert.notInclude(seen, canary)
      }
    }).pipe(Effect.provide(stack)))

  it.effect("in an order that is printed, or in the problem with one", () =>
    Effect.gen(function*() {
      const { orders } = yield* Dukkango
      const seen = yield* seenOf(orders.current())
      assert.include(seen, "Expected")
      for (const canary of yield* canaries) assert.notInclude(seen, canary)
    }).pipe(Effect.provide(stack)))

  it.effect("in what a caller may have put into a request", () =>
    Effect.gen(function*() {
      const { orders } = yield* Dukkango
      const seen = yield* seenOf(
        orders.accept(DukkangoSchema.OrderKey.make(person.phone, { disableChecks: true }), { preparingTime: 30 })
      )
      assert.include(seen, "Expected a UUID")
      assert.notInclude(seen, person.phone)
    }).pipe(Effect.provide(stack)))
})
