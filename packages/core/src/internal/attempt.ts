/**
 * One attempt to get a token set for a key: lease, look into the store, ask the issuer, write, release.
 *
 * Runs in a fiber that can not be interrupted, but for the places where it waits for others. So a token set that the
 * issuer answered is always written and returned, and a lease that was taken is always ended.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Expiry from "../Expiry.ts"
import type { Reason as IssuerReason } from "../IssuerError.ts"
import type { Means } from "../TokenEvent.ts"
import type { TokenSet } from "../TokenSet.ts"
import type { Lockout } from "../TokenStore.ts"
import { bounded, type Environment } from "./environment.ts"
import { ofIssuer } from "./failure.ts"
import * as Mark from "./mark.ts"
import * as Permit from "./permit.ts"
import { knows, localLockout, localTokens, newerThanOurs, offsetSince, storedLockout, storedTokens } from "./record.ts"
import { type Answer, ask, askCredentials } from "./request.ts"
import { closed, failed, type Outcome, type Subject } from "./subject.ts"

export const attempt = Effect.fnUntraced(function*(env: Environment, subject: Subject): Effect.fn.Return<Outcome> {
  for (;;) {
    const rejected = subject.rejected()
    const permit = yield* Permit.take(env, subject)
    if ("_tag" in permit) return permit
    const outcome = yield* decide(env, subject, permit)
    if (permit.lease !== undefined && !permit.ended) yield* Permit.endUnwritten(env, permit, permit.lease)
    if (outcome !== undefined) return outcome
    // Who says that a token set was dead of which no store can have heard gets none that is newer.
    if (subject.rejected() === rejected) return failed({ _tag: "Issuer", problem: "busy" })
  }
})

// -----------------------------------------------------------------------------
// Under the lease
// -----------------------------------------------------------------------------

/** `undefined` if its number was forgotten before anything came of it: under another one, the same can be tried again. */
const decide = Effect.fnUntraced(function*(
  env: Environment,
  subject: Subject,
  permit: Permit.Permit
): Effect.fn.Return<Outcome | undefined> {
  const sibling = newerThanOurs(env, subject, permit.record, permit.offset)
  if (sibling !== undefined) return sibling
  const lockout = localLockout(permit.record, permit.offset)
  if (lockout !== undefined && lockout.probeAt > env.clock.currentTimeMillisUnsafe() && binds(subject, lockout)) {
    const access = yield* askCredentials(env, subject.issuer)
    const credentials = Result.isSuccess(access) ? access.success.credentials : undefined
    if (!Mark.isNew(lockout, yield* Mark.of(env, credentials))) return { _tag: "LockedOut", lockout, credentials }
  }
  const refreshable = refreshableTokens(env, subject, permit)
  if (refreshable !== undefined) {
    const outcome = yield* refresh(env, subject, permit, refreshable)
    if (outcome !== undefined) return outcome
  }
  return yield* logIn(env, subject, permit)
})

/** Whether a lockout is about the credentials as they are now: not if they changed since it was the last one known. */
const binds = ({ credentialsChangedAfter }: Subject, { attempts }: Lockout): boolean =>
  credentialsChangedAfter === undefined || attempts > credentialsChangedAfter

/** The newest token set whose refresh token may be sent. */
const refreshableTokens = (
  env: Environment,
  subject: Subject,
  permit: Permit.Permit
): (TokenSet & { readonly refreshToken: NonNullable<TokenSet["refreshToken"]> }) | undefined => {
  const stored = knows(permit.record, subject.have?.generation ?? 0)
  const tokens = stored ? localTokens(permit.record, permit.offset, subject.toForget()) : subject.have
  if (tokens === undefined || tokens.refreshToken === undefined || subject.issuer.refresh === undefined) {
    return undefined
  }
  if (tokens.generation <= subject.doubtful()) return undefined
  if (tokens.refreshExpiresAt !== undefined && tokens.refreshExpiresAt <= env.clock.currentTimeMillisUnsafe()) {
    return undefined
  }
  return { ...tokens, refreshToken: tokens.refreshToken }
}

