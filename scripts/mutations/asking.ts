/**
 * Faults in how the provider is asked: under which lease, by which means, with which credentials.
 */
import type { Mutation } from "./mutation.ts"

const attempt = "internal/attempt.ts"
const permit = "internal/permit.ts"
const request = "internal/request.ts"
const renewal = "internal/renewal.ts"
const state = "internal/state.ts"

export const asking: ReadonlyArray<Mutation> = [
  {
    name: "a request to the issuer has no timeout",
    file: request,
    from: "    duration: timeout,",
    to: "    duration: \"10 hours\","
  },
  {
    name: "credentials may take any time",
    file: request,
    from: "Effect.timeoutOption(env.settings.credentialsTimeout)",
    to: "Effect.timeoutOption(\"10 hours\")"
  },
  {
    name: "the lease is not looked at before a request",
    file: request,
    from: "subject.isCurrent() && Permit.outlasts(env, subject, permit)",
    to: "subject.isCurrent()"
  },
  {
    name: "the lease is not looked at again before a second request",
    file: request,
    from: "if (permit.lease !== undefined) permit.leasedUntil = Number.NEGATIVE_INFINITY",
    to: ""
  },
  {
    name: "a lease that could not be prolonged counts as prolonged",
    file: permit,
    from: "if (extended) permit.leasedUntil = asked + timeToLive",
    to: "permit.leasedUntil = extended ? asked + timeToLive : asked + timeToLive"
  },
  {
    name: "a lease is reckoned from when the answer was read",
    file: permit,
    from: "leasedUntil: asked + Duration.toMillis(timeToLive),",
    to: "leasedUntil: monotonic(env) + Duration.toMillis(timeToLive),"
  },
  {
    name: "a lease may end during the request that is sent under it",
    file: permit,
    from: "permit.leasedUntil - monotonic(env) >= subject.issuer.timeout + env.settings.storeTimeout",
    to: "permit.leasedUntil > monotonic(env)"
  },
  {
    name: "a lease is not released",
    file: permit,
    from: ": bounded(env, \"release\", env.store.release(lease))",
    to: ": Effect.void"
  },
  {
    name: "a cache does not tell the store which numbers it knows",
    file: permit,
    from: "known: subject.known() })",
    to: "known: 0 })"
  },
  {
    name: "a lone login has a number that was there before",
    file: permit,
    from: "const generation = subject.known() + 1",
    to: "const generation = subject.known()"
  },
  {
    name: "a lone login has the number of the refresh before it",
    file: attempt,
    from: "if (permit.lease === undefined) permit.generation = Permit.nextGeneration(subject)",
    to: ""
  },
  {
    name: "rotating tokens are asked for without the store",
    file: permit,
    from: "if (subject.issuer.rotation !== \"reusable\" && !env.settings.aloneWithoutStore) return",
    to: "if (subject.issuer.rotation !== \"reusable\" && env.settings.aloneWithoutStore) return"
  },
  {
    name: "a cache does not wait for another one's lease",
    file: permit,
    from: "if (patience <= 0) return failed",
    to: "if (patience <= Infinity) return failed"
  },
  {
    name: "a cache waits for another one's lease for ever",
    file: permit,
    from: "if (patience <= 0) return failed",
    to: "if (patience <= -Infinity) return failed"
  },
  {
    name: "a cache logs in although another one has a token",
    file: attempt,
    from: "if (sibling !== undefined) return { _tag: \"Adopted\", tokens: sibling }\n  const lockout",
    to: "const lockout"
  },
  {
    name: "a refresh of unknown outcome is tried again",
    file: attempt,
    from: "if (issuer.rotation === \"reusable\") {",
    to: "if (issuer.timeout > 0) {"
  },
  {
    name: "a refresh that the provider answered with trouble counts as not spent",
    file: attempt,
    from: "reason._tag === \"NotSent\" || (reason._tag === \"IssuerRefused\" && reason.status === 429)",
    to: "reason._tag === \"NotSent\" || reason._tag === \"IssuerRefused\""
  },
  {
    name: "a dead refresh token is sent again",
    file: attempt,
    from:
      "if (reason._tag === \"RefreshTokenDead\") {\n        doubt(subject, permit, tokens)\n        return undefined",
    to: "if (reason._tag === \"RefreshTokenDead\") {\n        return failed({ _tag: \"Issuer\", problem: \"refused\" })"
  },
  {
    name: "a doubtful refresh token is sent",
    file: attempt,
    from: "if (tokens.generation <= subject.doubtful()) return undefined\n  if",
    to: "if"
  },
  {
    name: "what a refresh brings of a token set that was forgotten meanwhile is written",
    file: attempt,
    from: "if (tokens.generation <= subject.doubtful()) return undefined\n      return",
    to: "return"
  },
  {
    name: "a refresh token is sent after its end",
    file: attempt,
    from: "tokens.refreshExpiresAt <= env.clock.currentTimeMillisUnsafe()",
    to: "tokens.refreshExpiresAt <= 0"
  },
  {
    name: "a refresh token that goes on living is lost",
    file: attempt,
    from: "refreshToken: grant.refreshToken ?? refreshed?.refreshToken,",
    to: "refreshToken: grant.refreshToken,"
  },
  {
    name: "a refresh that fails for good is never followed by a login",
    file: attempt,
    from: "return isFault(reason) && !isAlive(env, subject) ? undefined : failed(failureOf(reason))",
    to: "return failed(failureOf(reason))"
  },
  {
    name: "an unfinished lease raises no doubt",
    file: permit,
    from: "(acquisition.unfinished || stored < have)",
    to: "stored < have"
  },
  {
    name: "a store that knows less raises no doubt",
    file: permit,
    from: "(acquisition.unfinished || stored < have)",
    to: "acquisition.unfinished"
  },
  {
    name: "a doubt does not reach the other caches",
    file: permit,
    from: "permit.struck && permit.record?.tokens?.refreshToken !== undefined",
    to: "permit.generation < 0 && permit.record?.tokens?.refreshToken !== undefined"
  },
  {
    name: "a doubt that a refresh raises is not written down",
    file: attempt,
    from: "permit.struck ||= permit.record?.generation === tokens.generation",
    to: ""
  },
  {
    name: "a lockout does not keep callers of the same cache from a login",
    file: state,
    from: "if (lockout !== undefined && now < lockout.probeAt) return lockoutReason(lockout, now)",
    to: ""
  },
  {
    name: "a lockout of another cache does not count",
    file: attempt,
    from: "binds(subject, lockout)) {",
    to: "binds(subject, lockout) && permit.generation < 0) {"
  },
  {
    name: "each cache tries changed credentials",
    file: attempt,
    from: "credentialsChangedAfter === undefined || attempts > credentialsChangedAfter",
    to: "credentialsChangedAfter === undefined"
  },
  {
    name: "refused credentials count as corrected ones",
    file: "internal/mark.ts",
    from: "refused.length < mostMarks && !refused.includes(mark)",
    to: "refused.length < mostMarks"
  },
  {
    name: "any number of credentials is tried",
    file: "internal/mark.ts",
    from: "refused.length < mostMarks && !refused.includes(mark)",
    to: "!refused.includes(mark)"
  },
  {
    name: "changed credentials are not seen",
    file: renewal,
    from: "else if (!Equal.equals(credentials, refused)) return cell.endLockout()",
    to: ""
  },
  {
    name: "probes do not become rarer",
    file: attempt,
    from: "const attempts = (permit.record?.lockout?.attempts ?? 0) + 1",
    to: "const attempts = 1"
  },
  {
    name: "a refusal is not put where the other caches see it",
    file: attempt,
    from: "lockout: storedLockout(lockout, permit.offset)",
    to: "lockout: undefined"
  },
  {
    name: "a wait that the provider asks for is not kept",
    file: "internal/cell.ts",
    from: "(delay) => Math.max(delay, asked))",
    to: "(delay) => delay)"
  },
  {
    name: "a wait that the provider asks for may be of any length",
    file: "internal/cell.ts",
    from: "Math.min(failure.askedToWait ?? 0, longestAskedWait)",
    to: "(failure.askedToWait ?? 0)"
  }
]
