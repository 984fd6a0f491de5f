/**
 * What was measured several times: the median, and where half of the measurements lie.
 */
import * as Schema from "effect/Schema"

/**
 * The median of measurements, with the quartiles below and above it.
 */
export const Spread = Schema.Struct({
  median: Schema.Finite,
  low: Schema.Finite,
  high: Schema.Finite
})
export interface Spread extends Schema.Schema.Type<typeof Spread> {}

const at = (sorted: ReadonlyArray<number>, part: number): number => {
  const place = (sorted.length - 1) * part
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** The spread of at least one measurement. */
export const of = (measurements: ReadonlyArray<number>): Spread => {
  const sorted = measurements.toSorted((a, b) => a - b)
  return { median: at(sorted, 0.5), low: at(sorted, 0.25), high: at(sorted, 0.75) }
}

/** The same in another unit. */
export const scale = ({ high, low, median }: Spread, factor: number): Spread => ({
  median: median * factor,
  low: low * factor,
  high: high * factor
})
