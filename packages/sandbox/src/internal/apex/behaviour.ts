import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import type { Answer, SandboxRequest } from "../exchange.ts"
import * as Grants from "../grants.ts"
import * as Identifiers from "../identifiers.ts"
import type { Behaviour } from "../provider.ts"
import * as Answers from "./answers.ts"
import * as Auth from "./auth.ts"
import * as Routes from "./routes.ts"
import * as State from "./state.ts"

/** Whether the gateway in front sends a request to where it is meant to go. */
const isMisdirected = (request: SandboxRequest, expected: string) => request.headers["x-target-server"] !== expected

const overLimit = (state: State.State, wait: number): Answer =>
  Answers.tooManyRequests(state.settings.retryAfter ? wait : undefined)

/** A UUID for each index, all of them new where one is. */
const newIds = (uuid: string) => (index = 0) => `${uuid.slice(0, -4)}${index.toString(16).padStart(4, "0")}`

/** Apex's behaviour over its state. */
export const make = (ref: Ref.Ref<State.State>): Behaviour => {
  const authenticate = Effect.fnUntraced(function*(
    operation: "auth.authenticate" | "auth.refresh",
    request: SandboxRequest
  ) {
    const now = yield* Clock.currentTimeMillis
    const refusal = yield* Ref.modify(ref, (state): readonly [Answer | undefined, State.State] => {
      const { rateLimitsLogins, wrongTargetStatus } = state.settings
      if (isMisdirected(request, "authentication")) {
        return [Answers.wrongTarget(wrongTargetStatus, "authentication"), state]
      }
      const account = Auth.accountIn(state, request)
      if (account === undefined || !rateLimitsLogins) return [undefined, state]
      const [wait, next] = State.admit(state, account, now)
      return [wait === undefined ? undefined : overLimit(state, wait), next]
    })
    return refusal ?? (yield* Auth.act(ref, operation, request))
  })

  const call = Effect.fnUntraced(function*(request: SandboxRequest) {
    const now = yield* Clock.currentTimeMillis
    const newId = newIds(yield* Identifiers.uuid)
    const match = Routes.match(request)
    return yield* Ref.modify(ref, (state): readonly [Answer, State.State] => {
      if (isMisdirected(request, "integration")) {
        return [Answers.wrongTarget(state.settings.wrongTargetStatus, "integration"), state]
      }
      const account = Grants.accountOf(state.grants, Grants.bearerIn(request.headers), "access", now)
      if (account === undefined) return [Answers.tokenDead, state]
      const [wait, next] = State.admit(state, account, now)
      if (wait !== undefined) return [overLimit(state, wait), next]
      return match === undefined
        ? [Answers.notFound("resource"), next]
        : match.step(next, { account, now, request, newId, param: match.param })
    })
  })

  return {
    operationOf: (request) => {
      const auth = Routes.authIn(request)
      return Effect.succeed(
        auth === undefined
          ? { name: Routes.match(request)?.operation ?? "unknown", target: "calls", renews: false }
          : { name: auth, target: "auth", renews: auth === "auth.refresh" }
      )
    },
    accountOf: (request) => Effect.map(Ref.get(ref), (state) => `${Auth.accountIn(state, request) ?? "nobody"}`),
    act: (request) => {
      const auth = Routes.authIn(request)
      return auth === undefined ? call(request) : authenticate(auth, request)
    },
    envelope: Effect.succeed(Answers.envelope),
    conditions: Effect.map(Ref.get(ref), ({ settings }) => settings)
  }
}
