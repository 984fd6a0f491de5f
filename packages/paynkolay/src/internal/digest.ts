/**
 * The one place that touches Web Crypto.
 */
import { timingSafeEqual } from "effect/crypto/Mac"
import { WebCrypto } from "effect/crypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Redacted from "effect/Redacted"

const encoder = new TextEncoder()

/** Base64 of the SHA-512 of a text in UTF-8. */
export const sha512 = (text: string): Effect.Effect<Redacted.Redacted<string>> =>
  Effect.flatMap(WebCrypto, (crypto) =>
    Effect.map(
      Effect.promise(() => crypto.subtle.digest("SHA-512", encoder.encode(text))),
      (digest) => Redacted.make(Base64.encode(new Uint8Array(digest)), { label: "hash" })
    ))

/** Whether a received hash is the expected one, in a time that does not tell how much of it is right. */
export const isHash = (expected: Redacted.Redacted<string>, received: string): boolean =>
  timingSafeEqual(encoder.encode(Redacted.value(expected)), encoder.encode(received))
