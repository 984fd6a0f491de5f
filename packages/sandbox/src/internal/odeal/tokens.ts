import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import type { Answer, SandboxRequest } from "../exchange.ts"
import * as Grants from "../grants.ts"
import * as Jwt from "../jwt.ts"
import * as Keys from "../keys.ts"
import * as Answers from "./answers.ts"
import * as State from "./state.ts"

/** A new pair for an account, and the end of the former one. */
const issue = (
  state: State.State,
  account: number,
  pair: Answers.Tokens,
  now: number
): readonly [Answer, State.State] => {
  const { refreshLifetime, tokenLifetime } = state.settings
  const give = (grants: Grants.Grants, token: string, use: "access" | "refresh", lifetime: Duration.Duration) =>
    Grants.issue(grants, token, { account, use, expiresAt: now + Duration.toMillis(lifetime) }, now)
  const access = give(Grants.end(state.grants, { account }), pair.accessToken, "access", tokenLifetime)
  return [
    Answers.tokens(pair, Math.floor(Duration.toSeconds(tokenLifetime))),
    { ...state, grants: give(access, pair.refreshToken, "refresh", refreshLifetime) }
  ]
}

const login =
  (request: SandboxRequest, pair: Answers.Tokens, now: number) =>
  (state: State.State): readonly [Answer, State.State] => {
    const keys = State.keysIn(request)
    if (keys === undefined) return [Answers.missingField("apiKey, secretKey")(state.settings), state]
    const account = Keys.find(state.accounts, keys)
    return account === undefined || !state.settings.credentialsAccepted
      ? [Answers.invalidKeys(state.settings), state]
      : issue(state, account.number, pair, now)
  }

const refresh =
  (request: SandboxRequest, pair: Answers.Tokens, now: number) =>
  (state: State.State): readonly [Answer, State.State] => {
    const token = State.refreshTokenIn(request)
    if (token === undefined) return [Answers.missingField("refreshToken")(state.settings), state]
    const account = Grants.accountOf(state.grants, token, "refresh", now)
    return account === undefined
      ? [Answers.refreshTokenDead(state.settings), state]
      : issue(state, account, pair, now)
  }

/** A pair whose claims tell the time by the provider's own clock. */
const makePair = Effect.fnUntraced(function*(state: State.State, now: number) {
  const { clockSkew, refreshLifetime, tokenLifetime } = state.settings
  const iat = Math.floor((now + Duration.toMillis(clockSkew)) / 1000)
  const token = (use: string, lifetime: Duration.Duration) =>
    Jwt.make({ sub: "entegre-sandbox", use, iat, exp: iat + Math.floor(Duration.toSeconds(lifetime)) })
  return {
    accessToken: yield* token("access", tokenLifetime),
    refreshToken: yield* token("refresh", refreshLifetime)
  }
})

/** What the two token endpoints do. */
export const act = Effect.fnUntraced(function*(
  ref: Ref.Ref<State.State>,
  operation: "authenticate.credential.v2" | "authenticate.refresh-token.v2",
  request: SandboxRequest
) {
  const now = yield* Clock.currentTimeMillis
  const pair = yield* makePair(yield* Ref.get(ref), now)
  const step = operation === "authenticate.credential.v2" ? login : refresh
  return yield* Ref.modify(ref, step(request, pair, now))
})
