/**
 * `axios` with `axios-auth-refresh`.
 */
import axios, { type AxiosError } from "axios"
import { createAuthRefresh } from "axios-auth-refresh"
import { Agent } from "node:http"
import { type Answer, orderPath } from "../server/order.ts"
import { connections, deadToken, login, type Make } from "./Peer.ts"

export const make: Make = (address) => {
  let token = deadToken
  const httpAgent = new Agent({ keepAlive: true, maxSockets: connections })
  const client = axios.create({ httpAgent, headers: { accept: "application/json" } })
  client.interceptors.request.use((request) => {
    request.headers.set("authorization", `Bearer ${token}`)
    return request
  })
  createAuthRefresh(client as Parameters<typeof createAuthRefresh>[0], async (failed: AxiosError) => {
    token = await login(address)
    failed.response?.config.headers.set("authorization", `Bearer ${token}`)
  })
  return {
    call: async () => (await client.get<Answer>(`${address}${orderPath}`)).data
  }
}
