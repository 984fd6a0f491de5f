/**
 * `ky`, with the hooks that its documentation shows for a token that is refreshed.
 */
import ky from "ky"
import { type Answer, orderPath } from "../server/order.ts"
import { deadToken, login, type Make } from "./Peer.ts"

export const make: Make = (address) => {
  let token = deadToken
  const client = ky.create({
    headers: { accept: "application/json" },
    hooks: {
      beforeRequest: [({ request }) => {
        request.headers.set("authorization", `Bearer ${token}`)
      }],
      afterResponse: [async ({ request, response, retryCount }) => {
        if (response.status !== 401 || retryCount > 0) return
        token = await login(address)
        const headers = new Headers(request.headers)
        headers.set("authorization", `Bearer ${token}`)
        return ky.retry({ request: new Request(request, { headers }), code: "TOKEN_REFRESHED" })
      }]
    }
  })
  return {
    call: () => client.get(`${address}${orderPath}`).json<Answer>()
  }
}
