/**
 * Figures for the terminal.
 */
import type { Finding } from "../bounds.ts"
import type { CaseName, Figures, FiguresOf } from "../Figures.ts"
import type { Spread } from "../measure/Spread.ts"
import { number } from "./number.ts"

type Row = ReadonlyArray<string>

const table = (rows: ReadonlyArray<Row>): string => {
  const widths = rows.reduce<ReadonlyArray<number>>(
    (widths, row) => row.map((cell, column) => Math.max(cell.length, widths[column] ?? 0)),
    []
  )
  return rows
    .map((row) =>
      row.map((cell, column) => {
        const width = widths[column] ?? 0
        return column === 0 ? cell.padEnd(width) : cell.padStart(width)
      }).join("   ").trimEnd()
    )
    .map((line) => `  ${line}`)
    .join("\n")
}

const spread = ({ high, low, median }: Spread): Row => [number(median), `${number(low)} … ${number(high)}`]

const hit = ({ overAsync, overCacheGet, overCacheGetByString, overKeyedAsync, subjects }: FiguresOf<"hit">) =>
  table([
    ["nanoseconds", "median", "half of them"],
    ...Object.entries(subjects).map(([name, ns]) => [name, ...spread(ns)]),
    ["a hit over", "", ""],
    ["async", ...spread(overAsync)],
    ["keyedAsync", ...spread(overKeyedAsync)],
    ["cacheGet", ...spread(overCacheGet)],
    ["cacheGetByString", ...spread(overCacheGetByString)]
  ])

const call = ({ micros, microsByWall, peersOverFloor, stepsOverFloor, ...figures }: FiguresOf<"call">) =>
  table([
    ["microseconds", "median", "half of them", "on the wall"],
    ...Object.entries(micros).map(([name, one]) => [name, ...spread(one), number(microsByWall[name]?.median ?? NaN)]),
    ["over the floor", "", "", ""],
    ...Object.entries({ ...peersOverFloor, ...stepsOverFloor }).map(([name, one]) => [name, ...spread(one), ""]),
    ["a call over", "", "", ""],
    ...Object.entries(figures.overPeers).map(([name, one]) => [name, ...spread(one), ""]),
    ["the same Effect client", ...spread(figures.overSameClient), ""],
    ["the same without HTTP span", ...spread(figures.overSameClientWithoutHttpSpan), ""]
  ])

const storm = ({ cold, growth, rejected }: FiguresOf<"storm">) => {
  const row = (kind: string) => (one: FiguresOf<"storm">["cold"][number]) => [
    `${number(one.callers)} ${kind}`,
    String(one.logins),
    ...spread(one.microsPerCaller),
    number(one.overDeferred.median),
    number(one.overPromise.median),
    number(one.bytesPerCaller)
  ]
  return table([
    ["callers", "logins", "µs a caller", "half of them", "over Deferred", "over promise", "bytes a caller"],
    ...cold.map(row("cold")),
    ...rejected.map(row("refused")),
    ["growth", "", ...spread(growth), "", "", ""]
  ])
}

const tenants = ({ byKeys }: FiguresOf<"tenants">) =>
  table([
    [
      "keys",
      "bytes a key",
      "in the cache",
      "of its issuer",
      "µs to open",
      "to log in",
      "to renew",
      "to close",
      "ns of a hot hit",
      "over a lone key",
      "of any hit",
      "busiest over mean",
      "over seconds"
    ],
    ...byKeys.map((one) =>
      [
        one.keys,
        one.bytesPerKey,
        one.bytesInCache,
        one.bytesOfIssuer,
        one.openMicros,
        one.loginMicros,
        one.renewals.micros,
        one.closeMicros,
        one.hotNs.median,
        one.hotOverLone.median,
        one.anyNs.median,
        one.renewals.busiestOverMean,
        one.renewals.seconds
      ].map(number)
    )
  ])

const soak = (figures: FiguresOf<"soak">) =>
  table(Object.entries(figures).flatMap(([name, value]) => typeof value === "number" ? [[name, number(value)]] : []))

const start = ({ baselineMillis, composedMillis, overBaseline }: FiguresOf<"start">) =>
  table([
    ["milliseconds", "median", "half of them"],
    ["Effect alone", ...spread(baselineMillis)],
    ["with all four", ...spread(composedMillis)],
    ["over Effect alone", ...spread(overBaseline)]
  ])

const size = ({ all, bundles }: FiguresOf<"size">) =>
  table([
    ["bytes beyond effect", "minified", "gzip", "brotli"],
    ...Object.entries({ ...bundles, all }).map(([name, { brotli, gzip, minified }]) => [
      name === "core" || name === "all" ? name : `core and ${name}`,
      ...[minified, gzip, brotli].map(number)
    ])
  ])

const types = ({ baseline, composed, overBaseline }: FiguresOf<"types">) =>
  table([
    ["", "seconds", "half of them", "instantiations", "types"],
    ...([["Effect alone", baseline], ["with all four", composed]] as const).map(([name, one]) => [
      name,
      ...spread(one.seconds),
      number(one.instantiations),
      number(one.types)
    ]),
    ["over Effect alone", ...spread(overBaseline), "", ""]
  ])

const printers: { readonly [Name in CaseName]: (figures: FiguresOf<Name>) => string } = {
  hit,
  call,
  storm,
  tenants,
  soak,
  start,
  size,
  types
}

const section = <Name extends CaseName>(name: Name, figures: FiguresOf<Name> | undefined): ReadonlyArray<string> =>
  figures === undefined ? [] : [`${name}\n\n${printers[name](figures)}\n`]

/** All figures, as tables. */
export const print = (figures: Figures): string =>
  [
    ...section("hit", figures.hit),
    ...section("call", figures.call),
    ...section("storm", figures.storm),
    ...section("tenants", figures.tenants),
    ...section("soak", figures.soak),
    ...section("start", figures.start),
    ...section("size", figures.size),
    ...section("types", figures.types)
  ].join("\n")

/** What the bounds say of the figures. */
export const printFindings = (findings: ReadonlyArray<Finding>): string =>
  table([
    ["", "figure", "is", "may be"],
    ...findings.map(({ atMost, holds, path, value }) => [holds ? "ok" : "FAILED", path, number(value), number(atMost)])
  ])
