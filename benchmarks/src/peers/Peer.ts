/**
 * What one would use instead: an HTTP client, with whatever it has to keep a token.
 */
import { request } from "undici"
import type { Answer } from "../server/order.ts"
import { loginPath } from "../server/order.ts"

export interface Peer {
  /** Makes one call, and answers with the order that came back, as JSON. */
  readonly call: () => Promise<Answer>
}

/** Makes a peer that calls the server at an address. */
export type Make = (address: string) => Peer

/** As many connections as there are callers. */
export const connections = 32

/** A token that the server refuses. Clients that refresh tokens begin with it: their first call shows that they do. */
export const deadToken = "0.dead"

interface Grant {
  readonly result: { readonly accessToken: string }
}

const isGrant = (body: unknown): body is Grant => typeof body === "object" && body !== null && "result" in body

/** Logs in, with a client that is none of those that are measured. */
export const login = async (address: string): Promise<string> => {
  const { body } = await request(`${address}${loginPath}`, { method: "POST", body: "{}" })
  const grant = await body.json()
  if (!isGrant(grant)) throw new Error("the login was not answered with a token")
  return grant.result.accessToken
}