/** A refresh; `undefined` if a login must follow. */
const refresh = Effect.fnUntraced(function*(
  env: Environment,
  subject: Subject,
  permit: Permit.Permit,
  tokens: TokenSet & { readonly refreshToken: NonNullable<TokenSet["refreshToken"]> }
): Effect.fn.Return<Outcome | undefined> {
  const { issuer } = subject
  if (issuer.refresh === undefined) return undefined
  const answer = yield* ask(env, subject, permit, "refresh", issuer.refresh(tokens.refreshToken))
  switch (answer._tag) {
    case "Granted":
      // Forgotten meanwhile: what came of it is as compromised as it was itself.
      if (tokens.generation <= subject.doubtful()) {
        doubt(subject, permit, tokens)
        return undefined
      }
      return yield* save(env, subject, permit, "refresh", answer, tokens)
    case "Forgotten":
      return undefined
    case "Closed":
      doubt(subject, permit, tokens)
      return closed
    case "NotAsked":
      return failed({ _tag: "Issuer", problem: "busy" })
    case "Refused": {
      const { reason } = answer
      if (reason._tag === "RefreshTokenDead") {
        doubt(subject, permit, tokens)
        return undefined
      }
      if (reason._tag === "InvalidCredentials") return yield* lockOut(env, subject, permit, reason, undefined)
      if (surelyNotSpent(reason)) return failed(ofIssuer(reason))
      if (issuer.rotation === "reusable") {
        // A fault may be this refresh token's own, and last as long as it does. Callers who have a token can wait and see.
        return isFault(reason) && !isAlive(env, subject) ? undefined : failed(ofIssuer(reason))
      }
      // The refresh token may have been spent: nobody sends it again, and a login takes its place.
      doubt(subject, permit, tokens)
      return undefined
    }
  }
})

/** Nobody sends this refresh token again: neither this cache nor another one of its store. */
const doubt = (subject: Subject, permit: Permit.Permit, tokens: TokenSet): void => {
  subject.doubt(tokens.generation)
  permit.struck ||= permit.record?.generation === tokens.generation
}

/** The endpoint answered, and neither granted nor refused for a reason. */
const isFault = (reason: IssuerReason): boolean =>
  reason._tag === "IssuerRefused" || reason._tag === "UnreadableAnswer" || reason._tag === "Redirected"

const isAlive = (env: Environment, { have, rejected }: Subject): boolean =>
  have !== undefined && have.generation > rejected() && have.expiresAt > env.clock.currentTimeMillisUnsafe()

const surelyNotSpent = (reason: IssuerReason): boolean =>
  reason._tag === "NotSent" || (reason._tag === "IssuerRefused" && reason.status === 429)

const logIn = Effect.fnUntraced(function*(
  env: Environment,
  subject: Subject,
  permit: Permit.Permit
): Effect.fn.Return<Outcome | undefined> {
  const access = yield* askCredentials(env, subject.issuer)
  if (Result.isFailure(access)) return failed(access.failure)
  const { credentials, login } = access.success
  const answer = yield* ask(env, subject, permit, "login", login)
  switch (answer._tag) {
    case "Granted":
      return yield* save(env, subject, permit, "login", answer, undefined)
    case "Forgotten":
      return undefined
    case "Closed":
      mayHaveReplaced(subject, permit)
      return closed
    case "NotAsked":
      return failed({ _tag: "Issuer", problem: "busy" })
    case "Refused": {
      const { reason } = answer
      if (reason._tag === "InvalidCredentials") return yield* lockOut(env, subject, permit, reason, credentials)
      if (!surelyNotSpent(reason)) mayHaveReplaced(subject, permit)
      return failed(ofIssuer(reason))
    }
  }
})

/** A login of unknown outcome: where there is one token set alone, the refresh token in the record may be dead. */
const mayHaveReplaced = ({ issuer }: Subject, permit: Permit.Permit): void => {
  permit.struck ||= issuer.rotation === "singleActive"
}

// -----------------------------------------------------------------------------
// The store
// -----------------------------------------------------------------------------

