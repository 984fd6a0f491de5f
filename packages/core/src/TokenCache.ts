/**
 * The shared layer that keeps every provider's tokens: hands them out, renews them before they end, takes their
 * rejections, and keeps wrong credentials from locking an account.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { Deadlines } from "./internal/deadlines.ts"
import { bounded, type Environment } from "./internal/environment.ts"
import { erase } from "./internal/issuer.ts"
import { KeyIndex } from "./internal/keyIndex.ts"
import * as memoryStore from "./internal/memoryStore.ts"
import * as Settings from "./internal/settings.ts"
import type { Slot } from "./internal/slot.ts"
import { Slots } from "./internal/slots.ts"
import { Timetable } from "./internal/timetable.ts"
import type { InvalidOptions } from "./InvalidOptions.ts"
import type { Issuer } from "./Issuer.ts"
import * as Quota from "./Quota.ts"
import type { TokenEvent } from "./TokenEvent.ts"
import type { TokenKey } from "./TokenKey.ts"
import type { KeyStatus, Tokens } from "./Tokens.ts"
import { type Service as TokenStoreService, TokenStore } from "./TokenStore.ts"

/**
 * How a token cache behaves. Every option has a default that suits a backend; see each.
 */
export type Options = Settings.Options

/**
 * Whether the application can serve, as far as tokens go.
 */
export interface Readiness {
  /** `false` while the credentials of some key stand refused. A key that nobody has used yet is ready. */
  readonly ready: boolean
  /** The keys whose credentials stand refused. */
  readonly lockedOut: ReadonlyArray<KeyStatus>
}

/**
 * What the token cache offers. Provider packages use `open`; applications use the rest.
 */
export interface Service {
  /** Registers an issuer for as long as the scope lives, and gives access to its key's tokens. */
  readonly open: <Credentials, E>(issuer: Issuer<Credentials, E>) => Effect.Effect<Tokens, never, Scope.Scope>
  /** Drops a key's token set everywhere: for a token that was compromised. */
  readonly forget: (key: TokenKey) => Effect.Effect<void>
  /** Drops every token set of a provider, everywhere. */
  readonly forgetProvider: (provider: string) => Effect.Effect<void>
  /** How all keys stand, without a secret. Reads state only. */
  readonly status: Effect.Effect<ReadonlyArray<KeyStatus>>
  /** Whether the application can serve, as far as tokens go. Reads state and never logs in. */
  readonly readiness: Effect.Effect<Readiness>
  /**
   * What happens to tokens, as it happens, to each subscriber from the moment of its subscription. One that falls more
   * than 1,024 events behind misses the oldest.
   */
  readonly events: Stream.Stream<TokenEvent>
  /** A subscription that has begun when this effect returns. */
  readonly subscribe: Effect.Effect<PubSub.Subscription<TokenEvent>, never, Scope.Scope>
  /**
   * How often something may be done for an account, over all caches of the store. What a shared store does not answer within
   * `storeTimeout` fails. For provider packages.
   */
  readonly quota: Quota.Service
}

const eventCapacity = 1024

/** How soon the store's notices are subscribed to again after they broke off. */
const resubscription = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("10 seconds")]).pipe(
  Schedule.jittered
)

/** How long after that the store is looked into for what was missed, in milliseconds; spread up to twice that. */
const missedNotices = 1_000

/**
 * The cache's own store, whose entries are the slots themselves. A key that was let go has none, and needs none: whoever
 * still asks for it was frozen meanwhile, and nothing that it writes counts.
 */
const inside = (index: KeyIndex<Slot>): Effect.Effect<TokenStoreService> =>
  memoryStore.over({
    find: (key) => index.find(key),
    of: (key) => index.find(key) ?? { record: undefined, lease: undefined }
  })

