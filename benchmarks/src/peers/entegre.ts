/**
 * A call of a provider package: Ödeal's, whose operations one declares oneself, so that it can be this server's.
 */
import { TokenCache } from "@entegre/core"
import { Odeal, OdealOperation } from "@entegre/odeal"
import { Layer, Redacted } from "effect"
import { Answer, orderPath } from "../server/order.ts"

/** The provider's service, over a token cache and the transport at hand. */
export const layer = (address: string) =>
  Odeal.layer({
    baseUrl: address,
    credentials: { apiKey: Redacted.make("key"), secretKey: Redacted.make("secret") }
  }).pipe(Layer.provideMerge(TokenCache.layer))

export const getOrder = OdealOperation.make({
  name: "orders.get",
  method: "GET",
  path: orderPath,
  answer: Answer
})
