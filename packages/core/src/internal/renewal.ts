/**
 * A renewal: attempts until one succeeds, or until nobody without a token waits any more.
 */
import type * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import { KeepAlive } from "../KeepAlive.ts"
import type { Cause } from "../TokenEvent.ts"
import type { TokenSet } from "../TokenSet.ts"
import { attempt } from "./attempt.ts"
import type { Cell } from "./cell.ts"
import { type Failure, toReason } from "./failure.ts"
import type { AnyIssuer } from "./issuer.ts"
import { askCredentials } from "./request.ts"
import * as State from "./state.ts"
import { closed, type Outcome, type Subject } from "./subject.ts"

/**
 * Runs in the scope and the context of the cache, never in a caller's; the host of the caller is told to keep it alive.
 * Must be run uninterruptibly. The forked fiber can not be interrupted before its first step: it would not run its last.
 */
export const fork = (
  cell: Cell,
  caller: Fiber.Fiber<unknown, unknown>,
  effect: Effect.Effect<void>
): Effect.Effect<void> => {
  const keepAlive = caller.getRef(KeepAlive)
  const forked = Effect.forkIn(
    Effect.updateContext(effect, (_: Context.Context<never>) => cell.env.context),
    cell.env.scope,
    { startImmediately: true, uninterruptible: true }
  )
  return keepAlive === undefined
    ? Effect.asVoid(forked)
    : Effect.map(forked, (renewal) => keepAlive(Effect.asVoid(Fiber.await(renewal))))
}

/** Takes the slot. What follows, up to the fork, must be one step with it. */
export const occupy = (cell: Cell, issuer: AnyIssuer, now: number): State.InFlight => {
  const { credentialsTimeout, patience, storeTimeout } = cell.env.settings
  const longest = 2 * patience + 3 * issuer.timeout + 6 * storeTimeout + credentialsTimeout
  const inFlight = State.inFlight(now, now + longest)
  cell.update({ inFlight })
  return inFlight
}

export const run = Effect.fnUntraced(function*(
  cell: Cell,
  issuer: AnyIssuer,
  inFlight: State.InFlight,
  cause: Cause
): Effect.fn.Return<void> {
  const patienceEndsAt = inFlight.startedAt + cell.env.settings.patience
  let wait = State.backOff(cell.read(), inFlight.startedAt)
  for (let attempt = 1;; attempt++) {
    if (wait > 0) {
      const waited = yield* Effect.exit(Effect.interruptible(cell.env.clock.sleep(Duration.millis(wait))))
      if (Exit.isFailure(waited)) return giveUp(cell, inFlight, { _tag: "Closed" }, 0)
    }
    const outcome = yield* throughTurnstile(cell, issuer, inFlight, cause, attempt)
    if (outcome._tag !== "Failed") return yield* settle(cell, issuer, inFlight, outcome)
    const { failure } = outcome
    if (failure._tag === "Closed") return giveUp(cell, inFlight, failure, 0)
    wait = yield* cell.retryIn(failure)
    const now = cell.now()
    const alive = State.usable(cell.read(), now) !== undefined
    const { _tag: reason, message } = toReason(failure, wait)
    cell.emit({ _tag: "Failed", cause, attempt, reason, message, retryAfter: wait, tokenAlive: alive })
    if (alive || inFlight.waiting === 0 || now + wait >= patienceEndsAt) {
      return giveUp(cell, inFlight, failure, wait)
    }
  }
})

const throughTurnstile = (
  cell: Cell,
  issuer: AnyIssuer,
  inFlight: State.InFlight,
  cause: Cause,
  attempts: number
): Effect.Effect<Outcome> => {
  const turnstile = cell.env.turnstile(cell.key.provider)
  return Effect.flatMap(Effect.exit(Effect.interruptible(turnstile.take(1))), (entered) =>
    Exit.isFailure(entered)
      ? Effect.succeed(closed)
      : Effect.ensuring(
        Effect.suspend(() =>
          attempt(cell.env, {
            ...subjectOf(cell, issuer, cause, inFlight.startedAt),
            attempt: attempts,
            patienceEndsAt: inFlight.startedAt + cell.env.settings.patience,
            isCurrent: () => cell.read().inFlight === inFlight && cell.now() < inFlight.deadline
          })
        ),
        turnstile.release(1)
      ))
}

