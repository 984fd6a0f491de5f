/**
 * The tables of the documentation, by the names of the places where they stand.
 */
import type { Figures, FiguresOf } from "../Figures.ts"
import type { Spread } from "../measure/Spread.ts"
import { number } from "./number.ts"

type Row = ReadonlyArray<string>

/** A table, its columns aligned as the formatter aligns them. */
const table = (heading: Row, rows: ReadonlyArray<Row>): string => {
  const widths = heading.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: Row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`
  return [line(heading), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join("\n")
}

const times = (value: number): string => `${number(value)} ×`
const spread = ({ high, low }: Spread, unit: string): string => `${number(low)} … ${number(high)} ${unit}`
const kilobytes = (bytes: number): string => `${number(bytes / 1000)} kB`

const machine = ({ cores, date, effect, node, processor, system }: Figures["machine"]): string =>
  `Measured on ${date}: ${processor}, ${cores} cores, ${system}, Node ${node}, effect ${effect}.`

const hit = ({ overAsync, overCacheGet, overCacheGetByString, overKeyedAsync, subjects }: FiguresOf<"hit">): string => {
  const row = (name: string, label: string, over: Spread | undefined): Row => {
    const ns = subjects[name]
    if (ns === undefined) throw new Error(`${name} was not measured`)
    return [label, `${number(ns.median)} ns`, spread(ns, "ns"), over === undefined ? "" : times(over.median)]
  }
  return table(["to get a token that is there", "median", "half of the rounds", "a hit is"], [
    row("hit", "`tokens.get`", undefined),
    row("async", "an async function with the same check", overAsync),
    row("keyedAsync", "an async function that looks its account up in a `Map`", overKeyedAsync),
    row("cacheGet", "Effect's `Cache.get`, provider, environment and account as key", overCacheGet),
    row("cacheGetByString", "Effect's `Cache.get`, one string as key", overCacheGetByString)
  ])
}

const call = (figures: FiguresOf<"call">): string => {
  const { micros, microsByWall, overFloor, overFloorWithHttpSpan, overPeers, overPeersByWall, peersOverFloor } = figures
  const row = (name: string, label: string, over: number | undefined, ours?: Spread, oursByWall?: Spread): Row => {
    const one = micros[name]
    if (one === undefined) throw new Error(`${name} was not measured`)
    return [
      label,
      `${number(one.median)} µs`,
      spread(one, "µs"),
      over === undefined ? "" : times(over),
      ours === undefined ? "" : times(ours.median),
      `${number(microsByWall[name]?.median ?? Number.NaN)} µs`,
      oursByWall === undefined ? "" : times(oursByWall.median)
    ]
  }
  const peer = (name: string, label = `\`${name}\``): Row =>
    row(name, label, peersOverFloor[name]?.median, overPeers[name], overPeersByWall[name])
  const floor = micros["undici"]?.median ?? Number.NaN
  return table(
    ["one call", "median", "half of the rounds", "over the floor", "Entegre is", "on the wall", "Entegre is"],
    [
      row("undici", "`undici.request` by hand: the floor", 1),
      row("entegre without HTTP span", "Entegre without HTTP span", overFloor.median),
      row("entegre", "Entegre", overFloorWithHttpSpan.median),
      row(
        "effect by hand",
        "Effect's client by hand",
        (micros["effect by hand"]?.median ?? NaN) / floor,
        figures.overSameClient
      ),
      peer("fetch", "`fetch` by hand"),
      peer("@badgateway/oauth2-client"),
      peer("ky"),
      peer("axios-auth-refresh", "`axios` with `axios-auth-refresh`"),
      peer("got"),
      row("undici over TLS", "over TLS: `undici.request` by hand", 1),
      row("entegre over TLS", "over TLS: Entegre", undefined),
      peer("@azure/core-rest-pipeline", "over TLS: `@azure/core-rest-pipeline`")
    ]
  )
}

const storm = ({ cold, rejected }: FiguresOf<"storm">): string => {
  const row = (what: string) => (one: FiguresOf<"storm">["cold"][number]): Row => [
    `${number(one.callers)} ${what}`,
    String(one.logins),
    `${number(one.microsPerCaller.median)} µs`,
    spread(one.microsPerCaller, "µs"),
    times(one.overDeferred.median),
    `${number(one.bytesPerCaller)} bytes`
  ]
  return table(
    ["callers at once", "logins", "a caller", "half of the rounds", "over a `Deferred`", "heap a caller"],
    [...cold.map(row("on a cold cache")), ...rejected.map(row("whose token was refused"))]
  )
}

