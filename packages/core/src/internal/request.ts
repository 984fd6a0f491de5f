/**
 * One request to an issuer, under a lease, and the credentials for it.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import { Unanswered } from "../ExchangeError.ts"
import type { Grant } from "../Issuer.ts"
import { IssuerError, type Reason } from "../IssuerError.ts"
import type { Means } from "../TokenEvent.ts"
import type { Environment } from "./environment.ts"
import type { Failure } from "./failure.ts"
import type { Access, AnyIssuer } from "./issuer.ts"
import * as Permit from "./permit.ts"
import type { Subject } from "./subject.ts"

/** The credentials as they are now. */
export const askCredentials = (
  env: Environment,
  issuer: AnyIssuer
): Effect.Effect<Result.Result<Access, Failure>> =>
  env.deadlines.timeoutOrElse(
    issuer.access,
    Duration.millis(env.settings.credentialsTimeout),
    () => Effect.fail("unavailable" as const)
  ).pipe(
    Effect.interruptible,
    Effect.exit,
    Effect.map((exit): Result.Result<Access, Failure> => {
      if (Exit.isSuccess(exit)) return Result.succeed(exit.value)
      return Result.fail({ _tag: Cause.hasInterruptsOnly(exit.cause) ? "Closed" : "Credentials" })
    })
  )

/** What a request came to. */
export type Answer =
  | { readonly _tag: "Granted"; readonly grant: Grant; readonly requestedAt: number; readonly receivedAt: number }
  | { readonly _tag: "Refused"; readonly reason: Reason }
  /** The lease did not outlast the request, which was not sent. */
  | { readonly _tag: "NotAsked" }
  /** The number of what it would have brought was forgotten; it was not sent. */
  | { readonly _tag: "Forgotten" }
  | { readonly _tag: "Closed" }

/**
 * Asks under a lease that outlasts the request, or not at all.
 *
 * The lease is looked at in the fiber that sends, as late as can be. A process that stands still just then may send what it
 * should not have sent any more; its write is refused then.
 */
export const ask = (
  env: Environment,
  subject: Subject,
  permit: Permit.Permit,
  means: Means,
  request: Effect.Effect<Grant, IssuerError>
): Effect.Effect<Answer> => {
  const answer = askInTime(env, subject, permit, means, request)
  return Effect.suspend(() =>
    permit.lease === undefined || Permit.outlasts(env, subject, permit)
      ? answer
      : Effect.andThen(Permit.prolong(env, subject, permit, permit.lease), answer)
  )
}

const askInTime = (
  env: Environment,
  subject: Subject,
  permit: Permit.Permit,
  means: Means,
  request: Effect.Effect<Grant, IssuerError>
): Effect.Effect<Answer> => {
  const { attempt, cause } = subject
  const timeout = Duration.millis(subject.issuer.timeout)
  let requestedAt: number | undefined
  const asking = Effect.suspend((): Effect.Effect<Answer, IssuerError> => {
    // Whoever forgets takes along what is under way, by its number: what was not even asked for needs another one.
    if (permit.generation <= subject.rejected()) return Effect.succeed({ _tag: "Forgotten" })
    if (!subject.isCurrent() || !Permit.outlasts(env, subject, permit)) return Effect.succeed({ _tag: "NotAsked" })
    // A second request under the same lease asks the store first: it may have lost the lease during the first.
    if (permit.lease !== undefined) permit.leasedUntil = Number.NEGATIVE_INFINITY
    subject.emit({ _tag: "Asked", means, cause, attempt })
    const sentAt = requestedAt = env.clock.currentTimeMillisUnsafe()
    return Effect.map(request, (grant) => ({
      _tag: "Granted",
      grant,
      requestedAt: sentAt,
      receivedAt: env.clock.currentTimeMillisUnsafe()
    }))
  })
  const bounded = env.deadlines.timeoutOrElse(
    asking,
    timeout,
    () => Effect.fail(new IssuerError({ reason: new Unanswered({ problem: "timedOut", timeout }) }))
  )
  return Effect.map(Effect.exit(Effect.interruptible(bounded)), (exit) => {
    if (Exit.isSuccess(exit)) return exit.value
    const reason = reasonOf(exit.cause)
    if (reason === undefined) return { _tag: "Closed" }
    if (requestedAt === undefined) return { _tag: "NotAsked" }
    subject.emit({
      _tag: "NotIssued",
      means,
      cause,
      attempt,
      reason: reason._tag,
      status: "status" in reason ? reason.status : undefined,
      duration: env.clock.currentTimeMillisUnsafe() - requestedAt
    })
    return { _tag: "Refused", reason }
  })
}

/** Why a request brought nothing; `undefined` if the cache was closed meanwhile. */
const reasonOf = (cause: Cause.Cause<IssuerError>): Reason | undefined => {
  const error = Cause.findErrorOption(cause)
  if (error._tag === "Some") return error.value.reason
  // A defect in an issuer says nothing about what the provider did.
  return Cause.hasInterrupts(cause) ? undefined : new Unanswered({ problem: "connectionLost" })
}
