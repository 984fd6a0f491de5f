/**
 * What is put under the laws: anything that hands out tokens over an issuer and a token store.
 */
import * as AuthenticatedClient from "@entegre/core/AuthenticatedClient"
import type { Issuer } from "@entegre/core/Issuer"
import * as SharedTokenCache from "@entegre/core/SharedTokenCache"
import { type Options as CacheOptions, TokenCache } from "@entegre/core/TokenCache"
import type { TokenEvent } from "@entegre/core/TokenEvent"
import type { Tokens } from "@entegre/core/Tokens"
import { type Service as Store, TokenStore } from "@entegre/core/TokenStore"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import type * as Scope from "effect/Scope"

/**
 * What a process has to work with.
 */
export interface Environment<Credentials, E> {
  /** The store that the process shares with others; `undefined` if it is to have its own. */
  readonly store: Store | undefined
  /** One issuer for each key. */
  readonly issuers: ReadonlyArray<Issuer<Credentials, E>>
}

/**
 * What a process offers its callers.
 */
export interface Opened {
  /** The tokens of each key, in the order of the issuers. */
  readonly tokens: ReadonlyArray<Tokens>
  /** Waits for the next event of the token life. */
  readonly nextEvent: Effect.Effect<TokenEvent>
}

/**
 * An implementation of the token life, as one process runs it.
 */
export interface Candidate {
  /** Begins in a process, and ends with the scope. */
  readonly open: <Credentials, E>(environment: Environment<Credentials, E>) => Effect.Effect<Opened, never, Scope.Scope>
  /** Makes the client through which calls are sent. */
  readonly client: (
    options: AuthenticatedClient.Options
  ) => Effect.Effect<AuthenticatedClient.AuthenticatedClient, never, HttpClient.HttpClient>
  /** How long after each refused login in a row the next may be tried; the last one repeats. */
  readonly probes: ReadonlyArray<Duration.Input>
}

/**
 * The token cache of `@entegre/core`, with its own defaults.
 */
export const tokenCache = (
  { probes = ["1 minute", "5 minutes", "15 minutes", "30 minutes"], ...rest }: CacheOptions = {}
): Candidate => ({
  probes,
  open: Effect.fnUntraced(function*({ issuers, store }) {
    const options = { ...rest, probes }
    const cache = store === undefined
      ? yield* Effect.orDie(TokenCache.make(options))
      : Context.get(
        yield* Layer.build(
          Layer.provide(Layer.orDie(SharedTokenCache.layerWith(options)), Layer.succeed(TokenStore, store))
        ),
        TokenCache
      )
    const subscription = yield* cache.subscribe
    return {
      tokens: yield* Effect.forEach(issuers, cache.open),
      nextEvent: PubSub.take(subscription)
    }
  }),
  client: AuthenticatedClient.make
})
