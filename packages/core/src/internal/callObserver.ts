/**
 * Whoever wants to know of each call how long it took and what came of it. Asked for once, when a client is made: without
 * one, calls pay nothing for it.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** Observes the calls of one operation of a provider. */
export type CallObserver = (
  provider: string,
  operation: string
) => <A, E>(call: Effect.Effect<A, E>) => Effect.Effect<A, E>

export const CallObserver: Context.Reference<CallObserver | undefined> = Context.Reference<CallObserver | undefined>(
  "@entegre/core/CallObserver",
  { defaultValue: () => undefined }
)
