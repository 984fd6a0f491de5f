/**
 * How often something may be done for an account, and by how many at once, over all who share a token store.
 *
 * Providers limit by account, not by process: a pause between two requests, so many requests a minute, one reader of a
 * list. Each such allowance has a number of **places**. Whoever wants to go on takes a place under a ticket of its own;
 * the place is free again when its period is over, or as soon as it is given back.
 *
 * - a pause between requests: one place, whose period begins anew when the request has been answered (`rest`);
 * - a rate limit: as many places as requests, each with the limit's window for its period;
 * - one at a time: one place that its holder extends until it gives it back.
 *
 * For the makers of provider packages, who get it of the token cache: {@link of}.
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as memoryQuota from "./internal/memoryQuota.ts"
import { monotonic } from "./internal/monotonic.ts"
import type { TokenKey } from "./TokenKey.ts"
import type { TokenStoreError } from "./TokenStore.ts"

/**
 * What is limited: something that an account does, by its name. Compared by value.
 */
export class Allowance extends Data.Class<{
  /** Whose allowance it is. */
  readonly key: TokenKey
  /** What is done, such as an operation's name; it may be shown. */
  readonly name: string
}> {}

/**
 * A wish for a place.
 */
export interface Claim {
  /** Unique to whoever takes the place: whoever takes again under the same ticket has the same place. */
  readonly ticket: string
  /** How many places the allowance has. */
  readonly limit: number
  /** For how long the place is taken if nobody says anything else. */
  readonly period: Duration.Duration
}

/**
 * The operations. Each is atomic, and one round trip where there is a wire. Whoever is interrupted while it takes a place,
 * or is not answered, may have it: it gives the place back, or goes on under the same ticket.
 */
export interface Service<out E = TokenStoreError> {
  /** Takes a place if one is free, and answers zero; answers how long until one is free if none is. */
  readonly take: (allowance: Allowance, claim: Claim) => Effect.Effect<Duration.Duration, E>
  /** How long until a place is free, of so many. Looks only. */
  readonly remaining: (allowance: Allowance, limit: number) => Effect.Effect<Duration.Duration, E>
  /** A place is free again after `period` from now, even if its former period is over already. */
  readonly rest: (allowance: Allowance, ticket: string, period: Duration.Duration) => Effect.Effect<void, E>
  /** The same for a place that is still taken under the ticket; `false` if it is not, and nothing is done. */
  readonly extend: (allowance: Allowance, ticket: string, period: Duration.Duration) => Effect.Effect<boolean, E>
  /** A place is free at once. */
  readonly giveBack: (allowance: Allowance, ticket: string) => Effect.Effect<void, E>
  /** Nobody gets a place for so long; the longest pause counts. */
  readonly pause: (allowance: Allowance, duration: Duration.Duration) => Effect.Effect<void, E>
}

// -----------------------------------------------------------------------------
// For those who take places
// -----------------------------------------------------------------------------

/**
 * The quota of a token cache: over all caches of the store if it shares one, else in memory. It is the same for all who ask.
 *
 * ```ts
 * const quota = Quota.of(yield* TokenCache)
 * ```
 */
export const of = (cache: { readonly quota: (inMemory: () => Service) => Service }): Service =>
  cache.quota(makeMemoryUnsafe)

/**
 * Makes tickets that nobody else has, for one who takes many places.
 */
export const tickets: Effect.Effect<() => string> = /* @__PURE__ */ Effect.gen(function*() {
  const owner = `${(yield* Random.nextInt).toString(36)}${(yield* Random.nextInt).toString(36)}`
  let taken = 0
  return () => `${owner}.${++taken}`
})

/**
 * Keeps a place that was taken for as long as an effect runs, though its period is shorter: every third of a period the
 * period begins anew. When the process dies the place is free a period later, without anybody's doing.
 *
 * ```ts
 * const answer = yield* Quota.keeping(quota, allowance, { ticket, period, atMost: "2 minutes" })(request)
 * yield* quota.rest(allowance, ticket, period)
 * ```
 */
export const keeping = (
  quota: Service,
  allowance: Allowance,
  place: Pick<Claim, "period" | "ticket"> & {
    /** For how long at most: an effect that is stuck keeps no place for ever. */
    readonly atMost: Duration.Duration
  }
): <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> => {
  const interval = Duration.toMillis(place.period) / 3
  const times = Math.floor(Duration.toMillis(place.atMost) / interval)
  const keep = Effect.gen(function*() {
    for (let kept = 0; kept < times; kept++) {
      yield* Effect.sleep(interval)
      yield* Effect.ignore(quota.rest(allowance, place.ticket, place.period))
    }
  })
  return (effect) => Effect.acquireUseRelease(Effect.forkChild(keep), () => effect, Fiber.interrupt)
}

