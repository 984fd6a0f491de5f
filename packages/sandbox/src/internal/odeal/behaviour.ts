import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import type { OdealCallback } from "../../OdealModel.ts"
import * as Grants from "../grants.ts"
import * as Identifiers from "../identifiers.ts"
import type { Outgoing, OutgoingRequest } from "../outgoing.ts"
import type { Behaviour } from "../provider.ts"
import * as Answers from "./answers.ts"
import * as Payments from "./payments.ts"
import * as State from "./state.ts"
import * as Tokens from "./tokens.ts"

const steps: Record<Exclude<State.OperationName, `authenticate.${string}`>, Payments.Step> = {
  "payments.start": Payments.start,
  "payments.status": Payments.status,
  "payments.cancel": Payments.cancel,
  "payments.refund": Payments.refund,
  unknown: (state) => [{ answer: Answers.wrongUrl(state.settings) }, state]
}

export const callbackRequest = (url: string, body: OdealCallback): OutgoingRequest => ({
  method: "POST",
  url,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body)
})

/** Reports a change of a payment to where the application asked for it, unless callbacks are off. */
export const report = Effect.fnUntraced(function*(
  ref: Ref.Ref<State.State>,
  outgoing: Outgoing,
  { change, payment }: Required<Payments.Result>["reported"]
) {
  const { settings } = yield* Ref.get(ref)
  const { returnUrl } = payment
  if (returnUrl === null || !settings.callbacks) return
  const now = yield* Clock.currentTimeMillis
  // A change that was still to come may be called off before it is reported.
  const prepare = Effect.gen(function*() {
    const { payments } = yield* Ref.get(ref)
    const current = payments.find(({ id }) => id === payment.id) ?? payment
    const happened = current.changes.includes(change)
      ? change
      : Payments.lastChange(current, yield* Clock.currentTimeMillis)
    return callbackRequest(returnUrl, Payments.callbackOf(payment, happened))
  })
  yield* outgoing.send(prepare, Duration.sum(Duration.millis(change.at - now), settings.callbackDelay))
})

/** Ödeal's behaviour over its state, below a base path. */
export const make = (basePath: string, ref: Ref.Ref<State.State>, outgoing: Outgoing): Behaviour => ({
  operationOf: (request) =>
    Effect.map(Ref.get(ref), ({ settings }) => {
      const name = State.operationIn(settings, basePath, request)
      return {
        name,
        target: name.startsWith("authenticate.") ? "auth" : "calls",
        renews: name === "authenticate.refresh-token.v2"
      }
    }),
  accountOf: (request) => Effect.map(Ref.get(ref), (state) => State.ownerIn(state, request)),
  act: Effect.fnUntraced(function*(request) {
    const operation = State.operationIn((yield* Ref.get(ref)).settings, basePath, request)
    if (operation === "authenticate.credential.v2" || operation === "authenticate.refresh-token.v2") {
      return yield* Tokens.act(ref, operation, request)
    }
    const now = yield* Clock.currentTimeMillis
    const chance = yield* Identifiers.hex(24)
    const result = yield* Ref.modify(ref, (state): readonly [Payments.Result, State.State] => {
      const account = Grants.accountOf(state.grants, Grants.bearerIn(request.headers), "access", now)
      return account === undefined
        ? [{ answer: Answers.tokenDead(state.settings) }, state]
        : steps[operation](state, { account, now, request, chance })
    })
    if (result.reported !== undefined) yield* report(ref, outgoing, result.reported)
    return result.answer
  }),
  envelope: Effect.map(Ref.get(ref), ({ settings }) => (status: number) => Answers.envelope(status)(settings)),
  conditions: Effect.map(Ref.get(ref), ({ settings }) => settings)
})
