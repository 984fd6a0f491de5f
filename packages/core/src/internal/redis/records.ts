/**
 * Records of the token store as they stand in Redis: the generation in plain, token set and lockout sealed.
 */
import type * as CryptoError from "effect/crypto/CryptoError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { TokenSet } from "../../TokenSet.ts"
import type { Lockout, TokenRecord } from "../../TokenStore.ts"
import type { KeyRing } from "./keyRing.ts"
import { largestNumber } from "./tokenScripts.ts"

/** A record as it stands in Redis; what is absent is empty. */
export interface Stored {
  readonly generation: number | undefined
  readonly format: string
  /** Until when the record is of use to whoever can read it, on the server's clock. */
  readonly due: number
  readonly tokens: string
  readonly lockout: string
}

export interface Records {
  readonly formats: ReadonlyArray<string>
  readonly seal: (
    place: string,
    record: TokenRecord
  ) => Effect.Effect<
    Stored & { readonly generation: number; readonly keptUntil: number },
    CryptoError.CryptoError | Schema.SchemaError
  >
  /** What can not be read is none, and known to have been there. */
  readonly open: (place: string, stored: Stored) => Effect.Effect<TokenRecord | undefined>
}

// Every field: one that is left out here is lost between processes.
const Tokens = Schema.Struct(
  {
    generation: Schema.Int,
    accessToken: Schema.RedactedFromValue(Schema.String),
    issuedAt: Schema.Finite,
    expiresAt: Schema.Finite,
    refreshToken: Schema.optional(Schema.RedactedFromValue(Schema.String)),
    refreshExpiresAt: Schema.optional(Schema.Finite)
  } satisfies Record<keyof TokenSet, Schema.Top>
)

const LockoutFields = Schema.Struct(
  {
    attempts: Schema.Int,
    probeAt: Schema.Finite,
    providerCode: Schema.optional(Schema.String),
    providerMessage: Schema.optional(Schema.String),
    refused: Schema.optional(Schema.Array(Schema.String))
  } satisfies Record<keyof Lockout, Schema.Top>
)

const TokensText = Schema.fromJsonString(Tokens)
const LockoutText = Schema.fromJsonString(LockoutFields)
const encodeTokens = Schema.encodeEffect(TokensText)
const decodeTokens = Schema.decodeUnknownOption(TokensText)
const encodeLockout = Schema.encodeEffect(LockoutText)
const decodeLockout = Schema.decodeUnknownOption(LockoutText)

export const make = (ring: KeyRing): Records => {
  const placeOf = (place: string, field: string, generation: number): string => `${place} ${field} ${generation}`

  const sealField = <E>(
    place: string,
    text: Effect.Effect<string, E> | undefined
  ): Effect.Effect<string, CryptoError.CryptoError | E> =>
    text === undefined ? Effect.succeed("") : Effect.flatMap(text, (text) => ring.seal(text, place))

  const openField = (place: string, { format }: Stored, sealed: string): Effect.Effect<Option.Option<string>> =>
    sealed === "" ? Effect.succeedNone : ring.open(sealed, { format, place })

  return {
    formats: ring.formats,
    seal: Effect.fnUntraced(function*(place, { generation, lockout, tokens }) {
      const ends = [tokens?.expiresAt ?? 0, lockout?.probeAt ?? 0]
      return {
        generation,
        format: ring.format,
        due: latest(ends),
        keptUntil: latest([...ends, tokens?.refreshExpiresAt ?? 0]),
        tokens: yield* sealField(
          placeOf(place, "tokens", generation),
          tokens === undefined ? undefined : encodeTokens(tokens)
        ),
        lockout: yield* sealField(
          placeOf(place, "lockout", generation),
          lockout === undefined ? undefined : encodeLockout(lockout)
        )
      }
    }),
    open: Effect.fnUntraced(function*(place, stored) {
      const { generation } = stored
      if (generation === undefined) return undefined
      const tokens = yield* openField(placeOf(place, "tokens", generation), stored, stored.tokens)
      const lockout = yield* openField(placeOf(place, "lockout", generation), stored, stored.lockout)
      return {
        generation,
        tokens: Option.getOrUndefined(Option.map(Option.flatMap(tokens, decodeTokens), toTokenSet)),
        lockout: Option.getOrUndefined(Option.map(Option.flatMap(lockout, decodeLockout), toLockout))
      }
    })
  }
}

const latest = (instants: ReadonlyArray<number>): number => Math.min(Math.ceil(Math.max(...instants)), largestNumber)

const toTokenSet = (tokens: typeof Tokens.Type): TokenSet => ({
  ...tokens,
  refreshToken: tokens.refreshToken,
  refreshExpiresAt: tokens.refreshExpiresAt
})

const toLockout = (lockout: typeof LockoutFields.Type): Lockout => ({
  ...lockout,
  providerCode: lockout.providerCode,
  providerMessage: lockout.providerMessage
})
