/**
 * Holds the calls of an account to its limit.
 *
 * Every request that goes out has been given a token first, be it a call, its repetition or its replay with the next
 * token. So whoever asks for a token waits for a place as well, before the time that the request may take begins. Logins
 * and refreshes ask for no token and wait for nobody.
 */
import type * as CallError from "@entegre/core/CallError"
import * as Exchange from "@entegre/core/Exchange"
import { IssuerUnavailable, TokenError } from "@entegre/core/TokenError"
import type { Tokens } from "@entegre/core/Tokens"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import type { RateLimited } from "../ApexError.ts"
import type { Limiter } from "./limiter.ts"

export interface Limited {
  /** The tokens, each with a place for one request. */
  readonly tokens: Tokens
  /** The client that the calls are made with, and no others. */
  readonly client: HttpClient.HttpClient
  /** What a reason stands for that a call fails with. */
  readonly reasonOf: <Reason>(reason: Reason | CallError.Reason) => Reason | CallError.Reason | RateLimited
}

export const make = (options: {
  readonly tokens: Tokens
  readonly client: HttpClient.HttpClient
  readonly limiter: Limiter
  readonly maxWait: Duration.Duration
  /** How long a key that was refused for too many requests rests if the provider does not say. */
  readonly window: Duration.Duration
}): Limited => {
  const { limiter, tokens } = options
  // Tokens fail with a `TokenError`, whose reasons core knows. The reason that the caller is to see goes beside it.
  const refusals = new WeakMap<object, RateLimited>()

  const take = Effect.mapError(limiter.take(options.maxWait), (rateLimited) => {
    const { message, retryAfter } = rateLimited
    const reason = new IssuerUnavailable({ problem: "exhausted", retryAfter, detail: message })
    refusals.set(reason, rateLimited)
    return new TokenError({ provider: tokens.key.provider, reason })
  })

  return {
    tokens: {
      ...tokens,
      get: Effect.andThen(
        take,
        Effect.onExit(tokens.get, (exit) => Exit.isSuccess(exit) ? Effect.void : limiter.giveBack)
      ),
      reject: (token) => Effect.tap(tokens.reject(token), () => take)
    },
    client: HttpClient.transform(
      options.client,
      (response) =>
        Effect.tap(limiter.sending(response), ({ headers, status }) =>
          status === 429
            ? Effect.clockWith((clock) => {
              const now = clock.currentTimeMillisUnsafe()
              const answer = { status, headers, text: "", requestedAt: now, receivedAt: now }
              return limiter.pause(Exchange.retryAfter(answer) ?? options.window)
            })
            : Effect.void)
    ),
    reasonOf: (reason) => typeof reason === "object" && reason !== null ? refusals.get(reason) ?? reason : reason
  }
}
