/**
 * An issuer as the cache holds it: the type of its credentials is nobody's business but its own.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Grant, Issuer, Rotation } from "../Issuer.ts"
import type { IssuerError } from "../IssuerError.ts"

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

export const erase = <Credentials, E>(issuer: Issuer<Credentials, E>): AnyIssuer => ({
  rotation: issuer.rotation,
  access: issuer.credentials.pipe(
    Effect.map((credentials) => ({ credentials, login: Effect.suspend(() => issuer.login(credentials)) })),
    Effect.mapError(() => "unavailable" as const)
  ),
  refresh: issuer.refresh,
  window: Duration.fromInputUnsafe(issuer.window ?? "5 minutes"),
  timeout: Duration.toMillis(issuer.timeout ?? "15 seconds")
})
