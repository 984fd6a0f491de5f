/**
 * The token cache, whatever its store.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as PubSub from "effect/PubSub"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { InvalidOptions } from "../InvalidOptions.ts"
import type * as Quota from "../Quota.ts"
import type { Service } from "../TokenCache.ts"
import type { TokenEvent } from "../TokenEvent.ts"
import type { TokenStoreError } from "../TokenStore.ts"
import { Deadlines } from "./deadlines.ts"
import type { Environment } from "./environment.ts"
import { KeyIndex } from "./keyIndex.ts"
import * as memoryStore from "./memoryStore.ts"
import * as Settings from "./settings.ts"
import type { Slot, SlotEnvironment } from "./slot.ts"
import { Slots } from "./slots.ts"
import { Timetable } from "./timetable.ts"

const eventCapacity = 1024

/** What a cache has in common with others. */
export interface Sharing {
  readonly store: Environment["store"]
  readonly siblings: SlotEnvironment["siblings"]
  /** Hears of what the others do, for as long as it runs. */
  readonly listen: (env: Environment, index: KeyIndex<Slot>) => Effect.Effect<void, TokenStoreError>
  readonly quota: (env: Environment) => Quota.Service
}

/**
 * The cache's own store, whose entries are the slots themselves. A key that was let go has none, and needs none: whoever
 * still asks for it was frozen meanwhile, and nothing that it writes counts.
 */
const inside = (index: KeyIndex<Slot>): Environment["store"] =>
  memoryStore.over(
    {
      find: (key) => index.find(key),
      of: (key) => index.find(key) ?? { record: undefined, lease: undefined }
    },
    () => Effect.void
  )

export const make = Effect.fnUntraced(function*(
  options: Settings.Options,
  sharing: Sharing | undefined
): Effect.fn.Return<Service, InvalidOptions, Scope.Scope> {
  const settings = yield* Settings.make(options, { closeGrace: sharing === undefined ? 0 : "5 seconds" })
  const clock = yield* Clock.Clock
  const random = yield* Random.Random
  const context = yield* Effect.context<never>()
  const layerScope = yield* Scope.Scope
  const scope = Scope.makeUnsafe()
  const timetable = new Timetable(clock)
  const index = new KeyIndex<Slot>()
  const events = yield* PubSub.sliding<TokenEvent>(eventCapacity)
  const turnstiles = new Map<string, Semaphore.Semaphore>()
  const owner = `${random.nextIntUnsafe().toString(36)}${random.nextIntUnsafe().toString(36)}`
  let attempts = 0

  const env: SlotEnvironment = {
    clock,
    context,
    scope,
    store: sharing?.store ?? inside(index),
    siblings: sharing?.siblings,
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
    rest: (slot) => slots.rest(slot),
    closing: false
  }

  const slots = new Slots(env, index)
  let quota = sharing?.quota(env)

  yield* Scope.addFinalizer(
    layerScope,
    Effect.gen(function*() {
      env.closing = true
      if (settings.closeGrace > 0) {
        yield* Effect.forEach(index.all, (slot) => slot.finished, { concurrency: "unbounded", discard: true }).pipe(
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
  if (sharing !== undefined) yield* Effect.forkIn(sharing.listen(env, index), scope)

  return {
    open: (issuer) => Effect.uninterruptible(Effect.flatMap(Scope.Scope, (scope) => slots.join(issuer, scope))),
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
    quota: (inMemory) => quota ??= inMemory()
  }
})
