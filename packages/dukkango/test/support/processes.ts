import { MemoryTokenStore, Quota, SharedTokenCache, TokenStore } from "@entegre/core"
import { TokenStoreError } from "@entegre/core/TokenStore"
import { Dukkango, type DukkangoSchema, type OrderFeed, type Settings } from "@entegre/dukkango"
import { Clock, Context, Effect, Fiber, Latch, Layer } from "effect"
import { HttpClient } from "effect/http"
import type { Handler, KitchenClosed } from "./feed.ts"

/** Whether a process reaches the token store. */
interface Line {
  is: "well" | "slow" | "away" | "silent"
}

const over = (quota: Quota.Service, line: Line, running: Effect.Effect<void>): Quota.Service =>
  Quota.transform(quota, (effect, operation) =>
    Effect.suspend(() => {
      if (line.is === "well") return effect
      if (line.is === "slow") return Effect.tap(effect, () => Effect.sleep("1900 millis"))
      if (line.is === "silent") return Effect.never
      return Effect.fail(new TokenStoreError({ operation, problem: "no connection" }))
    }).pipe(Effect.tap(() => running)))

/** One of several processes. */
export interface Process {
  readonly dukkango: Dukkango["Service"]
  readonly line: Line
  /** Whatever would wake up in the process waits from now on, as after SIGSTOP; for ever, as after SIGKILL. */
  readonly freeze: Effect.Effect<unknown>
  readonly thaw: Effect.Effect<unknown>
  /** Runs as part of the process. */
  readonly run: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** So many applications over one token store, as several processes are. */
export const processes = Effect.fnUntraced(function*(count: number, settings: Settings = {}) {
  const store = Context.get(yield* Layer.build(Layer.fresh(MemoryTokenStore.layer)), TokenStore)
  const clock = yield* Clock.Clock
  const client = yield* HttpClient.HttpClient

  return yield* Effect.forEach(
    Array.from({ length: count }),
    Effect.fnUntraced(function*() {
      const line: Line = { is: "well" }
      const latch = Latch.makeUnsafe(true)
      const stoppable: Clock.Clock = {
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe(),
        currentTimeMillis: clock.currentTimeMillis,
        currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
        currentTimeNanos: clock.currentTimeNanos,
        monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
        monotonicTimeNanos: clock.monotonicTimeNanos,
        sleep: (duration) => Effect.andThen(clock.sleep(duration), latch.await)
      }
      const run = Effect.provideService(Clock.Clock, stoppable)
      const layer = Layer.orDie(Dukkango.layerConfig(settings)).pipe(
        Layer.provide(SharedTokenCache.layer),
        Layer.provide(Layer.succeed(TokenStore, { ...store, quota: over(store.quota, line, latch.await) })),
        Layer.provide(Layer.succeed(HttpClient.HttpClient, HttpClient.transform(client, Effect.tap(() => latch.await))))
      )
      const context = yield* run(Layer.build(Layer.fresh(layer)))
      // What is closed must run again.
      yield* Effect.addFinalizer(() => latch.open)
      const process: Process = {
        dukkango: Context.get(context, Dukkango),
        line,
        run,
        freeze: latch.close,
        thaw: latch.open
      }
      return process
    })
  )
})

/** A feed that a process runs in the background, what its handler saw, and what it told. */
export const feedOf = Effect.fnUntraced(function*(
  { dukkango: { orders }, run }: Process,
  options: Omit<OrderFeed.RunOptions<KitchenClosed>, "onEvent"> = {},
  handler: Handler = () => Effect.void
) {
  const handled: Array<[string, number]> = []
  const events: Array<OrderFeed.OrderEvent> = []
  const fiber = yield* Effect.forkChild(run(orders.run(
    (order: DukkangoSchema.Order) =>
      Effect.suspend(() => {
        handled.push([order.key, order.statusId])
        return handler(order)
      }),
    { ...options, onEvent: (event) => Effect.sync(() => events.push(event)) }
  )))
  return {
    handled,
    stop: Fiber.interrupt(fiber),
    /** Who leads, as it changed. */
    lead: () =>
      events.flatMap((event) =>
        event._tag === "Leading" || event._tag === "Standby"
          ? [event.storeAway ? `${event._tag} without store` : event._tag]
          : []
      ),
    count: (tag: OrderFeed.OrderEvent["_tag"]) => events.filter(({ _tag }) => _tag === tag).length
  }
})
