/**
 * What of Dükkango's exchanges is sensitive: its two keys, the token, and the customer of an order.
 */
import * as Sensitive from "@entegre/core/Sensitive"

/** The header that carries the token. */
export const tokenHeader = "access-token"

export const sensitive = Sensitive.make({
  headers: [tokenHeader],
  fields: ["app_secret_key", "rest_secret_key", "access_token", "customer", "address", "note"]
})
