/**
 * Seals what is stored, and opens what was sealed under any key of the ring.
 *
 * The format of a sealed text names the key under which it was sealed, by its id and a check of the key itself: a key that
 * has the right id and the wrong bytes is another key. So a sealed text that does not open under its key was tampered with,
 * and one whose key is unknown was not.
 */
import * as Bytes from "effect/Bytes"
import * as Aead from "effect/crypto/Aead"
import type * as CryptoError from "effect/crypto/CryptoError"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

export interface KeyRing {
  /** The format in which texts are sealed. */
  readonly format: string
  /** The formats in which sealed texts can be opened. */
  readonly formats: ReadonlyArray<string>
  /** Seals a text for a place, in which alone it can be opened. */
  readonly seal: (text: string, place: string) => Effect.Effect<string, CryptoError.CryptoError>
  /** Opens a sealed text; none if it was tampered with, or was sealed for another place. */
  readonly open: (
    sealed: string,
    options: { readonly format: string; readonly place: string }
  ) => Effect.Effect<Option.Option<string>>
}

/** A key with the name that users gave it. */
export interface NamedKey {
  readonly id: string
  readonly bytes: Uint8Array
}

/** The version of what is stored; it is part of every format. */
const version = "1"

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true })

/** Nothing is sealed. What was sealed before can not be opened. */
export const plain: KeyRing = {
  format: `${version}.plain`,
  formats: [`${version}.plain`],
  seal: (text) => Effect.succeed(text),
  open: (sealed, { format }) => Effect.succeed(format === plain.format ? Option.some(sealed) : Option.none())
}

/** Seals under the first key. */
export const make = Effect.fnUntraced(function*(
  keys: readonly [NamedKey, ...ReadonlyArray<NamedKey>]
): Effect.fn.Return<KeyRing, CryptoError.CryptoError, Aead.Aead | Mac.Mac | SecureRandom.SecureRandom> {
  const aead = yield* Aead.Aead
  const random = yield* SecureRandom.SecureRandom
  const { nonceLength } = Aead.aes256Gcm
  const current = yield* withFormat(keys[0])
  const byFormat = new Map([current, ...yield* Effect.forEach(keys.slice(1), withFormat)])
  const [format, currentKey] = current
  const dataOf = (format: string, place: string) => encoder.encode(`${format} ${place}`)

  return {
    format,
    formats: [...byFormat.keys()],
    seal: Effect.fnUntraced(function*(text, place) {
      const nonce = yield* random.randomBytes(nonceLength)
      const sealed = yield* aead.encrypt(currentKey, encoder.encode(text), { nonce, aad: dataOf(format, place) })
      return Base64Url.encode(Bytes.concat([nonce, sealed]))
    }),
    open: Effect.fnUntraced(function*(sealed, { format, place }) {
      const key = byFormat.get(format)
      const bytes = Result.getOrUndefined(Base64Url.decode(sealed))
      if (key === undefined || bytes === undefined || Base64Url.encode(bytes) !== sealed) return Option.none()
      const nonce = bytes.subarray(0, nonceLength)
      if (nonce.length < nonceLength) return Option.none()
      const opened = yield* Effect.option(
        aead.decrypt(key, bytes.subarray(nonceLength), { nonce, aad: dataOf(format, place) })
      )
      return Option.flatMap(opened, decodeText)
    })
  }
})

const decodeText = Option.liftThrowable((bytes: Uint8Array) => decoder.decode(bytes))

/** Enough to tell keys of one ring apart, and nothing from which a key could be found. */
const checkLength = 9

const withFormat = Effect.fnUntraced(function*(
  { bytes, id }: NamedKey
): Effect.fn.Return<readonly [format: string, key: Aead.Key], CryptoError.CryptoError, Mac.Mac> {
  const mac = yield* Mac.Mac
  const check = yield* mac.sign(yield* Mac.key(Mac.hmacSha256, bytes), encoder.encode("entegre key check"))
  const format = `${version}.${id}.${Base64Url.encode(check.subarray(0, checkLength))}`
  return [format, yield* Aead.key(Aead.aes256Gcm, bytes)]
})
