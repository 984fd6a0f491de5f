/**
 * What a model provider is asked, and what it answers.
 */

/**
 * What a provider is asked for.
 */
export type Question =
  | { readonly _tag: "Login"; readonly secret: string }
  | { readonly _tag: "Refresh"; readonly refreshToken: string }

/**
 * What a provider answers.
 */
export type Reply =
  | {
    readonly _tag: "Granted"
    readonly accessToken: string
    /** Absent if the one that was sent goes on living, or if there are none. */
    readonly refreshToken: string | undefined
    /** The life of the access token, in seconds. */
    readonly expiresIn: number
    /** What the provider's clock showed, in milliseconds since the epoch. */
    readonly date: number
  }
  /** The credentials are wrong. */
  | { readonly _tag: "CredentialsRefused" }
  /** The refresh token is dead. */
  | { readonly _tag: "RefreshTokenRefused" }
  /** Not now: status 429 without, 503 with a doubt whether the provider acted. */
  | { readonly _tag: "Unavailable"; readonly status: 429 | 503 }
  /** Nobody can read it. */
  | { readonly _tag: "Garbled" }

/** Why there is no answer. */
export type Silence = "connectionRefused" | "connectionLost"
