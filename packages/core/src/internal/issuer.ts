/**
 * An issuer as the cache holds it: the type of its credentials is nobody's business but its own.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import type { Grant, Issuer, Rotation } from "../Issuer.ts"
import type { IssuerError } from "../IssuerError.ts"
import type { Means } from "../TokenEvent.ts"
import * as Telemetry from "./telemetry.ts"

/** Credentials as they were when they were asked for, and the login that uses them. */
export interface Access {
  /** Compared by value, to see whether refused credentials were replaced. */
  readonly credentials: unknown
  readonly login: Effect.Effect<Grant, IssuerError>
}

export interface AnyIssuer {
  readonly rotation: Rotation
  readonly access: Effect.Effect<Access, "unavailable">
  readonly refresh: ((refreshToken: Redacted.Redacted<string>) => Effect.Effect<Grant, IssuerError>) | undefined
  /** Milliseconds. */
  readonly window: number
  /** Milliseconds. */
  readonly timeout: number
}

/** Made for every key and asked at its logins only: what it answers with is made when it is asked. */
export class Erased<Credentials, E> implements AnyIssuer {
  readonly #issuer: Issuer<Credentials, E>

  constructor(issuer: Issuer<Credentials, E>) {
    this.#issuer = issuer
  }

  get window(): number {
    return Duration.toMillis(this.#issuer.window ?? "5 minutes")
  }

  get timeout(): number {
    return Duration.toMillis(this.#issuer.timeout ?? "15 seconds")
  }

  get rotation(): Rotation {
    return this.#issuer.rotation
  }

  get access(): Effect.Effect<Access, "unavailable"> {
    const { credentials, key: { provider } } = this.#issuer
    return credentials.pipe(
      Effect.map((credentials) => ({
        credentials,
        login: traced(provider, "login", Effect.suspend(() => this.#issuer.login(credentials)))
      })),
      Effect.mapError(() => "unavailable" as const)
    )
  }

  get refresh(): AnyIssuer["refresh"] {
    const { key: { provider }, refresh } = this.#issuer
    return refresh && ((refreshToken) => traced(provider, "refresh", Effect.suspend(() => refresh(refreshToken))))
  }
}

const traced = (
  provider: string,
  means: Means,
  request: Effect.Effect<Grant, IssuerError>
): Effect.Effect<Grant, IssuerError> =>
  Effect.useSpan(
    `${provider}.${means}`,
    {
      kind: "client",
      root: true,
      attributes: { [Telemetry.provider]: provider, [Telemetry.operation]: means }
    },
    (span) =>
      Effect.tapError(
        Effect.provideService(request, Tracer.ParentSpan, span),
        ({ reason }) => Effect.sync(() => span.attribute(Telemetry.errorType, reason._tag))
      )
  )
