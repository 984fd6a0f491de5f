/**
 * The tokens of one key, as callers and the cache use them.
 *
 * What is decided without waiting is decided in one synchronous step on the key's state, so no interruption can fall
 * between a decision and its consequence.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import { TokenCacheClosed, type TokenError, TooManyWaiting } from "../TokenError.ts"
import type { KeyStatus, Tokens } from "../Tokens.ts"
import type { Token, TokenSet } from "../TokenSet.ts"
import type { TokenRecord } from "../TokenStore.ts"
import { Cell } from "./cell.ts"
import type { Environment } from "./environment.ts"
import { toReason } from "./failure.ts"
import type { AnyIssuer } from "./issuer.ts"
import type { Entry } from "./memoryStore.ts"
import * as Renewal from "./renewal.ts"
import type * as Siblings from "./siblings.ts"
import * as State from "./state.ts"

/** How many successors a caller waits for before it gives up on a provider whose tokens end as soon as they are there. */
const maxRounds = 4

const recordOf = (tokens: TokenSet): TokenRecord => ({ generation: tokens.generation, tokens, lockout: undefined })

type Restore = <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>

/** What the slots of one cache have in common. */
export interface SlotEnvironment extends Environment {
  readonly siblings:
    | NonNullable<Environment["siblings"]> & Pick<typeof Siblings, "look" | "save" | "forgetAgain">
    | undefined
  /** Told of a slot that no layer uses any more. */
  readonly rest: (slot: Slot) => void
}

/** What a provider package gets: the same object for all that use the key. */
export class Slot extends Cell<SlotEnvironment> implements Tokens, Entry {
  // What the cache's own store keeps for a key is kept here, so that it needs no object of its own for it.
  #standing: TokenSet | TokenRecord | undefined
  lease: Entry["lease"]

  get record(): Entry["record"] {
    const standing = this.#standing
    return standing === undefined || "lockout" in standing ? standing : recordOf(standing)
  }

  /** A record that says no more than its token set does is made anew when it is asked for. */
  set record(record: Entry["record"]) {
    const { generation, lockout, tokens } = record ?? {}
    this.#standing = tokens?.generation === generation && lockout === undefined ? tokens : record
  }

  // ---------------------------------------------------------------------------
  // What callers do
  // ---------------------------------------------------------------------------

  // It is its own effect, so that a key needs no other object for it, and asking allocates nothing.
  get get(): Effect.Effect<Token, TokenError> {
    return this
  }

  asEffect(): Effect.Effect<Token, TokenError> {
    return this.atHand() ?? this.look(maxRounds)
  }

  /** The token that may be handed out without a further look. */
  private atHand(): Exit.Exit<Token> | undefined {
    const { freshUntil, ready } = Ref.getUnsafe(this)
    if (ready === undefined || this.env.clock.currentTimeMillisUnsafe() >= freshUntil) return undefined
    this.used = "sinceLook"
    this.served++
    return ready
  }

  // Functions of their own, which may be handed on: made when they are asked for, because few keys ever need them.
  get reject(): Tokens["reject"] {
    return (token) => Effect.andThen(this.discard(token), this.get)
  }

  get discard(): Tokens["discard"] {
    return ({ generation }) =>
      Effect.sync(() => {
        const now = this.now()
        if (!this.move(State.rejected(this.read(), generation, now))) return
        this.emit({ _tag: "Rejected", generation })
        const wait = this.read().obstacles.pace.notBefore - now
        if (wait > 0) this.emit({ _tag: "Slowed", retryAfter: wait })
        this.plan()
      })
  }

  get forget(): Effect.Effect<void> {
    return Effect.suspend(() => {
      // What a renewal under way brings may come of the token set that is to be forgotten: it goes too.
      this.forgetUpTo(Math.max(this.known, this.read().tokens?.generation ?? 0))
      return this.forgetInStore(Number.MAX_SAFE_INTEGER, this.now()).pipe(
        Effect.catch(({ operation, problem }) =>
          Effect.sync(() => this.emit({ _tag: "StoreUnavailable", operation, problem }))
        )
      )
    })
  }

