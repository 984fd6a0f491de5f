/**
 * Orders as they come, each handed over at least once in each of its statuses.
 *
 * Dükkango has no webhooks: whoever wants orders polls `orders.current`, which goes on showing an order until its status is
 * acknowledged, and shows it again in its next status (the provider's page `api-reference/orders/success`). The sample on
 * that page acknowledges first and loses the order if it then fails. The feed acknowledges last.
 *
 * **At least once.** An order is acknowledged after its handler succeeded. A crash between the two, or an acknowledgement
 * that is lost, brings the order back: after a crash the handler runs again, without one only the acknowledgement is
 * repeated. Handlers must therefore bear to see an order and status twice, across restarts.
 *
 * **What the provider can not tell.** An acknowledgement names the order and not the status. If the status changes between
 * the last poll and the acknowledgement, the new status is acknowledged with the old one and is not shown. A handler that
 * calls `orders.accept` changes the status itself: the feed does not show it the order as accepted.
 *
 * **One feed per account.** Of all feeds of an account that ask for the same status, in one process or in several that share
 * a token store, one leads: it alone polls and hands over. The others stand by. When the leader ends, one of them takes over
 * within 2 seconds; when its process dies, within 15. A leader that was frozen for so long that another took over hands over
 * nothing more and acknowledges nothing more; what its handlers are at is handed over again by the other.
 *
 * While the store is away nobody can tell who leads. The leader goes on. Those who stand by wait for the store, but not for
 * ever: after `aloneAfter` they go on as well, and orders may be handled by several, because twice is better than never. The
 * same goes for a leader who alone can not reach the store: it goes on until it hears of the one who took over.
 *
 * To serve several consumers, broadcast one feed.
 */
import type { InvalidOptions } from "@entegre/core/InvalidOptions"
import type * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Schedule from "effect/Schedule"
import type * as Stream from "effect/Stream"
import type { DukkangoError } from "./DukkangoError.ts"
import type { Order, OrderKey } from "./DukkangoSchema.ts"

/**
 * What happens in a feed, as it happens. No event has a person's data in it, but a `cause` has what a handler put there.
 *
 * - `Leading`: this feed polls. If the token store is away, another may do so as well.
 * - `Standby`: it does not, because another does; or may, and nobody can tell while the token store is away.
 * - `Polled`: the provider answered, with so many orders that could be read and so many that could not.
 * - `PollFailed`: it did not; the feed goes on by its schedule.
 * - `Unreadable`: an order is not as documented. Told once, for as long as the provider goes on showing it.
 * - `HandlerFailed`: a handler failed, died or took too long; the order comes back after `retryAfter`.
 * - `GivenUp`: a handler failed for the last time. The order is not handed over again in this status.
 * - `Acknowledged`: the provider was told that an order in this status was taken care of.
 * - `AcknowledgeFailed`: it could not be told; that is repeated when it shows the order again.
 */
export type OrderEvent = Data.TaggedEnum<{
  Leading: { readonly storeAway: boolean }
  Standby: { readonly storeAway: boolean }
  Polled: { readonly orders: number; readonly unreadable: number }
  PollFailed: { readonly error: DukkangoError }
  Unreadable: { readonly orderKey: string | undefined; readonly problem: string }
  HandlerFailed: Attempt & { readonly retryAfter: Duration.Duration }
  GivenUp: Attempt
  Acknowledged: { readonly orderKey: OrderKey; readonly statusId: number }
  AcknowledgeFailed: { readonly orderKey: OrderKey; readonly statusId: number; readonly error: DukkangoError }
}>

interface Attempt {
  readonly orderKey: OrderKey
  readonly statusId: number
  /** Which attempt this was, beginning with 1. */
  readonly attempt: number
  readonly cause: Cause.Cause<unknown>
}

/**
 * What happens in a feed, as it happens.
 */
export const OrderEvent = Data.taggedEnum<OrderEvent>()

/**
 * How a feed polls, and whom it tells.
 */
export interface FeedOptions<R = never> {
  /** Only orders in this status. Default: all that wait for an acknowledgement. */
  readonly statusId?: number | undefined
  /**
   * How long to wait between two polls; the cooldown is kept anyway. When it ends the feed ends. Default: the cooldown,
   * without end.
   */
  readonly schedule?: Schedule.Schedule<unknown, unknown> | undefined
  /**
   * Whether this feed stands by while another of the account runs that asks for the same status, in whatever process that
   * shares the token store. Without it both hand over the same orders. Default: true.
   */
  readonly exclusive?: boolean | undefined
  /**
   * How long the token store may be away before a feed that stands by goes on, though another may run. Default: 1 minute.
   */
  readonly aloneAfter?: Duration.Input | undefined
  /** Called for each event, and waited for. Default: {@link log}. */
  readonly onEvent?: ((event: OrderEvent) => Effect.Effect<unknown, never, R>) | undefined
}

