import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Identifiers from "./identifiers.ts"

const header = Base64Url.encode(JSON.stringify({ alg: "HS256", typ: "JWT" }))

/** A JWT with the given claims, an identifier of its own and a signature that nobody made. */
export const make = (claims: Readonly<Record<string, unknown>>): Effect.Effect<string> =>
  Effect.map(
    Effect.all([Identifiers.uuid, Identifiers.hex(43)]),
    ([jti, signature]) => `${header}.${Base64Url.encode(JSON.stringify({ ...claims, jti }))}.${signature}`
  )
