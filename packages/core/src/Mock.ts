/**
 * Parts of a provider's service for unit tests: what a test needs is there, and everything else says so when it is used.
 *
 * For the makers of provider packages: an application uses the mock of the provider package, such as `DukkangoMock.layer`.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { AuthenticatedClient } from "./AuthenticatedClient.ts"
import type { ExchangeError } from "./ExchangeError.ts"
import type { TokenError } from "./TokenError.ts"
import * as TokenKey from "./TokenKey.ts"
import type { Tokens } from "./Tokens.ts"

/**
 * The members that a test brings of a group of methods.
 */
export type Members<Group extends object> = Layer.PartialEffectful<Group>

/**
 * A group of methods of which only some are there; the others die, naming themselves, when they are used.
 *
 * ```ts
 * const orders = yield* Mock.group<Orders>("orders", { accept: () => Effect.void })
 * ```
 */
export const group = <Group extends object>(name: string, members: Members<Group>): Effect.Effect<Group> => {
  // A key for this one group, of a type that only the caller knows.
  // @effect-diagnostics-next-line serviceNotAsClass:off
  const key = Context.Service<Group, Group>(name)
  return Effect.scoped(Effect.map(Layer.build(Layer.mock(key, members)), (context) => Context.get(context, key)))
}

/**
 * Tokens that nobody may use.
 */
export const tokens = (provider: string): Effect.Effect<Tokens> =>
  group<Tokens>("tokens", {
    key: TokenKey.make({ provider, environment: "mock", account: Redacted.make("mock") }),
    name: "mock"
  })

/**
 * A client that nobody may use.
 */
export const client = <Denial = never>(): Effect.Effect<AuthenticatedClient<Denial>> =>
  group<AuthenticatedClient<Denial>>("client", {
    httpClient: HttpClient.makeWith<
      Denial | ExchangeError | TokenError,
      never,
      Denial | ExchangeError | TokenError,
      never
    >(
      () => Effect.die("this mock makes no calls"),
      Effect.succeed
    )
  })
