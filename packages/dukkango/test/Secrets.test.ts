import { assert, describe, it } from "@effect/vitest"
import { TokenCache } from "@entegre/core"
import { Dukkango, DukkangoSchema, type OrderFeed } from "@entegre/dukkango"
import { Fault } from "@entegre/sandbox"
import { Cause, Effect, Exit, Fiber, Layer, Logger, PubSub, Redacted, References, Tracer } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import { akat, noOrder, provider, socketless } from "./support/stack.ts"

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
  return { exit, seen: seen.join("\n"), spans: spans.length }
})

/** The keys, a person's data, and every token that the provider has seen so far. */
const canaries = Effect.gen(function*() {
  const requests = yield* (yield* provider).requests
  const tokens = requests.flatMap(({ headers }) => Redacted.value(headers)["access-token"] ?? [])
  return [appSecretKey, restSecretKey, person.name, person.phone, person.street, ...new Set(tokens)]
})

const echo = JSON.stringify({
  status: false,
  error: `app ${appSecretKey}`,
  message: `no such key ${restSecretKey} and ${"ab".repeat(32)}`
})

const authFaults = [
  Fault.status(401, { on: "auth", body: echo }),
  Fault.status(500, { on: "auth", body: echo, times: "unlimited" }),
  Fault.status(400, { on: "auth", body: echo, times: "unlimited" }),
  Fault.garbage({ on: "auth", times: "unlimited" }),
  Fault.html({ on: "auth", times: "unlimited" }),
  Fault.truncated({ on: "auth", times: "unlimited" }),
  Fault.wrongShape({ on: "auth", times: "unlimited" }),
  Fault.reset({ on: "auth", times: "unlimited" }),
  Fault.hang({ on: "auth", times: "unlimited" }),
  Fault.redirect("/elsewhere", { on: "auth", times: "unlimited" })
]

const callFaults = [
  Fault.status(401, { on: "calls", times: "unlimited" }),
  Fault.status(403, { on: "calls", times: "unlimited" }),
  Fault.status(404, { on: "calls", times: "unlimited" }),
  Fault.status(422, { on: "calls", times: "unlimited" }),
  Fault.status(429, { on: "calls", times: "unlimited" }),
  Fault.status(500, { on: "calls", times: "unlimited" }),
  Fault.garbage({ on: "calls", times: "unlimited" }),
  Fault.html({ on: "calls", times: "unlimited" }),
  Fault.empty({ on: "calls", times: "unlimited" }),
  Fault.truncated({ on: "calls", times: "unlimited" }),
  Fault.wrongShape({ on: "calls", times: "unlimited" }),
  Fault.reset({ on: "calls", times: "unlimited" }),
  Fault.hang({ on: "calls", times: "unlimited" }),
  Fault.redirect("/elsewhere", { on: "calls", times: "unlimited" })
]

const calls = [
  Dukkango.use(({ restaurants }) => restaurants.open(akat)),
  Dukkango.use(({ orders }) => Effect.asVoid(orders.current())),
  Dukkango.use(({ orders }) => orders.accept(noOrder, { preparingTime: 30 }))
]

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

const titleOf = (fault: Fault.Fault) => "status" in fault ? `${fault._tag} ${fault.status}` : fault._tag

describe("no secret and no person's data is to be seen", () => {
  for (const [what, faults] of [["login", authFaults], ["call", callFaults]] as const) {
    it.effect.each(faults.map((fault) => [titleOf(fault), fault] as const))(
      `when a ${what} meets %s`,
      ([, fault]) =>
        Effect.gen(function*() {
          const { faults } = yield* provider
          const { subscribe } = yield* TokenCache
          const events = yield* subscribe
          yield* faults.inject(fault)
          for (const call of calls) {
            const running = yield* Effect.forkChild(seenOf(Effect.withSpan(call, "caller")))
            yield* TestClock.adjust("3 minutes")
            const { exit, seen, spans } = yield* Fiber.join(running)
            assert.isTrue(Exit.isFailure(exit))
            assert.isAbove(spans, 1)
            for (const canary of yield* canaries) assert.notInclude(seen, canary)
          }
          const told = renderings(yield* PubSub.takeUpTo(events, 1_000))
          const { status } = yield* TokenCache
          for (const canary of yield* canaries) {
            assert.notInclude(told, canary)
            assert.notInclude(renderings(yield* status), canary)
          }
        }).pipe(Effect.provide(stack))
    )
  }

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
      const { seen } = yield* Fiber.join(logged)
      assert.include(seen, "was given up")
      for (const canary of yield* canaries) {
        assert.notInclude(renderings(events), canary)
        assert.notInclude(seen, canary)
      }
    }).pipe(Effect.provide(stack)))

  it.effect("in an order that is printed, or in the problem with one", () =>
    Effect.gen(function*() {
      const { orders } = yield* Dukkango
      const { seen } = yield* seenOf(orders.current())
      assert.include(seen, "Expected")
      for (const canary of yield* canaries) assert.notInclude(seen, canary)
    }).pipe(Effect.provide(stack)))

  it.effect("in the service itself, or in the layer's options", () =>
    Effect.gen(function*() {
      const dukkango = yield* Dukkango
      yield* dukkango.tokens.get
      for (const canary of yield* canaries) assert.notInclude(inspect(dukkango, { depth: 8 }), canary)
    }).pipe(Effect.provide(stack)))

  it.effect("in what a caller may have put into a request", () =>
    Effect.gen(function*() {
      const { orders } = yield* Dukkango
      const { seen } = yield* seenOf(
        orders.accept(DukkangoSchema.OrderKey.make(person.phone, { disableChecks: true }), { preparingTime: 30 })
      )
      assert.include(seen, "Expected a UUID")
      assert.notInclude(seen, person.phone)
    }).pipe(Effect.provide(stack)))
})
