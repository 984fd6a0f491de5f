import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type { Answer, SandboxRequest } from "../exchange.ts"
import * as Grants from "../grants.ts"
import * as Identifiers from "../identifiers.ts"
import * as Jwt from "../jwt.ts"
import * as Keys from "../keys.ts"
import * as Answers from "./answers.ts"
import type * as State from "./state.ts"
import * as Written from "./written.ts"

const KeysBody = Schema.fromJsonString(
  Schema.Struct({ api_key: Schema.NonEmptyString, secret_key: Schema.NonEmptyString })
)

const RefreshBody = Schema.fromJsonString(Schema.Struct({ refresh_token: Schema.NonEmptyString }))

/** The keys of a login: in its body, or else in its headers. */
const keysIn = ({ body, headers }: SandboxRequest): Keys.Keys | undefined => {
  const { api_key, secret_key } = Option.getOrElse(
    Schema.decodeOption(KeysBody)(body),
    () => ({ api_key: headers["api-key"], secret_key: headers["api-secret"] })
  )
  return api_key === undefined || secret_key === undefined
    ? undefined
    : { apiKey: Redacted.make(api_key), secretKey: Redacted.make(secret_key) }
}

const refreshTokenIn = ({ body }: SandboxRequest): string | undefined =>
  Schema.decodeOption(RefreshBody)(body).pipe(
    Option.map(({ refresh_token }) => refresh_token),
    Option.getOrUndefined
  )

/** The account that a request to the token endpoints is about, whether or not it may have a token. */
export const accountIn = (state: State.State, request: SandboxRequest): number | undefined => {
  const token = refreshTokenIn(request)
  if (token !== undefined) return Grants.ownerOf(state.grants, token)
  const keys = keysIn(request)
  return keys === undefined ? undefined : Keys.named(state.accounts, keys.apiKey)?.number
}

const give = (state: State.State, account: number, accessToken: string, refreshToken: string, now: number) => {
  const { settings } = state
  const former = settings.singleActiveToken ? Grants.end(state.grants, { account, use: "access" }) : state.grants
  const expiresAt = now + Duration.toMillis(settings.tokenLifetime)
  return [
    Answers.ok({
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: "Bearer",
      expires_in: Math.floor(Duration.toSeconds(settings.tokenLifetime)),
      expires_at: Written.wholeSeconds(settings, expiresAt)
    }),
    { ...state, grants: Grants.issue(former, accessToken, { account, use: "access", expiresAt }, now) }
  ] as const
}

const login =
  (request: SandboxRequest, accessToken: string, refreshToken: string, now: number) =>
  (state: State.State): readonly [Answer, State.State] => {
    const keys = keysIn(request)
    if (keys === undefined) return [Answers.invalid("api_key, secret_key"), state]
    const account = Keys.find(state.accounts, keys)?.number
    if (account === undefined || !state.settings.credentialsAccepted) return [Answers.invalidApiKey, state]
    const expiresAt = now + Duration.toMillis(state.settings.refreshLifetime)
    const grants = Grants.issue(state.grants, refreshToken, { account, use: "refresh", expiresAt }, now)
    return give({ ...state, grants }, account, accessToken, refreshToken, now)
  }

const refresh = (request: SandboxRequest, accessToken: string, now: number) =>
(
  state: State.State
): readonly [Answer, State.State] => {
  const token = refreshTokenIn(request)
  if (token === undefined) return [Answers.invalid("refresh_token"), state]
  const account = Grants.accountOf(state.grants, token, "refresh", now)
  return account === undefined
    ? [Answers.refreshTokenExpired, state]
    : give(state, account, accessToken, token, now)
}

/** What the two token endpoints do. */
export const act = Effect.fnUntraced(function*(
  ref: Ref.Ref<State.State>,
  operation: "auth.authenticate" | "auth.refresh",
  request: SandboxRequest
) {
  const now = yield* Clock.currentTimeMillis
  const { settings } = yield* Ref.get(ref)
  const iat = Math.floor((now + Duration.toMillis(settings.clockSkew)) / 1000)
  const exp = iat + Math.floor(Duration.toSeconds(settings.tokenLifetime))
  const accessToken = yield* Jwt.make({ sub: "entegre-sandbox", iat, exp })
  if (operation === "auth.refresh") return yield* Ref.modify(ref, refresh(request, accessToken, now))
  const refreshToken = yield* Identifiers.hex(64)
  return yield* Ref.modify(ref, login(request, accessToken, refreshToken, now))
})
