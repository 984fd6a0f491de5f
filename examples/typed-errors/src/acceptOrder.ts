/**
 * The code of an application: accepts an order, and says what the kitchen's screen should show.
 */
import { Dukkango, type DukkangoSchema } from "@entegre/dukkango"
import { Duration, Effect } from "effect"

/** What the kitchen sees. */
export type Screen =
  | { readonly _tag: "Accepted" }
  | { readonly _tag: "Gone" }
  | { readonly _tag: "CheckFirst"; readonly how: string }
  | { readonly _tag: "TryLater"; readonly seconds: number }
  | { readonly _tag: "CallSupport"; readonly why: string }

/**
 * Accepts an order. Every failure is handled by its type: what may have happened is not what surely did not.
 */
export const acceptOrder = (key: DukkangoSchema.OrderKey, minutes: number): Effect.Effect<Screen, never, Dukkango> =>
  Dukkango.use(({ orders }) => orders.accept(key, { preparingTime: minutes })).pipe(
    Effect.as<Screen>({ _tag: "Accepted" }),
    Effect.catchReasons("DukkangoError", {
      OrderNotFound: () => Effect.succeed<Screen>({ _tag: "Gone" }),
      // Sent, and not answered: the order may be accepted. Accepting it again is not ours to decide.
      OutcomeUnknown: ({ findOut }) => Effect.succeed<Screen>({ _tag: "CheckFirst", how: findOut }),
      // Surely not sent, or not served: nothing has happened.
      NotSent: () => Effect.succeed<Screen>({ _tag: "TryLater", seconds: 5 }),
      IssuerUnavailable: ({ retryAfter }) =>
        Effect.succeed<Screen>({ _tag: "TryLater", seconds: Math.ceil(Duration.toSeconds(retryAfter)) }),
      InvalidRequest: ({ field, problem }) =>
        Effect.succeed<Screen>({ _tag: "CallSupport", why: `${field}: ${problem}` })
    }, (reason) => Effect.succeed<Screen>({ _tag: "CallSupport", why: reason.message }))
  )
