/**
 * The tokens of one key.
 *
 * A slot is a `Ref` with an immutable state and the few effects that move it on. What is decided without waiting is
 * decided in one synchronous step on that state, so no interruption can fall between a decision and its consequence.
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
import * as Schedule from "effect/Schedule"
import * as Expiry from "../Expiry.ts"
import { KeepAlive } from "../KeepAlive.ts"
import { CredentialsRefused, type Reason, TokenCacheClosed, TokenError, TooManyWaiting } from "../TokenError.ts"
import type { Cause } from "../TokenEvent.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { KeyStatus, Tokens } from "../Tokens.ts"
import type { TokenLife } from "../TokenSchedule.ts"
import type { Token, TokenSet } from "../TokenSet.ts"
import type { Change, Lockout } from "../TokenStore.ts"
import { bounded, type Environment } from "./environment.ts"
import { type Failure, toReason } from "./failure.ts"
import type { AnyIssuer } from "./issuer.ts"
import * as Pace from "./pace.ts"
import * as Renewal from "./renewal.ts"
import type { Job } from "./timetable.ts"

/** A renewal under way, and those who wait for it. */
interface InFlight {
  readonly settled: Deferred.Deferred<void, TokenError>
  readonly startedAt: number
  /** After this the renewal's own bounds have failed it (a host that froze it, say) and the next caller takes over. */
  readonly deadline: number
  waiting: number
}

interface State {
  /** Until when `ready` may be handed out without a further look: the start of the refresh window. */
  readonly freshUntil: number
  readonly ready: Exit.Exit<Token> | undefined
  /** The newest token set, whether it may still be handed out or not. */
  readonly tokens: TokenSet | undefined
  /** Whether the token store has it. */
  readonly saved: boolean
  /** Token sets up to this generation were rejected or forgotten. */
  readonly rejected: number
  readonly inFlight: InFlight | undefined
  readonly lockout: Lockout | undefined
  /** The credentials that were refused. */
  readonly refused: unknown
  /** The credentials changed since they were refused, and were not tried since. */
  readonly credentialsChanged: boolean
  /** The last failure, and until when it answers for the issuer. */
  readonly failure: { readonly failure: Failure; readonly until: number } | undefined
  readonly pace: Pace.Pace
}

const cold: State = {
  freshUntil: Number.NEGATIVE_INFINITY,
  ready: undefined,
  tokens: undefined,
  saved: true,
  rejected: 0,
  inFlight: undefined,
  lockout: undefined,
  refused: undefined,
  credentialsChanged: false,
  failure: undefined,
  pace: Pace.fresh
}

/** How many successors a caller waits for before it gives up on a provider whose tokens end as soon as they are there. */
const maxRounds = 4

/** How long a token set that is only in memory waits for its next way to the store. */
const savingInterval = 1_000

type RenewalStep = (life: TokenLife) => Effect.Effect<number>
type RetryStep = (reason: Reason) => Effect.Effect<number>

export class Slot implements Tokens, Job {
  readonly key: TokenKey
  readonly name: string
  due = 0
  position = -1
  /** Whether a token was handed out since the last renewal. */
  used = false

  readonly #env: Environment
  readonly #state: Ref.Ref<State> = Ref.makeUnsafe(cold)
  readonly #issuers: Array<AnyIssuer> = []
  #known = 0
  #doubtful = 0
  #looking = false
  #noticed: Deferred.Deferred<void> | undefined
  #renewalStep: RenewalStep | undefined
  #retryStep: RetryStep | undefined

  constructor(env: Environment, key: TokenKey, name: string) {
    this.#env = env
    this.key = key
    this.name = name
  }

  // ---------------------------------------------------------------------------
  // What callers do
  // ---------------------------------------------------------------------------

