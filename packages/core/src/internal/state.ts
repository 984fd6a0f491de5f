/**
 * How the tokens of one key stand, and how that changes: values and pure functions.
 */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CredentialsRefused, type Reason, type TokenError } from "../TokenError.ts"
import type { Cause } from "../TokenEvent.ts"
import type { KeyStatus } from "../Tokens.ts"
import type { Token, TokenSet } from "../TokenSet.ts"
import type { Lockout } from "../TokenStore.ts"
import { type Failure, toReason } from "./failure.ts"
import * as Pace from "./pace.ts"

/** A renewal under way, and those who wait for it. */
export interface InFlight {
  readonly settled: Deferred.Deferred<void, TokenError>
  /** Waits for that: the same for all who do. */
  readonly ended: Effect.Effect<void, TokenError>
  readonly startedAt: number
  /** After this the renewal's own bounds have failed it (a host that froze it, say) and the next caller takes over. */
  readonly deadline: number
  waiting: number
}

/** What keeps the issuer from being asked, and what the store has yet to be told. */
export interface Obstacles {
  readonly lockout: Lockout | undefined
  /** The credentials that were refused. */
  readonly refused: unknown
  /** How many logins in a row had been refused when the credentials changed; they were not tried since. */
  readonly credentialsChangedAfter: number | undefined
  /** The last failure, and until when it answers for the issuer. */
  readonly failure: { readonly failure: Failure; readonly until: number } | undefined
  readonly pace: Pace.Pace
  /** Whether the token store has the newest token set. */
  readonly saved: boolean
  /** What was issued up to this instant was forgotten, and the store has not answered to that yet. */
  readonly toForget: number | undefined
}

export interface State {
  /** Until when `ready` may be handed out without a further look: the start of the refresh window. */
  readonly freshUntil: number
  readonly ready: Exit.Exit<Token> | undefined
  /** The newest token set, whether it may still be handed out or not. */
  readonly tokens: TokenSet | undefined
  /** Token sets up to this generation were rejected or forgotten. */
  readonly rejected: number
  readonly inFlight: InFlight | undefined
  /** Of a key with which all is well the same as of every other. */
  readonly obstacles: Obstacles
}

const none: Obstacles = {
  lockout: undefined,
  refused: undefined,
  credentialsChangedAfter: undefined,
  failure: undefined,
  pace: Pace.fresh,
  saved: true,
  toForget: undefined
}

export const cold: State = {
  freshUntil: Number.NEGATIVE_INFINITY,
  ready: undefined,
  tokens: undefined,
  rejected: 0,
  inFlight: undefined,
  obstacles: none
}

export const inFlight = (startedAt: number, deadline: number): InFlight => {
  const settled = Deferred.makeUnsafe<void, TokenError>()
  return { settled, ended: Deferred.await(settled), startedAt, deadline, waiting: 0 }
}

// -----------------------------------------------------------------------------
// Questions
// -----------------------------------------------------------------------------

/** The token that may be handed out now. */
export const usable = ({ ready, rejected, tokens }: State, now: number): Exit.Exit<Token> | undefined =>
  tokens !== undefined && tokens.generation > rejected && now < tokens.expiresAt ? ready : undefined

/** Whether a renewal is under way that is worth waiting for. */
export const isRenewing = (state: State, now: number): state is State & { readonly inFlight: InFlight } =>
  state.inFlight !== undefined && now < state.inFlight.deadline

/** Whether its token set, or the refresh token in it, is still good for anything. */
export const isOfUse = ({ rejected, tokens }: State, now: number): boolean =>
  tokens !== undefined &&
  ((tokens.generation > rejected && now < tokens.expiresAt) ||
    (tokens.refreshToken !== undefined && now < (tokens.refreshExpiresAt ?? Number.POSITIVE_INFINITY)))

/** Why the issuer must not be asked now, nor within the time that a caller would wait. */
export const obstacle = (state: State, now: number, patience = 0): Reason | undefined => {
  const { failure, lockout, pace } = state.obstacles
  if (lockout !== undefined && now < lockout.probeAt) return lockoutReason(lockout, now)
  const wait = backOff(state, now)
  if (wait <= patience) return undefined
  return failure !== undefined && failure.until >= pace.notBefore
    ? toReason(failure.failure, wait)
    : toReason({ _tag: "Issuer", problem: "exhausted" }, wait)
}

/** How long the issuer is not to be asked because of what came of it last, in milliseconds. */
export const backOff = ({ obstacles: { failure, pace } }: State, now: number): number =>
  Math.max(0, (failure?.until ?? 0) - now, pace.notBefore - now)

