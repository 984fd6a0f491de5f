import { type Options as CacheOptions, type Service, TokenCache } from "@entegre/core/TokenCache"
import type { TokenEvent } from "@entegre/core/TokenEvent"
import { type Clock, Duration, Effect, PubSub, Redacted } from "effect"
import * as ModelIssuer from "./modelIssuer.ts"

/** A cache with a model issuer, and the events so far. */
export const open = Effect.fnUntraced(function*(
  options: ModelIssuer.Options = {},
  cacheOptions: CacheOptions = {}
) {
  const provider = yield* ModelIssuer.make(options)
  const cache = yield* TokenCache.make(cacheOptions)
  const tokens = yield* cache.open(provider.issuer)
  const events = yield* record(cache)
  return { provider, counts: provider.counts, cache, tokens, events }
})

/** Everything that a cache tells from now on. */
export const record = Effect.fnUntraced(function*(cache: Service) {
  const subscription = yield* cache.subscribe
  const seen: Array<TokenEvent> = []
  const all = Effect.map(PubSub.takeUpTo(subscription, Number.MAX_SAFE_INTEGER), (events) => {
    seen.push(...events)
    return seen
  })
  return {
    all,
    tags: Effect.map(all, (events) => events.map((event) => event._tag)),
    of: <Tag extends TokenEvent["_tag"]>(tag: Tag) =>
      Effect.map(
        all,
        (events) => events.filter((event): event is Extract<TokenEvent, { readonly _tag: Tag }> => event._tag === tag)
      )
  }
})

export const valueOf = (token: { readonly value: Redacted.Redacted<string> }): string => Redacted.value(token.value)

/** The same effect for so many callers at once. */
export const crowd = <A, E, R>(size: number, effect: Effect.Effect<A, E, R>): Effect.Effect<ReadonlyArray<A>, E, R> =>
  Effect.forEach(Array.from({ length: size }), () => effect, { concurrency: "unbounded" })

/** A clock on which one sleeps in another way. */
export const sleepingBy = (clock: Clock.Clock, sleep: Clock.Clock["sleep"]): Clock.Clock => ({
  currentTimeMillis: clock.currentTimeMillis,
  currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe(),
  currentTimeNanos: clock.currentTimeNanos,
  currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
  monotonicTimeNanos: clock.monotonicTimeNanos,
  monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
  sleep
})

/**
 * The clock without its timers: what runs on it is like a process that was frozen, which nobody wakes when its time is over.
 */
export const frozen = Effect.clockWith((clock) =>
  Effect.succeed(
    sleepingBy(clock, (duration) => Duration.isZero(duration) ? clock.sleep(duration) : Effect.never)
  )
)
