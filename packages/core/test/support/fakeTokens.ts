import type { TokenError } from "@entegre/core/TokenError"
import { TokenKey } from "@entegre/core/TokenKey"
import type { Tokens } from "@entegre/core/Tokens"
import type { Token } from "@entegre/core/TokenSet"
import { Effect, Redacted } from "effect"

const token = (generation: number): Token => ({
  value: Redacted.make(`token-${generation}`),
  generation,
  expiresAt: Number.POSITIVE_INFINITY
})

/**
 * Tokens named `token-1`, `token-2`, …: a rejection of the present one brings the next. `failure` is what asking for a
 * token fails with, if it is to fail; `renewal` is how long the next one takes.
 */
export const fakeTokens = (options: {
  readonly failure?: TokenError
  readonly renewal?: Effect.Effect<void>
} = {}) => {
  let generation = 1
  const asked = { get: 0, reject: 0 }
  const get = Effect.suspend(() => {
    asked.get++
    return options.failure === undefined ? Effect.sync(() => token(generation)) : Effect.fail(options.failure)
  })
  const rejected: Array<number> = []
  const discard = (rejectedToken: Token) => {
    rejected.push(rejectedToken.generation)
    if (rejectedToken.generation === generation) generation++
  }
  const unused = Effect.die("not part of a call")
  const tokens: Tokens = {
    key: new TokenKey({ provider: "acme", environment: "test", account: Redacted.make("account") }),
    name: "1",
    get,
    reject: (rejectedToken) =>
      Effect.suspend(() => {
        asked.reject++
        discard(rejectedToken)
        return Effect.andThen(options.renewal ?? Effect.void, Effect.sync(() => token(generation)))
      }),
    discard: (rejectedToken) => Effect.sync(() => discard(rejectedToken)),
    forget: unused,
    warmUp: unused,
    credentialsChanged: unused,
    status: unused
  }
  return { tokens, asked, rejected }
}
