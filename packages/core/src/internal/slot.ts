/**
 * The tokens of one key.
 *
 * A slot is a `Ref` with an immutable state (`state.ts`) and the few effects that move it on. What is decided without
 * waiting is decided in one synchronous step on that state, so no interruption can fall between a decision and its
 * consequence.
 */
import type * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as MutableRef from "effect/MutableRef"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import * as Expiry from "../Expiry.ts"
import { KeepAlive } from "../KeepAlive.ts"
import { type Reason, TokenCacheClosed, TokenError, TooManyWaiting } from "../TokenError.ts"
import type { Cause } from "../TokenEvent.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { KeyStatus, Tokens } from "../Tokens.ts"
import type { TokenLife } from "../TokenSchedule.ts"
import type { Token, TokenSet } from "../TokenSet.ts"
import type { Change } from "../TokenStore.ts"
import { bounded, type Environment } from "./environment.ts"
import { type Failure, toReason } from "./failure.ts"
import type { AnyIssuer } from "./issuer.ts"
import * as Renewal from "./renewal.ts"
import * as State from "./state.ts"
import { makeStepper, type Stepper } from "./stepper.ts"
import type { Job } from "./timetable.ts"

/** How many successors a caller waits for before it gives up on a provider whose tokens end as soon as they are there. */
const maxRounds = 4

/** How long a token set that is only in memory waits for its next way to the store, in milliseconds. */
const savingInterval = 1_000

/** The longest `Retry-After` that is obeyed, in milliseconds. */
const longestAskedWait = 5 * 60_000

type Restore = <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>

export class Slot implements Tokens, Job {
  readonly key: TokenKey
  readonly name: string
  due = 0
  position = -1

  readonly #env: Environment
  readonly #state: Ref.Ref<State.State> = Ref.makeUnsafe(State.cold)
  readonly #issuers: Array<AnyIssuer> = []
  /** Whether a token was handed out since the last renewal. */
  #used = false
  /** The highest generation or fencing number that was seen. */
  #known = 0
  /** The refresh token of this generation, and of those before it, may have been spent. */
  #doubtful = 0
  #looking = false
  #noticed: Deferred.Deferred<void> | undefined
  #renewal: Stepper<TokenLife> | undefined
  #retry: Stepper<Reason> | undefined

  constructor(env: Environment, key: TokenKey, name: string) {
    this.#env = env
    this.key = key
    this.name = name
  }

  // ---------------------------------------------------------------------------
  // What callers do
  // ---------------------------------------------------------------------------

