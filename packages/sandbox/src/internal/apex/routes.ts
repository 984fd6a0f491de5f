import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { ApexOperation } from "../../ApexModel.ts"
import type { SandboxRequest } from "../exchange.ts"
import * as Kyc from "./kyc.ts"
import * as Markets from "./markets.ts"
import * as Nodes from "./nodes.ts"
import type { Step } from "./state.ts"
import * as Tokens from "./tokens.ts"

/** Where the API lives below the provider's prefix, as in the real address. */
export const basePath = "/api/v1/integration"

type Call = Exclude<ApexOperation, `auth.${string}`>

/** Method, path and step. `:name` stands for one path segment. */
const routes: Record<Call, readonly [method: string, path: string, step: Step]> = {
  "nodes.create": ["POST", "/nodes", Nodes.create],
  "nodes.get": ["GET", "/nodes/:id", Nodes.get],
  "nodes.update": ["PUT", "/nodes/:id", Nodes.update],
  "nodes.delete": ["DELETE", "/nodes/:id", Nodes.remove],
  "nodes.children": ["GET", "/nodes/:id/children", Nodes.children],
  "markets.create": ["POST", "/markets", Markets.createMarket],
  "markets.update": ["PUT", "/markets/:id", Markets.updateMarket],
  "distributors.create": ["POST", "/distributors/nodes/:node_id", Markets.createDistributor],
  "distributors.update": ["PUT", "/distributors/:id", Markets.updateDistributor],
  "tokens.create": ["POST", "/tokens/nodes/:node_id/distributors/:distributor_id", Tokens.create],
  "tokens.create-external": ["POST", "/tokens/external/:external_id", Tokens.createExternal],
  "tokens.market-list": ["GET", "/tokens/markets/:market_id/all", Tokens.ofMarket],
  "tokens.update-tokens-market": ["PUT", "/tokens/:token_id/markets", Tokens.updateMarkets],
  "tokens.create-token-kyc-address": ["POST", "/tokens/:token_id/kyc-tokens", Kyc.createToken],
  "tokens.update-token-kyc-address": ["PUT", "/tokens/:token_id/kyc-tokens/:id", Kyc.updateToken],
  "kyc-addresses.create": ["POST", "/kyc-addresses/markets/:market_id", Kyc.createAddress],
  "kyc-addresses.list": ["GET", "/kyc-addresses/markets/:market_id", Kyc.listAddresses],
  "kyc-addresses.update": ["PUT", "/kyc-addresses/:id", Kyc.updateAddress]
}

const table = Object.entries(routes).map(([operation, [method, path, step]]) => ({
  operation,
  method,
  step,
  segments: path.split("/")
}))

interface Match {
  readonly operation: string
  readonly step: Step
  readonly param: (name: string) => string
}

const pathIn = ({ path }: SandboxRequest) => path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : ""

/** Which of the token endpoints a request is for. */
export const authIn = (request: SandboxRequest): "auth.authenticate" | "auth.refresh" | undefined => {
  if (request.method !== "POST") return undefined
  switch (pathIn(request)) {
    case "/auth/authenticate":
      return "auth.authenticate"
    case "/auth/refresh":
      return "auth.refresh"
    default:
      return undefined
  }
}

const decodeSegment = Schema.decodeOption(Schema.StringFromUriComponent)

/** A segment as it was before it went into a path. One that no client wrote stays as it is. */
const decoded = (segment: string) => Option.getOrElse(decodeSegment(segment), () => segment)

/** Which call a request is. */
export const match = (request: SandboxRequest): Match | undefined => {
  const segments = pathIn(request).split("/")
  const route = table.find((route) =>
    route.method === request.method &&
    route.segments.length === segments.length &&
    route.segments.every((expected, index) =>
      expected.startsWith(":") ? segments[index] !== "" : expected === segments[index]
    )
  )
  return route === undefined ? undefined : {
    operation: route.operation,
    step: route.step,
    param: (name) => decoded(segments[route.segments.indexOf(`:${name}`)] ?? "")
  }
}
