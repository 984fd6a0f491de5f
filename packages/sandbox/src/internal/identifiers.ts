import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

/** That many random hexadecimal digits. Not for real secrets: a seeded `Random` repeats them. */
export const hex = (digits: number): Effect.Effect<string> =>
  Effect.map(
    Effect.replicateEffect(Random.nextIntBetween(0, 15), digits),
    (values) => values.map((value) => value.toString(16)).join("")
  )

/** A random UUID, version 4. */
export const uuid: Effect.Effect<string> = Effect.map(
  Effect.all([hex(8), hex(4), hex(3), Random.nextIntBetween(8, 11), hex(3), hex(12)]),
  ([a, b, c, variant, d, e]) => `${a}-${b}-4${c}-${variant.toString(16)}${d}-${e}`
)
