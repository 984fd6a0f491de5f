/**
 * What is kept for each key, found by the key's value.
 */
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import type { TokenKey } from "../TokenKey.ts"

/** Something that is kept under a key. The index's own bookkeeping lives in it: a map of keys is twice as large. */
export interface Keyed<Self> {
  readonly key: TokenKey
  /** Another one, whose key happens to have the same hash. */
  next: Self | undefined
}

export class KeyIndex<A extends Keyed<A>> {
  readonly #byHash = new Map<number, A>()

  get all(): ReadonlyArray<A> {
    return Array.from(this.#byHash.values()).flatMap(chain)
  }

  find(key: TokenKey): A | undefined {
    let at = this.#byHash.get(key[Hash.symbol]())
    while (at !== undefined && !at.key[Equal.symbol](key)) at = at.next
    return at
  }

  /** Keeps what is not there yet. */
  add(one: A): void {
    const hash = one.key[Hash.symbol]()
    one.next = this.#byHash.get(hash)
    this.#byHash.set(hash, one)
  }

  remove(one: A): void {
    const hash = one.key[Hash.symbol]()
    const first = this.#byHash.get(hash)
    if (first === undefined) return
    this.#byHash.delete(hash)
    for (const other of chain(first)) if (other !== one) this.add(other)
  }
}

const chain = <A extends Keyed<A>>(first: A): ReadonlyArray<A> => {
  const all: Array<A> = []
  for (let at: A | undefined = first; at !== undefined; at = at.next) all.push(at)
  return all
}