const tenants = ({ byKeys }: FiguresOf<"tenants">): string => {
  const row = (label: string, cell: (one: FiguresOf<"tenants">["byKeys"][number]) => string): Row => [
    label,
    ...byKeys.map(cell)
  ]
  return table(["", ...byKeys.map(({ keys }) => `${number(keys)} keys`)], [
    row("heap of a key, beyond its strings", ({ bytesPerKey }) => `${number(bytesPerKey)} bytes`),
    row("of which are in the cache", ({ bytesInCache }) => `${number(bytesInCache)} bytes`),
    row("of the issuer that opens it, besides", ({ bytesOfIssuer }) => `${number(bytesOfIssuer)} bytes`),
    row("a hit, always the same key", ({ hotNs }) => `${number(hotNs.median)} ns`),
    row("over a cache with one key", ({ hotOverLone }) => times(hotOverLone.median)),
    row("a hit, any key", ({ anyNs }) => `${number(anyNs.median)} ns`),
    row("to open a key", ({ openMicros }) => `${number(openMicros)} µs`),
    row("to log in", ({ loginMicros }) => `${number(loginMicros)} µs`),
    row("to close a key", ({ closeMicros }) => `${number(closeMicros)} µs`),
    row("a renewal", ({ renewals }) => `${number(renewals.micros)} µs`),
    row("the busiest second of renewals, over their mean", ({ renewals }) => times(renewals.busiestOverMean)),
    row("which takes of one core", ({ renewals }) => `${number(renewals.busiestSecond * 100)} %`),
    row("all renewals over an hour, of one core", ({ renewals }) => `${number(renewals.steady * 100)} %`)
  ])
}

const soak = (figures: FiguresOf<"soak">): string =>
  table(["", ""], [
    ["minutes", number(figures.seconds / 60)],
    ["calls", number(figures.calls)],
    ["calls that failed", number(figures.failures)],
    ["callers who went away", number(figures.interruptions)],
    ["tokens renewed", number(figures.renewals)],
    ["tokens refused", number(figures.rejections)],
    ["services built and closed", number(figures.services)],
    ["heap at rest, after the first quarter", `${number(figures.heapBefore / 1e6)} MB`],
    ["heap at rest, at the end", `${number(figures.heapAfter / 1e6)} MB, ${times(figures.heapOver)}`],
    ["handles left when all is closed", number(figures.handles)],
    ["fibers left when all is closed", number(figures.fibers)]
  ])

const size = ({ all, bundles }: FiguresOf<"size">): string =>
  table(
    ["added to a bundle that has `effect`", "minified", "gzip", "brotli"],
    Object.entries({ ...bundles, all }).map(([name, { brotli, gzip, minified }]) => [
      name === "core" ? "core" : name === "all" ? "core with all four" : `core with ${name}`,
      kilobytes(minified),
      kilobytes(gzip),
      kilobytes(brotli)
    ])
  )

const start = (start: FiguresOf<"start">, types: FiguresOf<"types">): string =>
  table(["", "Effect alone", "with all four providers", ""], [
    [
      "a process that imports and builds layers",
      `${number(start.baselineMillis.median)} ms`,
      `${number(start.composedMillis.median)} ms`,
      times(start.overBaseline.median)
    ],
    [
      "to type-check a program",
      `${number(types.baseline.seconds.median)} s`,
      `${number(types.composed.seconds.median)} s`,
      times(types.overBaseline.median)
    ],
    ["instantiations", number(types.baseline.instantiations), number(types.composed.instantiations), ""]
  ])

