import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Ref from "effect/Ref"
import type { ApexSettings, ApexWebhook, ApexWebhookAuthentication, ApexWebhookChange } from "../../ApexModel.ts"
import { NotFound } from "../../NotFound.ts"
import * as Identifiers from "../identifiers.ts"
import { type Outgoing, type OutgoingRequest, sendCopies } from "../outgoing.ts"
import * as Inputs from "./inputs.ts"
import type * as State from "./state.ts"
import * as Written from "./written.ts"

const authenticationHeader = (
  settings: ApexSettings,
  authentication: ApexWebhookAuthentication | null | undefined
): Readonly<Record<string, string>> => {
  if (authentication === null || authentication === undefined) return {}
  if (authentication.type === 1) {
    return { authorization: `Basic ${Base64.encode(`${authentication.username}:${authentication.password}`)}` }
  }
  const { webhookTokenHeader, webhookTokenScheme } = settings
  const token = `${webhookTokenScheme} ${authentication.token}`.trim()
  return { [webhookTokenHeader.toLowerCase()]: token }
}

const addressOf = ({ host, path }: Inputs.WebhookInput) => `${host.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`

const webhookOf = (state: State.State, id: string) => {
  const market = state.markets.find((market) => market.id === id)
  const distributor = state.distributors.find((distributor) => distributor.id === id)
  return { isKnown: market !== undefined || distributor !== undefined, webhook: market?.webhook ?? distributor?.meta }
}

const requestOf = (
  settings: ApexSettings,
  webhook: Inputs.WebhookInput,
  body: ApexWebhook,
  change: ApexWebhookChange
): OutgoingRequest => {
  const method = Inputs.methodOf(webhook.method)
  const authentication = change.authentication === undefined ? webhook.authentication : change.authentication
  const headers = authenticationHeader(settings, authentication)
  return {
    method,
    url: change.to ?? addressOf(webhook),
    headers: method === "GET" ? headers : { "content-type": "application/json", ...headers },
    body: method === "GET" ? "" : JSON.stringify({ ...body, ...change.fields }),
    patience: webhook.timeout === undefined ? undefined : Duration.seconds(webhook.timeout)
  }
}

/** Fires the webhook of a market or a distributor. */
export const fire = Effect.fnUntraced(function*(
  ref: Ref.Ref<State.State>,
  outgoing: Outgoing,
  id: string,
  change: ApexWebhookChange = {}
) {
  const state = yield* Ref.get(ref)
  const { isKnown, webhook } = webhookOf(state, id)
  if (webhook === undefined) return yield* new NotFound({ what: isKnown ? "webhook" : "market", id })
  const body: ApexWebhook = {
    id: yield* Identifiers.uuid,
    event: "market.updated",
    subject_id: id,
    occurred_at: Written.fine(state.settings, yield* Clock.currentTimeMillis, "read"),
    data: {}
  }
  return yield* sendCopies(outgoing, requestOf(state.settings, webhook, body, change), change)
})