  readonly get: Effect.Effect<Token, TokenError> = Effect.suspend(() => {
    const { freshUntil, ready } = Ref.getUnsafe(this.#state)
    if (ready !== undefined && this.#env.clock.currentTimeMillisUnsafe() < freshUntil) {
      this.#used = true
      return ready
    }
    return this.#look(maxRounds)
  })

  reject(token: Token): Effect.Effect<Token, TokenError> {
    return Effect.suspend(() => {
      const now = this.#now()
      if (this.#move(State.rejected(this.#read(), token.generation, now))) {
        this.#emit({ _tag: "Rejected", generation: token.generation })
        this.#plan()
      }
      return this.get
    })
  }

  get forget(): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.#forgetUpTo(this.#read().tokens?.generation ?? 0)
      return bounded(this.#env, "forget", this.#env.store.forget(this.key, Number.MAX_SAFE_INTEGER)).pipe(
        Effect.catch(({ operation, problem }) =>
          Effect.sync(() => this.#emit({ _tag: "StoreUnavailable", operation, problem }))
        )
      )
    })
  }

  get warmUp(): Effect.Effect<void> {
    return Effect.uninterruptible(Effect.withFiber((fiber) => {
      const now = this.#now()
      const state = this.#read()
      return State.usable(state, now) === undefined && State.obstacle(state, now) === undefined &&
          !State.isRenewing(state, now)
        ? this.#start(fiber, now, State.need(state))
        : Effect.void
    }))
  }

  get credentialsChanged(): Effect.Effect<void> {
    return Effect.sync(() => this.#endLockout())
  }

  get status(): Effect.Effect<KeyStatus> {
    return Effect.sync(() => this.statusUnsafe())
  }

  // ---------------------------------------------------------------------------
  // What the cache does
  // ---------------------------------------------------------------------------

  register(issuer: AnyIssuer): void {
    this.#issuers.push(issuer)
    this.#plan()
  }

  unregister(issuer: AnyIssuer): void {
    const index = this.#issuers.indexOf(issuer)
    if (index >= 0) this.#issuers.splice(index, 1)
  }

  statusUnsafe(): KeyStatus {
    return { provider: this.key.provider, key: this.name, ...State.status(this.#read(), this.#now()) }
  }

  /** A cache of the same store, this one or another, has written under this key. */
  notice(change: Change): Effect.Effect<void> {
    return Effect.suspend(() => {
      const waiting = this.#noticed
      this.#noticed = undefined
      if (waiting !== undefined) Deferred.doneUnsafe(waiting, Exit.void)
      const state = this.#read()
      if (state.tokens === undefined || State.isRenewing(state, this.#now())) return Effect.void
      return change.forgotten || change.generation > state.tokens.generation ? this.#readStore : Effect.void
    })
  }

  /** What is due by the timetable. */
  get tick(): Effect.Effect<void> {
    return Effect.uninterruptible(Effect.withFiber((fiber) => {
      const now = this.#now()
      const state = this.#read()
      if (state.lockout !== undefined) return this.#lookAtCredentials(fiber)
      if (State.isRenewing(state, now)) return Effect.void
      if (!state.saved) return this.#fork(fiber, this.#bringToStore)
      return this.#used && this.#mayRenew(state, now) ? this.#start(fiber, now, "window") : Effect.void
    }))
  }

  /** Completes when no renewal is under way. */
  get idle(): Effect.Effect<void> {
    return Effect.suspend(() => {
      const { inFlight } = this.#read()
      return inFlight === undefined ? Effect.void : Effect.ignore(Deferred.await(inFlight.settled))
    })
  }

  /** Tells everybody who waits that the cache is closed. */
  close(): void {
    this.#env.timetable.cancel(this)
    const { inFlight } = this.#read()
    if (inFlight !== undefined) Deferred.doneUnsafe(inFlight.settled, Exit.fail(this.#error(new TokenCacheClosed())))
  }

  // ---------------------------------------------------------------------------
  // Looking and waiting
  // ---------------------------------------------------------------------------

  /**
   * Everything that the look at a fresh token left open. Uninterruptible but for the waiting: between taking the slot
   * and forking the renewal there is no place where an interruption could fall.
   */
  #look(rounds: number): Effect.Effect<Token, TokenError> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.withFiber((fiber) => {
        const issuer = this.#issuers.at(-1)
        if (this.#env.closing || issuer === undefined) return Effect.fail(this.#error(new TokenCacheClosed()))
        const now = this.#now()
        const state = this.#read()
        const usable = State.usable(state, now)
        if (usable !== undefined) {
          this.#used = true
          return this.#mayRenew(state, now) && !State.isRenewing(state, now)
            ? Effect.andThen(this.#start(fiber, now, "window"), usable)
            : usable
        }
        if (State.isRenewing(state, now)) return this.#join(restore, state.inFlight, rounds)
        const obstacle = State.obstacle(state, now)
        if (obstacle !== undefined) return Effect.fail(this.#error(obstacle))
        if (rounds === 0) {
          const { patience } = this.#env.settings
          return Effect.fail(this.#error(toReason({ _tag: "Issuer", problem: "exhausted" }, patience)))
        }
        const inFlight = this.#occupy(issuer, now)
        return Effect.andThen(
          this.#fork(fiber, this.#renew(issuer, inFlight, State.need(state))),
          this.#join(restore, inFlight, rounds)
        )
      })
    )
  }

  #mayRenew(state: State.State, now: number): boolean {
    return now >= state.freshUntil && this.#issuers.length > 0 && State.obstacle(state, now) === undefined
  }

  /** Waits for a renewal and looks again: what it brought may have been refused since. */
  #join(restore: Restore, inFlight: State.InFlight, rounds: number): Effect.Effect<Token, TokenError> {
    const limit = this.#env.settings.maxWaiting
    if (inFlight.waiting >= limit) return Effect.fail(this.#error(new TooManyWaiting({ limit })))
    inFlight.waiting++
    return restore(Deferred.await(inFlight.settled)).pipe(
      Effect.ensuring(Effect.sync(() => inFlight.waiting--)),
      Effect.andThen(restore(this.#look(rounds - 1)))
    )
  }

  // ---------------------------------------------------------------------------
  // Renewing
  // ---------------------------------------------------------------------------

  /** Starts a renewal that nobody waits for. Must be run uninterruptibly, as one step. */
  #start(caller: Fiber.Fiber<unknown, unknown>, now: number, cause: Cause): Effect.Effect<void> {
    const issuer = this.#issuers.at(-1)
    if (issuer === undefined) return Effect.void
    return this.#fork(caller, this.#renew(issuer, this.#occupy(issuer, now), cause))
  }

  #occupy(issuer: AnyIssuer, now: number): State.InFlight {
    const { credentialsTimeout, patience, storeTimeout } = this.#env.settings
    const longest = 2 * patience + 3 * issuer.timeout + 6 * storeTimeout + credentialsTimeout
    const inFlight = State.inFlight(now, now + longest)
    this.#update({ inFlight })
    return inFlight
  }

  /** Runs in the scope and the context of the cache; the host of the caller is told to keep it alive. */
  #fork(caller: Fiber.Fiber<unknown, unknown>, effect: Effect.Effect<void>): Effect.Effect<void> {
    const keepAlive = caller.getRef(KeepAlive)
    const forked = Effect.forkIn(
      Effect.updateContext(effect, (_: Context.Context<never>) => this.#env.context),
      this.#env.scope,
      { startImmediately: true, uninterruptible: true }
    )
    return keepAlive === undefined
      ? Effect.asVoid(forked)
      : Effect.map(forked, (renewal) => keepAlive(Effect.asVoid(Fiber.await(renewal))))
  }

  /** Attempts until one succeeds, or until nobody without a token waits any more. */
  #renew(issuer: AnyIssuer, inFlight: State.InFlight, cause: Cause): Effect.Effect<void> {
    const env = this.#env
    const patienceEndsAt = inFlight.startedAt + env.settings.patience
    return Effect.gen({ self: this }, function*() {
      for (;;) {
        const outcome = yield* this.#attempt(issuer, cause, patienceEndsAt)
        if (outcome._tag !== "Failed") return yield* this.#settle(issuer, inFlight, outcome)
        if (outcome.failure._tag === "Closed") return this.#giveUp(inFlight, outcome.failure, 0)
        const now = this.#now()
        const alive = State.usable(this.#read(), now) !== undefined
        const delay = yield* this.#retryIn(outcome.failure)
        this.#emitFailure(outcome.failure, cause, delay, alive)
        if (alive || inFlight.waiting === 0 || now + delay >= patienceEndsAt) {
          return this.#giveUp(inFlight, outcome.failure, delay)
        }
        const slept = yield* Effect.exit(Effect.interruptible(env.clock.sleep(Duration.millis(delay))))
        if (Exit.isFailure(slept)) return this.#giveUp(inFlight, { _tag: "Closed" }, 0)
      }
    })
  }

  #attempt(issuer: AnyIssuer, cause: Cause, patienceEndsAt: number): Effect.Effect<Renewal.Outcome> {
    const turnstile = this.#env.turnstile(this.key.provider)
    return Effect.flatMap(Effect.exit(Effect.interruptible(turnstile.take(1))), (entered) =>
      Exit.isFailure(entered)
        ? Effect.succeed<Renewal.Outcome>({ _tag: "Failed", failure: { _tag: "Closed" } })
        : Effect.ensuring(
          Renewal.attempt(this.#env, this.#subject(issuer, cause, patienceEndsAt)),
          turnstile.release(1)
        ))
  }

  #subject(issuer: AnyIssuer, cause: Cause, patienceEndsAt: number): Renewal.Subject {
    const state = this.#read()
    return {
      key: this.key,
      issuer,
      cause,
      have: state.tokens,
      rejected: state.rejected,
      doubtful: this.#doubtful,
      credentialsChanged: state.credentialsChanged,
      known: () => this.#known,
      learn: (generation) => {
        this.#known = Math.max(this.#known, generation)
      },
      doubt: (generation) => {
        this.#doubtful = Math.max(this.#doubtful, generation)
      },
      noticed: Effect.suspend(() => {
        this.#noticed ??= Deferred.makeUnsafe()
        return Deferred.await(this.#noticed)
      }),
      emit: (fact) => this.#emit(fact),
      patienceEndsAt
    }
  }

  /** Takes a token set or a lockout into the state and lets everybody go who waited for it. */
  #settle(
    issuer: AnyIssuer,
    inFlight: State.InFlight,
    outcome: Exclude<Renewal.Outcome, { readonly _tag: "Failed" }>
  ): Effect.Effect<void> {
    if (outcome._tag !== "LockedOut") {
      const saved = outcome._tag === "Adopted" || outcome.saved
      return Effect.map(this.#renewIn(issuer, outcome.tokens), (delay) => {
        this.#leave(inFlight)
        this.#move(State.adopted(this.#read(), outcome.tokens, saved, this.#now() + delay))
        this.#begun(outcome.tokens)
        if (outcome._tag === "Adopted") this.#emitAdopted(outcome.tokens)
        Deferred.doneUnsafe(inFlight.settled, Exit.void)
        this.#plan()
      })
    }
    return Effect.sync(() => {
      const { credentials, lockout } = outcome
      if (this.#leave(inFlight)) {
        this.#update({ lockout, refused: credentials, credentialsChanged: false, failure: undefined })
      }
      const reason = State.lockoutReason(lockout, this.#now())
      Deferred.doneUnsafe(inFlight.settled, Exit.fail(this.#error(reason)))
      this.#plan()
    })
  }

  #giveUp(inFlight: State.InFlight, failure: Failure, delay: number): void {
    const current = this.#leave(inFlight)
    if (current && failure._tag !== "Closed") this.#update({ failure: { failure, until: this.#now() + delay } })
    Deferred.doneUnsafe(inFlight.settled, Exit.fail(this.#error(toReason(failure, delay))))
    this.#plan()
  }

  /** Frees the slot; `false` if another caller had taken it over. */
  #leave(inFlight: State.InFlight): boolean {
    if (this.#read().inFlight !== inFlight) return false
    this.#update({ inFlight: undefined })
    return true
  }

  /** A token set has come: schedules and counters of its predecessor are over. */
  #begun(tokens: TokenSet): void {
    this.#known = Math.max(this.#known, tokens.generation)
    this.#retry = undefined
    this.#used = false
  }

  #forgetUpTo(generation: number): void {
    if (!this.#move(State.forgotten(this.#read(), generation))) return
    this.#doubtful = Math.max(this.#doubtful, generation)
    this.#emit({ _tag: "Forgotten", generation })
    this.#plan()
  }

  // ---------------------------------------------------------------------------
  // Schedules
  // ---------------------------------------------------------------------------

  /** Milliseconds until the renewal of a token set. */
  #renewIn(issuer: AnyIssuer, tokens: TokenSet): Effect.Effect<number> {
    const { window } = issuer
    const { at, clamped } = Expiry.renewAt(tokens, window, this.#env.draw())
    const life = { issuedAt: tokens.issuedAt, expiresAt: tokens.expiresAt, renewAt: at }
    if (clamped) {
      this.#emit({
        _tag: "WindowClamped",
        window: Duration.toMillis(window),
        life: tokens.expiresAt - tokens.issuedAt
      })
    }
    this.#renewal ??= makeStepper(this.#env, this.#env.settings.renewal)
    return this.#renewal(life)
  }

  /** Milliseconds until the next try: by the schedule, or longer at the provider's word. */
  #retryIn(failure: Failure): Effect.Effect<number> {
    const asked = failure._tag === "Issuer" ? Math.min(failure.askedToWait ?? 0, longestAskedWait) : 0
    this.#retry ??= makeStepper(this.#env, this.#env.settings.retry)
    return Effect.map(this.#retry(toReason(failure, asked)), (delay) => Math.max(delay, asked))
  }

  /** Tells the timetable when this key next needs attention. */
  #plan(): void {
    const { closing, settings, timetable } = this.#env
    const now = this.#now()
    const state = this.#read()
    const due = closing || this.#issuers.length === 0
      ? undefined
      : state.lockout !== undefined
      ? now + settings.credentialsInterval
      : !state.saved
      ? now + savingInterval
      : State.usable(state, now) !== undefined && !State.isRenewing(state, now)
      ? State.renewalDue(state)
      : undefined
    if (due === undefined) timetable.cancel(this)
    else timetable.plan(this, due)
  }

  // ---------------------------------------------------------------------------
  // Credentials
  // ---------------------------------------------------------------------------

  /** Asks for the credentials while they stand refused, to see whether they were replaced. */
  #lookAtCredentials(caller: Fiber.Fiber<unknown, unknown>): Effect.Effect<void> {
    const issuer = this.#issuers.at(-1)
    if (this.#looking || issuer === undefined) return Effect.void
    this.#looking = true
    return this.#fork(
      caller,
      Effect.map(Renewal.askCredentials(this.#env, issuer), (access) => {
        this.#looking = false
        const { lockout, refused } = this.#read()
        if (lockout === undefined) return
        if (Result.isSuccess(access)) {
          const { credentials } = access.success
          if (refused === undefined) this.#update({ refused: credentials })
          else if (!Equal.equals(credentials, refused)) return this.#endLockout()
        }
        this.#plan()
      })
    )
  }

  #endLockout(): void {
    if (this.#read().lockout === undefined) return
    this.#update({ lockout: undefined, refused: undefined, credentialsChanged: true })
    this.#emit({ _tag: "LockoutEnded" })
    this.#plan()
  }

  // ---------------------------------------------------------------------------
  // The store
  // ---------------------------------------------------------------------------

  /** Brings a token set that is only in memory to the store. */
  get #bringToStore(): Effect.Effect<void> {
    const issuer = this.#issuers.at(-1)
    const { tokens } = this.#read()
    if (issuer === undefined || tokens === undefined) return Effect.void
    const subject = { ...this.#subject(issuer, "window", 0), emit: () => {} }
    return Effect.flatMap(Renewal.bringToStore(this.#env, subject, tokens), (outcome) => {
      if (outcome?._tag === "Adopted") return this.#take(issuer, outcome.tokens)
      return Effect.sync(() => {
        if (outcome?._tag === "Issued" && this.#read().tokens?.generation === tokens.generation) {
          this.#update({ saved: true })
          this.#emit({ _tag: "StoreRecovered", generation: tokens.generation })
        }
        this.#plan()
      })
    })
  }

  /** Looks for what another cache has written. */
  get #readStore(): Effect.Effect<void> {
    const env = this.#env
    return bounded(env, "read", env.store.read(this.key)).pipe(
      Effect.flatMap(({ now, record }) => {
        const { rejected, tokens: have } = this.#read()
        const issuer = this.#issuers.at(-1)
        const tokens = Renewal.newerThanOurs(env, { have, rejected }, record, now - this.#now())
        if (tokens !== undefined && issuer !== undefined) return this.#take(issuer, tokens)
        return Effect.sync(() => {
          if (record !== undefined && record.tokens === undefined) this.#forgetUpTo(record.generation)
        })
      }),
      Effect.ignore
    )
  }

  /** Takes over another cache's token set. */
  #take(issuer: AnyIssuer, tokens: TokenSet): Effect.Effect<void> {
    return Effect.map(this.#renewIn(issuer, tokens), (delay) => {
      if (!this.#move(State.adopted(this.#read(), tokens, true, this.#now() + delay))) return
      this.#begun(tokens)
      this.#emitAdopted(tokens)
      this.#plan()
    })
  }

  // ---------------------------------------------------------------------------
  // State and events
  // ---------------------------------------------------------------------------

  #now(): number {
    return this.#env.clock.currentTimeMillisUnsafe()
  }

  #read(): State.State {
    return Ref.getUnsafe(this.#state)
  }

  /** Puts the next state in place; `false` if it is the one that is there. */
  #move(next: State.State): boolean {
    if (next === this.#read()) return false
    MutableRef.set(this.#state.ref, next)
    return true
  }

  #update(changes: Partial<State.State>): void {
    this.#move({ ...this.#read(), ...changes })
  }

  #error(reason: Reason): TokenError {
    return new TokenError({ provider: this.key.provider, reason })
  }

  #emit(fact: Renewal.Fact): void {
    this.#env.publish({ ...fact, provider: this.key.provider, key: this.name, at: this.#now() })
  }

  #emitAdopted({ expiresAt, generation }: TokenSet): void {
    this.#emit({ _tag: "Adopted", generation, expiresAt })
  }

  #emitFailure(failure: Failure, cause: Cause, retryAfter: number, tokenAlive: boolean): void {
    const { _tag: reason, message } = toReason(failure, retryAfter)
    this.#emit({ _tag: "Failed", cause, reason, message, retryAfter, tokenAlive })
  }
}
