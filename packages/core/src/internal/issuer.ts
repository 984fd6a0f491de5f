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
  readonly window: Duration.Duration
  /** Milliseconds. */
  readonly timeout: number
}

export const erase = <Credentials, E>(issuer: Issuer<Credentials, E>): AnyIssuer => {
  const { key: { provider }, refresh } = issuer
  return {
    rotation: issuer.rotation,
    access: issuer.credentials.pipe(
      Effect.map((credentials) => ({
        credentials,
        login: traced(provider, "login", Effect.suspend(() => issuer.login(credentials)))
      })),
      Effect.mapError(() => "unavailable" as const)
    ),
    refresh: refresh === undefined
      ? undefined
      : (refreshToken) => traced(provider, "refresh", Effect.suspend(() => refresh(refreshToken))),
    window: Duration.fromInputUnsafe(issuer.window ?? "5 minutes"),
    timeout: Duration.toMillis(issuer.timeout ?? "15 seconds")
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