  readonly get: Effect.Effect<Token, TokenError> = Effect.suspend(() => {
    const state = Ref.getUnsafe(this.#state)
    if (state.ready !== undefined && this.#env.clock.currentTimeMillisUnsafe() < state.freshUntil) {
      this.used = true
      return state.ready
    }
    return this.#look(maxRounds)
  })

  reject(token: Token): Effect.Effect<Token, TokenError> {
    return Effect.suspend(() => {
      this.#discard(token.generation, "Rejected")
      return this.get
    })
  }

  get forget(): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.#discard(Ref.getUnsafe(this.#state).tokens?.generation ?? 0, "Forgotten")
      return bounded(this.#env, "forget", this.#env.store.forget(this.key, Number.MAX_SAFE_INTEGER)).pipe(
        Effect.catch((error) =>
          Effect.sync(() =>
            this.#emit({ _tag: "StoreUnavailable", operation: error.operation, problem: error.problem })
          )
        )
      )
    })
  }

  get warmUp(): Effect.Effect<void> {
    return Effect.uninterruptible(Effect.withFiber((fiber) => {
      const now = this.#env.clock.currentTimeMillisUnsafe()
      return this.#usable(now) === undefined && this.#obstacle(now) === undefined && !this.#joinable(now)
        ? this.#start(fiber, now, "cold")
        : Effect.void
    }))
  }

  get credentialsChanged(): Effect.Effect<void> {
    return Effect.sync(() => this.#openLockout())
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

  /** A cache of the same store, this one or another, has written under this key. */
  notice(change: Change): Effect.Effect<void> {
    return Effect.suspend(() => {
      const waiting = this.#noticed
      this.#noticed = undefined
      if (waiting !== undefined) Deferred.doneUnsafe(waiting, Exit.void)
      const generation = Ref.getUnsafe(this.#state).tokens?.generation
      if (generation === undefined || this.#joinable(this.#env.clock.currentTimeMillisUnsafe())) return Effect.void
      return change.forgotten || change.generation > generation ? this.#readStore : Effect.void
    })
  }

  get tick(): Effect.Effect<void> {
    return Effect.uninterruptible(Effect.withFiber((fiber) => {
      const now = this.#env.clock.currentTimeMillisUnsafe()
      const state = Ref.getUnsafe(this.#state)
      if (state.lockout !== undefined) return this.#lookAtCredentials(fiber)
      if (this.#joinable(now)) return Effect.void
      if (!state.saved) return this.#fork(fiber, this.#bringToStore)
      return this.used && this.#mayRenew(state, now) ? this.#start(fiber, now, "window") : Effect.void
    }))
  }

  /** Tells everybody who waits that the cache is closed. */
  close(): void {
    this.#env.timetable.cancel(this)
    const { inFlight } = Ref.getUnsafe(this.#state)
    if (inFlight !== undefined) Deferred.doneUnsafe(inFlight.settled, Exit.fail(this.#error(new TokenCacheClosed())))
  }

  /** Completes when no renewal is under way. */
  get idle(): Effect.Effect<void> {
    return Effect.suspend(() => {
      const { inFlight } = Ref.getUnsafe(this.#state)
      return inFlight === undefined ? Effect.void : Effect.ignore(Deferred.await(inFlight.settled))
    })
  }

  get status(): Effect.Effect<KeyStatus> {
    return Effect.sync(() => this.statusUnsafe())
  }

  statusUnsafe(): KeyStatus {
    const now = this.#env.clock.currentTimeMillisUnsafe()
    const state = Ref.getUnsafe(this.#state)
    const failing = state.failure !== undefined && state.failure.until > now
    return {
      provider: this.key.provider,
      key: this.name,
      state: state.lockout !== undefined
        ? "lockedOut"
        : this.#usable(now) !== undefined
        ? "alive"
        : failing
        ? "failing"
        : state.tokens === undefined
        ? "cold"
        : "ended",
      generation: state.tokens?.generation,
      expiresAt: state.tokens?.expiresAt,
      renewing: this.#joinable(now),
      waiting: state.inFlight?.waiting ?? 0,
      saved: state.saved,
      retryAt: state.lockout?.probeAt ?? (failing ? state.failure?.until : undefined),
      lastFailure: state.failure === undefined ? undefined : toReason(state.failure.failure, 0)._tag
    }
  }

  // ---------------------------------------------------------------------------
  // Looking
  // ---------------------------------------------------------------------------

  /**
   * Everything that the look at a fresh token left open. Uninterruptible but for the waiting: between taking the slot
   * and forking the renewal there is no place where an interruption could fall.
   */
  #look(rounds: number): Effect.Effect<Token, TokenError> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.withFiber((fiber) => {
        if (this.#env.closing || this.#issuers.length === 0) return Effect.fail(this.#error(new TokenCacheClosed()))
        const now = this.#env.clock.currentTimeMillisUnsafe()
        const state = Ref.getUnsafe(this.#state)
        const usable = this.#usable(now)
        if (usable !== undefined) {
          this.used = true
          return this.#mayRenew(state, now) && !this.#joinable(now)
            ? Effect.andThen(this.#start(fiber, now, "window"), usable)
            : usable
        }
        if (this.#joinable(now)) return this.#join(restore, rounds)
        const obstacle = this.#obstacle(now)
        if (obstacle !== undefined) return Effect.fail(this.#error(obstacle))
        if (rounds === 0) {
          const { patience } = this.#env.settings
          return Effect.fail(this.#error(toReason({ _tag: "Issuer", problem: "exhausted" }, patience)))
        }
        return Effect.andThen(this.#start(fiber, now, this.#need(state)), this.#join(restore, rounds))
      })
    )
  }

  #need({ rejected, tokens }: State): Cause {
    if (tokens === undefined) return "cold"
    return tokens.generation <= rejected ? "rejected" : "expired"
  }

  /** The token that may be handed out now. */
  #usable(now: number): Exit.Exit<Token> | undefined {
    const { ready, rejected, tokens } = Ref.getUnsafe(this.#state)
    return tokens !== undefined && tokens.generation > rejected && now < tokens.expiresAt ? ready : undefined
  }

  /** Why the issuer must not be asked now. */
  #obstacle(now: number): Reason | undefined {
    const { failure, lockout, pace } = Ref.getUnsafe(this.#state)
    if (lockout !== undefined && now < lockout.probeAt) {
      return new CredentialsRefused({
        attempts: lockout.attempts,
        retryAfter: Duration.millis(lockout.probeAt - now),
        ...(lockout.providerCode === undefined ? undefined : { providerCode: lockout.providerCode }),
        ...(lockout.providerMessage === undefined ? undefined : { providerMessage: lockout.providerMessage })
      })
    }
    if (failure !== undefined && now < failure.until) return toReason(failure.failure, failure.until - now)
    if (now < pace.notBefore) return toReason({ _tag: "Issuer", problem: "exhausted" }, pace.notBefore - now)
    return undefined
  }

  #mayRenew(state: State, now: number): boolean {
    return now >= state.freshUntil && this.#issuers.length > 0 && this.#obstacle(now) === undefined
  }

  #joinable(now: number): boolean {
    const { inFlight } = Ref.getUnsafe(this.#state)
    return inFlight !== undefined && now < inFlight.deadline
  }

  /** Waits for the renewal under way and looks again: what it brought may have been refused since. */
  #join(
    restore: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>,
    rounds: number
  ): Effect.Effect<Token, TokenError> {
    return Effect.suspend(() => {
      const { inFlight } = Ref.getUnsafe(this.#state)
      if (inFlight === undefined) return this.#look(rounds - 1)
      const limit = this.#env.settings.maxWaiting
      if (inFlight.waiting >= limit) return Effect.fail(this.#error(new TooManyWaiting({ limit })))
      inFlight.waiting++
      return restore(Deferred.await(inFlight.settled)).pipe(
        Effect.ensuring(Effect.sync(() => inFlight.waiting--)),
        Effect.andThen(restore(this.#look(rounds - 1)))
      )
    })
  }

  // ---------------------------------------------------------------------------
  // Renewing
  // ---------------------------------------------------------------------------

  /** Takes the slot and starts a renewal in the scope of the cache, as one step. */
  #start(fiber: Fiber.Fiber<unknown, unknown>, now: number, cause: Cause): Effect.Effect<void> {
    const issuer = this.#issuers.at(-1)
    if (issuer === undefined) return Effect.void
    const { credentialsTimeout, patience, storeTimeout } = this.#env.settings
    const inFlight: InFlight = {
      settled: Deferred.makeUnsafe(),
      startedAt: now,
      deadline: now + 2 * patience + 3 * issuer.timeout + 6 * storeTimeout + credentialsTimeout,
      waiting: 0
    }
    this.#update({ inFlight })
    return this.#fork(fiber, this.#renew(issuer, inFlight, cause))
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

  #renew(issuer: AnyIssuer, inFlight: InFlight, cause: Cause): Effect.Effect<void> {
    return Effect.gen({ self: this }, function*() {
      const env = this.#env
      const patienceEndsAt = inFlight.startedAt + env.settings.patience
      const turnstile = env.turnstile(this.key.provider)
      for (;;) {
        const entered = yield* Effect.exit(Effect.interruptible(turnstile.take(1)))
        const outcome: Renewal.Outcome = Exit.isFailure(entered)
          ? { _tag: "Failed", failure: { _tag: "Closed" } }
          : yield* Renewal.attempt(env, this.#subject(issuer, cause, patienceEndsAt)).pipe(
            Effect.ensuring(turnstile.release(1))
          )
        if (outcome._tag !== "Failed") {
          const step = outcome._tag === "LockedOut" ? 0 : yield* this.#renewIn(issuer, outcome.tokens)
          return this.#settle(inFlight, outcome, step)
        }
        const now = env.clock.currentTimeMillisUnsafe()
        const delay = outcome.failure._tag === "Closed" ? 0 : yield* this.#retryIn(outcome.failure)
        const alive = this.#usable(now) !== undefined
        const again = outcome.failure._tag !== "Closed" && !alive && inFlight.waiting > 0 &&
          now + delay < patienceEndsAt
        if (outcome.failure._tag !== "Closed") this.#emitFailure(outcome.failure, cause, delay, alive)
        if (!again) return this.#settle(inFlight, outcome, delay)
        const slept = yield* Effect.exit(Effect.interruptible(env.clock.sleep(Duration.millis(delay))))
        if (Exit.isFailure(slept)) return this.#settle(inFlight, { _tag: "Failed", failure: { _tag: "Closed" } }, 0)
      }
    })
  }

  #subject(issuer: AnyIssuer, cause: Cause, patienceEndsAt: number): Renewal.Subject {
    const state = Ref.getUnsafe(this.#state)
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

  /** Takes the outcome into the state and lets everybody go who waited for it. */
  #settle(inFlight: InFlight, outcome: Renewal.Outcome, delay: number): void {
    const now = this.#env.clock.currentTimeMillisUnsafe()
    const current = Ref.getUnsafe(this.#state).inFlight === inFlight
    if (current) this.#update({ inFlight: undefined })
    switch (outcome._tag) {
      case "Issued":
      case "Adopted": {
        this.#adopt(outcome.tokens, outcome._tag === "Adopted" || outcome.saved, now + delay)
        if (outcome._tag === "Adopted") this.#emitAdopted(outcome.tokens)
        Deferred.doneUnsafe(inFlight.settled, Exit.void)
        break
      }
      case "LockedOut": {
        const { credentials, lockout } = outcome
        if (current) this.#update({ lockout, refused: credentials, credentialsChanged: false, failure: undefined })
        Deferred.doneUnsafe(
          inFlight.settled,
          Exit.fail(this.#error(this.#obstacle(now) ?? toReason({ _tag: "Issuer", problem: "refused" }, 0)))
        )
        break
      }
      case "Failed": {
        const { failure } = outcome
        if (current && failure._tag !== "Closed") this.#update({ failure: { failure, until: now + delay } })
        Deferred.doneUnsafe(inFlight.settled, Exit.fail(this.#error(toReason(failure, delay))))
      }
    }
    this.#plan()
  }

  /** Takes a token set into the state unless a newer one is there. */
  #adopt(tokens: TokenSet, saved: boolean, renewAt: number): void {
    const state = Ref.getUnsafe(this.#state)
    if (tokens.generation <= (state.tokens?.generation ?? 0)) return
    this.#known = Math.max(this.#known, tokens.generation)
    this.#retryStep = undefined
    this.used = false
    const { accessToken, expiresAt, generation } = tokens
    this.#update({
      tokens,
      saved,
      ready: Exit.succeed({ value: accessToken, generation, expiresAt }),
      freshUntil: generation > state.rejected ? Math.min(renewAt, expiresAt) : Number.NEGATIVE_INFINITY,
      lockout: undefined,
      refused: undefined,
      credentialsChanged: false,
      failure: undefined,
      pace: state.tokens !== undefined && state.tokens.generation <= state.rejected ? state.pace : Pace.fresh
    })
  }

  /** Nothing up to this generation is handed out any more. */
  #discard(generation: number, why: "Rejected" | "Forgotten"): void {
    const state = Ref.getUnsafe(this.#state)
    if (generation <= state.rejected) return
    const hit = state.tokens !== undefined && state.tokens.generation <= generation
    const now = this.#env.clock.currentTimeMillisUnsafe()
    this.#update({
      rejected: generation,
      ...(hit ? { freshUntil: Number.NEGATIVE_INFINITY, ready: undefined } : undefined),
      ...(hit && why === "Rejected" ? { pace: Pace.refused(state.pace, now - state.tokens.issuedAt, now) } : undefined),
      ...(hit && why === "Forgotten" ? { tokens: { ...state.tokens, refreshToken: undefined } } : undefined)
    })
    if (why === "Forgotten") this.#doubtful = Math.max(this.#doubtful, generation)
    this.#emit({ _tag: why, generation })
    this.#plan()
  }

  // ---------------------------------------------------------------------------
  // Schedules
  // ---------------------------------------------------------------------------

  /** Milliseconds until the renewal of a token set, by the user's schedule; never past its end. */
  #renewIn(issuer: AnyIssuer, tokens: TokenSet): Effect.Effect<number> {
    const env = this.#env
    const { window } = issuer
    const { at, clamped } = Expiry.renewAt(tokens, window, env.draw())
    const life = { issuedAt: tokens.issuedAt, expiresAt: tokens.expiresAt, renewAt: at }
    if (clamped) {
      this.#emit({
        _tag: "WindowClamped",
        window: Duration.toMillis(window),
        life: tokens.expiresAt - tokens.issuedAt
      })
    }
    return Effect.suspend(() =>
      this.#renewalStep === undefined
        ? Effect.flatMap(stepper(env, env.settings.renewal), (step) => {
          this.#renewalStep = step
          return step(life)
        })
        : this.#renewalStep(life)
    )
  }

  /** Milliseconds until the next try, by the user's schedule or at the provider's word. */
  #retryIn(failure: Failure): Effect.Effect<number> {
    const env = this.#env
    const asked = failure._tag === "Issuer" ? Math.min(failure.askedToWait ?? 0, longestAskedWait) : 0
    const reason = toReason(failure, asked)
    const delay = Effect.suspend(() =>
      this.#retryStep === undefined
        ? Effect.flatMap(stepper(env, env.settings.retry), (step) => {
          this.#retryStep = step
          return step(reason)
        })
        : this.#retryStep(reason)
    )
    return Effect.map(delay, (millis) => Math.max(millis, asked))
  }

  /** Tells the timetable when this key next needs attention. */
  #plan(): void {
    const { clock, settings, timetable } = this.#env
    const now = clock.currentTimeMillisUnsafe()
    const state = Ref.getUnsafe(this.#state)
    if (this.#env.closing || this.#issuers.length === 0) return timetable.cancel(this)
    if (state.lockout !== undefined) return timetable.plan(this, now + settings.credentialsInterval)
    if (!state.saved) return timetable.plan(this, now + savingInterval)
    if (this.#usable(now) === undefined || state.inFlight !== undefined) return timetable.cancel(this)
    const renewAt = Math.max(state.freshUntil, state.failure?.until ?? 0, state.pace.notBefore)
    return renewAt < (state.tokens?.expiresAt ?? 0) ? timetable.plan(this, renewAt) : timetable.cancel(this)
  }

  // ---------------------------------------------------------------------------
  // Credentials
  // ---------------------------------------------------------------------------

  /** Asks for the credentials while they stand refused, to see whether they were replaced. */
  #lookAtCredentials(fiber: Fiber.Fiber<unknown, unknown>): Effect.Effect<void> {
    const issuer = this.#issuers.at(-1)
    if (this.#looking || issuer === undefined) return Effect.void
    this.#looking = true
    return this.#fork(
      fiber,
      Effect.map(Renewal.askCredentials(this.#env, issuer), (access) => {
        this.#looking = false
        const state = Ref.getUnsafe(this.#state)
        if (state.lockout === undefined) return
        if (Result.isSuccess(access)) {
          if (state.refused === undefined) this.#update({ refused: access.success.credentials })
          else if (!Equal.equals(access.success.credentials, state.refused)) return this.#openLockout()
        }
        this.#plan()
      })
    )
  }

  #openLockout(): void {
    if (Ref.getUnsafe(this.#state).lockout === undefined) return
    this.#update({ lockout: undefined, refused: undefined, credentialsChanged: true })
    this.#emit({ _tag: "LockoutEnded" })
    this.#plan()
  }

  // ---------------------------------------------------------------------------
  // The store
  // ---------------------------------------------------------------------------

  get #bringToStore(): Effect.Effect<void> {
    const issuer = this.#issuers.at(-1)
    const { tokens } = Ref.getUnsafe(this.#state)
    if (issuer === undefined || tokens === undefined) return Effect.void
    const subject = { ...this.#subject(issuer, "window", 0), emit: () => {} }
    return Effect.flatMap(Renewal.bringToStore(this.#env, subject, tokens), (outcome) => {
      if (outcome?._tag === "Adopted") return this.#take(issuer, outcome.tokens)
      return Effect.sync(() => {
        if (outcome?._tag === "Issued" && Ref.getUnsafe(this.#state).tokens?.generation === tokens.generation) {
          this.#update({ saved: true })
          this.#emit({ _tag: "StoreRecovered", generation: tokens.generation })
        }
        this.#plan()
      })
    })
  }

  get #readStore(): Effect.Effect<void> {
    const env = this.#env
    return bounded(env, "read", env.store.read(this.key)).pipe(
      Effect.flatMap(({ now, record }) => {
        const state = Ref.getUnsafe(this.#state)
        const issuer = this.#issuers.at(-1)
        const offset = now - env.clock.currentTimeMillisUnsafe()
        const tokens = Renewal.newerThanOurs(env, { have: state.tokens, rejected: state.rejected }, record, offset)
        if (tokens !== undefined && issuer !== undefined) return this.#take(issuer, tokens)
        return Effect.sync(() => {
          if (record !== undefined && record.tokens === undefined) this.#discard(record.generation, "Forgotten")
        })
      }),
      Effect.ignore
    )
  }

  /** Takes over another cache's token set. */
  #take(issuer: AnyIssuer, tokens: TokenSet): Effect.Effect<void> {
    return Effect.map(this.#renewIn(issuer, tokens), (delay) => {
      this.#adopt(tokens, true, this.#env.clock.currentTimeMillisUnsafe() + delay)
      this.#emitAdopted(tokens)
      this.#plan()
    })
  }

  // ---------------------------------------------------------------------------
  // Small things
  // ---------------------------------------------------------------------------

  #update(changes: Partial<State>): void {
    MutableRef.set(this.#state.ref, { ...Ref.getUnsafe(this.#state), ...changes })
  }

  #error(reason: Reason): TokenError {
    return new TokenError({ provider: this.key.provider, reason })
  }

  #emit(fact: Renewal.Fact): void {
    this.#env.publish({
      ...fact,
      provider: this.key.provider,
      key: this.name,
      at: this.#env.clock.currentTimeMillisUnsafe()
    })
  }

  #emitAdopted(tokens: TokenSet): void {
    this.#emit({ _tag: "Adopted", generation: tokens.generation, expiresAt: tokens.expiresAt })
  }

  #emitFailure(failure: Failure, cause: Cause, delay: number, tokenAlive: boolean): void {
    const reason = toReason(failure, delay)
    this.#emit({
      _tag: "Failed",
      cause,
      reason: reason._tag,
      message: reason.message,
      retryAfter: delay,
      tokenAlive
    })
  }
}

/** The longest `Retry-After` that is obeyed. */
const longestAskedWait = 5 * 60_000

/**
 * Steps a schedule and answers with the delay in milliseconds. When the schedule has ended, its last delay stays: a
 * provider that is down for long is still asked, and never more often than before.
 */
const stepper = <Input>(
  env: Environment,
  schedule: Schedule.Schedule<unknown, Input>
): Effect.Effect<(input: Input) => Effect.Effect<number>> =>
  Effect.map(Schedule.toStep(schedule), (step) => {
    let last = lastResort
    return (input) =>
      Effect.suspend(() => step(env.clock.currentTimeMillisUnsafe(), input)).pipe(
        Effect.map(([, delay]) => (last = Duration.toMillis(delay))),
        Effect.catchCause(() => Effect.succeed(last))
      )
  })

const lastResort = 60_000
