/**
 * The floor: the fastest client of Node by hand, without a thought for the life of the token.
 */
import { Agent, request } from "undici"
import { type Answer, orderPath } from "../server/order.ts"
import { certificate } from "../server/Server.ts"
import type { Peer } from "./Peer.ts"

export const make = (address: string, token: string): Peer => {
  const dispatcher = new Agent({ connect: { ca: certificate } })
  const url = `${address}${orderPath}`
  return {
    call: async () => {
      const { body, statusCode } = await request(url, {
        dispatcher,
        headers: { accept: "application/json", authorization: `Bearer ${token}` }
      })
      if (statusCode !== 200) throw new Error(`status ${statusCode}`)
      return await body.json() as Answer
    }
  }
}
