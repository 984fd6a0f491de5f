/**
 * Follows the events of the token cache for as long as a scope lives.
 */
import * as Effect from "effect/Effect"
import * as PubSub from "effect/PubSub"
import type * as Scope from "effect/Scope"
import { TokenCache } from "../TokenCache.ts"
import type { TokenEvent } from "../TokenEvent.ts"

/** Does something at each event, one after the other; what has happened by the end of the scope is not left out. */
export const follow = <R>(
  each: (event: TokenEvent) => Effect.Effect<void, never, R>
): Effect.Effect<void, never, R | Scope.Scope | TokenCache> =>
  Effect.gen(function*() {
    const events = yield* (yield* TokenCache).subscribe
    const rest = PubSub.takeUpTo(events, Number.MAX_SAFE_INTEGER)
    yield* Effect.addFinalizer(() => Effect.flatMap(rest, (events) => Effect.forEach(events, each, { discard: true })))
    yield* Effect.uninterruptibleMask((restore) => Effect.flatMap(restore(PubSub.take(events)), each)).pipe(
      Effect.forever,
      Effect.forkScoped
    )
  })