  get warmUp(): Effect.Effect<void> {
    return Effect.uninterruptible(Effect.withFiber((fiber) => {
      const now = this.now()
      const state = this.read()
      const needed = State.usable(state, now) === undefined && State.obstacle(state, now) === undefined &&
        !State.isRenewing(state, now)
      return needed ? this.start(fiber, now) : Effect.void
    }))
  }

  get credentialsChanged(): Effect.Effect<void> {
    return Effect.sync(() => this.endLockout())
  }

  get status(): Effect.Effect<KeyStatus> {
    return Effect.sync(() => this.statusUnsafe())
  }

  /** All that anybody gets to see who prints what a provider package has. */
  override toJSON(): unknown {
    return { _id: "Tokens", ...this.statusUnsafe() }
  }

  statusUnsafe(): KeyStatus {
    const { key, name, served } = this
    return { provider: key.provider, key: name, ...State.status(this.read(), this.now()), served }
  }

  // ---------------------------------------------------------------------------
  // What the cache does
  // ---------------------------------------------------------------------------

  register(issuer: AnyIssuer): void {
    if (this.issuer !== undefined) this.ownRarities.others = [...this.rarities.others, this.issuer]
    this.issuer = issuer
    this.plan()
  }

  unregister(issuer: AnyIssuer): void {
    const { others } = this.rarities
    if (issuer === this.issuer) this.issuer = others.at(-1)
    if (others.length > 0) this.ownRarities.others = others.filter((one) => one !== issuer && one !== this.issuer)
    if (this.issuer !== undefined) return
    if (issuer.rotation !== this.rarities.rotation) this.ownRarities.rotation = issuer.rotation
    this.env.rest(this)
  }

  /** Whether no layer uses it, and nothing would be lost with it that a login could not bring again without harm. */
  get isExpendable(): boolean {
    const now = this.now()
    const state = this.read()
    const { lockout, saved, toForget } = state.obstacles
    const lockedOut = lockout !== undefined && now < lockout.probeAt
    if (this.issuer !== undefined || lockedOut || !saved || State.isRenewing(state, now)) return false
    if (toForget !== undefined) return false
    const { rotation } = this.rarities
    return this.env.siblings !== undefined || rotation === "reusable" || !State.isOfUse(state, now)
  }

  get tick(): Effect.Effect<void> {
    return Effect.uninterruptible(Effect.withFiber((fiber) => {
      if (this.env.closing) return Effect.void
      const attended = Effect.suspend(() => this.attend(fiber))
      return this.read().obstacles.toForget === undefined
        ? attended
        : Effect.andThen(Renewal.fork(this, fiber, this.forgetAgain()), attended)
    }))
  }

  private forgetAgain(): Effect.Effect<void> {
    const { siblings } = this.env
    const { toForget } = this.read().obstacles
    return siblings === undefined || toForget === undefined ? Effect.void : siblings.forgetAgain(this, toForget)
  }

  private attend(fiber: Fiber.Fiber<unknown, unknown>): Effect.Effect<void> {
    const now = this.now()
    const state = this.read()
    const { env: { siblings }, issuer } = this
    if (issuer === undefined) return Effect.void
    if (state.obstacles.lockout !== undefined) {
      return Effect.andThen(this.lookIfDue(fiber), this.lookAtCredentials(fiber, issuer))
    }
    if (State.isRenewing(state, now)) return Effect.void
    if (siblings !== undefined && !state.obstacles.saved && state.tokens !== undefined) {
      return Renewal.fork(this, fiber, siblings.save(this, issuer, state.tokens))
    }
    // A successor of what was rejected or forgotten is for the next caller to ask for.
    const wanted = this.used !== "before" && State.need(state, now) !== "rejected"
    if (wanted && this.mayRenew(state, now)) return this.start(fiber, now)
    // While the store is being told, what comes of that decides when the next attention is due.
    const plan = state.obstacles.toForget === undefined ? Effect.sync(() => this.planNext()) : Effect.void
    return Effect.andThen(this.lookIfDue(fiber), plan)
  }

  /** Completes when no renewal is under way, and the store has been told once more what it is to forget. */
  get finished(): Effect.Effect<void> {
    return Effect.suspend(() => {
      const { inFlight } = this.read()
      return inFlight === undefined ? Effect.void : Effect.ignore(inFlight.ended)
    }).pipe(Effect.andThen(Effect.suspend(() => this.forgetAgain())))
  }

