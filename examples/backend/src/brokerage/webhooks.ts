/**
 * How Apex is to show that a notice is its own: what it is told when a webhook is set up, and what is looked for when a
 * notice comes in.
 */
import { Webhook, WebhookVerifier } from "@entegre/apex"
import { Config, Effect, Layer, Option } from "effect"

const token = Config.map(Config.Redacted("APEX_WEBHOOK_TOKEN"), (token): Webhook.Authentication => Webhook.token(token))

const basic = Config.map(
  Config.all({
    username: Config.NonEmptyString("APEX_WEBHOOK_USERNAME"),
    password: Config.Redacted("APEX_WEBHOOK_PASSWORD")
  }),
  ({ password, username }): Webhook.Authentication => Webhook.basic(username, password)
)

/** What new webhooks are set up with: the token, or else user name and password. One of them must be there. */
export const authentication = Config.orElse(token, () => basic)

const accepted = Config.map(
  Config.all([Config.option(token), Config.option(basic)]),
  (all) => all.flatMap(Option.toArray)
)

/** Lets in what shows either, so that one can be exchanged for the other while notices come in. */
export const security = Layer.unwrap(
  Effect.map(accepted, (expected) => WebhookVerifier.WebhookSecurity.layer({ expected }))
)
