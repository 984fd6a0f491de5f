/**
 * The right to ask an issuer: a lease of the token store, or, while the store is away, an issuer that does no harm
 * without one.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type { Lease, TokenRecord, TokenStoreError } from "../TokenStore.ts"
import { bounded, type Environment } from "./environment.ts"
import { monotonic } from "./monotonic.ts"
import { newerThanOurs, type Offset, offsetSince } from "./record.ts"
import { closed, failed, type Outcome, type Subject } from "./subject.ts"

/** The right to ask the issuer: under a lease, or alone because the store is away. */
export interface Permit {
  readonly lease: Lease | undefined
  readonly record: TokenRecord | undefined
  readonly offset: Offset
  /** The number of the token set that it brings. */
  generation: number
  /** Until when the lease surely runs, on the local monotonic clock; past, as soon as a request was sent under it. */
  leasedUntil: number
  /** The refresh token in the record may have been spent: it is struck out for every cache. */
  struck: boolean
  ended: boolean
}

/** How long a lease outlasts the request that is sent under it. */
const leaseMargin = 5_000

/** How often a held lease is looked at again, should a notice be lost. */
const pollInterval = 250

export const take = Effect.fnUntraced(function*(
  env: Environment,
  subject: Subject
): Effect.fn.Return<Permit | Outcome> {
  const timeToLive = Duration.millis(subject.issuer.timeout + leaseMargin + env.settings.storeTimeout)
  for (;;) {
    const asked = monotonic(env.clock)
    const askedAt = env.clock.currentTimeMillisUnsafe()
    const acquired = yield* Effect.result(
      bounded(
        env,
        "acquire",
        env.store.acquire(subject.key, { owner: env.nextOwner(), timeToLive, known: subject.known() })
      )
    )
    if (Result.isFailure(acquired)) return withoutStore(env, subject, acquired.failure)
    const acquisition = acquired.success
    const offset = offsetSince(env, askedAt, acquisition.now)
    if (acquisition._tag === "Acquired") {
      const { lease, record } = acquisition
      subject.learn(lease.fence)
      const have = subject.have?.generation ?? 0
      const stored = record?.generation ?? 0
      // A lease that was not ended may have spent the refresh token. A store that has less than this cache has told others
      // nothing of it, or has lost what they did. Either doubt outlives this attempt, because the sign of it does not.
      const doubted = subject.issuer.rotation !== "reusable" &&
        (subject.takeDoubt() || acquisition.unfinished || stored < have)
      if (doubted) subject.doubt(Math.max(have, stored))
      return {
        lease,
        record,
        offset,
        generation: lease.fence,
        leasedUntil: asked + Duration.toMillis(timeToLive),
        struck: doubted,
        ended: false
      }
    }
    const sibling = newerThanOurs(env, subject, acquisition.record, offset)
    if (sibling !== undefined) return sibling
    const patience = subject.patienceEndsAt - env.clock.currentTimeMillisUnsafe()
    if (patience <= 0) return failed({ _tag: "Issuer", problem: "busy" })
    const waited = yield* Effect.exit(Effect.interruptible(
      Effect.timeoutOption(subject.noticed, Math.max(1, Math.min(acquisition.remaining, pollInterval, patience)))
    ))
    if (Exit.isFailure(waited)) return closed
  }
})

/** The store is away. Who may go on alone does; the others keep what they have and fail when that ends. */
const withoutStore = (env: Environment, subject: Subject, error: TokenStoreError): Permit | Outcome => {
  subject.emit({ _tag: "StoreUnavailable", operation: error.operation, problem: error.problem })
  if (subject.issuer.rotation !== "reusable" && !env.settings.aloneWithoutStore) return failed({ _tag: "Store" })
  return {
    lease: undefined,
    record: undefined,
    offset: { least: 0, most: 0 },
    generation: nextGeneration(subject),
    leasedUntil: Number.POSITIVE_INFINITY,
    struck: false,
    ended: true
  }
}

/** A number for a token set that no fencing number is for. */
const nextGeneration = (subject: Subject): number => {
  const generation = subject.known() + 1
  subject.learn(generation)
  return generation
}

/** Whether the lease outlasts a request that is sent now. */
export const outlasts = (env: Environment, subject: Subject, permit: Permit): boolean =>
  permit.leasedUntil - monotonic(env.clock) >= subject.issuer.timeout + env.settings.storeTimeout

/** Prolongs a lease that has run for long, if it is still the newest one. */
export const prolong = (env: Environment, subject: Subject, permit: Permit, lease: Lease): Effect.Effect<void> =>
  Effect.suspend(() => {
    const asked = monotonic(env.clock)
    const timeToLive = subject.issuer.timeout + env.settings.storeTimeout + leaseMargin
    return bounded(env, "extend", env.store.extend(lease, Duration.millis(timeToLive))).pipe(
      Effect.map((extended) => {
        if (extended) permit.leasedUntil = asked + timeToLive
      }),
      Effect.ignore
    )
  })

/** Ends a lease under which no token set was written. */
export const endUnwritten = (env: Environment, permit: Permit, lease: Lease): Effect.Effect<void> => {
  const record = standing(permit)
  return Effect.ignore(
    record !== permit.record && record !== undefined
      ? bounded(env, "write", env.store.write(lease, record))
      : bounded(env, "release", env.store.release(lease))
  )
}

/** The record as it was found, without a refresh token that may have been spent. */
export const standing = (permit: Permit): TokenRecord | undefined =>
  permit.struck && permit.record?.tokens?.refreshToken !== undefined
    ? { ...permit.record, tokens: { ...permit.record.tokens, refreshToken: undefined } }
    : permit.record
