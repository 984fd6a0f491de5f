/**
 * The keys of one cache: those that layers use, and those that no layer uses any more, as far as there is room.
 */
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { Issuer } from "../Issuer.ts"
import type { TokenKey } from "../TokenKey.ts"
import { Erased } from "./issuer.ts"
import type { KeyIndex } from "./keyIndex.ts"
import { Slot, type SlotEnvironment } from "./slot.ts"

/** How many idle keys are looked at for one that can go, each time one more becomes idle. */
const looks = 8

/** A layer's use of a key, with the layer's issuer. */
class Registration<Credentials, E> extends Erased<Credentials, E> implements Use {
  readonly slot: Slot
  next: Use | undefined

  constructor(issuer: Issuer<Credentials, E>, slot: Slot) {
    super(issuer)
    this.slot = slot
  }

  end(): void {
    this.slot.unregister(this)
  }

  endAll(): Effect.Effect<void> {
    return Effect.sync(() => endFrom(this))
  }
}

/** What ends with a scope. */
interface Use {
  /** The use that began right after it, and ends with it. */
  next: Use | undefined
  readonly end: () => void
  /** The layer is gone: it ends, and all that end with it. */
  readonly endAll: () => Effect.Effect<void>
}

const endFrom = (first: Use): void => {
  for (let use: Use | undefined = first; use !== undefined; use = use.next) use.end()
}

/** How much a scope has to do when it ends. */
const finalizersOf = ({ state }: Scope.Scope): number => state._tag === "Open" ? state.finalizers?.size ?? 1 : 0

export class Slots {
  readonly #env: SlotEnvironment
  readonly #index: KeyIndex<Slot>
  /** The longest unused first. */
  readonly #idle = new Set<Slot>()
  readonly #ordinals = new Map<string, number>()
  /** The use that began last, its scope, and how much that has to do if it was given nothing else since. */
  #newest: { readonly use: Use; readonly scope: Scope.Scope; readonly finalizers: number } | undefined
  /** The highest generation or fencing number of the keys that were let go: a key that comes back goes on above it. */
  #known = 0

  constructor(env: SlotEnvironment, index: KeyIndex<Slot>) {
    this.#env = env
    this.#index = index
  }

  /** The slot of a key, which is idle if no layer uses it. */
  of(key: TokenKey): Slot {
    const slot = this.#of(key)
    this.rest(slot)
    return slot
  }

  /** A layer begins to use a key, until its scope ends. */
  join<Credentials, E>(issuer: Issuer<Credentials, E>, scope: Scope.Scope): Effect.Effect<Slot> {
    return Effect.suspend(() => {
      const slot = this.#of(issuer.key)
      const registration = new Registration(issuer, slot)
      this.#idle.delete(slot)
      slot.register(registration)
      return Effect.as(this.#endWith(scope, registration), slot)
    })
  }

  /** What a scope does for one use it does for those that follow at once: a place of its own takes as much as a slot. */
  #endWith(scope: Scope.Scope, use: Use): Effect.Effect<void> {
    const finalizers = finalizersOf(scope)
    const before = this.#newest
    if (before?.scope === scope && before.finalizers === finalizers) {
      before.use.next = use
      this.#newest = { use, scope, finalizers }
      return Effect.void
    }
    this.#newest = { use, scope, finalizers: finalizers + 1 }
    // Bound, because it lives as long as the key: a closure keeps the variables of all functions around it.
    return Scope.addFinalizerExit(scope, use.endAll.bind(use))
  }

  #of(key: TokenKey): Slot {
    return this.#index.find(key) ?? this.#make(key)
  }

  #make(key: TokenKey): Slot {
    const ordinal = (this.#ordinals.get(key.provider) ?? 0) + 1
    this.#ordinals.set(key.provider, ordinal)
    const slot = new Slot(this.#env, key, ordinal)
    slot.known = this.#known
    this.#index.add(slot)
    return slot
  }

  /** Keeps a slot among the idle ones if no layer uses it. */
  rest(slot: Slot): void {
    if (slot.issuer !== undefined) return
    this.#newest = undefined
    this.#idle.add(slot)
    this.#makeRoom()
  }

  /** Those that can not go yet are looked at again when the others have been. */
  #makeRoom(): void {
    const { maxIdleKeys } = this.#env.settings
    for (let look = 0; look < looks && this.#idle.size > maxIdleKeys; look++) {
      const [longest] = this.#idle
      if (longest === undefined) return
      this.#idle.delete(longest)
      if (longest.isExpendable) this.#remove(longest)
      else this.#idle.add(longest)
    }
  }

  #remove(slot: Slot): void {
    this.#known = Math.max(this.#known, slot.known)
    this.#env.timetable.cancel(slot)
    this.#index.remove(slot)
  }
}
