/**
 * What may become of the bytes of an answer on its way: for properties of whatever reads answers.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"

const between = (minimum: number, maximum: number) =>
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })))

/** A place, as a share of the whole: what is damaged may be of any length. */
const place = between(0, 1_000_000)

type Change = (bytes: ReadonlyArray<number>) => ReadonlyArray<number>

const at = (bytes: ReadonlyArray<number>, share: number) => Math.floor(bytes.length * share / 1_000_001)

const change: Arbitrary.Arbitrary<Change> = Arbitrary.map(
  Arbitrary.all({
    kind: Arbitrary.schema(Schema.Literals(["flip", "put", "insert", "delete", "truncate", "repeat"])),
    place,
    other: place,
    bit: between(0, 7),
    bytes: Arbitrary.array(between(0, 255), { minLength: 1, maxLength: 4 })
  }),
  ({ bit, bytes, kind, other, place }): Change => (before) => {
    const here = at(before, place)
    const there = at(before, other)
    const [from, to] = [Math.min(here, there), Math.max(here, there)]
    switch (kind) {
      case "flip":
        return before.with(here, (before[here] ?? 0) ^ (1 << bit))
      case "put":
        return before.with(here, bytes[0] ?? 0)
      case "insert":
        return before.toSpliced(here, 0, ...bytes)
      case "delete":
        return before.toSpliced(from, to - from)
      case "truncate":
        return before.slice(0, here)
      case "repeat":
        return [...before.slice(0, to), ...before.slice(from)]
    }
  }
)

/**
 * Damages the UTF-8 bytes of a text: flips bits, changes, inserts, drops and repeats bytes, and cuts off the end; one to
 * three times.
 *
 * **Example** (A reader that never dies)
 *
 * ```ts
 * it.effect.prop("reads it, or fails with a typed error", { damage: Damage.damage }, ({ damage }) =>
 *   Effect.gen(function*() {
 *     const exit = yield* Effect.exit(read(damage(JSON.stringify(answer))))
 *     assert.isTrue(Exit.isSuccess(exit) || Cause.hasFails(exit.cause))
 *   }))
 * ```
 */
export const damage: Arbitrary.Arbitrary<(text: string) => Uint8Array<ArrayBuffer>> = Arbitrary.map(
  Arbitrary.array(change, { minLength: 1, maxLength: 3 }),
  (changes) => (text) =>
    Uint8Array.from(changes.reduce(
      (bytes, change) => bytes.length === 0 ? bytes : change(bytes),
      Array.from(new TextEncoder().encode(text)) as ReadonlyArray<number>
    ))
)