/** What a reader sees first. */
const glance = (
  figures: Required<Figures>,
  words: {
    readonly heading: Row
    readonly hit: (ns: string, overAsync: string, overCache: string) => Row
    readonly call: (overSame: string, overFetch: string, overOthers: string, overFloor: string) => Row
    readonly storm: (callers: string, micros: string) => Row
    readonly tenants: (keys: string, bytes: string, inCache: string, withIssuer: string, busiest: string) => Row
    readonly soak: (minutes: string, calls: string, heap: string) => Row
    readonly size: (core: string, smallest: string, largest: string) => Row
  }
): string => {
  const { call, hit, size, soak, storm, tenants } = figures
  const largest = tenants.byKeys.at(-1)
  const most = storm.cold.at(-1)
  if (largest === undefined || most === undefined) throw new Error("nothing was measured")
  const { fetch, ...others } = call.overPeers
  const overOthers = Object.entries(others).filter(([name]) => name !== "@azure/core-rest-pipeline")
    .map(([, { median }]) => median)
  return table(words.heading, [
    words.hit(number(hit.ns.median), number(hit.overAsync.median), number(1 / hit.overCacheGet.median)),
    words.call(
      number(call.overSameClient.median),
      number(fetch?.median ?? Number.NaN),
      `${number(Math.min(...overOthers))} … ${number(Math.max(...overOthers))}`,
      number(call.overFloor.median)
    ),
    words.storm(number(most.callers), number(most.microsPerCaller.median)),
    words.tenants(
      number(largest.keys),
      number(largest.bytesPerKey),
      number(largest.bytesInCache),
      number(largest.bytesPerKey + largest.bytesOfIssuer),
      number(largest.renewals.busiestOverMean)
    ),
    words.soak(number(soak.seconds / 60), number(soak.calls), number(soak.heapOver)),
    words.size(
      number(size.bundles.core.brotli / 1000),
      number(size.coreWithSmallest.brotli / 1000),
      number(size.coreWithLargest.brotli / 1000)
    )
  ])
}

const readme = (figures: Required<Figures>): string =>
  glance(figures, {
    heading: ["", "measured"],
    hit: (ns, overAsync, overCache) => [
      "a token that is there",
      `${ns} ns: ${overAsync} × a bare async function with the same check, ${overCache} times faster than \`Cache.get\` by provider, environment and account`
    ],
    call: (overSame, overFetch, overOthers, overFloor) => [
      "a call",
      `${overSame} × the same Effect client by hand, ${overFetch} × \`fetch\`, ${overOthers} × clients that refresh tokens, ${overFloor} × bare \`undici\``
    ],
    storm: (callers, micros) => [`${callers} callers, no token`, `one login, ${micros} µs a caller`],
    tenants: (keys, bytes, inCache, withIssuer, busiest) => [
      `${keys} accounts`,
      `${bytes} bytes each beyond their strings, ${inCache} of them in the cache (${withIssuer} with the issuer); born in one second, their renewals' busiest second has ${busiest} × the mean`
    ],
    soak: (minutes, calls, heap) => [
      `${minutes} minutes of traffic`,
      `${calls} calls; ${heap} × the heap, no handle and no fiber left`
    ],
    size: (core, smallest, largest) => [
      "added to a bundle that has `effect`",
      `${core} kB by core, ${smallest} … ${largest} kB with one provider (brotli)`
    ]
  })

const readmeTurkish = (figures: Required<Figures>): string =>
  glance(figures, {
    heading: ["", "ölçülen"],
    hit: (ns, overAsync, overCache) => [
      "hazır token",
      `${ns} ns: aynı denetimi yapan yalın bir async işlevin ${overAsync} katı, sağlayıcı, ortam ve hesapla aranan \`Cache.get\`'ten ${overCache} kat hızlı`
    ],
    call: (overSame, overFetch, overOthers, overFloor) => [
      "bir çağrı",
      `elle yazılmış aynı Effect istemcisinin ${overSame} katı, \`fetch\`'in ${overFetch} katı, token yenileyen istemcilerin ${overOthers} katı, yalın \`undici\`'nin ${overFloor} katı`
    ],
    storm: (callers, micros) => [`${callers} çağıran, token yok`, `tek giriş, çağıran başına ${micros} µs`],
    tenants: (keys, bytes, inCache, withIssuer, busiest) => [
      `${keys} hesap`,
      `dizgileri dışında her biri ${bytes} bayt, bunun ${inCache} baytı önbellekte (issuer'ıyla ${withIssuer}); aynı saniyede doğmuşlarsa yenilemelerin en yoğun saniyesi ortalamanın ${busiest} katı`
    ],
    soak: (minutes, calls, heap) => [
      `${minutes} dakika trafik`,
      `${calls} çağrı; bellek ${heap} katı, geride ne bir tutamak ne bir fiber`
    ],
    size: (core, smallest, largest) => [
      "`effect`'li bir pakete eklenen",
      `core ${core} kB, bir sağlayıcıyla ${smallest} … ${largest} kB (brotli)`
    ]
  })

/** The tables, by the names of the places where they stand. */
export const blocks = (figures: Required<Figures>): { readonly [place: string]: string } => ({
  machine: machine(figures.machine),
  hit: hit(figures.hit),
  call: call(figures.call),
  storm: storm(figures.storm),
  tenants: tenants(figures.tenants),
  soak: soak(figures.soak),
  size: size(figures.size),
  start: start(figures.start, figures.types),
  readme: readme(figures),
  "readme.tr": readmeTurkish(figures)
})
