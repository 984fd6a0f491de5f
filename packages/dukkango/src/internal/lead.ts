/**
 * Who runs a feed, of all who would: one at a time, over all processes that share a token store.
 *
 * Whoever leads has the one place of an allowance and extends it. When it ends it gives the place back; when it dies the
 * place is free by itself, and one of those who stand by takes it.
 *
 * While the store is away nobody can tell whether another leads. Whoever leads goes on. Those who stand by wait for the
 * store to come back, but not for ever: an order that is handled twice is better than one that nobody sees.
 */
import * as Quota from "@entegre/core/Quota"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Latch from "effect/Latch"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { OrderEvent } from "../OrderFeed.ts"

export interface Lead {
  /** Whether this one leads now. */
  readonly holds: Effect.Effect<boolean>
  /** Waits until it does. */
  readonly held: Effect.Effect<void>
}

/** The lead of one who asks nobody. */
export const always: Lead = { holds: Effect.succeed(true), held: Effect.void }

/** How long after its last sign a leader counts as dead. */
const period = Duration.seconds(15)
/** How often a leader gives a sign. */
const signInterval = Duration.seconds(5)
/** How often those who stand by look whether the place was given back. */
const lookInterval = Duration.seconds(2)

/**
 * - `idle`: nothing was tried yet.
 * - `standby`: another leads, or may lead.
 * - `leading`: nobody else leads, at least `until` then.
 * - `alone`: the store is away, and another may lead as well.
 */
type State =
  | { readonly _tag: "idle" }
  | { readonly _tag: "standby"; readonly storeAway: boolean }
  | { readonly _tag: "leading"; readonly until: number }
  | { readonly _tag: "alone" }

export interface Options {
  readonly quota: Quota.Service
  readonly allowance: Quota.Allowance
  /** How long the store may be away before one who stands by goes on alone. */
  readonly aloneAfter: Duration.Duration
  /** Is told who leads, when that changes. */
  readonly emit: (event: OrderEvent) => Effect.Effect<void>
}

/** Tries to lead for as long as the scope lives. */
export const campaign = Effect.fnUntraced(function*(
  { allowance, aloneAfter, emit, quota }: Options
): Effect.fn.Return<Lead, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const newTicket = yield* Quota.tickets
  const tell = yield* latestOnly(emit)
  const decided = Latch.makeUnsafe()
  const ticket = newTicket()
  let state: State = { _tag: "idle" }
  let awaySince: number | undefined

  const now = (): number => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
  const isHeld = (): boolean => state._tag === "alone" || (state._tag === "leading" && now() < state.until)

  const become = (next: State): Effect.Effect<void> =>
    Effect.suspend(() => {
      const before = eventOf(state)
      const after = eventOf(next)
      state = next
      return after === undefined || Equal.equals(before, after) ? Effect.void : tell(after)
    })

  const take = quota.take(allowance, { ticket, limit: 1, period })
  const extendOrTake = Effect.flatMap(
    quota.extend(allowance, ticket, period),
    (extended) => extended ? Effect.succeed(Duration.zero) : take
  )
  // When the store is back, whoever went on alone comes first.
  const look = Effect.as(quota.remaining(allowance, 1), signInterval)
  const ask = (): typeof take => {
    if (state._tag === "leading") return extendOrTake
    return state._tag === "standby" && state.storeAway ? look : take
  }

  /** Tries once; answers when to try again. */
  const attempt = Effect.gen(function*() {
    const asked = now()
    const wait = yield* Effect.result(ask())
    if (Result.isFailure(wait)) {
      awaySince ??= asked
      if (isHeld()) return lookInterval
      const isLong = now() - awaySince >= Duration.toMillis(aloneAfter)
      yield* become(state._tag === "leading" || isLong ? { _tag: "alone" } : { _tag: "standby", storeAway: true })
      return lookInterval
    }
    awaySince = undefined
    if (Duration.isZero(wait.success)) {
      yield* become({ _tag: "leading", until: asked + Duration.toMillis(period) })
      return signInterval
    }
    const isBack = state._tag === "standby" && state.storeAway
    yield* become({ _tag: "standby", storeAway: false })
    return isBack ? signInterval : Duration.min(wait.success, lookInterval)
  })

  yield* Effect.addFinalizer(() => Effect.ignore(quota.giveBack(allowance, ticket)))
  yield* attempt.pipe(
    Effect.tap(() => decided.release),
    Effect.flatMap(Effect.sleep),
    Effect.forever,
    Effect.forkScoped({ startImmediately: true })
  )

  const held: Effect.Effect<void> = Effect.suspend(() => isHeld() ? Effect.void : Effect.andThen(decided.await, held))
  return { holds: Effect.sync(isHeld), held }
})

const eventOf = (state: State): OrderEvent | undefined => {
  switch (state._tag) {
    case "idle":
      return undefined
    case "standby":
      return OrderEvent.Standby({ storeAway: state.storeAway })
    case "leading":
      return OrderEvent.Leading({ storeAway: false })
    case "alone":
      return OrderEvent.Leading({ storeAway: true })
  }
}

/** Tells events in the background, one at a time: whoever falls behind hears the latest. */
const latestOnly = Effect.fnUntraced(function*(
  emit: (event: OrderEvent) => Effect.Effect<void>
): Effect.fn.Return<(event: OrderEvent) => Effect.Effect<void>, never, Scope.Scope> {
  const scope = yield* Effect.scope
  let latest: OrderEvent | undefined
  let telling = false

  const tellAll: Effect.Effect<void> = Effect.suspend(() => {
    const event = latest
    latest = undefined
    telling = event !== undefined
    return event === undefined ? Effect.void : Effect.andThen(emit(event), tellAll)
  })

  return (event) =>
    Effect.suspend(() => {
      latest = event
      return telling ? Effect.void : Effect.asVoid(Effect.forkIn(tellAll, scope, { startImmediately: true }))
    })
})
