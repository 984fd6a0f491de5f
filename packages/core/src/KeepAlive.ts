/**
 * A hook for hosts that stop work when the request that began it is answered.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/**
 * Called for each renewal that a request begins, with an effect that succeeds when the renewal has ended. On Cloudflare
 * Workers and the like, provide `(ended) => ctx.waitUntil(Effect.runPromise(ended))` around the handling of a request, or
 * the renewal that it began dies with it and the next caller takes over after the slot's deadline.
 *
 * Default: none, which is right wherever a process lives on by itself.
 */
export const KeepAlive = Context.Reference<((ended: Effect.Effect<void>) => void) | undefined>(
  "@entegre/core/KeepAlive",
  {
    defaultValue: () => undefined
  }
)
