import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { ApexWebhookAuthentication } from "../../ApexModel.ts"
import type { SandboxRequest } from "../exchange.ts"

const NodeName = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(255))

const NodeType = Schema.Literals([1, 2, 3])

export const CreateNode = Schema.Struct({
  parent_id: Schema.optionalKey(Schema.NullOr(Schema.String)),
  name: NodeName,
  type: NodeType
})

export const UpdateNode = Schema.Struct({
  parent_id: Schema.optionalKey(Schema.String),
  name: Schema.optionalKey(NodeName),
  type: Schema.optionalKey(NodeType)
})

/** The page names the first two and says "etc."; the others are made up. */
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const

export const methodOf = (number: number | undefined) => methods[(number ?? 2) - 1] ?? "POST"

const webhookFields = {
  method: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: methods.length }))),
  authentication: Schema.optionalKey(ApexWebhookAuthentication),
  timeout: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0)))
}

const Webhook = Schema.Struct({
  host: Schema.NonEmptyString,
  path: Schema.NonEmptyString,
  ...webhookFields
})

export type WebhookInput = typeof Webhook.Type

const WebhookPatch = Schema.Struct({
  host: Schema.optionalKey(Schema.NonEmptyString),
  path: Schema.optionalKey(Schema.NonEmptyString),
  ...webhookFields
})

export const CreateMarket = Schema.Struct({
  node_id: Schema.String,
  domain: Schema.NonEmptyString,
  webhook: Schema.optionalKey(Schema.NullOr(Webhook))
})

export const UpdateMarket = Schema.Struct({
  domain: Schema.optionalKey(Schema.NonEmptyString),
  webhook: Schema.optionalKey(Schema.NullOr(WebhookPatch))
})

export const CreateDistributor = Schema.Struct({ meta: Schema.optionalKey(Schema.NullOr(Webhook)) })

export const UpdateDistributor = Schema.Struct({ meta: Schema.optionalKey(Schema.NullOr(WebhookPatch)) })

/** A partial webhook over the one that is there: absent leaves a field, and null removes it all. */
export const patchWebhook = (
  before: WebhookInput | undefined,
  patch: typeof WebhookPatch.Type | null | undefined
): Result.Result<WebhookInput | undefined, string> => {
  if (patch === undefined) return Result.succeed(before)
  if (patch === null) return Result.succeed(undefined)
  const { host = before?.host, path = before?.path, ...others } = patch
  if (host === undefined) return Result.fail("host")
  if (path === undefined) return Result.fail("path")
  return Result.succeed({ ...before, ...others, host, path })
}

/** The page does not say what is required; without these there is no token. */
export const CreateToken = Schema.Struct({
  name: Schema.NonEmptyString,
  symbol: Schema.NonEmptyString,
  chain_id: Schema.Int,
  value: Schema.Finite,
  supply: Schema.Finite,
  description: Schema.optionalKey(Schema.String),
  external_id: Schema.optionalKey(Schema.NonEmptyString),
  contract: Schema.optionalKey(Schema.JsonObject),
  rules: Schema.optionalKey(Schema.JsonObject),
  status: Schema.optionalKey(Schema.Int),
  integration: Schema.optionalKey(Schema.JsonObject),
  currency_token_address: Schema.optionalKey(Schema.NonEmptyString),
  currency_token_symbol: Schema.optionalKey(Schema.String),
  currency_token_decimals: Schema.optionalKey(Schema.Int),
  currency_token_name: Schema.optionalKey(Schema.String),
  meta: Schema.optionalKey(Schema.JsonObject)
})

export type TokenInput = typeof CreateToken.Type

export const Markets = Schema.Struct({
  is_all_market: Schema.Boolean,
  market_ids: Schema.optionalKey(Schema.Array(Schema.String))
})

export const KycAddress = Schema.Struct({
  chain_id: Schema.Int,
  name: Schema.NonEmptyString,
  address: Schema.NonEmptyString
})

export type KycAddressInput = typeof KycAddress.Type

export const KycToken = Schema.Struct({
  kyc_address_id: Schema.String,
  chain_id: Schema.Int,
  hash: Schema.NonEmptyString,
  is_approved: Schema.Boolean
})

export type KycTokenInput = typeof KycToken.Type

export const KycAddressPatch = Schema.Struct({
  chain_id: Schema.optionalKey(Schema.Int),
  name: Schema.optionalKey(Schema.NonEmptyString),
  address: Schema.optionalKey(Schema.NonEmptyString)
})

export const KycTokenPatch = Schema.Struct({
  kyc_address_id: Schema.optionalKey(Schema.String),
  chain_id: Schema.optionalKey(Schema.Int),
  hash: Schema.optionalKey(Schema.NonEmptyString),
  is_approved: Schema.optionalKey(Schema.Boolean)
})

const PathInMessage = /at (\[.*\])/

/** Where the first thing is that does not fit, in the words of JSON: `webhook.host`. */
const fieldOf = ({ message }: Schema.SchemaError): string =>
  PathInMessage.exec(message)?.[1]?.slice(1, -1).replaceAll("][", ".").replaceAll("\"", "") ?? "body"

/** The body of a request, or the field that is wrong with it. An empty body is an empty object. */
export const decode = <S extends Schema.ConstraintDecoder<unknown>>(schema: S) => {
  const decodeBody = Schema.decodeUnknownResult(Schema.fromJsonString(schema))
  return ({ body }: SandboxRequest): Result.Result<S["Type"], string> =>
    Result.mapError(decodeBody(body === "" ? "{}" : body), fieldOf)
}