/** Writes what the issuer answered before anybody sees it. */
const save = Effect.fnUntraced(function*(
  env: Environment,
  subject: Subject,
  permit: Permit.Permit,
  means: Means,
  answer: Extract<Answer, { readonly _tag: "Granted" }>,
  refreshed: TokenSet | undefined
): Effect.fn.Return<Outcome> {
  const tokens = tokenSet(env, subject, permit, answer, refreshed)
  subject.emit({
    _tag: "Issued",
    means,
    cause: subject.cause,
    attempt: subject.attempt,
    generation: tokens.generation,
    expiresAt: tokens.expiresAt,
    duration: answer.receivedAt - answer.requestedAt,
    elapsed: answer.receivedAt - subject.startedAt
  })
  if (permit.record?.lockout !== undefined && subject.credentialsChangedAfter === undefined) {
    subject.emit({ _tag: "LockoutEnded" })
  }
  const issued = (saved: boolean): Outcome => ({ _tag: "Issued", tokens, saved, from: refreshed?.generation })
  if (permit.lease === undefined) return issued(false)
  permit.ended = true
  const asked = env.clock.currentTimeMillisUnsafe()
  const written = yield* Effect.result(bounded(
    env,
    "write",
    env.store.write(permit.lease, {
      generation: tokens.generation,
      tokens: storedTokens(tokens, permit.offset),
      lockout: undefined
    })
  ))
  if (Result.isFailure(written)) {
    subject.emit({ _tag: "StoreUnavailable", operation: written.failure.operation, problem: written.failure.problem })
    return issued(false)
  }
  if (written.success._tag === "Written") return issued(true)
  // Frozen past the lease: another cache has taken over, and what it writes counts.
  const { now, record } = written.success
  // The refresh token that was sent is spent, whatever stands in the store.
  if (refreshed !== undefined && subject.issuer.rotation !== "reusable") subject.doubt(refreshed.generation)
  // Which of the two the provider handed out last, nobody knows; the other one may not be in the store yet.
  if (subject.issuer.rotation === "singleActive") subject.doubtNext()
  return newerThanOurs(env, subject, record, offsetSince(env, asked, now)) ??
    failed({ _tag: "Issuer", problem: "busy" })
})

/** Puts the refusal of the credentials where every cache of the store sees it. */
const lockOut = Effect.fnUntraced(function*(
  env: Environment,
  subject: Subject,
  permit: Permit.Permit,
  reason: Extract<IssuerReason, { readonly _tag: "InvalidCredentials" }>,
  credentials: unknown
): Effect.fn.Return<Outcome> {
  const attempts = (permit.record?.lockout?.attempts ?? 0) + 1
  const { probes } = env.settings
  const wait = probes[Math.min(attempts, probes.length) - 1] ?? 0
  const lockout: Lockout = {
    attempts,
    probeAt: env.clock.currentTimeMillisUnsafe() + wait,
    providerCode: reason.providerCode,
    providerMessage: reason.providerMessage,
    refused: Mark.added(permit.record?.lockout, yield* Mark.of(env, credentials))
  }
  subject.emit({ _tag: "LockedOut", attempts, retryAfter: wait })
  if (permit.lease !== undefined) {
    permit.ended = true
    const record = Permit.standing(permit)
    const written = yield* Effect.result(bounded(
      env,
      "write",
      env.store.write(permit.lease, {
        generation: record?.generation ?? 0,
        tokens: record?.tokens,
        lockout: storedLockout(lockout, permit.offset)
      })
    ))
    if (Result.isFailure(written)) {
      subject.emit({ _tag: "StoreUnavailable", operation: written.failure.operation, problem: written.failure.problem })
    }
  }
  return { _tag: "LockedOut", lockout, credentials }
})

// -----------------------------------------------------------------------------
// Expiry
// -----------------------------------------------------------------------------

/** A refresh token lives longer than an access token: what is plausible for one is not for the other. */
const longestRefreshLife = Duration.days(400)

const tokenSet = (
  env: Environment,
  subject: Subject,
  permit: Permit.Permit,
  answer: Extract<Answer, { readonly _tag: "Granted" }>,
  refreshed: TokenSet | undefined
): TokenSet => {
  const { grant } = answer
  const now = env.clock.currentTimeMillisUnsafe()
  const timing = grant.timing ??
    { requestedAt: answer.requestedAt, receivedAt: answer.receivedAt, serverDate: undefined, age: undefined }
  const access = Expiry.resolve(grant.expiry, timing, now, env.settings.limits)
  for (const problem of access.problems) {
    subject.emit({ _tag: "ExpiryDoubtful", problem: Expiry.describe(problem) })
  }
  if (access.skew !== undefined) subject.emit({ _tag: "SkewLearnt", millis: access.skew })
  return {
    generation: permit.generation,
    accessToken: grant.accessToken,
    issuedAt: Math.min(timing.requestedAt, now),
    expiresAt: access.expiresAt,
    refreshToken: grant.refreshToken ?? refreshed?.refreshToken,
    refreshExpiresAt: grant.refreshExpiry === undefined
      ? refreshed?.refreshExpiresAt
      : Expiry.resolve(grant.refreshExpiry, timing, now, {
        ...env.settings.limits,
        longestLife: longestRefreshLife
      }).expiresAt
  }
}
