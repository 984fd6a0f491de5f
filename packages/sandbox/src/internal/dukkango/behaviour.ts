import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type { SandboxRequest } from "../exchange.ts"
import * as Identifiers from "../identifiers.ts"
import type { Behaviour } from "../provider.ts"
import * as Answers from "./answers.ts"
import * as Routes from "./routes.ts"
import * as State from "./state.ts"
import * as Steps from "./steps.ts"

/** Where the API lives below the provider's prefix, as in the real address. */
export const basePath = "/api/integrations"

const pathIn = (request: SandboxRequest) =>
  request.path.startsWith(`${basePath}/`) ? request.path.slice(basePath.length) : ""

/** Dükkango's behaviour over its state. */
export const make = (ref: Ref.Ref<State.State>): Behaviour => ({
  operationOf: (request) => {
    const path = pathIn(request)
    return Effect.succeed(
      Routes.isLogin(request, path)
        ? { name: "auth.login", target: "auth", renews: false }
        : { name: Routes.match(request, path)?.operation ?? "unknown", target: "calls", renews: false }
    )
  },
  accountOf: (request) =>
    Effect.succeed(Option.match(Steps.credentialsIn(request), {
      onNone: () => "",
      onSome: ({ appSecretKey, restSecretKey }) =>
        JSON.stringify([Redacted.value(appSecretKey), Redacted.value(restSecretKey)])
    })),
  act: Effect.fnUntraced(function*(request) {
    const path = pathIn(request)
    const now = yield* Clock.currentTimeMillis
    if (Routes.isLogin(request, path)) {
      const token = yield* Identifiers.hex(64)
      return yield* Ref.modify(ref, (state) => Steps.login(state, request, now, token))
    }
    const match = Routes.match(request, path)
    if (match === undefined) return Answers.wrongUrl
    return yield* Ref.modify(ref, (state) => {
      const account = State.accountOfToken(state, request.headers["access-token"], now)
      if (account === undefined) {
        return [match.operation === "orders.success" ? Answers.tokenDeadWithoutMessage : Answers.tokenDead, state]
      }
      return match.step(state, { account, now, id: match.id, request })
    })
  }),
  envelope: Effect.succeed(Answers.envelope),
  conditions: Effect.map(Ref.get(ref), ({ settings }) => settings)
})
