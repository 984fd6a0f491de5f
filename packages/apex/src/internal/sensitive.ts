/**
 * What of Apex's exchanges is sensitive: the two keys, in headers or in a body, the tokens, and what authenticates a
 * webhook.
 */
import * as Sensitive from "@entegre/core/Sensitive"

/** The headers that carry the keys. */
export const keyHeader = "api-key"
export const secretHeader = "api-secret"

export const sensitive = Sensitive.make({
  headers: [keyHeader, secretHeader],
  fields: ["api_key", "secret_key", "access_token", "refresh_token", "authentication"]
})
