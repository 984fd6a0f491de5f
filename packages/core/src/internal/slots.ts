/**
 * The keys of one cache: those that layers use, and those that no layer uses any more, as far as there is room.
 */
import * as Effect from "effect/Effect"
import type { TokenKey } from "../TokenKey.ts"
import type { Environment } from "./environment.ts"
import type { AnyIssuer } from "./issuer.ts"
import type { KeyIndex } from "./keyIndex.ts"
import { Slot } from "./slot.ts"

/** How many idle keys are looked at for one that can go, each time one more becomes idle. */
const looks = 8

export class Slots {
  readonly #env: Environment
  readonly #index: KeyIndex<Slot>
  /** The longest unused first. */
  readonly #idle = new Set<Slot>()
  readonly #ordinals = new Map<string, number>()

  constructor(env: Environment, index: KeyIndex<Slot>) {
    this.#env = env
    this.#index = index
  }

  /** The slot of a key, which is idle if no layer uses it. */
  of(key: TokenKey): Slot {
    const slot = this.#of(key)
    this.#rest(slot)
    return slot
  }

  /** A layer begins to use a key. */
  join(key: TokenKey, issuer: AnyIssuer): Slot {
    const slot = this.#of(key)
    this.#idle.delete(slot)
    slot.register(issuer)
    return slot
  }

  /** A layer no longer uses a key. */
  leave(slot: Slot, issuer: AnyIssuer): Effect.Effect<void> {
    return Effect.sync(() => {
      slot.unregister(issuer)
      this.#rest(slot)
    })
  }

  #of(key: TokenKey): Slot {
    return this.#index.find(key) ?? this.#make(key)
  }

  #make(key: TokenKey): Slot {
    const ordinal = (this.#ordinals.get(key.provider) ?? 0) + 1
    this.#ordinals.set(key.provider, ordinal)
    const slot = new Slot(this.#env, key, ordinal)
    this.#index.add(slot)
    return slot
  }

  #rest(slot: Slot): void {
    if (slot.issuer !== undefined) return
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
    this.#env.timetable.cancel(slot)
    this.#index.remove(slot)
  }
}