  /** Tells everybody who waits that the cache is closed. */
  close(): void {
    this.env.timetable.cancel(this)
    const { inFlight } = this.read()
    if (inFlight !== undefined) Deferred.doneUnsafe(inFlight.settled, Exit.fail(this.error(new TokenCacheClosed())))
  }

  // ---------------------------------------------------------------------------
  // Looking, waiting, renewing
  // ---------------------------------------------------------------------------

  /**
   * Everything that the look at a fresh token left open. Uninterruptible but for the waiting: between taking the slot
   * and forking the renewal there is no place where an interruption could fall.
   */
  private look(rounds: number): Effect.Effect<Token, TokenError> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.withFiber((fiber) => {
        const { env, issuer } = this
        if (env.closing || issuer === undefined) return Effect.fail(this.error(new TokenCacheClosed()))
        const now = this.now()
        const state = this.read()
        const usable = State.usable(state, now)
        if (usable !== undefined) {
          this.used = "sinceLook"
          this.served++
          return this.mayRenew(state, now) && !State.isRenewing(state, now)
            ? Effect.andThen(this.start(fiber, now), usable)
            : usable
        }
        if (State.isRenewing(state, now)) return this.join(restore, state.inFlight, rounds)
        const obstacle = State.obstacle(state, now, env.settings.patience)
        if (obstacle !== undefined) return Effect.fail(this.error(obstacle))
        if (rounds === 0) {
          const exhausted = toReason({ _tag: "Issuer", problem: "exhausted" }, env.settings.patience)
          return Effect.fail(this.error(exhausted))
        }
        const inFlight = Renewal.occupy(this, issuer, now)
        return Effect.andThen(
          Renewal.fork(this, fiber, Renewal.run(this, issuer, inFlight, State.need(state, now))),
          this.join(restore, inFlight, rounds)
        )
      })
    )
  }

  /** Waits for a renewal and looks again: what it brought may have been refused since. */
  private join(restore: Restore, inFlight: State.InFlight, rounds: number): Effect.Effect<Token, TokenError> {
    const limit = this.env.settings.maxWaiting
    if (inFlight.waiting >= limit) return Effect.fail(this.error(new TooManyWaiting({ limit })))
    inFlight.waiting++
    return Effect.matchCauseEffect(restore(inFlight.ended), {
      onSuccess: (_) => {
        inFlight.waiting--
        const token = this.env.closing ? undefined : this.atHand()
        return token ?? restore(this.look(rounds - 1))
      },
      onFailure: (cause) => {
        inFlight.waiting--
        return Effect.failCause(cause)
      }
    })
  }

  private mayRenew(state: State.State, now: number): boolean {
    return now >= state.freshUntil && this.issuer !== undefined && State.obstacle(state, now) === undefined
  }

  /** Starts a renewal that nobody waits for. Must be run uninterruptibly, as one step. */
  private start(caller: Fiber.Fiber<unknown, unknown>, now: number): Effect.Effect<void> {
    const { issuer } = this
    if (issuer === undefined) return Effect.void
    const cause = State.need(this.read(), now)
    return Renewal.fork(this, caller, Renewal.run(this, issuer, Renewal.occupy(this, issuer, now), cause))
  }

  /** Looks into the store for what a lost notice would have told. */
  private lookIfDue(caller: Fiber.Fiber<unknown, unknown>): Effect.Effect<void> {
    return Effect.suspend(() => {
      const { siblings } = this.env
      if (siblings === undefined) return Effect.void
      return this.takeLook() ? Renewal.fork(this, caller, siblings.look(this)) : Effect.void
    })
  }

  private lookAtCredentials(caller: Fiber.Fiber<unknown, unknown>, issuer: AnyIssuer): Effect.Effect<void> {
    const rarities = this.ownRarities
    if (rarities.isLooking) return Effect.void
    rarities.isLooking = true
    const looked = Effect.ensuring(
      Renewal.lookAtCredentials(this, issuer),
      Effect.sync(() => {
        rarities.isLooking = false
      })
    )
    return Renewal.fork(this, caller, looked)
  }
}
