/**
 * Hands what a feed brings to a handler.
 */
import { InvalidOptions, positiveDuration } from "@entegre/core/InvalidOptions"
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { Order, OrderKey } from "../DukkangoSchema.ts"
import { OrderEvent, type RunOptions } from "../OrderFeed.ts"
import * as Feed from "./feed.ts"
import type { Entry } from "./ledger.ts"

const standardRetry = Schedule.exponential("15 seconds").pipe(Schedule.upTo({ times: 5 }))

const settingsOf = Effect.fnUntraced(function*<E, R, E2>(options: RunOptions<E, R, E2>) {
  const { concurrency = 4 } = options
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    return yield* new InvalidOptions({ option: "concurrency", problem: "must be a positive whole number" })
  }
  return {
    concurrency,
    timeout: yield* positiveDuration("timeout", options.timeout ?? "2 minutes"),
    grace: Duration.fromInputUnsafe(options.grace ?? "30 seconds"),
    retry: options.retry ?? standardRetry,
    onGivenUp: options.onGivenUp
  }
})

export const run = Effect.fnUntraced(function*<E, R, R2, E2>(
  source: Feed.Source,
  handler: (order: Order) => Effect.Effect<unknown, E, R>,
  options: RunOptions<E, R2, E2>
): Effect.fn.Return<void, InvalidOptions, R | R2 | Scope.Scope> {
  type Failure = Cause.Cause<E | Cause.TimeoutError>

  const { concurrency, grace, onGivenUp, retry, timeout } = yield* settingsOf(options)
  const { emit, handedOver } = yield* Feed.start(source, options)
  const permits = Semaphore.makeUnsafe(concurrency)
  const inTurn = oneAtATime<OrderKey>()
  // What the schedule has come to lives as long as the feed remembers the order.
  const policies = new WeakMap<Entry, (now: number, cause: Failure) => Effect.Effect<Duration.Duration | undefined>>()

  const nextDelay = Effect.fnUntraced(function*(entry: Entry, cause: Failure) {
    const policy = policies.get(entry) ?? (yield* stepper(retry))
    policies.set(entry, policy)
    return yield* policy(yield* Clock.currentTimeMillis, cause)
  })

  const failed = Effect.fnUntraced(function*({ delivery, entry }: Feed.HandedOver, cause: Failure) {
    const attempt = { ...Feed.subjectOf(delivery.order), attempt: delivery.attempt, cause }
    const retryAfter = yield* nextDelay(entry, cause)
    if (retryAfter !== undefined) {
      yield* delivery.handBack(retryAfter)
      return yield* emit(OrderEvent.HandlerFailed({ ...attempt, retryAfter }))
    }
    yield* delivery.giveUp
    yield* emit(OrderEvent.GivenUp(attempt))
    if (onGivenUp === undefined) return
    const putAside = yield* Effect.exit(
      Effect.timeout(Effect.suspend(() => onGivenUp(delivery.order, cause)), timeout)
    )
    if (Exit.isSuccess(putAside)) yield* Effect.ignore(delivery.acknowledge)
  })

  const handle = (handedOver: Feed.HandedOver): Effect.Effect<void, never, R | R2> => {
    const { acknowledge, order } = handedOver.delivery
    return Effect.suspend(() => handler(order)).pipe(
      Effect.timeout(timeout),
      Effect.matchCauseEffect({
        onFailure: (cause) => failed(handedOver, cause),
        onSuccess: () => Effect.ignore(acknowledge)
      }),
      inTurn(order.key)
    )
  }

  const inHand = yield* FiberSet.make<void, never>()
  const handAll = Stream.runForEach(handedOver, (order) =>
    Effect.andThen(
      permits.take(1),
      Effect.flatMap(order.begin, (begins) =>
        begins
          ? Effect.asVoid(FiberSet.run(inHand, Effect.ensuring(handle(order), permits.release(1))))
          : Effect.asVoid(permits.release(1)))
    ))
  // Closing the set interrupts whoever is still at work after the grace; then the lead is given back.
  return yield* Effect.andThen(handAll, FiberSet.awaitEmpty(inHand)).pipe(
    Effect.onInterrupt(() => Effect.timeoutOption(FiberSet.awaitEmpty(inHand), grace))
  )
}, Effect.scoped)

/** Steps a schedule; answers its delay, and nothing when it has ended. */
const stepper = <Input>(schedule: Schedule.Schedule<unknown, Input>) =>
  Effect.map(Schedule.toStep(schedule), (step) => (now: number, input: Input) =>
    Effect.matchCause(step(now, input), {
      onFailure: () => undefined,
      onSuccess: ([, delay]) => delay
    }))

/** Runs effects with the same key one after the other. */
const oneAtATime = <Key>() => {
  const turns = new Map<Key, { readonly semaphore: Semaphore.Semaphore; users: number }>()
  return (key: Key) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      const turn = turns.get(key) ?? { semaphore: Semaphore.makeUnsafe(1), users: 0 }
      turns.set(key, turn)
      turn.users++
      return Effect.ensuring(
        turn.semaphore.withPermit(effect),
        Effect.sync(() => {
          if (--turn.users === 0) turns.delete(key)
        })
      )
    })
}
