import { WebCrypto } from "effect/crypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Schema from "effect/Schema"

/** What a token says. Times are seconds since 1970. */
interface Claims {
  readonly sub: string
  readonly iat: number
  readonly exp: number
  /** Makes every token another one. */
  readonly jti: string
}

const encoder = new TextEncoder()

/** Made up, and known to the sandbox alone: a client has no business with the signature. */
const signingKey = encoder.encode("sandbox-jwt-signing-key")

const header = Base64Url.encode("{\"alg\":\"HS512\"}")

/** Three in a row, so that one of them stands where Base64 has `/` and `+`, and Base64Url `_` and `-`. */
const title = "Işıltılı Çarşı Pazaryeri ??? >>>"

const Payload = Schema.fromJsonString(Schema.Struct({
  sub: Schema.String,
  exp: Schema.Int,
  iat: Schema.Int,
  jti: Schema.String,
  title: Schema.String
}))

/** Claims that a naive reader stumbles over: text beyond ASCII, `-` and `_`, a length that wants padding. */
const payload = Effect.fnUntraced(function*({ exp, iat, jti, sub }: Claims) {
  const json = yield* Effect.orDie(Schema.encodeEffect(Payload)({ sub, exp, iat, jti, title }))
  const bytes = encoder.encode(json)
  return Base64Url.encode(bytes.length % 3 === 0 ? encoder.encode(`${json} `) : bytes)
})

/** A JWT with HS512. */
export const make = Effect.fnUntraced(function*(claims: Claims) {
  const { subtle } = yield* WebCrypto
  const signed = `${header}.${yield* payload(claims)}`
  const key = yield* Effect.promise(() =>
    subtle.importKey("raw", signingKey, { name: "HMAC", hash: "SHA-512" }, false, ["sign"])
  )
  const signature = yield* Effect.promise(() => subtle.sign("HMAC", key, encoder.encode(signed)))
  return `${signed}.${Base64Url.encode(new Uint8Array(signature))}`
})
