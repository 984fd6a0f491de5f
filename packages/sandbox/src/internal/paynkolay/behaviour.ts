import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type { Answer, SandboxRequest } from "../exchange.ts"
import * as Grants from "../grants.ts"
import * as Identifiers from "../identifiers.ts"
import type { Behaviour } from "../provider.ts"
import * as Answers from "./answers.ts"
import * as Hash from "./hash.ts"
import * as Routes from "./routes.ts"
import * as State from "./state.ts"
import { textIn } from "./step.ts"
import * as Token from "./token.ts"

/** Where the API lives below the provider's prefix, as in the real address. */
export const basePath = "/marketplace/v1"

const pathIn = (request: SandboxRequest) =>
  request.path.startsWith(`${basePath}/`) ? request.path.slice(basePath.length) : ""

const LoginBody = Schema.fromJsonString(
  Schema.Struct({ username: Schema.String, password: Schema.String, merchantNo: Schema.String })
)

const loginIn = (request: SandboxRequest) =>
  Option.map(
    Schema.decodeOption(LoginBody)(request.body),
    ({ merchantNo, password, username }) => ({ username, password: Redacted.make(password), merchantNo })
  )

const decodeBody = Schema.decodeOption(Schema.fromJsonString(Schema.Json))

type Settled = readonly [answer: Answer | Effect.Effect<Answer>, calledBack: string | undefined]

/** Paynkolay's behaviour over its state. `callBack` is told of each payment that is to be followed by a callback. */
export const make = (
  ref: Ref.Ref<State.State>,
  callBack: (refCode: string) => Effect.Effect<unknown>
): Behaviour => {
  const login = Effect.fnUntraced(function*(request: SandboxRequest) {
    const now = yield* Clock.currentTimeMillis
    const state = yield* Ref.get(ref)
    const account = Option.getOrUndefined(
      Option.flatMapNullishOr(loginIn(request), (login) => State.findAccount(state, login))
    )
    if (account === undefined || !state.settings.credentialsAccepted) {
      return Answers.loginRefused(state.settings.loginRefusalStatus)
    }
    const exp = State.tokenEnd(state.settings, now)
    const token = yield* Token.make({
      sub: account.credentials.username,
      iat: Math.floor(State.clock(state.settings, now) / 1000),
      exp,
      jti: yield* Identifiers.uuid
    })
    yield* Ref.update(ref, (state) => State.issueToken(state, account, token, now, exp))
    return Answers.loggedIn(token)
  })

  /** Whether `apiKey` is one of the hashes that are right for a body. */
  const isSigned = Effect.fnUntraced(function*(route: Routes.Route, account: State.Account, body: unknown) {
    if (route.signed === undefined) return false
    const { settings } = yield* Ref.get(ref)
    const hashes = yield* Effect.forEach(route.signed(account.credentials, body, settings), Hash.sign)
    return hashes.includes(textIn(body, "apiKey"))
  })

  const call = Effect.fnUntraced(function*(request: SandboxRequest, route: Routes.Route) {
    const now = yield* Clock.currentTimeMillis
    const before = yield* Ref.get(ref)
    const body = Option.getOrUndefined(decodeBody(request.body))
    const caller = route.isOpen
      ? State.accountOfKey(before, textIn(body, "apiSecretKey"))
      : State.accountOfToken(before, Grants.bearerIn(request.headers), now)
    if (caller === undefined) return route.isOpen ? Answers.notCompleted : Answers.tokenDead
    const refused = refusalOf(route, caller, body, before)
    if (refused !== undefined) return refused
    const signed = yield* isSigned(route, caller, body)
    const nonce = yield* Identifiers.hex(32)
    const [answer, calledBack] = yield* Ref.modify(ref, (state): readonly [Settled, State.State] => {
      const { settings } = state
      const account = state.accounts.find(({ number }) => number === caller.number) ?? caller
      const [answer, marketplace, calledBack] = route.step(account.marketplace, {
        account,
        settings,
        now: State.clock(settings, now),
        body,
        isSigned: signed,
        nonce
      })
      return [[answer, calledBack], State.updateMarketplace(state, account, marketplace)]
    })
    if (calledBack !== undefined) yield* callBack(calledBack)
    return Effect.isEffect(answer) ? yield* answer : answer
  })

  return {
    operationOf: (request) => {
      const path = pathIn(request)
      return Effect.succeed(
        Routes.isLogin(request, path)
          ? { name: "authenticate", target: "auth", renews: false }
          : { name: Routes.match(request, path)?.operation ?? "unknown", target: "calls", renews: false }
      )
    },
    accountOf: (request) =>
      Effect.succeed(Option.match(loginIn(request), {
        onNone: () => "",
        onSome: ({ merchantNo, username }) => JSON.stringify([merchantNo, username])
      })),
    act: (request) => {
      const path = pathIn(request)
      if (Routes.isLogin(request, path)) return login(request)
      const route = Routes.match(request, path)
      return route === undefined ? Effect.succeed(Answers.notFound) : call(request, route)
    },
    envelope: Effect.succeed(Answers.envelope),
    conditions: Effect.map(Ref.get(ref), ({ settings }) => settings)
  }
}

/** Why a call goes no further, whatever it asks for. */
const refusalOf = (
  { key }: Routes.Route,
  { credentials, marketplaceCode }: State.Account,
  body: unknown,
  { settings }: State.State
): Answer | undefined => {
  const given = textIn(body, "apiSecretKey")
  if (key === "needed" && given === "") return Answers.missingField(settings, "apiSecretKey")
  if (key !== "ignored" && given !== "" && given !== Redacted.value(credentials.apiSecretKey)) {
    return Answers.wrongKey(settings)
  }
  const wrongCode = ["mpCode", "marketplaceCode"].find((name) => {
    const code = textIn(body, name)
    return code !== "" && code !== marketplaceCode
  })
  return wrongCode === undefined ? undefined : Answers.missingField(settings, wrongCode)
}