const makeOver = Effect.fnUntraced(function*(
  sharedStore: TokenStoreService | undefined,
  options: Options
): Effect.fn.Return<Service, InvalidOptions, Scope.Scope> {
  const shared = sharedStore !== undefined
  const settings = yield* Settings.make(options, { closeGrace: shared ? "5 seconds" : 0 })
  const clock = yield* Clock.Clock
  const random = yield* Random.Random
  const context = yield* Effect.context<never>()
  const layerScope = yield* Scope.Scope
  const scope = Scope.makeUnsafe()
  const timetable = new Timetable(clock)
  const index = new KeyIndex<Slot>()
  const store = sharedStore ?? (yield* inside(index))
  const events = yield* PubSub.sliding<TokenEvent>(eventCapacity)
  const turnstiles = new Map<string, Semaphore.Semaphore>()
  const owner = `${random.nextIntUnsafe().toString(36)}${random.nextIntUnsafe().toString(36)}`
  let attempts = 0

  const env: Environment = {
    clock,
    context,
    scope,
    store,
    shared,
    settings,
    timetable,
    deadlines: new Deadlines(),
    publish: (event) => {
      PubSub.publishUnsafe(events, event)
    },
    nextOwner: () => `${owner}.${++attempts}`,
    draw: () => random.nextDoubleUnsafe(),
    turnstile: (provider) => {
      const existing = turnstiles.get(provider)
      if (existing !== undefined) return existing
      const turnstile = Semaphore.makeUnsafe(settings.maxConcurrent)
      turnstiles.set(provider, turnstile)
      return turnstile
    },
    closing: false
  }

  const slots = new Slots(env, index)

  yield* Scope.addFinalizer(
    layerScope,
    Effect.gen(function*() {
      env.closing = true
      if (settings.closeGrace > 0) {
        yield* Effect.forEach(index.all, (slot) => slot.idle, { concurrency: "unbounded", discard: true }).pipe(
          Effect.timeoutOption(settings.closeGrace),
          Effect.interruptible,
          Effect.exit
        )
      }
      for (const slot of index.all) slot.close()
      yield* Scope.close(scope, Exit.void)
      yield* PubSub.shutdown(events)
    })
  )

  yield* Effect.forkIn(timetable.run, scope)
  if (shared) {
    yield* store.changes.pipe(
      Stream.runForEach((change) => index.find(change.key)?.notice(change) ?? Effect.void),
      Effect.tapError(() =>
        Effect.sync(() => {
          for (const slot of index.all) slot.lookSoon(missedNotices * (1 + env.draw()))
        })
      ),
      Effect.retry(resubscription),
      Effect.forkIn(scope)
    )
  }

  return {
    open: (issuer) =>
      Effect.uninterruptible(Effect.flatMap(Scope.Scope, (scope) => {
        const registered = erase(issuer)
        const slot = slots.join(issuer.key, registered)
        // Bound, because it lives as long as the key: a closure keeps the variables of all functions around it.
        return Effect.as(Scope.addFinalizerExit(scope, slots.leave.bind(slots, slot, registered)), slot)
      })),
    forget: (key) => Effect.suspend(() => slots.of(key).forget),
    forgetProvider: (provider) =>
      Effect.forEach(index.all.filter((slot) => slot.key.provider === provider), (slot) => slot.forget, {
        concurrency: settings.maxConcurrent,
        discard: true
      }),
    status: Effect.sync(() => index.all.map((slot) => slot.statusUnsafe())),
    readiness: Effect.sync(() => {
      const lockedOut = index.all.map((slot) => slot.statusUnsafe()).filter(({ state }) => state === "lockedOut")
      return { ready: lockedOut.length === 0, lockedOut }
    }),
    events: Stream.fromPubSub(events),
    subscribe: PubSub.subscribe(events),
    quota: shared
      ? Quota.transform(store.quota, (effect, operation) => bounded(env, operation, effect))
      : store.quota
  }
})

/**
 * The token cache.
 *
 * **Example** (Providers over one cache)
 *
 * ```ts
 * const Main = Providers.pipe(
 *   Layer.provideMerge(TokenCache.layer),
 *   Layer.provide(NodeHttpClient.layerUndici)
 * )
 *
 * const program = Effect.gen(function*() {
 *   const cache = yield* TokenCache
 *   const { ready } = yield* cache.readiness
 * })
 * ```
 */
export class TokenCache extends Context.Service<TokenCache, Service>()("@entegre/core/TokenCache") {
  /**
   * Makes a token cache over a store of its own, in memory, for as long as the scope lives. Fails with `InvalidOptions`
   * if an option is out of its range.
   */
  static readonly make = (options: Options = {}): Effect.Effect<Service, InvalidOptions, Scope.Scope> =>
    makeOver(undefined, options)

  /**
   * A token cache for one process, with options. Writing it twice makes two caches: keep the layer in a constant. Fails
   * with `InvalidOptions` if an option is out of its range.
   */
  static readonly layerWith = (options: Options): Layer.Layer<TokenCache, InvalidOptions> =>
    Layer.effect(TokenCache, TokenCache.make(options))

  /**
   * A token cache for one process. It is a value: however often it is written, an application has one cache.
   */
  static readonly layer: Layer.Layer<TokenCache> = Layer.orDie(TokenCache.layerWith({}))

  /**
   * A token cache over a store that several caches share, with options. Fails with `InvalidOptions` if an option is out
   * of its range.
   */
  static readonly layerSharedWith = (options: Options): Layer.Layer<TokenCache, InvalidOptions, TokenStore> =>
    Layer.effect(TokenCache, Effect.flatMap(TokenStore, (store) => makeOver(store, options)))

  /**
   * A token cache over a store that several caches share: what a backend of more than one process needs. Without a store
   * it does not compile.
   */
  static readonly layerShared: Layer.Layer<TokenCache, never, TokenStore> = Layer.orDie(
    TokenCache.layerSharedWith({})
  )
}
