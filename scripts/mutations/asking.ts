/**
 * Faults in how the provider is asked: under which lease, by which means, with which credentials.
 */
import type { Mutation } from "./mutation.ts"

const attempt = "internal/attempt.ts"
const permit = "internal/permit.ts"
const deadlines = "internal/deadlines.ts"
const request = "internal/request.ts"
const renewal = "internal/renewal.ts"
const state = "internal/state.ts"

export const asking: ReadonlyArray<Mutation> = [
  {
    name: "a request to the issuer has no timeout",
    file: request,
    from: "    asking,\n    timeout,",
    to: "    asking,\n    Duration.hours(10),",
    noticedBy: { policy: "rotating", processes: 1 }
  },
  {
    name: "what can not be interrupted is waited for when its time is over",
    file: deadlines,
    from: "watched.fiber.interruptUnsafe()\n        watched.tell()",
    to: "watched.fiber.interruptUnsafe()",
    noticedBy: { test: "Uninterruptible", named: "a login that can not be interrupted" }
  },
  {
    name: "a sleeper that begins late takes the place of the one that counts",
    file: deadlines,
    from: "if (number !== this.#newest) sleeper.interruptUnsafe()\n      else if",
    to: "this.#sleeper?.interruptUnsafe()\n      if",
    noticedBy: { test: "Deadlines", named: "about to be, and ended before it was" }
  },
  {
    name: "a time limit ends on a fraction of a millisecond",
    file: deadlines,
    from: "Math.ceil(this.#now() + limit)",
    to: "this.#now() + limit",
    noticedBy: { test: "Deadlines", named: "at whatever fraction of a millisecond it began" }
  },
  {
    name: "credentials may take any time",
    file: request,
    from: "Duration.millis(env.settings.credentialsTimeout)",
    to: "Duration.hours(10)",
    noticedBy: { policy: "rotating", processes: 1 }
  },
  {
    name: "the lease is not looked at before a request",
    file: request,
    from: "!subject.isCurrent() || !Permit.outlasts(env, subject, permit)",
    to: "!subject.isCurrent()",
    noticedBy: { policy: "reusable", processes: 3 }
  },
  {
    name: "the lease is not looked at again before a second request",
    file: request,
    from: "if (permit.lease !== undefined) permit.leasedUntil = Number.NEGATIVE_INFINITY",
    to: "",
    noticedBy: { test: "Leases", named: "sends no second request" }
  },
  {
    name: "a lease that could not be prolonged counts as prolonged",
    file: permit,
    from: "if (extended) permit.leasedUntil = asked + timeToLive",
    to: "permit.leasedUntil = extended ? asked + timeToLive : asked + timeToLive",
    noticedBy: { policy: "reusable", processes: 3 }
  },
  {
    name: "a lease is reckoned from when the answer was read",
    file: permit,
    from: "leasedUntil: asked + Duration.toMillis(timeToLive),",
    to: "leasedUntil: monotonic(env.clock) + Duration.toMillis(timeToLive),",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "a lease may end during the request that is sent under it",
    file: permit,
    from: "permit.leasedUntil - monotonic(env.clock) >= subject.issuer.timeout + env.settings.storeTimeout",
    to: "permit.leasedUntil > monotonic(env.clock)",
    noticedBy: { test: "Leases", named: "prolongs it first if it might end" }
  },
  {
    name: "a lease is not released",
    file: permit,
    from: ": bounded(env, \"release\", env.store.release(lease))",
    to: ": Effect.void",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "a cache does not tell the store which numbers it knows",
    file: permit,
    from: "known: subject.known() })",
    to: "known: 0 })",
    noticedBy: { test: "Renewals", named: "above all that its cache has seen" }
  },
  {
    name: "a lone login has a number that was there before",
    file: permit,
    from: "const generation = subject.known() + 1",
    to: "const generation = subject.known()",
    noticedBy: { policy: "reusable", processes: 3 }
  },
  {
    name: "a login has a number that was forgotten",
    file: request,
    from: "if (permit.generation <= subject.rejected()) return Effect.succeed({ _tag: \"Forgotten\" })",
    to: "",
    noticedBy: { test: "Forgetting", named: "costs one more login" }
  },
  {
    name: "what nobody can have is asked for again and again",
    file: attempt,
    from: "if (subject.rejected() === rejected) return failed",
    to: "if (subject.attempt > 99) return failed",
    noticedBy: { test: "Forgetting", named: "of which no store can have heard" }
  },
  {
    name: "rotating tokens are asked for without the store",
    file: permit,
    from: "if (subject.issuer.rotation !== \"reusable\" && !env.settings.aloneWithoutStore) return",
    to: "if (subject.issuer.rotation !== \"reusable\" && env.settings.aloneWithoutStore) return",
    noticedBy: { policy: "singleActive", processes: 3 }
  },
  {
    name: "a cache does not wait for another one's lease",
    file: permit,
    from: "if (patience <= 0) return failed",
    to: "if (patience <= Infinity) return failed",
    noticedBy: { test: "Leases", named: "waits for what that brings" }
  },
  {
    name: "a cache waits for another one's lease for ever",
    file: permit,
    from: "if (patience <= 0) return failed",
    to: "if (patience <= -Infinity) return failed",
    noticedBy: { test: "Leases", named: "when their patience is over" }
  },
  {
    name: "a cache logs in although another one has a token",
    file: attempt,
    from: "if (sibling !== undefined) return sibling\n  const lockout",
    to: "const lockout",
    noticedBy: { test: "Siblings", named: "log in once between them" }
  },
  {
    name: "a refresh of unknown outcome is tried again",
    file: attempt,
    from: "if (issuer.rotation === \"reusable\") {",
    to: "if (issuer.timeout > 0) {",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "a refresh that the provider answered with trouble counts as not spent",
    file: attempt,
    from: "reason._tag === \"NotSent\" || (reason._tag === \"IssuerRefused\" && reason.status === 429)",
    to: "reason._tag === \"NotSent\" || reason._tag === \"IssuerRefused\"",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "a dead refresh token is sent again",
    file: attempt,
    from:
      "if (reason._tag === \"RefreshTokenDead\") {\n        doubt(subject, permit, tokens)\n        return undefined",
    to:
      "if (reason._tag === \"RefreshTokenDead\") {\n        return failed({ _tag: \"Issuer\", problem: \"refused\" })",
    noticedBy: { policy: "reusable", processes: 1 }
  },
  {
    name: "a doubtful refresh token is sent",
    file: attempt,
    from: "if (tokens.generation <= subject.doubtful()) return undefined\n  if",
    to: "if",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "what a refresh brings of a token set that was forgotten meanwhile is written",
    file: attempt,
    from:
      "if (tokens.generation <= subject.doubtful()) {\n        doubt(subject, permit, tokens)\n        return undefined\n      }\n",
    to: "",
    noticedBy: { test: "Renewals", named: "which is written nowhere" }
  },
  {
    name: "a refresh token is sent after its end",
    file: attempt,
    from: "tokens.refreshExpiresAt <= env.clock.currentTimeMillisUnsafe()",
    to: "tokens.refreshExpiresAt <= 0",
    noticedBy: { test: "Renewals", named: "is not sent when it has ended" }
  },
  {
    name: "a refresh token that goes on living is lost",
    file: attempt,
    from: "refreshToken: grant.refreshToken ?? refreshed?.refreshToken,",
    to: "refreshToken: grant.refreshToken,",
    noticedBy: { test: "Lessons", named: "without a refresh token keeps the one before it" }
  },
  {
    name: "a refresh that fails for good is never followed by a login",
    file: attempt,
    from: "return isFault(reason) && !isAlive(env, subject) ? undefined : failed(ofIssuer(reason))",
    to: "return failed(ofIssuer(reason))",
    noticedBy: { test: "TokenCache", named: "can not make sense of" }
  },
  {
    name: "an unfinished lease raises no doubt",
    file: permit,
    from: "acquisition.unfinished || stored < have)",
    to: "stored < have)",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "a store that knows less raises no doubt",
    file: permit,
    from: "acquisition.unfinished || stored < have)",
    to: "acquisition.unfinished)",
    noticedBy: { test: "Leases", named: "when the store has less than the cache" }
  },
  {
    name: "a doubt does not reach the other caches",
    file: permit,
    from: "permit.struck && permit.record?.tokens?.refreshToken !== undefined",
    to: "permit.generation < 0 && permit.record?.tokens?.refreshToken !== undefined",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "a doubt that a refresh raises is not written down",
    file: attempt,
    from: "permit.struck ||= permit.record?.generation === tokens.generation",
    to: "",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "a login of unknown outcome leaves the refresh token in the record",
    file: attempt,
    from: "permit.struck ||= issuer.rotation === \"singleActive\"",
    to: "permit.struck ||= issuer.timeout < 0",
    noticedBy: { test: "Leases", named: "a login whose outcome nobody knows" }
  },
  {
    name: "a lockout does not keep callers of the same cache from a login",
    file: state,
    from: "if (lockout !== undefined && now < lockout.probeAt) return lockoutReason(lockout, now)",
    to: "",
    noticedBy: { policy: "reusable", processes: 3 }
  },
  {
    name: "a lockout of another cache does not count",
    file: attempt,
    from: "binds(subject, lockout)) {",
    to: "binds(subject, lockout) && permit.generation < 0) {",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "each cache tries changed credentials",
    file: attempt,
    from: "credentialsChangedAfter === undefined || attempts > credentialsChangedAfter",
    to: "credentialsChangedAfter === undefined",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "refused credentials count as corrected ones",
    file: "internal/mark.ts",
    from: "refused.length < mostMarks && !refused.includes(mark)",
    to: "refused.length < mostMarks",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "any number of credentials is tried",
    file: "internal/mark.ts",
    from: "refused.length < mostMarks && !refused.includes(mark)",
    to: "!refused.includes(mark)",
    noticedBy: { test: "StoreTrouble", named: "a handful of different credentials" }
  },
  {
    name: "changed credentials are not seen",
    file: renewal,
    from: "else if (!Equal.equals(credentials, refused)) return cell.endLockout()",
    to: "",
    noticedBy: { test: "Lockout", named: "are seen to have been replaced" }
  },
  {
    name: "probes do not become rarer",
    file: attempt,
    from: "const attempts = (permit.record?.lockout?.attempts ?? 0) + 1",
    to: "const attempts = 1",
    noticedBy: { policy: "rotating", processes: 3 }
  },
  {
    name: "a refusal is not put where the other caches see it",
    file: attempt,
    from: "lockout: storedLockout(lockout, permit.offset)",
    to: "lockout: undefined",
    noticedBy: { test: "Siblings", named: "are locked out together" }
  },
  {
    name: "a wait that the provider asks for is not kept",
    file: "internal/cell.ts",
    from: "(delay) => Math.max(delay, asked))",
    to: "(delay) => delay)",
    noticedBy: { test: "TokenCache", named: "obeys the provider's Retry-After" }
  },
  {
    name: "a wait that the provider asks for may be of any length",
    file: "internal/cell.ts",
    from: "Math.min(failure.askedToWait ?? 0, longestAskedWait)",
    to: "(failure.askedToWait ?? 0)",
    noticedBy: { test: "TokenCache", named: "obeys the provider's Retry-After" }
  }
]
