/**
 * Dükkango in the demonstration: reads, an order feed, and an order that is accepted without an answer.
 */
import { Dukkango, DukkangoSchema } from "@entegre/dukkango"
import { Fault, Sandbox } from "@entegre/sandbox"
import { Data, Effect, Ref, Schedule } from "effect"
import type { Stage, Subject } from "./Subject.ts"

export const provider = "dukkango"

/** The traffic: safe whether it reaches the sandbox or the real provider. */
const reads = Effect.map(Dukkango, ({ orders, restaurants }): Subject["reads"] => [
  restaurants.list,
  orders.variables,
  orders.cancelReasons
])

export const subject = Effect.gen(function*() {
  const { orders } = yield* Dukkango
  const sandbox = (yield* Sandbox).dukkango

  const stage: Stage = {
    counters: sandbox.counters,
    tokenLifetime: (tokenLifetime) => Effect.asVoid(sandbox.settings.update({ tokenLifetime })),
    revokeTokens: sandbox.revokeTokens,
    tokenEndpointFails: (times) => sandbox.faults.inject(Fault.status(503, { on: "auth", times })),
    tokenEndpointIsSlow: (duration) => sandbox.faults.inject(Fault.latency(duration, { on: "auth", times: 1 })),
    readsFail: (times) => sandbox.faults.inject(Fault.status(503, { on: "restaurants.get", times })),
    isQuiet: Effect.map(sandbox.faults.pending, (pending) => pending.length === 0)
  }

  const unanswered = Effect.gen(function*() {
    const { payment_key: key } = yield* sandbox.orders.place()
    yield* sandbox.faults.inject(Fault.lostReply({ on: "orders.accept", times: 1 }))
    return yield* orders.accept(DukkangoSchema.OrderKey.make(key), { preparingTime: 30 }).pipe(
      Effect.match({ onFailure: (error) => error, onSuccess: () => undefined })
    )
  })

  return { name: provider, renewedBy: "login", reads: yield* reads, unanswered, stage } satisfies Subject
})

class KitchenIsBusy extends Data.TaggedError("KitchenIsBusy")<{}> {}

/**
 * Orders come in while everything else happens. The kitchen fails every second time, and yet each order is cooked and
 * acknowledged.
 */
export const kitchen = Effect.fn("kitchen")(function*(count: number, print: (line: string) => Effect.Effect<void>) {
  const { orders } = yield* Dukkango
  const sandbox = (yield* Sandbox).dukkango
  const seen = yield* Ref.make(0)
  const cook = Effect.gen(function*() {
    if ((yield* Ref.updateAndGet(seen, (times) => times + 1)) % 2 === 0) return yield* new KitchenIsBusy()
  })
  yield* Effect.forkScoped(orders.run(() => cook, {
    retry: Schedule.spaced("500 millis"),
    onEvent: (event) =>
      event._tag === "HandlerFailed" ? print("the kitchen failed; the order will come back") : Effect.void
  }))
  yield* Effect.forEach(
    Array.from({ length: count }),
    () => Effect.delay(sandbox.orders.place(), "1 second"),
    { discard: true }
  )
  yield* sandbox.orders.acknowledgements.pipe(
    Effect.repeat({ schedule: Schedule.spaced("100 millis"), until: (acknowledged) => acknowledged.length >= count }),
    Effect.timeout("30 seconds")
  )
  yield* print(`${count} orders came, and each was cooked and acknowledged`)
})
