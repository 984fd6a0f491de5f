/**
 * What of Ödeal's exchanges is sensitive: its two keys and its tokens, and the page that takes a cardholder to the bank.
 * What else an operation sends is sensitive by its common name, or because the operation's schema keeps it redacted.
 */
import * as Sensitive from "@entegre/core/Sensitive"

export const sensitive = Sensitive.make({
  fields: ["apiKey", "secretKey", "accessToken", "refreshToken", "threeDFormHtml"]
})
