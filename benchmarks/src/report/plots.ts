/**
 * The plots of the documentation, by the names of their files.
 */
import type { Figures, FiguresOf } from "../Figures.ts"
import * as Spread from "../measure/Spread.ts"
import * as Charts from "./charts.ts"
import { number } from "./number.ts"

const times = (value: number): string => `${number(value)} ×`

const call = ({ micros, overFloor, overFloorWithHttpSpan, peersOverFloor }: FiguresOf<"call">): string => {
  const floor = micros["undici"]?.median ?? Number.NaN
  const bar = (name: string, label: string, look: Charts.Bar["look"], over: number): Charts.Bar => {
    const value = micros[name] ?? Spread.of([Number.NaN])
    return { label, value, look, note: `${number(value.median)} µs · ${times(over)}` }
  }
  const onPlain = Object.entries(peersOverFloor).filter(([name]) => !name.startsWith("@azure"))
  const rows = [
    bar("undici", "undici.request by hand", "floor", 1),
    bar("entegre without HTTP span", "Entegre, without HTTP span", "ours", overFloor.median),
    bar("entegre", "Entegre, as it comes", "ours", overFloorWithHttpSpan.median),
    bar("effect by hand", "Effect's client by hand", "other", (micros["effect by hand"]?.median ?? Number.NaN) / floor),
    ...onPlain.map(([name, over]) => bar(name, name === "fetch" ? "fetch by hand" : name, "other", over.median))
  ]
  return Charts.bars({
    title: "A call to a provider",
    subtitle:
      "Processor time of the caller for one call of 32 at once, answer read. Shorter is better; × is over undici.request.",
    unit: "microseconds",
    bars: rows.toSorted((a, b) => a.value.median - b.value.median)
  })
}

const steps = ({ micros, stepsOverFloor }: FiguresOf<"call">): string => {
  const labels: { readonly [name: string]: string } = {
    "effect's client": "Effect's client, answer as JSON",
    "… with a schema": "… and read by a schema",
    "… with a span": "… and a span for the operation",
    "… with a time limit": "… and a time limit",
    "entegre without HTTP span": "Entegre, with all that it does"
  }
  const floor = micros["undici"] ?? Spread.of([Number.NaN])
  return Charts.bars({
    title: "What lies between the floor and a call",
    subtitle: "By hand step by step, and Entegre; none has a span for the HTTP request. × is over undici.request.",
    unit: "microseconds",
    bars: [
      { label: "undici.request by hand", value: floor, look: "floor", note: `${number(floor.median)} µs` },
      ...Object.entries(labels).map(([name, label]): Charts.Bar => {
        const value = micros[name] ?? Spread.of([Number.NaN])
        const over = stepsOverFloor[name]?.median ?? Number.NaN
        return {
          label,
          value,
          look: name.startsWith("entegre") ? "ours" : "other",
          note: `${number(value.median)} µs · ${times(over)}`
        }
      })
    ]
  })
}

const hit = ({ overAsync, subjects }: FiguresOf<"hit">): string => {
  const labels: { readonly [name: string]: string } = {
    async: "an async function, the same check",
    hit: "Entegre: tokens.get",
    keyedAsync: "an async function with a Map",
    cacheGetByString: "Effect's Cache.get, one string as key",
    cacheGet: "Effect's Cache.get, the same key"
  }
  return Charts.bars({
    title: "A token that is there",
    subtitle: "Processor time to get it, awaited in a loop. Shorter is better.",
    unit: "nanoseconds",
    bars: Object.entries(labels).map(([name, label]) => {
      const value = subjects[name] ?? Spread.of([Number.NaN])
      const note = name === "hit"
        ? `${number(value.median)} ns · ${times(overAsync.median)}`
        : `${number(value.median)} ns`
      return { label, value, look: name === "hit" ? "ours" : name === "async" ? "floor" : "other", note }
    })
  })
}

const storm = ({ cold, rejected }: FiguresOf<"storm">): string =>
  Charts.bars({
    title: "Many callers at once, and no token",
    subtitle: "Processor time a caller beyond the login, which there is one of. Level bars are linear growth.",
    unit: "microseconds a caller",
    bars: [
      ...cold.map((one): Charts.Bar => ({
        label: `${number(one.callers)} callers, cold cache`,
        value: one.microsPerCaller,
        look: "ours",
        note: `${number(one.microsPerCaller.median)} µs`
      })),
      ...rejected.map((one): Charts.Bar => ({
        label: `${number(one.callers)} callers, token refused`,
        value: one.microsPerCaller,
        look: "ours",
        note: `${number(one.microsPerCaller.median)} µs`
      }))
    ]
  })

const renewals = ({ byKeys }: FiguresOf<"tenants">): string => {
  const largest = byKeys.at(-1)
  if (largest === undefined) throw new Error("no tenants were measured")
  const { bySecond, busiestOverMean } = largest.renewals
  const mean = bySecond.reduce((sum, count) => sum + count, 0) / bySecond.length
  return Charts.histogram({
    title: `Renewals of ${number(largest.keys)} tokens that were born in the same second`,
    subtitle: `Renewals in each second. Dashed: their mean, ${number(mean)}. The busiest second has ${
      number(busiestOverMean)
    } times that.`,
    across: "seconds since the refresh window opened",
    counts: bySecond,
    mean
  })
}

const soak = ({ heapBySecond, heapOver, seconds }: FiguresOf<"soak">): string =>
  Charts.course({
    title: `Heap in ${number(seconds / 60)} minutes of mixed traffic`,
    subtitle: `Megabytes that are held, at work. At rest it is ${
      number(heapOver)
    } times what it was after the first quarter.`,
    across: "seconds",
    points: heapBySecond.map(([at, bytes]) => [at, bytes / 1e6])
  })

/** All plots that the figures are there for. */
export const plots = (figures: Figures): { readonly [file: string]: string } => ({
  ...(figures.hit && { "hit.svg": hit(figures.hit) }),
  ...(figures.call && { "call.svg": call(figures.call), "steps.svg": steps(figures.call) }),
  ...(figures.storm && { "storm.svg": storm(figures.storm) }),
  ...(figures.tenants && { "renewals.svg": renewals(figures.tenants) }),
  ...(figures.soak && { "soak.svg": soak(figures.soak) })
})
