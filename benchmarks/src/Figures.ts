/**
 * What the cases answer with: what the command prints, checks, and writes into the documentation.
 *
 * Times are of the processors unless a name says otherwise, and ratios are of two turns of the same round.
 */
import * as Schema from "effect/Schema"
import { Spread } from "./measure/Spread.ts"

const Spreads = Schema.Record(Schema.String, Spread)

const Hit = Schema.Struct({
  /** Nanoseconds to get a token that is there. */
  ns: Spread,
  /** Over a bare async function that does the same check. */
  overAsync: Spread,
  /** Over one that also looks its account up. */
  overKeyedAsync: Spread,
  /** Over Effect's `Cache`, with a key of provider, environment and account. */
  overCacheGet: Spread,
  /** Over Effect's `Cache` with one string for a key, which is what a single provider needs. */
  overCacheGetByString: Spread,
  /** Nanoseconds of each. */
  subjects: Spreads
})

const Call = Schema.Struct({
  /** Over the same Effect client by hand, with the same schema and equal spans. */
  overSameClient: Spread,
  /** The same, both without a span for the HTTP request. */
  overSameClientWithoutHttpSpan: Spread,
  /** Over `undici.request`, without a span for the HTTP request. */
  overFloor: Spread,
  /** Over `undici.request`, as it comes. */
  overFloorWithHttpSpan: Spread,
  /** The others over `undici.request`, on the same kind of connection. */
  peersOverFloor: Spreads,
  /** As it comes over the others, on the same kind of connection: less than 1 is faster. */
  overPeers: Spreads,
  /** The same by the clock on the wall. */
  overPeersByWall: Spreads,
  /** What lies between the floor and a call, step by step, over the floor. */
  stepsOverFloor: Spreads,
  /** Microseconds of each. */
  micros: Spreads,
  /** The same by the clock on the wall. */
  microsByWall: Spreads
})

const StormOf = Schema.Struct({
  callers: Schema.Int,
  /** Times that the provider was asked, at the most. */
  logins: Schema.Int,
  /** Microseconds a caller, from the first who asks to the last who has a token. */
  microsPerCaller: Spread,
  /** Over as many fibers that await a `Deferred`: what one writes by hand, without a token's life. */
  overDeferred: Spread,
  /** Over as many async functions that await a promise. */
  overPromise: Spread,
  /** Heap that a caller holds while it waits. */
  bytesPerCaller: Schema.Finite
})

const Storm = Schema.Struct({
  /** Callers on a cold cache, by their number. */
  cold: Schema.Array(StormOf),
  /** Callers whose token was refused, by their number. */
  rejected: Schema.Array(StormOf),
  /** Microseconds a caller in the largest storm, over those in one of a tenth of its size: 1 if growth is linear. */
  growth: Spread
})

const TenantsOf = Schema.Struct({
  keys: Schema.Int,
  /** Heap of a key beyond its strings: itself, the wrappers of its account and its token, and what the cache keeps for it. */
  bytesPerKey: Schema.Finite,
  /** What the cache keeps of that. */
  bytesInCache: Schema.Finite,
  /** Heap of the issuer that a provider package makes to open it. */
  bytesOfIssuer: Schema.Finite,
  /** Microseconds a key. */
  openMicros: Schema.Finite,
  loginMicros: Schema.Finite,
  closeMicros: Schema.Finite,
  /** Nanoseconds to get the token of one key again and again. */
  hotNs: Spread,
  /** Over a cache with no other key. */
  hotOverLone: Spread,
  /** Nanoseconds to get the token of any key. */
  anyNs: Spread,
  renewals: Schema.Struct({
    /** Microseconds a renewal. */
    micros: Schema.Finite,
    /** Seconds from the first renewal to the last, of tokens that were all issued in the same second. */
    seconds: Schema.Int,
    /** Renewals in each of those seconds. */
    bySecond: Schema.Array(Schema.Int),
    /** Renewals in the busiest of them, over their mean. */
    busiestOverMean: Schema.Finite,
    /** The part of one core that the renewals of the busiest second take. */
    busiestSecond: Schema.Finite,
    /** The part of one core that renewals take when they have spread over the whole life of a token. */
    steady: Schema.Finite
  })
})

const Tenants = Schema.Struct({ byKeys: Schema.Array(TenantsOf) })

