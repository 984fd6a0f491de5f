/**
 * The kinds of plots that there are.
 */
import type { Spread } from "../measure/Spread.ts"
import * as Svg from "./svg.ts"

const width = 760
const top = 76
const right = 132

/** A round number that is a little larger, and the step between the lines below it. */
const scaleOf = (largest: number): { readonly end: number; readonly step: number } => {
  const magnitude = 10 ** Math.floor(Math.log10(largest))
  const step = [0.2, 0.5, 1, 2].map((part) => part * magnitude).find((step) => largest / step <= 6) ?? magnitude
  return { end: Math.ceil(largest / step) * step, step }
}

const ticks = ({ end, step }: { readonly end: number; readonly step: number }): ReadonlyArray<number> =>
  Array.from({ length: Math.round(end / step) + 1 }, (_, index) => index * step)

const tickLabel = (value: number): string => Number(value.toPrecision(3)).toLocaleString("en-US")

export interface Bar {
  readonly label: string
  readonly value: Spread
  readonly look: "ours" | "other" | "floor"
  /** What is written at the end of the bar. */
  readonly note: string
}

// In the wider of the fonts that the style sheet names; what is ours is bold.
const widthOf = ({ label, look }: Bar): number => label.length * (look === "ours" ? 8.4 : 7.2)

/** Bars from left to right, each with a thin line over the middle half of its measurements. */
export const bars = (options: {
  readonly title: string
  readonly subtitle: string
  readonly unit: string
  readonly bars: ReadonlyArray<Bar>
}): string => {
  const left = 34 + Math.max(...options.bars.map(widthOf))
  const row = 30
  const scale = scaleOf(Math.max(...options.bars.map(({ value }) => Math.max(value.median, value.high))))
  const x = (value: number) => left + value / scale.end * (width - right - left)
  const bottom = top + options.bars.length * row
  return Svg.plot({
    ...options,
    width,
    height: bottom + 48,
    content: [
      ...ticks(scale).flatMap((tick) => [
        Svg.line("grid", x(tick), top - 6, x(tick), bottom),
        Svg.text("muted", x(tick), bottom + 18, tickLabel(tick), "middle")
      ]),
      Svg.text("muted", width - 24, bottom + 36, options.unit, "end"),
      ...options.bars.flatMap(({ label, look, note, value }, index) => {
        const y = top + index * row
        return [
          Svg.text(look === "ours" ? "ours" : "ink", left - 10, y + 15, label, "end"),
          Svg.rect(look, left, y, Math.max(1, x(value.median) - left), 20),
          Svg.line("whisker", x(value.low), y + 10, x(value.high), y + 10),
          Svg.text(look === "ours" ? "ours" : "ink", Math.max(x(value.median), x(value.high)) + 8, y + 15, note)
        ]
      })
    ]
  })
}

/** The lines at the heights of a scale, with what they stand for. */
const heights = (
  scale: ReturnType<typeof scaleOf>,
  left: number,
  y: (value: number) => number
): ReadonlyArray<string> =>
  ticks(scale).flatMap((tick) => [
    Svg.line("grid", left, y(tick), width - 24, y(tick)),
    Svg.text("muted", left - 8, y(tick) + 4, tickLabel(tick), "end")
  ])

/** A bar for each place on the line below, such as seconds; a dashed line shows what is the mean. */
export const histogram = (options: {
  readonly title: string
  readonly subtitle: string
  readonly across: string
  readonly counts: ReadonlyArray<number>
  readonly mean: number
}): string => {
  const { across, counts, mean } = options
  const left = 72
  const height = 190
  const bottom = top + height
  const scale = scaleOf(Math.max(...counts))
  const slot = (width - left - 24) / counts.length
  const y = (value: number) => bottom - value / scale.end * height
  const every = Math.max(1, scaleOf(counts.length).step)
  return Svg.plot({
    ...options,
    width,
    height: bottom + 52,
    content: [
      ...heights(scale, left, y),
      ...counts.map((count, index) =>
        Svg.rect("area", left + index * slot, y(count), Math.max(0.5, slot - 0.5), bottom - y(count))
      ),
      ...counts.flatMap((_, index) =>
        index % every === 0 ? [Svg.text("muted", left + index * slot, bottom + 18, tickLabel(index), "middle")] : []
      ),
      Svg.line("muted", left, y(mean), width - 24, y(mean)),
      Svg.text("muted", width - 24, bottom + 38, across, "end")
    ]
  })
}

/** A line over time, from nothing upwards. */
export const course = (options: {
  readonly title: string
  readonly subtitle: string
  readonly across: string
  readonly points: ReadonlyArray<readonly [at: number, value: number]>
}): string => {
  const { across, points } = options
  const left = 72
  const height = 150
  const bottom = top + height
  const scale = scaleOf(Math.max(...points.map(([, value]) => value)))
  const last = Math.max(...points.map(([at]) => at))
  const x = (at: number) => left + at / last * (width - left - 24)
  const y = (value: number) => bottom - value / scale.end * height
  return Svg.plot({
    ...options,
    width,
    height: bottom + 52,
    content: [
      ...heights(scale, left, y),
      ...ticks(scaleOf(last)).filter((tick) => tick <= last).map((tick) =>
        Svg.text("muted", x(tick), bottom + 18, tickLabel(tick), "middle")
      ),
      Svg.polyline("ours", points.map(([at, value]) => [x(at), y(value)])),
      Svg.text("muted", width - 24, bottom + 38, across, "end")
    ]
  })
}
