/**
 * One of many processes: an application that calls Ödeal all the time, over a token store that the others use too.
 *
 * This is the part to copy. Everything that makes it safe is in the four lines of `Main`.
 */
import { NodeHttpClient, NodeRedis, NodeRuntime } from "@effect/platform-node"
import { ApiClient, SharedTokenCache, TokenCache } from "@entegre/core"
import { RedisTokenStore } from "@entegre/core/redis"
import { Money, Odeal, type OdealError, OdealOperation, Payment } from "@entegre/odeal"
import { Clock, Config, Console, Effect, Layer, PubSub, Ref, Schedule, Schema } from "effect"
import * as Report from "./Report.ts"

const Redis = Layer.unwrap(
  Effect.map(Config.String("REDIS_URL"), (url) => NodeRedis.layer({ ...RedisTokenStore.clientOptions, url }))
)

const Main = Odeal.layerConfig({ loginTimeout: "2 seconds", timeout: "5 seconds" }).pipe(
  Layer.provideMerge(SharedTokenCache.layerWith({ storeTimeout: "1 second" })),
  Layer.provide(RedisTokenStore.layerConfig({ redis: Redis })),
  Layer.provide(NodeHttpClient.layerUndici)
)

const startPayment = OdealOperation.make({
  name: "payments.start",
  method: "POST",
  path: "/made-up/payments/start",
  body: Schema.Struct(Payment.startFields),
  answer: Schema.Unknown
})

const paymentStatus = OdealOperation.make({
  name: "payments.status",
  method: "GET",
  path: (externalId: Payment.ExternalId) => ApiClient.path`/made-up/payments/status?externalId=${externalId}`,
  answer: Schema.Unknown
})

const externalId = Payment.ExternalId.make(`order-${process.pid}`)

/** How many calls are made at once, and how long each caller rests between two. */
const callers = 2
const rest = "100 millis"

/** A gap in a beat of 100 milliseconds: the process was frozen. */
const frozenAfter = 1_000

const program = Effect.gen(function*() {
  const odeal = yield* Odeal
  const events = yield* (yield* TokenCache).subscribe
  const report = yield* Ref.make(Report.none)
  const beat = yield* Ref.make(yield* Clock.currentTimeMillis)
  const freezes = yield* Ref.make(0)
  const newest = yield* Ref.make(0)

  /** Notices a freeze, also before the beat does. */
  const look = Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    if (now - (yield* Ref.getAndSet(beat, now)) > frozenAfter) yield* Ref.update(freezes, (count) => count + 1)
    return yield* Ref.get(freezes)
  })

  const count = (exit: OdealError | undefined) =>
    Ref.update(report, (all) => {
      if (exit === undefined) return { ...all, calls: all.calls + 1 }
      const { _tag } = exit.reason
      return {
        ...all,
        calls: all.calls + 1,
        failed: all.failed + (_tag === "TokenStoreUnavailable" ? 0 : 1),
        withoutStore: all.withoutStore + (_tag === "TokenStoreUnavailable" ? 1 : 0),
        reasons: { ...all.reasons, [_tag]: (all.reasons[_tag] ?? 0) + 1 }
      }
    })

  const call = <A>(effect: Effect.Effect<A, OdealError>) =>
    Effect.gen(function*() {
      const before = yield* look
      const error = yield* Effect.match(effect, { onFailure: (error) => error, onSuccess: () => undefined })
      if ((yield* look) > before) yield* Ref.update(report, (all) => ({ ...all, frozen: all.frozen + 1 }))
      else yield* count(error)
      return error === undefined
    })

  const watch = Effect.flatMap(PubSub.take(events), ({ _tag }) =>
    Ref.update(report, (all) => ({
      ...all,
      issued: all.issued + (_tag === "Issued" ? 1 : 0),
      adopted: all.adopted + (_tag === "Adopted" ? 1 : 0)
    })))

  /** What is handed out must never be older than what was handed out before. */
  const order = Effect.gen(function*() {
    const generation = (yield* (yield* TokenCache).status).find(({ state }) => state === "alive")?.generation ?? 0
    const before = yield* Ref.getAndUpdate(newest, (before) => Math.max(before, generation))
    if (generation > 0 && generation < before) {
      yield* Ref.update(report, (all) => ({ ...all, backwards: all.backwards + 1 }))
    }
  })

  yield* Effect.forkScoped(Effect.forever(watch))
  yield* Effect.forkScoped(Effect.repeat(Effect.andThen(look, order), Schedule.spaced("100 millis")))
  yield* Effect.forkScoped(
    Effect.repeat(
      Effect.flatMap(
        Ref.get(report),
        (all) => Effect.flatMap(Effect.orDie(Schema.encodeEffect(Report.Line)(all)), Console.log)
      ),
      Schedule.spaced("250 millis")
    )
  )

  const begin = call(
    odeal.call(startPayment({ externalId, amount: Money.make("150.00"), returnUrl: "https://shop.example/odeal" }))
  )
  yield* Effect.repeat(begin, { until: (done) => done, schedule: Schedule.spaced(rest) })
  yield* Effect.forEach(
    Array.from({ length: callers }),
    () => Effect.repeat(call(odeal.call(paymentStatus(externalId))), Schedule.spaced(rest)),
    { concurrency: "unbounded", discard: true }
  )
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(Main)))