const Soak = Schema.Struct({
  seconds: Schema.Finite,
  calls: Schema.Int,
  /** Calls that failed. */
  failures: Schema.Int,
  /** Callers who went away before their answer came. */
  interruptions: Schema.Int,
  /** Token sets that took the place of one that was alive. */
  renewals: Schema.Int,
  /** Tokens that the server refused. */
  rejections: Schema.Int,
  /** Services that were built, used and closed. */
  services: Schema.Int,
  /** Bytes of heap after the first part and at the end, both with everybody at rest. */
  heapBefore: Schema.Finite,
  heapAfter: Schema.Finite,
  /** The second over the first. */
  heapOver: Schema.Finite,
  /** Bytes of heap in use after garbage was collected, while the traffic went on: the second, and the bytes. */
  heapBySecond: Schema.Array(Schema.Tuple([Schema.Finite, Schema.Finite])),
  /** What keeps a process alive and was not there before, when everything is closed. */
  handles: Schema.Int,
  /** Fibers that have not ended, when everything is closed. */
  fibers: Schema.Int
})

const Start = Schema.Struct({
  /** Milliseconds of a whole process that has Effect, a transport and a schema. */
  baselineMillis: Spread,
  /** The same with all four providers over one token cache. */
  composedMillis: Spread,
  /** The second over the first. */
  overBaseline: Spread
})

const Compressed = Schema.Struct({ gzip: Schema.Int, brotli: Schema.Int })

const Bundle = Schema.Struct({ minified: Schema.Int, ...Compressed.fields })

const Size = Schema.Struct({
  /** Bytes of core alone, and of core with one provider; compressed, what they add to a bundle that has `effect`. */
  bundles: Schema.Struct({ core: Bundle, dukkango: Bundle, paynkolay: Bundle, apex: Bundle, odeal: Bundle }),
  /** The same of core with all providers. */
  all: Bundle,
  /** The smallest and the largest of core with one provider, compressed. */
  coreWithSmallest: Compressed,
  coreWithLargest: Compressed
})

const Compilation = Schema.Struct({
  /** Seconds, as the compiler says. */
  seconds: Spread,
  instantiations: Schema.Int,
  types: Schema.Int
})

const Types = Schema.Struct({
  /** A program with Effect alone. */
  baseline: Compilation,
  /** One that composes all four providers. */
  composed: Compilation,
  /** The time of the second over that of the first. */
  overBaseline: Spread
})

/** The figures of each case. */
export interface FiguresByCase {
  hit: typeof Hit.Type
  call: typeof Call.Type
  storm: typeof Storm.Type
  tenants: typeof Tenants.Type
  soak: typeof Soak.Type
  start: typeof Start.Type
  size: typeof Size.Type
  types: typeof Types.Type
}

export type CaseName = keyof FiguresByCase
export type FiguresOf<Name extends CaseName> = FiguresByCase[Name]

/** Reads what a case has answered with. */
export const decoders: { readonly [Name in CaseName]: (figures: unknown) => FiguresOf<Name> } = {
  hit: Schema.decodeUnknownSync(Hit),
  call: Schema.decodeUnknownSync(Call),
  storm: Schema.decodeUnknownSync(Storm),
  tenants: Schema.decodeUnknownSync(Tenants),
  soak: Schema.decodeUnknownSync(Soak),
  start: Schema.decodeUnknownSync(Start),
  size: Schema.decodeUnknownSync(Size),
  types: Schema.decodeUnknownSync(Types)
}

export const caseNames: ReadonlyArray<CaseName> = ["hit", "call", "storm", "tenants", "soak", "start", "size", "types"]

/** Where figures were measured, and of what. */
export const Machine = Schema.Struct({
  processor: Schema.String,
  cores: Schema.Int,
  system: Schema.String,
  node: Schema.String,
  effect: Schema.String,
  date: Schema.String,
  quick: Schema.Boolean
})
export interface Machine extends Schema.Schema.Type<typeof Machine> {}

/** Everything that one command has measured: the figures of the cases that it was asked for. */
export const Figures = Schema.Struct({
  machine: Machine,
  hit: Schema.optionalKey(Hit),
  call: Schema.optionalKey(Call),
  storm: Schema.optionalKey(Storm),
  tenants: Schema.optionalKey(Tenants),
  soak: Schema.optionalKey(Soak),
  start: Schema.optionalKey(Start),
  size: Schema.optionalKey(Size),
  types: Schema.optionalKey(Types)
})
export interface Figures extends Schema.Schema.Type<typeof Figures> {}
