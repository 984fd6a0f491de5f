/**
 * A store's options, checked and with their defaults.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { InvalidOptions, positiveDuration } from "../../InvalidOptions.ts"
import type { EncryptionKey, Settings as Options } from "../../RedisTokenStore.ts"
import type { NamedKey } from "./keyRing.ts"

export interface Settings {
  readonly prefix: string
  readonly timeout: number
  readonly retention: number
}

/** What options are called where the user wrote them. */
export interface Labels {
  readonly encryption: string
  readonly nameKey: string
}

export const labels: Labels = { encryption: "encryption", nameKey: "nameKey" }

const invalid = (option: string, problem: string): Effect.Effect<never, InvalidOptions> =>
  Effect.fail(new InvalidOptions({ option, problem }))

export const make = Effect.fnUntraced(function*(
  { prefix = "entegre", retention = "30 days", timeout = "1 second" }: Options
): Effect.fn.Return<Settings, InvalidOptions> {
  if (!/^[\w.:-]{1,64}$/.test(prefix)) {
    return yield* invalid("prefix", "must be 1 to 64 letters, digits or any of . : - _")
  }
  return {
    prefix,
    timeout: Duration.toMillis(yield* positiveDuration("timeout", timeout)),
    retention: Math.ceil(Duration.toMillis(yield* positiveDuration("retention", retention)))
  }
})

// -----------------------------------------------------------------------------
// Keys
// -----------------------------------------------------------------------------

/** As many bytes as AES-256 wants, and as HMAC-SHA-256 makes use of. */
const keyLength = 32

const howToMake = "`openssl rand -base64 32` makes one"

/** The naming key's bytes. */
export const nameKey = (option: string, key: Redacted.Redacted<string>): Effect.Effect<Uint8Array, InvalidOptions> => {
  const bytes = decode(key)
  return bytes === undefined || bytes.length < keyLength
    ? invalid(option, `must be at least ${keyLength} bytes in base64: ${howToMake}`)
    : Effect.succeed(bytes)
}

/** The encryption keys' bytes; none if nothing is to be encrypted. */
export const encryptionKeys = Effect.fnUntraced(function*(
  option: string,
  encryption: ReadonlyArray<EncryptionKey> | "none"
): Effect.fn.Return<readonly [NamedKey, ...ReadonlyArray<NamedKey>] | undefined, InvalidOptions> {
  if (encryption === "none") return undefined
  const keys = yield* Effect.forEach(encryption, ({ id, key }, index) => namedKey(option, index + 1, id, key))
  const [current, ...former] = keys
  if (current === undefined) return yield* invalid(option, "has no key")
  if (new Set(keys.map(({ id }) => id)).size < keys.length) return yield* invalid(option, "has two keys with one id")
  return [current, ...former]
})

// An id is not shown before it is known to be one: what stands in its place may be a key.
const namedKey = (
  option: string,
  position: number,
  id: string,
  key: Redacted.Redacted<string>
): Effect.Effect<NamedKey, InvalidOptions> => {
  if (!/^[\w-]{1,32}$/.test(id)) {
    return invalid(option, `has an id at position ${position} that is not 1 to 32 letters, digits or any of - _`)
  }
  const bytes = decode(key)
  return bytes === undefined || bytes.length !== keyLength
    ? invalid(option, `has a key at position ${position} that is not ${keyLength} bytes in base64: ${howToMake}`)
    : Effect.succeed({ id, bytes })
}

const decode = (key: Redacted.Redacted<string>): Uint8Array | undefined => {
  const text = Redacted.value(key).trim()
  return Result.getOrUndefined(/[-_]/.test(text) ? Base64Url.decode(text) : Base64.decode(text))
}

/** Reads `id:key,id:key`. */
export const parseKeys = (text: Redacted.Redacted<string>): ReadonlyArray<EncryptionKey> =>
  Redacted.value(text).split(",").map((entry) => {
    const [id = "", key = ""] = entry.trim().split(":", 2)
    return { id, key: Redacted.make(key, { label: "encryption key" }) }
  })
