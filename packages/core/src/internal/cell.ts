/**
 * The state of one key, and what everything that moves it on has in common: the clock, the events, the timetable and the
 * schedules.
 */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as MutableRef from "effect/MutableRef"
import * as Ref from "effect/Ref"
import * as Expiry from "../Expiry.ts"
import type { Rotation } from "../Issuer.ts"
import { type Reason, TokenError } from "../TokenError.ts"
import type { TokenKey } from "../TokenKey.ts"
import { beforeExpiry, type TokenLife } from "../TokenSchedule.ts"
import type { Token, TokenSet } from "../TokenSet.ts"
import type { TokenStoreError } from "../TokenStore.ts"
import type { Environment } from "./environment.ts"
import { type Failure, toReason } from "./failure.ts"
import type { AnyIssuer } from "./issuer.ts"
import { OwnRef } from "./ownRef.ts"
import type { Adoption } from "./record.ts"
import * as State from "./state.ts"
import { Stepper } from "./stepper.ts"
import type { Fact } from "./subject.ts"
import type { Job } from "./timetable.ts"

/** How long what the store has not heard of waits until it is told again, in milliseconds. */
const savingInterval = 1_000

/** The longest `Retry-After` that is obeyed, in milliseconds. */
const longestAskedWait = 5 * 60_000

/** It remembers nothing from one token set to the next, so all keys share one. */
const ofBeforeExpiry = new Stepper<TokenLife>()

/** What few keys have at a time: a field of the cell would cost every key. */
class Rarities {
  /** The issuers that were registered before the last one. */
  others: ReadonlyArray<AnyIssuer> = []
  /** How the tokens of a key that no layer uses any more are rotated. */
  rotation: Rotation = "reusable"
  /** Its credentials are being looked at. */
  isLooking = false
  /** The refresh token of this generation, and of those before it, may have been spent. */
  doubtful = 0
  /** Another cache may be about to write what was replaced by what this one was answered. */
  doubtsNext = false
  /** Completed by the next notice that another cache has written. */
  noticed: Deferred.Deferred<void> | undefined
  /** Of a schedule that may remember something from one token set to the next. */
  renewal: Stepper<TokenLife> | undefined
  /** Begun at the first failure after a success. */
  retry: Stepper<Reason> | undefined
}

const noRarities: Readonly<Rarities> = new Rarities()

