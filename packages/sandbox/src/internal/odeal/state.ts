import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { OdealSettings } from "../../OdealModel.ts"
import type { SandboxRequest } from "../exchange.ts"
import * as Grants from "../grants.ts"
import * as Keys from "../keys.ts"
import type { Payment } from "./payments.ts"

export interface State {
  readonly settings: OdealSettings
  readonly accounts: ReadonlyArray<Keys.Account>
  readonly grants: Grants.Grants
  readonly payments: ReadonlyArray<Payment>
}

const loginPath = "/authenticate/credential/v2"

const refreshPath = "/authenticate/refresh-token/v2"

const KeysBody = Schema.fromJsonString(
  Schema.Struct({ apiKey: Schema.NonEmptyString, secretKey: Schema.NonEmptyString })
)

const RefreshBody = Schema.fromJsonString(Schema.Struct({ refreshToken: Schema.NonEmptyString }))

const paymentOperations = [
  ["start", "POST"],
  ["status", "GET"],
  ["cancel", "POST"],
  ["refund", "POST"]
] as const

/** What a request asks for, by the addresses that are set. */
export const operationIn = ({ paymentPaths }: OdealSettings, basePath: string, request: SandboxRequest) => {
  const { method } = request
  const path = request.path.startsWith(`${basePath}/`) ? request.path.slice(basePath.length) : ""
  if (method === "POST" && path === loginPath) return "authenticate.credential.v2"
  if (method === "POST" && path === refreshPath) return "authenticate.refresh-token.v2"
  const found = paymentOperations.find(([name, verb]) => method === verb && path === paymentPaths[name])
  return found === undefined ? "unknown" : `payments.${found[0]}` as const
}

export type OperationName = ReturnType<typeof operationIn>

export const keysIn = ({ body }: SandboxRequest): Keys.Keys | undefined =>
  Schema.decodeOption(KeysBody)(body).pipe(
    Option.map(({ apiKey, secretKey }) => ({ apiKey: Redacted.make(apiKey), secretKey: Redacted.make(secretKey) })),
    Option.getOrUndefined
  )

export const refreshTokenIn = ({ body }: SandboxRequest): string | undefined =>
  Schema.decodeOption(RefreshBody)(body).pipe(
    Option.map(({ refreshToken }) => refreshToken),
    Option.getOrUndefined
  )

/** A name for whose token a request is about. */
export const ownerIn = (state: State, request: SandboxRequest): string => {
  const keys = keysIn(request)
  if (keys !== undefined) {
    const account = Keys.named(state.accounts, keys.apiKey)
    return account === undefined ? `unknown key ${Redacted.value(keys.apiKey)}` : `${account.number}`
  }
  const token = refreshTokenIn(request)
  return token === undefined ? "nobody" : `${Grants.ownerOf(state.grants, token) ?? `unknown token ${token}`}`
}
