/**
 * `got`, with the hooks that its documentation shows for a token that is refreshed.
 */
import got from "got"
import { Agent } from "node:http"
import { type Answer, orderPath } from "../server/order.ts"
import { connections, deadToken, login, type Make } from "./Peer.ts"

export const make: Make = (address) => {
  let token = deadToken
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const client = got.extend({
    agent: { http: agent },
    headers: { accept: "application/json" },
    hooks: {
      beforeRequest: [(options) => {
        options.headers["authorization"] = `Bearer ${token}`
      }],
      afterResponse: [async (response, retryWithMergedOptions) => {
        if (response.statusCode !== 401) return response
        token = await login(address)
        return retryWithMergedOptions({ headers: { authorization: `Bearer ${token}` } })
      }]
    }
  })
  return {
    call: () => client.get(`${address}${orderPath}`).json<Answer>()
  }
}