export const lockoutReason = (lockout: Lockout, now: number): Reason =>
  new CredentialsRefused({
    attempts: lockout.attempts,
    retryAfter: Duration.millis(Math.max(0, lockout.probeAt - now)),
    ...(lockout.providerCode === undefined ? undefined : { providerCode: lockout.providerCode }),
    ...(lockout.providerMessage === undefined ? undefined : { providerMessage: lockout.providerMessage })
  })

/** Why a token set is wanted. */
export const need = (state: State, now: number): Cause => {
  const { rejected, tokens } = state
  if (tokens === undefined) return "cold"
  if (usable(state, now) !== undefined) return "window"
  return tokens.generation <= rejected ? "rejected" : "expired"
}

/** When a token that is alive is next to be renewed; `undefined` if it ends before that. */
export const renewalDue = (state: State): number | undefined => {
  const { failure, pace } = state.obstacles
  const due = Math.max(state.freshUntil, failure?.until ?? 0, pace.notBefore)
  return due < (state.tokens?.expiresAt ?? 0) ? due : undefined
}

export const status = (state: State, now: number): Omit<KeyStatus, "provider" | "key" | "served"> => {
  const { failure, lockout, saved, toForget } = state.obstacles
  const failing = failure !== undefined && now < failure.until
  return {
    state: stage(state, now, failing),
    generation: state.tokens?.generation,
    expiresAt: state.tokens?.expiresAt,
    renewing: isRenewing(state, now),
    waiting: state.inFlight?.waiting ?? 0,
    saved,
    forgetting: toForget !== undefined,
    retryAt: lockout?.probeAt ?? (failing ? failure.until : undefined),
    lastFailure: failure === undefined ? undefined : toReason(failure.failure, 0)._tag
  }
}

const stage = (state: State, now: number, failing: boolean): KeyStatus["state"] => {
  if (state.obstacles.lockout !== undefined) return "lockedOut"
  if (usable(state, now) !== undefined) return "alive"
  if (failing) return "failing"
  return state.tokens === undefined ? "cold" : "ended"
}

// -----------------------------------------------------------------------------
// Changes
// -----------------------------------------------------------------------------

/** With a token set that is newer than the one that is there; the same state if it is not newer. */
export const adopted = (
  state: State,
  tokens: TokenSet,
  { lockedOut, renewAt, saved }: { readonly lockedOut: boolean; readonly renewAt: number; readonly saved: boolean }
): State => {
  if (tokens.generation <= (state.tokens?.generation ?? 0)) return state
  const { accessToken, expiresAt, generation } = tokens
  const wasRejected = state.tokens !== undefined && state.tokens.generation <= state.rejected
  // Where it is written, nothing stands any more that was to be forgotten.
  const toForget = saved ? undefined : state.obstacles.toForget
  return {
    ...state,
    tokens,
    ready: Exit.succeed({ value: accessToken, generation, expiresAt }),
    freshUntil: generation > state.rejected ? Math.min(renewAt, expiresAt) : Number.NEGATIVE_INFINITY,
    obstacles: !lockedOut && !wasRejected && saved && toForget === undefined ? none : {
      ...(lockedOut ? state.obstacles : none),
      failure: undefined,
      pace: wasRejected ? state.obstacles.pace : Pace.fresh,
      saved,
      toForget
    }
  }
}

/** With other obstacles; what is not named stays. */
export const hindered = (state: State, obstacles: Partial<Obstacles>): State => ({
  ...state,
  obstacles: { ...state.obstacles, ...obstacles }
})

/** Without any token set up to this generation; the same state if that is known already. */
export const rejected = (state: State, generation: number, now: number): State => {
  if (generation <= state.rejected) return state
  const rest = discarded(state, generation)
  if (!holds(state, generation)) return rest
  return hindered(rest, { pace: Pace.refused(state.obstacles.pace, now - state.tokens.issuedAt, now) })
}

/** The same for a token set that was compromised: its refresh token goes too. */
export const forgotten = (state: State, generation: number): State => {
  const rest = generation <= state.rejected ? state : discarded(state, generation)
  return holds(rest, generation) && rest.tokens.refreshToken !== undefined
    ? { ...rest, tokens: { ...rest.tokens, refreshToken: undefined } }
    : rest
}

const holds = (state: State, generation: number): state is State & { readonly tokens: TokenSet } =>
  state.tokens !== undefined && state.tokens.generation <= generation

const discarded = (state: State, generation: number): State => ({
  ...state,
  rejected: generation,
  ...(holds(state, generation) ? { freshUntil: Number.NEGATIVE_INFINITY, ready: undefined } : undefined)
})
