/**
 * The claims of a JSON Web Token that someone else verifies.
 */
import * as Base64Url from "effect/encoding/Base64Url"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const decodeClaims = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
)

// Not fatal: a name claim in some older character set says nothing about `exp`.
const utf8 = new TextDecoder()

/**
 * Reads the claims of a token in JWS compact form (`header.claims.signature`), without looking at its signature: the
 * provider checks its own tokens, and a forged `exp` could only make the holder ask again too early or too late.
 *
 * None for anything else: other text, an encrypted token, claims that are not base64url, not JSON or not an object.
 */
export const claims = (token: Redacted.Redacted<string>): Option.Option<{ readonly [claim: string]: unknown }> => {
  const [, payload, signature, ...rest] = Redacted.value(token).split(".", 4)
  if (payload === undefined || signature === undefined || rest.length > 0) {
    return Option.none()
  }
  return Base64Url.decode(payload).pipe(
    Result.getSuccess,
    Option.flatMap((bytes) => decodeClaims(utf8.decode(bytes)))
  )
}
