/**
 * What keys are called in Redis: by marks that nobody can read or guess who does not have the naming key.
 */
import type * as CryptoError from "effect/crypto/CryptoError"
import type * as Mac from "effect/crypto/Mac"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as MutableHashMap from "effect/MutableHashMap"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { TokenKey } from "../../TokenKey.ts"

export interface Names {
  /** The mark of a key, the same for all who have the naming key. */
  readonly of: (key: TokenKey) => Effect.Effect<string, CryptoError.CryptoError>
  /** The key that has been marked so, if it was lately. */
  readonly keyOf: (name: string) => TokenKey | undefined
  /** A mark of anything else; `purpose` keeps marks for one purpose apart from those for another. */
  readonly mark: (purpose: string, text: string) => Effect.Effect<string, CryptoError.CryptoError>
}

/** How many keys are remembered; those that were used longest ago are forgotten first. */
const capacity = 131_072

/** Parts that are told apart, whatever is in them. */
const encodeParts = Schema.encodeSync(Schema.fromJsonString(Schema.Array(Schema.String)))

const encoder = new TextEncoder()

export const make = (mac: Mac.Mac["Service"], key: Mac.Key): Names => {
  const byKey = MutableHashMap.empty<TokenKey, string>()
  // In the order of their last use.
  const byName = new Map<string, TokenKey>()

  const sign = (parts: ReadonlyArray<string>): Effect.Effect<string, CryptoError.CryptoError> =>
    Effect.map(mac.sign(key, encoder.encode(encodeParts(parts))), Base64Url.encode)

  const remember = (key: TokenKey, name: string): void => {
    byName.delete(name)
    byName.set(name, key)
    MutableHashMap.set(byKey, key, name)
    if (byName.size <= capacity) return
    for (const [oldest, forgotten] of byName) {
      byName.delete(oldest)
      MutableHashMap.remove(byKey, forgotten)
      return
    }
  }

  return {
    of: (key) =>
      Effect.suspend(() => {
        const known = Option.getOrUndefined(MutableHashMap.get(byKey, key))
        const name = known === undefined
          ? sign(["key", key.provider, key.environment, Redacted.value(key.account)])
          : Effect.succeed(known)
        return Effect.tap(name, (name) => Effect.sync(() => remember(key, name)))
      }),
    keyOf: (name) => byName.get(name),
    mark: (purpose, text) => sign(["mark", purpose, text])
  }
}
