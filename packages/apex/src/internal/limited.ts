/**
 * Holds the calls of an account to its limit.
 *
 * Every request that goes out waits for a place, be it a call, its repetition or its replay with the next token, before the
 * time that it may take begins. Logins and refreshes are not among them and wait for nobody.
 */
import type { Admission } from "@entegre/core/AuthenticatedClient"
import * as Exchange from "@entegre/core/Exchange"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { RateLimited } from "../ApexError.ts"
import type { Limiter } from "./limiter.ts"
import type { Settings } from "./settings.ts"

/** What getting a token may take at most, beside the request itself. */
const tokenWait = Duration.minutes(5)

export const make = (
  limiter: Limiter,
  { maxWait, requestWindow, timeout }: Pick<Settings, "maxWait" | "requestWindow" | "timeout">
): Admission<RateLimited> => {
  const atMost = Duration.sum(timeout, tokenWait)
  return (request) =>
    Effect.tap(
      limiter.run(request, { maxWait, atMost, counts: (exit) => !unsent.has(tagOf(exit)) }),
      ({ answer }) => answer.status === 429 ? limiter.pause(Exchange.retryAfter(answer) ?? requestWindow) : Effect.void
    )
}

const tagOf = <E extends { readonly _tag: string }>(exit: Exit.Exit<unknown, E>): string | undefined =>
  Option.getOrUndefined(Exit.findErrorOption(exit))?._tag

/** What a request fails with that surely did not reach the provider. */
const unsent: ReadonlySet<string | undefined> = new Set(["NotSent", "TokenError"])
