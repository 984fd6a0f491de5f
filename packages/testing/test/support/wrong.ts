/**
 * Implementations of the token life that look right and are not: one for each law.
 */
import * as AuthenticatedClient from "@entegre/core/AuthenticatedClient"
import type { Grant, Issuer } from "@entegre/core/Issuer"
import { IssuerError, IssuerRefused } from "@entegre/core/IssuerError"
import { IssuerUnavailable, TokenError } from "@entegre/core/TokenError"
import type { Tokens } from "@entegre/core/Tokens"
import type { Token } from "@entegre/core/TokenSet"
import type { Service as Store } from "@entegre/core/TokenStore"
import { Candidate } from "@entegre/testing"
import { Deferred, Duration, Effect, type Exit, type Redacted } from "effect"

const right = Candidate.tokenCache()

const unavailable = new TokenError({
  provider: "model",
  reason: new IssuerUnavailable({ problem: "refused", retryAfter: Duration.seconds(1) })
})

// -----------------------------------------------------------------------------
// The token cache of core with one thing spoilt
// -----------------------------------------------------------------------------

const withStore = (spoil: (store: Store) => Store): Candidate.Candidate => ({
  ...right,
  open: ({ issuers, store }) => right.open({ issuers, store: store === undefined ? undefined : spoil(store) })
})

const withTokens = (spoil: (tokens: ReadonlyArray<Tokens>) => ReadonlyArray<Tokens>): Candidate.Candidate => ({
  ...right,
  open: (environment) => Effect.map(right.open(environment), (opened) => ({ ...opened, tokens: spoil(opened.tokens) }))
})

/** The same tokens, got in another way. */
const gotBy = (tokens: Tokens, get: Tokens["get"]): Tokens => ({
  key: tokens.key,
  name: tokens.name,
  get,
  reject: tokens.reject,
  discard: tokens.discard,
  forget: tokens.forget,
  warmUp: tokens.warmUp,
  credentialsChanged: tokens.credentialsChanged,
  status: tokens.status
})

/** Writes when there is time for it. */
export const writesInTheBackground = withStore((store) => ({
  ...store,
  write: (lease, record) =>
    Effect.as(
      Effect.forkDetach(Effect.andThen(Effect.sleep("50 millis"), store.write(lease, record))),
      { _tag: "Written" }
    )
}))

/** Takes a refusal of the store for a passing trouble. */
export const writesOnceMore = withStore((store) => ({
  ...store,
  write: (lease, record) =>
    Effect.gen(function*() {
      const written = yield* store.write(lease, record)
      if (written._tag === "Written") return written
      const owner = `${lease.owner}'`
      const again = yield* store.acquire(lease.key, { owner, timeToLive: Duration.seconds(10), known: lease.fence })
      return again._tag === "Acquired" ? yield* store.write(again.lease, record) : written
    })
}))

/** Keeps the last token at hand, to be quicker. */
export const remembersTheLastToken = withTokens((all) =>
  all.map((tokens) => {
    let last: { readonly token: Token; readonly until: number } | undefined
    const get = Effect.clockWith((clock) => {
      const now = clock.currentTimeMillisUnsafe()
      if (last !== undefined && now < last.until) return Effect.succeed(last.token)
      return Effect.tap(tokens.get, (token) =>
        Effect.sync(() => {
          last = { token, until: now + 60_000 }
        }))
    })
    return gotBy(tokens, get)
  })
)

/** Has one token for one provider, whoever asks. */
export const forgetsWhoAsks = withTokens((all) => all.map((tokens) => gotBy(tokens, all[0]?.get ?? tokens.get)))

/** Remembers the first failure, to spare the provider. */
export const remembersFailure = withTokens((all) =>
  all.map((tokens) => {
    let failure: TokenError | undefined
    const get = Effect.suspend(() =>
      failure === undefined
        ? Effect.tapError(tokens.get, (error) =>
          Effect.sync(() => {
            failure = error
          }))
        : Effect.fail(failure)
    )
    return gotBy(tokens, get)
  })
)

/** Takes refused credentials for a passing trouble. */
export const triesCredentialsAgain: Candidate.Candidate = {
  ...right,
  open: ({ issuers, store }) =>
    right.open({
      store,
      issuers: issuers.map((issuer) => ({
        ...issuer,
        login: (credentials: Parameters<typeof issuer.login>[0]) =>
          Effect.mapError(issuer.login(credentials), (error) =>
            error.reason._tag === "InvalidCredentials"
              ? new IssuerError({ reason: new IssuerRefused({ status: error.reason.status }) })
              : error)
      }))
    })
}

/** Sends a call until it is served. */
export const insists: Candidate.Candidate = {
  ...right,
  client: (options) =>
    Effect.map(AuthenticatedClient.make(options), (client) => ({
      ...client,
      send: (request, how) =>
        Effect.retry(client.send(request, how), {
          times: 3,
          while: (error) => error._tag === "TokenError" && error.reason._tag === "TokenRejected"
        })
    }))
}

