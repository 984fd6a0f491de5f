/**
 * `fetch` by hand, without a thought for the life of the token.
 */
import { type Answer, orderPath } from "../server/order.ts"
import type { Peer } from "./Peer.ts"

export const make = (address: string, token: string): Peer => ({
  call: async () => {
    const response = await fetch(`${address}${orderPath}`, {
      headers: { accept: "application/json", authorization: `Bearer ${token}` }
    })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return await response.json() as Answer
  }
})