/**
 * A quota whose operations all go through a function: one that bounds their time, counts them, or has them fail in a test.
 *
 * ```ts
 * const patient = Quota.transform(quota, (effect) => Effect.retry(effect, { times: 1 }))
 * ```
 */
export const transform = <E, E2>(
  quota: Service<E>,
  through: <A>(effect: Effect.Effect<A, E>, operation: keyof Service) => Effect.Effect<A, E2>
): Service<E2> => ({
  take: (allowance, claim) => through(quota.take(allowance, claim), "take"),
  remaining: (allowance, limit) => through(quota.remaining(allowance, limit), "remaining"),
  rest: (allowance, ticket, period) => through(quota.rest(allowance, ticket, period), "rest"),
  extend: (allowance, ticket, period) => through(quota.extend(allowance, ticket, period), "extend"),
  giveBack: (allowance, ticket) => through(quota.giveBack(allowance, ticket), "giveBack"),
  pause: (allowance, duration) => through(quota.pause(allowance, duration), "pause")
})

/**
 * A quota that always answers: it counts for itself as well, and goes on alone while the shared one is away, which is asked
 * again every 5 seconds. What it knows itself always counts: what this process does stays within the allowance whatever
 * becomes of the store.
 *
 * Taking a place asks the shared quota; what is only told (`rest`, `giveBack`, `pause`) is told in the background. Give it a
 * quota whose operations end, such as that {@link of} a token cache.
 */
export const resilient = /* @__PURE__ */ Effect.fnUntraced(function*(shared: Service): Effect.fn.Return<
  Service<never>,
  never,
  Scope.Scope
> {
  const scope = yield* Effect.scope
  const own = makeMemoryUnsafe()
  let away = false
  let askAgainAt = 0

  const ask = <A>(effect: Effect.Effect<A, TokenStoreError>, alone: A): Effect.Effect<A> =>
    Clock.clockWith((clock) => {
      const later = () => monotonic(clock) + sparedFor
      if (away) {
        if (monotonic(clock) < askAgainAt) return Effect.succeed(alone)
        askAgainAt = later()
      }
      return Effect.match(effect, {
        onSuccess: (answer) => {
          away = false
          return answer
        },
        onFailure: () => {
          away = true
          askAgainAt = later()
          return alone
        }
      })
    })

  const tell = (effect: Effect.Effect<void, TokenStoreError>): Effect.Effect<void> =>
    Effect.suspend(() =>
      scope.state._tag === "Closed"
        ? ask(effect, undefined)
        : Effect.asVoid(Effect.forkIn(ask(effect, undefined), scope, { startImmediately: true }))
    )

  return {
    take: (allowance, claim) =>
      Effect.filterOrElse(own.take(allowance, claim), Duration.isPositive, () =>
        Effect.tap(
          ask(shared.take(allowance, claim), Duration.zero),
          (wait) => Duration.isPositive(wait) ? own.giveBack(allowance, claim.ticket) : Effect.void
        )),
    remaining: (allowance, limit) =>
      Effect.zipWith(
        own.remaining(allowance, limit),
        ask(shared.remaining(allowance, limit), Duration.zero),
        Duration.max
      ),
    rest: (allowance, ticket, period) =>
      Effect.andThen(own.rest(allowance, ticket, period), tell(shared.rest(allowance, ticket, period))),
    extend: (allowance, ticket, period) =>
      Effect.flatMap(
        own.extend(allowance, ticket, period),
        (extended) => extended ? ask(shared.extend(allowance, ticket, period), true) : Effect.succeed(false)
      ),
    giveBack: (allowance, ticket) =>
      Effect.andThen(own.giveBack(allowance, ticket), tell(shared.giveBack(allowance, ticket))),
    pause: (allowance, duration) =>
      Effect.andThen(own.pause(allowance, duration), tell(shared.pause(allowance, duration)))
  }
})

/** For how long a shared quota that did not answer is left alone, in milliseconds. */
const sparedFor = 5_000

// -----------------------------------------------------------------------------
// In memory
// -----------------------------------------------------------------------------

/**
 * A quota in memory.
 */
export interface Memory extends Service<never> {
  /** How many allowances it remembers, those that are over among them. */
  readonly size: Effect.Effect<number>
}

/**
 * A quota in memory, for those who share it: what the store in memory has, and a store of your own may begin with. What is
 * over is forgotten, also what nobody asks about again.
 */
export const makeMemoryUnsafe: () => Memory = memoryQuota.make

/**
 * A quota in memory, for those who share it.
 */
export const makeMemory: Effect.Effect<Memory> = /* @__PURE__ */ Effect.sync(makeMemoryUnsafe)