// -----------------------------------------------------------------------------
// Caches of one's own
// -----------------------------------------------------------------------------

/** What a cache of one's own keeps of a key. */
interface Kept {
  token: Token | undefined
  refresh: Redacted.Redacted<string> | undefined
  generation: number
}

const isAlive = (token: Token | undefined, now: number): token is Token => token !== undefined && now < token.expiresAt

const own = (
  open: <C, E>(issuer: Issuer<C, E>, kept: Kept, store: Store | undefined) => Effect.Effect<Token, TokenError>
): Candidate.Candidate => ({
  ...right,
  open: ({ issuers, store }) =>
    Effect.sync(() => ({
      nextEvent: Effect.never,
      tokens: issuers.map((issuer): Tokens => {
        const kept: Kept = { token: undefined, refresh: undefined, generation: 0 }
        const get = open(issuer, kept, store)
        const discard = ({ generation }: Token) =>
          Effect.sync(() => {
            if (kept.token?.generation === generation) kept.token = undefined
          })
        const forget = Effect.sync(() => {
          kept.token = undefined
          kept.refresh = undefined
        })
        return {
          key: issuer.key,
          name: "own",
          get,
          discard,
          forget,
          reject: (token) => Effect.andThen(discard(token), get),
          warmUp: Effect.ignore(get),
          credentialsChanged: Effect.void,
          status: Effect.die("nobody asks")
        }
      })
    }))
})

/** Refreshes, or logs in if that fails; keeps what came of it. */
const renew = <C, E>(issuer: Issuer<C, E>, kept: Kept): Effect.Effect<Token, TokenError> => {
  const logIn = Effect.flatMap(issuer.credentials, issuer.login)
  const { refresh } = kept
  const renewed = issuer.refresh === undefined || refresh === undefined
    ? logIn
    : issuer.refresh(refresh).pipe(Effect.catch(() => logIn))
  return Effect.clockWith((clock) => {
    const asked = clock.currentTimeMillisUnsafe()
    return renewed.pipe(
      Effect.timeout("5 seconds"),
      Effect.map((grant) => keep(kept, grant, asked)),
      Effect.mapError(() => unavailable)
    )
  })
}

const keep = (kept: Kept, grant: Grant, asked: number): Token => {
  const [statement] = grant.expiry
  const seconds = statement?._tag === "Relative" ? Number(statement.seconds) : 10
  const token = { value: grant.accessToken, generation: ++kept.generation, expiresAt: asked + seconds * 1000 }
  kept.token = token
  kept.refresh = grant.refreshToken ?? kept.refresh
  return token
}

/** Looks whether there is a token, and renews if there is none. */
export const checksThenRenews = own((issuer, kept) =>
  Effect.clockWith((clock) =>
    isAlive(kept.token, clock.currentTimeMillisUnsafe()) ? Effect.succeed(kept.token) : renew(issuer, kept)
  )
)

/** The first caller renews, in its own fiber; the others wait for it. */
export const letsTheFirstCallerRenew = own((issuer, kept) => {
  let underWay: Deferred.Deferred<Token, TokenError> | undefined
  return Effect.clockWith((clock) => {
    if (isAlive(kept.token, clock.currentTimeMillisUnsafe())) return Effect.succeed(kept.token)
    if (underWay !== undefined) return Deferred.await(underWay)
    const mine = Deferred.makeUnsafe<Token, TokenError>()
    underWay = mine
    const settle = (exit: Exit.Exit<Token, TokenError>) => {
      underWay = undefined
      Deferred.doneUnsafe(mine, exit)
    }
    return Effect.flatMap(Effect.exit(renew(issuer, kept)), (exit) => {
      settle(exit)
      return exit
    })
  })
})

/** Renews in the caller's fiber and writes afterwards. */
export const writesInTheCallersFiber = own((issuer, kept, store) =>
  Effect.clockWith((clock) => {
    if (isAlive(kept.token, clock.currentTimeMillisUnsafe())) return Effect.succeed(kept.token)
    const renewed = renew(issuer, kept)
    if (store === undefined) return renewed
    const owner = String(Math.max(1, kept.generation))
    return Effect.gen(function*() {
      const acquired = yield* store.acquire(issuer.key, { owner, timeToLive: Duration.seconds(10), known: 0 })
      if (acquired._tag === "Held") return yield* unavailable
      const token = yield* renewed
      const tokens = {
        generation: acquired.lease.fence,
        accessToken: token.value,
        issuedAt: 0,
        expiresAt: token.expiresAt,
        refreshToken: kept.refresh,
        refreshExpiresAt: undefined
      }
      yield* store.write(acquired.lease, { generation: acquired.lease.fence, tokens, lockout: undefined })
      return token
    }).pipe(Effect.mapError(() => unavailable))
  })
)
