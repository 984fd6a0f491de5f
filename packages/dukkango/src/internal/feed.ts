/**
 * The order feed: polls, remembers, hands over, acknowledges; and stands by while another of the account does.
 */
import { InvalidOptions, positiveDuration } from "@entegre/core/InvalidOptions"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { DukkangoError } from "../DukkangoError.ts"
import type { Order, OrderKey } from "../DukkangoSchema.ts"
import { type Delivery, type FeedOptions, log, OrderEvent } from "../OrderFeed.ts"
import * as Lead from "./lead.ts"
import { type Entry, Ledger } from "./ledger.ts"

/** An order that is not as documented. */
export interface Unreadable {
  readonly orderKey: string | undefined
  readonly problem: string
}

/** What a feed needs of the provider. */
export interface Source {
  readonly poll: (
    statusId: number | undefined
  ) => Effect.Effect<ReadonlyArray<Result.Result<Order, Unreadable>>, DukkangoError>
  readonly acknowledge: (key: OrderKey) => Effect.Effect<void, DukkangoError>
  /** How long to wait between two polls if nobody says anything else. */
  readonly interval: Duration.Duration
  /** Tries to lead the feeds of the account that ask for this status. */
  readonly campaign: (
    statusId: number | undefined,
    options: Pick<Lead.Options, "aloneAfter" | "emit">
  ) => Effect.Effect<Lead.Lead, never, Scope.Scope>
}

/** A delivery, and what the feed remembers of it as long as the provider shows the order. */
export interface HandedOver {
  readonly delivery: Delivery
  readonly entry: Entry
  /** To be asked before it is handed to anybody: false if this feed leads no more; then it is not handed over. */
  readonly begin: Effect.Effect<boolean>
}

/** A feed that has begun. */
export interface Started {
  readonly handedOver: Stream.Stream<HandedOver>
  /** Tells an event to whoever wants to know. */
  readonly emit: (event: OrderEvent) => Effect.Effect<void>
}

/** How many acknowledgements are repeated at once. */
const concurrency = 4

/** What identifies a delivery in events. */
export const subjectOf = ({ key, statusId }: Order) => ({ orderKey: key, statusId })

export const start = Effect.fnUntraced(function*<R>(
  source: Source,
  options: FeedOptions<R>
): Effect.fn.Return<Started, InvalidOptions, R | Scope.Scope> {
  const { exclusive = true, onEvent = log, schedule = Schedule.spaced(source.interval), statusId } = options
  if (statusId !== undefined && !Number.isInteger(statusId)) {
    return yield* new InvalidOptions({ option: "statusId", problem: "must be a whole number" })
  }
  const aloneAfter = yield* positiveDuration("aloneAfter", options.aloneAfter ?? "1 minute")
  const context = yield* Effect.context<R>()
  const ledger = new Ledger()

  // An observer that dies must not take the feed with it.
  const emit = (event: OrderEvent): Effect.Effect<void> =>
    Effect.ignoreCause(Effect.provideContext(Effect.suspend(() => onEvent(event)), context))

  const lead = exclusive ? yield* source.campaign(statusId, { aloneAfter, emit }) : Lead.always

  const acknowledge = (entry: Entry): Effect.Effect<void, DukkangoError> =>
    Effect.flatMap(lead.holds, (holds) => {
      entry.state = "inHand"
      // Dükkango would acknowledge the order in its newer status, which nobody has taken care of; and what is newer only the
      // one knows who leads.
      if (!holds || !ledger.isNewest(entry)) return Effect.void
      const subject = subjectOf(entry.order)
      return source.acknowledge(entry.order.key).pipe(
        Effect.tap(() => {
          entry.acknowledgedDuring = ledger.poll
          return emit(OrderEvent.Acknowledged(subject))
        }),
        Effect.tapError((error) => emit(OrderEvent.AcknowledgeFailed({ ...subject, error })))
      )
    }).pipe(
      Effect.ensuring(Effect.sync(() => {
        entry.state = "handled"
      }))
    )

  const deliveryOf = (entry: Entry): Delivery => ({
    order: entry.order,
    attempt: entry.attempt,
    acknowledge: acknowledge(entry),
    handBack: (delay) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        entry.state = "handedBack"
        entry.notBefore = now + Duration.toMillis(delay)
      }),
    giveUp: Effect.sync(() => {
      entry.state = "givenUp"
    })
  })

  const begin = (entry: Entry): Effect.Effect<boolean> =>
    Effect.tap(lead.holds, (holds) =>
      Effect.sync(() => {
        if (!holds) ledger.withdraw(entry)
      }))

  const tellUnreadable = (unreadable: ReadonlyArray<Unreadable>): Effect.Effect<void> => {
    const named = unreadable.map((order) => ({ order, name: order.orderKey ?? order.problem }))
    const news = ledger.news(named.map(({ name }) => name))
    return Effect.forEach(
      named.filter(({ name }) => news.has(name)),
      ({ order }) => emit(OrderEvent.Unreadable(order)),
      { discard: true }
    )
  }

  // What is new comes first: acknowledgements that the provider does not take must not hold it up, nor the next poll.
  const take = Effect.fnUntraced(function*(shown: ReadonlyArray<Result.Result<Order, Unreadable>>) {
    const orders = shown.flatMap((order) => Result.isSuccess(order) ? [order.success] : [])
    const unreadable = shown.flatMap((order) => Result.isFailure(order) ? [order.failure] : [])
    const { acknowledge: again, handOver } = ledger.shown(orders, yield* Clock.currentTimeMillis)
    yield* emit(OrderEvent.Polled({ orders: orders.length, unreadable: unreadable.length }))
    yield* tellUnreadable(unreadable)
    const acknowledgeAgain = Effect.forEach(again, (entry) => Effect.ignore(acknowledge(entry)), { concurrency }).pipe(
      Effect.timeoutOption(source.interval)
    )
    return Stream.concat(
      Stream.map(
        Stream.fromIterable(handOver),
        (entry): HandedOver => ({ entry, delivery: deliveryOf(entry), begin: begin(entry) })
      ),
      Stream.fromEffectDrain(acknowledgeAgain)
    )
  })

  const poll: Effect.Effect<Stream.Stream<HandedOver>> = Effect.suspend(() => {
    ledger.begin()
    return Effect.matchEffect(source.poll(statusId), {
      onFailure: (error) => Effect.as(emit(OrderEvent.PollFailed({ error })), Stream.empty),
      onSuccess: take
    })
  })
  const polls = Stream.fromEffectSchedule(Effect.andThen(lead.held, poll), schedule)

  return { handedOver: Stream.flatMap(polls, (shown) => shown), emit }
})

export const stream = <R>(source: Source, options: FeedOptions<R>): Stream.Stream<Delivery, InvalidOptions, R> =>
  Stream.unwrap(
    Effect.map(start(source, options), ({ handedOver }) =>
      handedOver.pipe(
        Stream.rechunk(1),
        Stream.filterEffect(({ begin }) => begin),
        Stream.map(({ delivery }) => delivery)
      ))
  )