/**
 * How a feed hands orders to a handler.
 */
export interface RunOptions<E = never, R = never, E2 = never> extends FeedOptions<R> {
  /** How many orders are handled at once; a further poll waits for them. Default: 4. */
  readonly concurrency?: number | undefined
  /** How long a handler may take before it counts as failed. Default: 2 minutes. */
  readonly timeout?: Duration.Input | undefined
  /**
   * How long to wait before an order whose handler failed is handed over again: at the first poll after that, if the
   * provider still shows it. When it ends the order is given up. Default: 5 times, after 15, 30, 60, 120 and 240 seconds.
   */
  readonly retry?: Schedule.Schedule<unknown, Cause.Cause<E | Cause.TimeoutError>> | undefined
  /**
   * What becomes of an order that is given up: a place to put it aside. If it succeeds the order is acknowledged. Default:
   * none, the order is not acknowledged and comes back when the feed is started again.
   */
  readonly onGivenUp?:
    | ((order: Order, cause: Cause.Cause<E | Cause.TimeoutError>) => Effect.Effect<unknown, E2, R>)
    | undefined
  /** How long handlers may go on when the feed is interrupted; zero interrupts them at once. Default: 30 seconds. */
  readonly grace?: Duration.Input | undefined
}

/**
 * An order in one of its statuses, for those who consume the stream themselves. It is in hand until one of its effects has
 * run: as long as that, it is not handed over again.
 */
export interface Delivery {
  /** The order. */
  readonly order: Order
  /** How often it has been handed over in this status, beginning with 1. */
  readonly attempt: number
  /**
   * Says that the order was taken care of. If the provider can not be told now, that is repeated when it shows the order
   * again. A feed that leads no more tells nothing: whoever leads now hands the order over again.
   */
  readonly acknowledge: Effect.Effect<void, DukkangoError>
  /** Has the order handed over again, at the first poll after a delay. */
  readonly handBack: (delay: Duration.Input) => Effect.Effect<void>
  /** Has the order not handed over again in this status. */
  readonly giveUp: Effect.Effect<void>
}

/**
 * Orders as they come.
 */
export interface OrderFeed {
  /**
   * Polls for orders and hands each to a handler until it is interrupted; while another feed of the account runs, stands by.
   * Outages do not end it; it fails only if an option can not be used.
   *
   * ```ts
   * yield* dukkango.orders.run((order) => kitchen.print(order), { concurrency: 2 })
   * ```
   */
  readonly run: <E = never, R = never, R2 = never, E2 = never>(
    handler: (order: Order) => Effect.Effect<unknown, E, R>,
    options?: RunOptions<E, R2, E2>
  ) => Effect.Effect<void, InvalidOptions, R | R2>
  /**
   * The stream under {@link run}. The next poll is made when what the last one brought has been pulled.
   */
  readonly feed: <R = never>(options?: FeedOptions<R>) => Stream.Stream<Delivery, InvalidOptions, R>
}

/**
 * Logs an event: what needs attention as a warning, the rest for debugging. Logs no cause, which may have a person's data
 * in it.
 */
export const log = (event: OrderEvent): Effect.Effect<void> => {
  switch (event._tag) {
    case "Leading":
      return event.storeAway
        ? Effect.logWarning("The order feed goes on without the token store: another may run as well")
        : Effect.logDebug("The order feed leads")
    case "Standby":
      return event.storeAway
        ? Effect.logWarning("The order feed stands by: the token store can not be reached")
        : Effect.logDebug("The order feed stands by while another runs")
    case "Polled":
      return Effect.logDebug(`${event.orders} orders, ${event.unreadable} unreadable`)
    case "PollFailed":
      return Effect.logWarning(`The orders could not be read: ${event.error.message}`)
    case "Unreadable":
      return Effect.logWarning(`Order ${event.orderKey ?? "(no key)"} can not be read: ${event.problem}`)
    case "HandlerFailed":
      return Effect.logWarning(`${name(event)} could not be handled (attempt ${event.attempt})`)
    case "GivenUp":
      return Effect.logError(`${name(event)} was given up after attempt ${event.attempt}`)
    case "Acknowledged":
      return Effect.logDebug(`${name(event)} was acknowledged`)
    case "AcknowledgeFailed":
      return Effect.logWarning(`${name(event)} could not be acknowledged: ${event.error.message}`)
  }
}

const name = (event: { readonly orderKey: OrderKey; readonly statusId: number }): string =>
  `Order ${event.orderKey} in status ${event.statusId}`
