/**
 * What all keys of one cache have in common.
 */
import type * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Semaphore from "effect/Semaphore"
import type { TokenEvent } from "../TokenEvent.ts"
import { type Service as TokenStore, TokenStoreError } from "../TokenStore.ts"
import type { Cell } from "./cell.ts"
import type { Deadlines } from "./deadlines.ts"
import type { Settings } from "./settings.ts"
import type { Timetable } from "./timetable.ts"

/** How a cache gets on with the others of its store. */
interface Siblings {
  /** The store's mark of some credentials; `undefined` if it makes none, or can not now. */
  readonly mark: (env: Environment, credentials: unknown) => Effect.Effect<string | undefined>
  /** Has the store forget what it has of a key, and tells it again until it has answered. */
  readonly forget: (cell: Cell, upTo: number, until: number) => Effect.Effect<void, TokenStoreError>
}

export interface Environment {
  readonly clock: Clock.Clock
  /** The context in which renewals run: the layer's, never a caller's. */
  readonly context: Context.Context<never>
  /** Renewals live here; closed after `closing` is set. */
  readonly scope: Scope.Scope
  readonly store: Omit<TokenStore, "changes" | "quota">
  /** What passes between the caches of the store; absent if no other cache uses it. */
  readonly siblings: Siblings | undefined
  readonly settings: Settings
  readonly timetable: Timetable
  /** Of whatever this cache waits for. */
  readonly deadlines: Deadlines
  readonly publish: (event: TokenEvent) => void
  /** A name for one attempt to take a lease, unique among all caches. */
  readonly nextOwner: () => string
  /** A number in [0, 1), drawn once per token. */
  readonly draw: () => number
  /** Bounds the requests to one provider's token endpoint that are under way at once. */
  readonly turnstile: (provider: string) => Semaphore.Semaphore
  closing: boolean
}

/** A store operation that answers within the time that the settings allow, or fails. */
export const bounded = <A>(
  { deadlines, settings }: Pick<Environment, "deadlines" | "settings">,
  operation: string,
  effect: Effect.Effect<A, TokenStoreError>
): Effect.Effect<A, TokenStoreError> =>
  deadlines.timeoutOrElse(
    effect,
    Duration.millis(settings.storeTimeout),
    () => Effect.fail(new TokenStoreError({ operation, problem: "no answer in the time allowed" }))
  )
