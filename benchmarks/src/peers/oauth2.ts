/**
 * `@badgateway/oauth2-client`, whose `OAuth2Fetch` keeps a token over `fetch`.
 */
import { OAuth2Client, OAuth2Fetch } from "@badgateway/oauth2-client"
import { type Answer, orderPath } from "../server/order.ts"
import { deadToken, login, type Make } from "./Peer.ts"

export const make: Make = (address) => {
  const client = new OAuth2Fetch({
    client: new OAuth2Client({ server: address, clientId: "me" }),
    getStoredToken: () => ({ accessToken: deadToken, expiresAt: null, refreshToken: null }),
    getNewToken: async () => ({
      accessToken: await login(address),
      expiresAt: Date.now() + 3_600_000,
      refreshToken: null
    })
  })
  return {
    call: async () => {
      const response = await client.fetch(`${address}${orderPath}`, { headers: { accept: "application/json" } })
      if (!response.ok) throw new Error(`status ${response.status}`)
      return await response.json() as Answer
    }
  }
}
