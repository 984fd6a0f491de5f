/**
 * Numbers that only look random: the same on every machine for the same seed.
 */

/**
 * A stream of numbers that a seed decides.
 */
export interface Chance {
  /** The next number in [0, 1). */
  readonly next: () => number
  /** The next whole number in [0, `end`). */
  readonly below: (end: number) => number
  /** The next whole number in [`from`, `to`]. */
  readonly between: (from: number, to: number) => number
  /** `true` with this probability. */
  readonly happens: (probability: number) => boolean
  /** One of several. */
  readonly pick: <A>(from: readonly [A, ...ReadonlyArray<A>]) => A
}

/**
 * A stream of numbers. The same seed has a stream of its own for each `stream`, so that one more draw from one of them
 * changes nothing in the others.
 */
export const make = (seed: number, stream: string): Chance => {
  // sfc32: whole numbers of 32 bits only, which every engine computes alike.
  let a = seed >>> 0
  let b = Math.floor(seed / 0x1_0000_0000) >>> 0
  let c = hash(stream)
  let counter = 1
  const next32 = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < 15; i++) next32()
  const next = () => next32() / 0x1_0000_0000
  const below = (end: number) => Math.floor(next() * end)
  return {
    next,
    below,
    between: (from, to) => from + below(to - from + 1),
    happens: (probability) => next() < probability,
    pick: (from) => from[below(from.length)] ?? from[0]
  }
}

// FNV-1a
const hash = (text: string): number => {
  let state = 0x811C9DC5
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193)
  return state >>> 0
}
