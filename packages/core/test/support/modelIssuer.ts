/**
 * A provider's token endpoint in memory: counts what it is asked, and fails on demand.
 */
import * as Expiry from "@entegre/core/Expiry"
import type { Grant, Issuer, Rotation } from "@entegre/core/Issuer"
import { InvalidCredentials, IssuerError, type Reason, RefreshTokenDead } from "@entegre/core/IssuerError"
import * as TokenKey from "@entegre/core/TokenKey"
import { Data, Deferred, Duration, Effect, Redacted, Ref } from "effect"

export interface Options {
  readonly rotation?: Rotation
  /** Whether there are refresh tokens. Default: no. */
  readonly refreshes?: boolean
  /** How long tokens live. Default: 1 hour. */
  readonly life?: Duration.Input
  readonly window?: Duration.Input
  readonly timeout?: Duration.Input
  readonly account?: string
  /** How long the endpoint takes. Default: no time. */
  readonly latency?: Duration.Input
  /** What the endpoint says about expiry. Default: the life in seconds. */
  readonly expiry?: ReadonlyArray<Expiry.Statement>
}

class Credentials extends Data.Class<{ readonly secret: Redacted.Redacted<string> }> {}

export const make = Effect.fnUntraced(function*(options: Options = {}) {
  const rotation = options.rotation ?? "reusable"
  const secret = yield* Ref.make("right")
  const accepted = yield* Ref.make("right")
  const counts = { logins: 0, refreshes: 0, refused: 0, atOnce: 0, mostAtOnce: 0, doubleSpends: 0, asked: 0 }
  const script: Array<Effect.Effect<void, IssuerError>> = []
  const spent = new Set<string>()
  let issued = 0

  const grant = Effect.sync((): Grant => {
    issued++
    return {
      accessToken: Redacted.make(`access-${issued}`),
      expiry: options.expiry ?? [Expiry.relative(Duration.toSeconds(options.life ?? "1 hour"))],
      refreshToken: options.refreshes === true ? Redacted.make(`refresh-${issued}`) : undefined
    }
  })

  const serve = <A>(effect: Effect.Effect<A, IssuerError>): Effect.Effect<A, IssuerError> =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        counts.asked++
        counts.atOnce++
        counts.mostAtOnce = Math.max(counts.mostAtOnce, counts.atOnce)
      }),
      () =>
        Effect.sleep(options.latency ?? 0).pipe(
          Effect.andThen(Effect.suspend(() => script.shift() ?? Effect.void)),
          Effect.andThen(effect)
        ),
      () => Effect.sync(() => counts.atOnce--)
    )

  const login = (credentials: Credentials) =>
    serve(Effect.suspend(() => {
      if (Redacted.value(credentials.secret) !== Ref.getUnsafe(accepted)) {
        counts.refused++
        return new IssuerError({ reason: new InvalidCredentials({ status: 401, providerCode: "NO" }) })
      }
      counts.logins++
      return grant
    }))

  const spend = (refreshToken: Redacted.Redacted<string>): Effect.Effect<void, IssuerError> =>
    Effect.suspend(() => {
      if (rotation === "reusable") return Effect.void
      const value = Redacted.value(refreshToken)
      if (spent.has(value)) counts.doubleSpends++
      const dead = spent.has(value) || value !== `refresh-${issued}`
      spent.add(value)
      return dead ? new IssuerError({ reason: new RefreshTokenDead({ status: 401 }) }) : Effect.void
    })

  const refresh = (refreshToken: Redacted.Redacted<string>) =>
    serve(Effect.andThen(
      spend(refreshToken),
      Effect.suspend(() => {
        counts.refreshes++
        return grant
      })
    ))

  const issuer: Issuer<Credentials> = {
    key: TokenKey.make({
      provider: "model",
      environment: "https://model.test",
      account: Redacted.make(options.account ?? "account")
    }),
    rotation,
    credentials: Effect.map(Ref.get(secret), (value) => new Credentials({ secret: Redacted.make(value) })),
    login,
    refresh: options.refreshes === true ? refresh : undefined,
    window: options.window,
    timeout: options.timeout
  }

  return {
    issuer,
    counts,
    /** The secret that the application has. */
    secret,
    /** The secret that the provider takes. */
    accepted,
    /** The next requests fail with these reasons, one each. */
    failNext: (...reasons: ReadonlyArray<Reason>) =>
      Effect.sync(() => {
        for (const reason of reasons) script.push(Effect.fail(new IssuerError({ reason })))
      }),
    /** The next request is held until the gate that this returns is opened, and fails if the gate does. */
    holdNext: Effect.sync(() => {
      const gate = Deferred.makeUnsafe<void, IssuerError>()
      script.push(Deferred.await(gate))
      return gate
    }),
    /** The next request is never answered. */
    hangNext: Effect.sync(() => {
      script.push(Effect.never)
    }),
    /** The next refresh is spent by the provider, and its answer is lost. */
    loseNextReply: (reason: Reason) =>
      Effect.sync(() => {
        script.push(Effect.suspend(() => {
          if (issued > 0) spent.add(`refresh-${issued}`)
          return new IssuerError({ reason })
        }))
      })
  }
})
