import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as UrlParams from "effect/http/UrlParams"
import * as Ref from "effect/Ref"
import { NotFound } from "../../NotFound.ts"
import type { PaynkolayCallbackChange, PaynkolayPayment, PaynkolaySettings } from "../../PaynkolayModel.ts"
import * as Identifiers from "../identifiers.ts"
import type { Outgoing, OutgoingRequest } from "../outgoing.ts"
import * as Settling from "./settling.ts"
import * as State from "./state.ts"

/** The latest payment of any marketplace that has a code. */
const find = (state: State.State, code: string) => {
  const found = state.accounts.flatMap((account) =>
    account.marketplace.payments
      .filter(({ refCode, trxCode }) => refCode === code || trxCode === code)
      .map((payment) => ({ account, payment }))
  )
  return found.find(({ payment }) => payment.refCode === code) ?? found.at(-1)
}

type Found = NonNullable<ReturnType<typeof find>>

/** Another hash of the same length. */
const spoil = (hash: string) => `${hash.startsWith("A") ? "B" : "A"}${hash.slice(1)}`

const changed = (
  fields: Readonly<Record<string, string>>,
  { fields: instead = {}, forged = false }: PaynkolayCallbackChange
) => ({
  ...(forged
    ? Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, name.startsWith("hash") ? spoil(value) : value])
    )
    : fields),
  ...instead
})

const requestOf = (
  url: string,
  fields: Readonly<Record<string, string>>,
  format: PaynkolaySettings["callbackFormat"]
): OutgoingRequest =>
  format === "json"
    ? { method: "POST", url, headers: { "content-type": "application/json" }, body: JSON.stringify(fields) }
    : {
      method: "POST",
      url,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: UrlParams.toString(fields)
    }

/** Settles payments and posts their callbacks. */
export const make = (ref: Ref.Ref<State.State>, outgoing: Outgoing) => {
  const settle = Effect.fnUntraced(function*({ account, payment }: Found) {
    const now = yield* Clock.currentTimeMillis
    const nonce = yield* Identifiers.hex(32)
    return yield* Ref.modify(ref, (state): readonly [PaynkolayPayment, State.State] => {
      const owner = state.accounts.find(({ number }) => number === account.number) ?? account
      const present = owner.marketplace.payments.find(({ refCode }) => refCode === payment.refCode) ?? payment
      const settled = Settling.settle(present, owner, state.settings, State.clock(state.settings, now), nonce)
      return [settled, State.updateMarketplace(state, owner, State.updatePayment(owner.marketplace, settled))]
    })
  })

  /** What the callback looks like at the moment when it is sent. */
  const prepare = Effect.fnUntraced(function*(found: Found, change: PaynkolayCallbackChange) {
    const payment = yield* settle(found)
    const { settings } = yield* Ref.get(ref)
    const fields = yield* Settling.signedCallback(found.account, payment, settings)
    return requestOf(change.to ?? payment.callbackUrl, changed(fields, change), settings.callbackFormat)
  })

  return {
    /** Follows a payment with a callback, where the settings say so. */
    automatic: Effect.fnUntraced(function*(refCode: string) {
      const state = yield* Ref.get(ref)
      const found = find(state, refCode)
      if (found === undefined || !state.settings.callbacks) return
      yield* outgoing.send(prepare(found, {}), state.settings.callbackDelay)
    }),
    send: Effect.fnUntraced(function*(code: string, change: PaynkolayCallbackChange = {}) {
      const found = find(yield* Ref.get(ref), code)
      if (found === undefined) return yield* new NotFound({ what: "payment", id: code })
      const sending = yield* Effect.replicateEffect(
        outgoing.send(prepare(found, change), Duration.fromInputUnsafe(change.delay ?? 0)),
        change.copies ?? 1
      )
      return yield* Fiber.joinAll(sending)
    })
  }
}
