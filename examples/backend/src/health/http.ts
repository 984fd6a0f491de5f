/**
 * Health: what probes get.
 */
import { TokenCache } from "@entegre/core"
import { Effect } from "effect"
import { HttpMiddleware } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../Api.ts"
import { NotReady } from "./api.ts"

/**
 * Readiness reads how tokens stand and never logs in: probes come every few seconds, and must not be what locks an account.
 * A provider that nobody has asked yet is ready.
 */
export const HealthHandlers = HttpApiBuilder.group(
  Api,
  "health",
  Effect.fnUntraced(function*(handlers) {
    const { readiness } = yield* TokenCache
    const readyz = Effect.gen(function*() {
      const { lockedOut, ready } = yield* readiness
      if (!ready) return yield* new NotReady({ providers: lockedOut.map(({ provider }) => provider) })
      return { ready }
    })
    return handlers.handleAll({
      healthz: () => HttpMiddleware.withLoggerDisabled(Effect.succeed({ alive: true })),
      readyz: () => HttpMiddleware.withLoggerDisabled(readyz)
    })
  })
)
