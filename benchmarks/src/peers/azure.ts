/**
 * `@azure/core-rest-pipeline` with its policy for bearer tokens, which it uses over encrypted connections only.
 */
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest
} from "@azure/core-rest-pipeline"
import { Agent } from "node:https"
import { type Answer, orderPath } from "../server/order.ts"
import { certificate } from "../server/Server.ts"
import { connections, type Peer } from "./Peer.ts"

/** It refreshes a token that nears its end, and begins with none. */
export const make = (address: string, login: () => Promise<string>): Peer => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca: certificate })
  const client = createDefaultHttpClient()
  const pipeline = createPipelineFromOptions({ agent })
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({
    scopes: "orders",
    credential: {
      getToken: async () => ({ token: await login(), expiresOnTimestamp: Date.now() + 3_600_000 })
    }
  }))
  return {
    call: async () => {
      const response = await pipeline.sendRequest(
        client,
        createPipelineRequest({
          url: `${address}${orderPath}`,
          headers: createHttpHeaders({ accept: "application/json" })
        })
      )
      if (response.status !== 200) throw new Error(`status ${response.status}`)
      return JSON.parse(response.bodyAsText ?? "") as Answer
    }
  }
}
