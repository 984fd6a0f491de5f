/**
 * What is kept for each key, found by the key's value.
 */
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import type { TokenKey } from "../TokenKey.ts"

/** A map by the keys' hashes takes half of what a map by the keys takes. */
export class KeyIndex<A extends { readonly key: TokenKey }> {
  readonly #byHash = new Map<number, A>()
  /** Those whose hash another one has, too. */
  readonly #others = new Map<number, ReadonlyArray<A>>()

  get all(): ReadonlyArray<A> {
    return [...this.#byHash.values(), ...Array.from(this.#others.values()).flat()]
  }

  find(key: TokenKey): A | undefined {
    const hash = key[Hash.symbol]()
    const first = this.#byHash.get(hash)
    if (first === undefined || first.key[Equal.symbol](key)) return first
    return this.#others.get(hash)?.find((one) => one.key[Equal.symbol](key))
  }

  /** Keeps what is not there yet. */
  add(one: A): void {
    const hash = one.key[Hash.symbol]()
    if (this.#byHash.has(hash)) this.#others.set(hash, [...this.#others.get(hash) ?? [], one])
    else this.#byHash.set(hash, one)
  }

  remove(one: A): void {
    const hash = one.key[Hash.symbol]()
    const others = this.#others.get(hash) ?? []
    this.#others.delete(hash)
    if (this.#byHash.get(hash) === one) this.#byHash.delete(hash)
    for (const other of others) if (other !== one) this.add(other)
  }
}
