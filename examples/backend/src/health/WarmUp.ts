/**
 * Logs in to all providers when the service starts, in the background, so that the first caller need not wait.
 */
import { Apex } from "@entegre/apex"
import { Dukkango } from "@entegre/dukkango"
import { Odeal } from "@entegre/odeal"
import { Paynkolay } from "@entegre/paynkolay"
import { Effect, Layer } from "effect"

/** Begins the logins and waits for none of them: what fails is tried again as if a caller had asked. */
export const layer = Layer.effectDiscard(
  Effect.all([
    Apex.use(({ accessTokens }) => accessTokens.warmUp),
    Dukkango.use(({ tokens }) => tokens.warmUp),
    Odeal.use(({ tokens }) => tokens.warmUp),
    Paynkolay.use(({ tokens }) => tokens.warmUp)
  ])
)