// Its methods, and those of its subclass, are `private` in name only: a class with `#` methods costs each object a field.
export abstract class Cell<Env extends Environment = Environment> extends OwnRef<State.State, Token, TokenError>
  implements Job
{
  position = -1
  /** What is due by the timetable. */
  abstract readonly tick: Effect.Effect<void>

  readonly env: Env
  readonly key: TokenKey
  /** Its number among the provider's keys. */
  readonly ordinal: number
  /** The issuer that was registered last, of those that layers use. */
  issuer: AnyIssuer | undefined
  /** When a token was handed out last: before the last renewal, since then, or also since the last look into a shared store. */
  used: "before" | "sinceRenewal" | "sinceLook" = "before"
  /** How often a token was handed out to somebody who did not have to wait. */
  served = 0
  /** When the store is to be looked into, should a notice have been lost. */
  #lookAt: number | undefined
  /** The highest generation or fencing number that was seen. */
  known = 0
  /** The oldest generation that the present token set is known to have come of, by refresh upon refresh. */
  root = 0
  /** `undefined` as long as it has nothing of the kind. */
  #rarities: Rarities | undefined

  constructor(env: Env, key: TokenKey, ordinal: number) {
    super(State.cold)
    this.env = env
    this.key = key
    this.ordinal = ordinal
  }

  /** The name that events and `status` use. */
  get name(): string {
    return this.key.label ?? `#${this.ordinal}`
  }

  /** What few keys have, to be looked at. */
  protected get rarities(): Readonly<Rarities> {
    return this.#rarities ?? noRarities
  }

  /** The same, to be changed. */
  protected get ownRarities(): Rarities {
    return this.#rarities ??= new Rarities()
  }

  now(): number {
    return this.env.clock.currentTimeMillisUnsafe()
  }

  // ---------------------------------------------------------------------------
  // State
  // ---------------------------------------------------------------------------

  read(): State.State {
    return Ref.getUnsafe(this)
  }

  /** Puts the next state in place; `false` if it is the one that is there. */
  move(next: State.State): boolean {
    if (next === this.read()) return false
    MutableRef.set(this, next)
    return true
  }

  update(changes: Partial<State.State>): void {
    this.move({ ...this.read(), ...changes })
  }

  hinder(obstacles: Partial<State.Obstacles>): void {
    this.move(State.hindered(this.read(), obstacles))
  }

  /** Takes a token set in; `false` if a newer one is there. */
  adopt(tokens: TokenSet, { delay, from = tokens.generation, lockedOut = false, saved = true }: {
    /** Milliseconds until it is to be renewed. */
    readonly delay: number
    /** The generation that it came of, by refresh. */
    readonly from?: number | undefined
    /** The account's credentials stand refused all the same. */
    readonly lockedOut?: boolean
    readonly saved?: boolean
  }): boolean {
    this.known = Math.max(this.known, tokens.generation)
    const root = from === this.read().tokens?.generation ? this.root : from
    const renewAt = this.now() + delay
    if (!this.move(State.adopted(this.read(), tokens, { lockedOut, renewAt, saved }))) return false
    this.root = root
    if (this.rarities.retry !== undefined) this.ownRarities.retry = undefined
    this.used = "before"
    this.lookLater()
    return true
  }

  /** Takes another cache's token set in, after `elapsed` milliseconds; nothing if a newer one is there. */
  takeOver({ rotation }: AnyIssuer, { lockedOut, tokens }: Adoption, delay: number, elapsed: number): void {
    const { obstacles: { lockout, saved } } = this.read()
    const { expiresAt, generation } = tokens
    // It takes the place of one that may not have reached the store. Where a new token set ends the one before, nobody knows
    // which of the two the provider handed out last.
    if (rotation === "singleActive" && !saved) this.doubt(generation)
    if (!this.adopt(tokens, { delay, lockedOut })) return
    if (lockout !== undefined && !lockedOut) this.emit({ _tag: "LockoutEnded" })
    this.emit({ _tag: "Adopted", generation, expiresAt, elapsed })
  }

  /** Whether it is time to look into the store, and somebody would gain by it. */
  takeLook(): boolean {
    if (this.now() < (this.#lookAt ?? 0)) return false
    const used = this.used === "sinceLook"
    if (used) this.used = "sinceRenewal"
    this.lookLater()
    return used || this.read().obstacles.lockout !== undefined
  }

  /** Has the store looked into soon: notices may have been lost. */
  lookSoon(delay: number): void {
    if (this.read().tokens === undefined) return
    this.used = "sinceLook"
    this.#lookAt = this.now() + delay
    this.plan()
  }

  /** The next notice that another cache has written. */
  get noticed(): Effect.Effect<void> {
    return Effect.suspend(() => Deferred.await(this.ownRarities.noticed ??= Deferred.makeUnsafe()))
  }

  /** Another cache has written. */
  notice(): void {
    const { noticed } = this.rarities
    if (noticed === undefined) return
    this.ownRarities.noticed = undefined
    Deferred.doneUnsafe(noticed, Exit.void)
  }

  /** The refresh token of this generation, and of those before it, may have been spent. */
  get doubtful(): number {
    return this.rarities.doubtful
  }

  doubt(generation: number): void {
    if (generation > this.doubtful) this.ownRarities.doubtful = generation
  }

  /** Another cache may be about to write what was replaced by what this one was answered. */
  doubtNext(): void {
    this.ownRarities.doubtsNext = true
  }

  /** Whether that was said; once. */
  takeDoubt(): boolean {
    const { doubtsNext } = this.rarities
    if (doubtsNext) this.ownRarities.doubtsNext = false
    return doubtsNext
  }

  private lookLater(): void {
    this.#lookAt = this.env.siblings && this.now() + this.env.settings.storeInterval
  }

  /** Nothing up to this generation is handed out or refreshed any more. */
  forgetUpTo(generation: number): void {
    this.doubt(generation)
    this.known = Math.max(this.known, generation)
    if (!this.move(State.forgotten(this.read(), generation))) return
    this.emit({ _tag: "Forgotten", generation })
    this.plan()
  }

  /** What was issued up to this instant was forgotten, although the store may still have it. */
  get toForget(): number {
    return this.read().obstacles.toForget ?? Number.NEGATIVE_INFINITY
  }

  /**
   * Has the store forget what it has, unless it is newer than `upTo`. If others use it, it is told again until it has
   * answered, to forget what was issued up to `until`.
   */
  forgetInStore(upTo: number, until: number): Effect.Effect<void, TokenStoreError> {
    const { siblings, store } = this.env
    return siblings === undefined ? store.forget(this.key, upTo) : siblings.forget(this, upTo, until)
  }

  endLockout(): void {
    const { lockout } = this.read().obstacles
    if (lockout === undefined) return
    this.hinder({ lockout: undefined, refused: undefined, credentialsChangedAfter: lockout.attempts })
    this.emit({ _tag: "LockoutEnded" })
    this.plan()
  }

  // ---------------------------------------------------------------------------
  // Schedules
  // ---------------------------------------------------------------------------

  /** Milliseconds until the renewal of a token set. */
  renewIn(issuer: AnyIssuer, tokens: TokenSet): Effect.Effect<number> {
    const { window } = issuer
    const { at, clamped } = Expiry.renewAt(tokens, window, this.env.draw())
    const life = { issuedAt: tokens.issuedAt, expiresAt: tokens.expiresAt, renewAt: at }
    if (clamped) {
      this.emit({
        _tag: "WindowClamped",
        window: Duration.toMillis(window),
        life: tokens.expiresAt - tokens.issuedAt
      })
    }
    const { renewal } = this.env.settings
    const stepper = renewal === beforeExpiry ? ofBeforeExpiry : this.ownRarities.renewal ??= new Stepper()
    return stepper.next(this.env, renewal, life)
  }

  /** Milliseconds until the next try: by the schedule, or longer at the provider's word. */
  retryIn(failure: Failure): Effect.Effect<number> {
    const asked = failure._tag === "Issuer" ? Math.min(failure.askedToWait ?? 0, longestAskedWait) : 0
    const stepper = this.ownRarities.retry ??= new Stepper()
    const delay = stepper.next(this.env, this.env.settings.retry, toReason(failure, asked))
    return Effect.map(delay, (delay) => Math.max(delay, asked))
  }

  /** Tells the timetable when this key next needs attention. */
  plan(): void {
    this.planFor(this.nextAttention())
  }

  /** The same when what is due has been seen to. */
  planNext(): void {
    const due = this.nextAttention()
    this.planFor(due === undefined || due > this.now() ? due : this.nextLook())
  }

  private planFor(due: number | undefined): void {
    if (due === undefined) this.env.timetable.cancel(this)
    else this.env.timetable.plan(this, due)
  }

  private nextAttention(): number | undefined {
    const { closing, settings } = this.env
    const now = this.now()
    const state = this.read()
    const { lockout, saved, toForget } = state.obstacles
    if (closing) return undefined
    if (this.issuer === undefined) return toForget === undefined ? undefined : now + savingInterval
    if (lockout !== undefined) return now + settings.credentialsInterval
    if (!saved || toForget !== undefined) return now + savingInterval
    if (State.usable(state, now) === undefined || State.isRenewing(state, now)) return undefined
    return earlier(State.renewalDue(state), this.nextLook())
  }

  private nextLook(): number | undefined {
    return this.env.closing || this.issuer === undefined ? undefined : this.#lookAt
  }

  // ---------------------------------------------------------------------------
  // Errors and events
  // ---------------------------------------------------------------------------

  error(reason: Reason): TokenError {
    return new TokenError({ provider: this.key.provider, reason })
  }

  emit(fact: Fact): void {
    this.env.publish({ ...fact, provider: this.key.provider, key: this.name, at: this.now() })
  }
}

const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? a ?? b : Math.min(a, b)