/** The key as the first attempt sees it, which waits for nobody. */
export const subjectOf = (cell: Cell, issuer: AnyIssuer, cause: Cause, startedAt: number): Subject => {
  const state = cell.read()
  return {
    key: cell.key,
    issuer,
    cause,
    attempt: 1,
    startedAt,
    have: state.tokens,
    rejected: () => cell.read().rejected,
    toForget: () => cell.toForget,
    doubtful: () => cell.doubtful,
    credentialsChangedAfter: state.obstacles.credentialsChangedAfter,
    known: () => cell.known,
    learn: (generation) => {
      cell.known = Math.max(cell.known, generation)
    },
    doubt: (generation) => cell.doubt(generation),
    doubtNext: () => cell.doubtNext(),
    takeDoubt: () => cell.takeDoubt(),
    isCurrent: () => true,
    noticed: cell.noticed,
    emit: (fact) => cell.emit(fact),
    patienceEndsAt: 0
  }
}

/** Takes a token set or a lockout into the state and lets everybody go who waited for it. */
const settle = (
  cell: Cell,
  issuer: AnyIssuer,
  inFlight: State.InFlight,
  outcome: Exclude<Outcome, { readonly _tag: "Failed" }>
): Effect.Effect<void> => {
  if (outcome._tag === "LockedOut") {
    return Effect.sync(() => {
      const { credentials: refused, lockout } = outcome
      if (leave(cell, inFlight)) {
        cell.hinder({ lockout, refused, credentialsChangedAfter: undefined, failure: undefined })
      }
      const reason = State.lockoutReason(lockout, cell.now())
      Deferred.doneUnsafe(inFlight.settled, Exit.fail(cell.error(reason)))
      cell.plan()
    })
  }
  const { tokens } = outcome
  const forgotten = tokens.generation <= cell.read().rejected ||
    (outcome._tag === "Issued" && outcome.from !== undefined && outcome.from <= cell.doubtful)
  if (forgotten) return dropped(cell, inFlight, tokens)
  return Effect.map(cell.renewIn(issuer, tokens), (delay) => {
    leave(cell, inFlight)
    if (outcome._tag === "Issued") cell.adopt(tokens, { ...outcome, delay })
    else cell.takeOver(issuer, outcome, delay, cell.now() - inFlight.startedAt)
    Deferred.doneUnsafe(inFlight.settled, Exit.void)
    cell.plan()
  })
}

/**
 * It, or what it came of, was forgotten while it was on its way; it may have reached the store after the store forgot. It is
 * forgotten here first: another attempt, if this one was frozen past its deadline, must not adopt it from the store.
 */
const dropped = (cell: Cell, inFlight: State.InFlight, tokens: TokenSet): Effect.Effect<void> =>
  Effect.suspend(() => {
    cell.forgetUpTo(tokens.generation)
    return cell.forgetInStore(tokens.generation, tokens.issuedAt)
  }).pipe(
    Effect.ignore,
    Effect.map(() => {
      leave(cell, inFlight)
      Deferred.doneUnsafe(inFlight.settled, Exit.void)
      cell.plan()
    })
  )

const giveUp = (cell: Cell, inFlight: State.InFlight, failure: Failure, delay: number): void => {
  const current = leave(cell, inFlight)
  if (current && failure._tag !== "Closed") cell.hinder({ failure: { failure, until: cell.now() + delay } })
  Deferred.doneUnsafe(inFlight.settled, Exit.fail(cell.error(toReason(failure, delay))))
  cell.plan()
}

/** Frees the slot; `false` if another caller had taken it over. */
const leave = (cell: Cell, inFlight: State.InFlight): boolean => {
  if (cell.read().inFlight !== inFlight) return false
  cell.update({ inFlight: undefined })
  return true
}

/** Asks for the credentials while they stand refused, to see whether they were replaced. */
export const lookAtCredentials = (cell: Cell, issuer: AnyIssuer): Effect.Effect<void> =>
  Effect.map(askCredentials(cell.env, issuer), (access) => {
    const { lockout, refused } = cell.read().obstacles
    if (lockout === undefined) return
    if (Result.isSuccess(access)) {
      const { credentials } = access.success
      if (refused === undefined) cell.hinder({ refused: credentials })
      else if (!Equal.equals(credentials, refused)) return cell.endLockout()
    }
    cell.plan()
  })
