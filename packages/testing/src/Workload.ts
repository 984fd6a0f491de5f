/**
 * What callers, the provider, the store and the processes go through in a run: a list of commands that a seed decides.
 */
import type { Rotation } from "@entegre/core/Issuer"
import * as Chance from "./Chance.ts"
import * as ModelIssuer from "./ModelIssuer.ts"
import * as ModelStore from "./ModelStore.ts"

/**
 * When a caller is interrupted: after so many steps, or after so many milliseconds.
 */
export type Leaving = { readonly steps: number } | { readonly millis: number }

/**
 * Something that is done to the world. `process` and `key` are numbers; a process that is not there is skipped.
 *
 * - `Get`, `Reject`, `Discard`, `Call`, `Forget`, `WarmUp`: a caller of a process does what the name says, and may be
 *   interrupted. A rejection is of one of the tokens that callers of the process have seen, `back` before the newest.
 * - `Announce`: the application says that the credentials were replaced.
 * - `Pause`: so many steps, or so many milliseconds, before the next command.
 * - `Freeze`: nothing of a process runs for so long. `Ambush`: the same, from so many steps after it is next given a lease,
 *   until another process asks the provider. `Crash`: for ever. `Close`: the process ends as it should.
 *   `Open`: another process begins.
 * - `Walkout`: everybody who waits in a process leaves, the first so many steps after it next asks the provider, the others
 *   `apart` steps after each other.
 * - `Revoke`: the provider lets the newest access token die. `Accept`: it takes another secret from now on. `Provide`:
 *   the secrets manager hands out another secret from now on.
 * - `StoreDown`: every operation of the store fails for so long. `StoreCleared`: it loses everything. `StoreFailedOver`:
 *   it loses its last changes. `StoreForgetsLease`: the same, so many steps after it has next given a lease.
 */
export type Command =
  | { readonly _tag: "Get"; readonly process: number; readonly key: number; readonly leaving: Leaving | undefined }
  | {
    readonly _tag: "Reject" | "Discard"
    readonly process: number
    readonly key: number
    readonly back: number
    readonly leaving: Leaving | undefined
  }
  | {
    readonly _tag: "Call"
    readonly process: number
    readonly key: number
    readonly safety: "safe" | "idempotent" | "unsafe"
    readonly leaving: Leaving | undefined
  }
  | { readonly _tag: "Forget"; readonly process: number; readonly key: number; readonly leaving: Leaving | undefined }
  | { readonly _tag: "WarmUp" | "Announce"; readonly process: number; readonly key: number }
  | { readonly _tag: "Walkout"; readonly process: number; readonly steps: number; readonly apart: number }
  | { readonly _tag: "Pause"; readonly span: Leaving }
  | { readonly _tag: "Freeze"; readonly process: number; readonly millis: number }
  | { readonly _tag: "Ambush"; readonly process: number; readonly steps: number; readonly millis: number }
  | { readonly _tag: "Crash" | "Close"; readonly process: number }
  | { readonly _tag: "Open" }
  | { readonly _tag: "Revoke"; readonly key: number }
  | { readonly _tag: "Accept" | "Provide"; readonly key: number; readonly secret: string }
  | { readonly _tag: "StoreDown"; readonly millis: number }
  | { readonly _tag: "StoreCleared" }
  | { readonly _tag: "StoreForgetsLease"; readonly steps: number }
  | { readonly _tag: "StoreFailedOver"; readonly changes: number }

/**
 * What a workload is drawn for.
 */
export interface Options {
  /** How the provider treats earlier tokens. */
  readonly rotation: Rotation
  /** How many processes share a token store. With one, every other workload gives it a store of its own. */
  readonly processes: number
  /** Whether there are refresh tokens. Default: in two of three workloads. */
  readonly refreshes?: boolean | undefined
  /** How long one request to the issuer may take, in milliseconds. Default: drawn from 1 to 15 seconds. */
  readonly timeout?: number | undefined
}

/**
 * What happens in a run, as far as it is decided beforehand.
 */
export interface Workload {
  readonly seed: number
  /** How many processes there are from the beginning. */
  readonly processes: number
  readonly issuer: Omit<ModelIssuer.Options, "account">
  readonly accounts: ReadonlyArray<string>
  readonly issuerFaults: ModelIssuer.Faults
  readonly storeFaults: ModelStore.Faults
  /** The clocks of the processes, in milliseconds ahead of the world's. */
  readonly skews: ReadonlyArray<number>
  /** The store's clock, in milliseconds ahead of the world's. */
  readonly storeSkew: number
  /** Whether the store makes marks of credentials. */
  readonly marks: boolean
  /** Whether each process has a store of its own, which nobody looks into. */
  readonly ownStore: boolean
  readonly commands: ReadonlyArray<Command>
}

/** Where a caller is, and what it is about. */
interface Place {
  readonly process: number
  readonly key: number
}

/** Processes that may join beyond those that are there from the beginning. */
const joining = 2

/**
 * The workload of a seed.
 */
export const make = (seed: number, options: Options): Workload => {
  const chance = Chance.make(seed, "workload")
  const ownStore = options.processes === 1 && chance.happens(0.5)
  const life = chance.pick([20_000, 60_000, 600_000, 3_600_000])
  const timeout = options.timeout ?? chance.pick([1_000, 5_000, 15_000])
  const skewed = chance.happens(0.3)
  const skew = () => skewed ? chance.between(-120_000, 120_000) : 0
  return {
    seed,
    processes: options.processes,
    issuer: {
      rotation: options.rotation,
      refreshes: options.refreshes ?? chance.happens(0.67),
      life,
      refreshLife: chance.pick([life * 2, life * 24]),
      window: chance.pick([Math.min(life, 1_000), life / 4, 300_000]),
      timeout,
      skew: chance.happens(0.5) ? skew() : 0
    },
    accounts: chance.happens(0.75) ? ["a"] : ["a", "b"],
    issuerFaults: chance.happens(0.3) ? ModelIssuer.faultless : drawIssuerFaults(chance),
    storeFaults: ownStore || chance.happens(0.4) ? ModelStore.faultless : drawStoreFaults(chance),
    skews: Array.from({ length: options.processes + joining }, skew),
    storeSkew: skew(),
    marks: chance.happens(0.5),
    ownStore,
    commands: drawCommands(chance, options.processes, ownStore, life, timeout)
  }
}

const drawIssuerFaults = (chance: Chance.Chance): ModelIssuer.Faults => {
  // Few kinds at a time, so that some runs are made of one fault and its consequences.
  const rate = () => chance.happens(0.35) ? chance.pick([0.05, 0.15, 0.3]) : 0
  return {
    notSent: rate() / 2,
    busy: rate() / 2,
    trouble: rate() / 2,
    unreadable: rate() / 2,
    lostReply: rate(),
    lateReply: rate() / 2,
    lateRequest: rate() / 2,
    lostRequest: rate() / 2,
    groundlessRejection: rate(),
    noCredentials: rate() / 2
  }
}

const drawStoreFaults = (chance: Chance.Chance): ModelStore.Faults => {
  const rate = () => chance.happens(0.35) ? chance.pick([0.03, 0.1, 0.25]) : 0
  return {
    fails: rate(),
    lostReply: rate(),
    late: rate(),
    hangs: rate() / 2,
    lostNotice: rate() * 2,
    brokenSubscription: rate() / 2
  }
}

const drawCommands = (
  chance: Chance.Chance,
  processes: number,
  ownStore: boolean,
  life: number,
  timeout: number
): ReadonlyArray<Command> => {
  let opened = processes
  let secret = 1
  const process = () => chance.below(opened)
  const key = () => chance.below(2)
  const at = () => ({ process: process(), key: key() })
  // How likely a caller leaves before it has a result: nearly everybody does in some runs, hardly anybody in others.
  const haste = chance.pick([0.25, 0.6, 0.8, 0.95])
  const leaving = (): Leaving | undefined => {
    if (!chance.happens(haste)) return undefined
    return chance.happens(0.8)
      ? { steps: chance.below(chance.pick([10, 40, 120])) }
      : { millis: chance.below(chance.pick([50, timeout])) }
  }
  const pause = (): ReadonlyArray<Command> => [{
    _tag: "Pause",
    span: chance.happens(0.55)
      ? { steps: chance.below(40) }
      : { millis: chance.pick([0, 10, 300, 3_000, timeout, life / 2, life, 61_000]) + chance.below(100) }
  }]
  const get = (where: Place): Command => ({ _tag: "Get", ...where, leaving: leaving() })
  const reject = (where: Place): Command => ({
    _tag: "Reject",
    ...where,
    back: chance.happens(0.7) ? 0 : chance.below(4),
    leaving: leaving()
  })
  const call = (where: Place): Command => ({
    _tag: "Call",
    ...where,
    safety: chance.pick(["safe", "idempotent", "unsafe"]),
    leaving: leaving()
  })
  /** Some who want the same, one of whom may know better than the others that the token is dead. */
  const crowd = (where: Place): ReadonlyArray<Command> => {
    const others = Array.from({ length: chance.between(1, 5) }, () => chance.happens(0.8) ? get(where) : call(where))
    return chance.happens(0.4) ? [reject(where), ...others] : [get(where), ...others]
  }
  const join = (): ReadonlyArray<Command> => {
    if (opened >= processes + joining) return []
    opened++
    return [{ _tag: "Open" }]
  }
  const everywhere = (act: "Get" | "Reject", which = key()): ReadonlyArray<Command> => {
    const common = { key: which, leaving: undefined }
    return Array.from(
      { length: opened },
      (_, process) => act === "Get" ? { _tag: act, process, ...common } : { _tag: act, process, back: 0, ...common }
    )
  }
  const rotate = (): ReadonlyArray<Command> => {
    const next = `secret-${++secret}`
    const which = key()
    const accept: Command = { _tag: "Accept", key: which, secret: next }
    const provide: Command = { _tag: "Provide", key: which, secret: next }
    const mistake: Command = { _tag: "Provide", key: which, secret: `wrong-${secret}` }
    const told: ReadonlyArray<Command> = chance.happens(0.3) ? [{ _tag: "Announce", ...at(), key: which }] : []
    if (chance.happens(0.3)) return [mistake, ...told, ...pause(), provide, accept]
    // Everybody is refused, and sees the change, which is none for the better.
    const seen: Command = { _tag: "Pause", span: { millis: 3_500 } }
    if (chance.happens(0.3)) {
      return [accept, ...everywhere("Get"), ...pause(), mistake, seen, ...everywhere("Get"), seen, provide]
    }
    return chance.happens(0.5) ? [accept, ...pause(), provide, ...told] : [provide, ...pause(), accept]
  }
  const drawn: ReadonlyArray<readonly [weight: number, draw: () => ReadonlyArray<Command>]> = [
    [16, () => [get(at())]],
    [16, () => crowd(at())],
    [4, () => everywhere(chance.happens(0.7) ? "Get" : "Reject")],
    [14, () => [reject(at())]],
    [3, () => [{ _tag: "Discard", ...at(), back: chance.below(2), leaving: leaving() }]],
    [10, () => [call(at())]],
    [10, () => {
      const where = at()
      const { process } = where
      return [{ _tag: "Walkout", process, steps: chance.below(60), apart: chance.below(8) }, ...crowd(where)]
    }],
    [2, () => [{ _tag: "Forget", ...at(), leaving: leaving() }]],
    [3, () => {
      // While a renewal is under way, and by another process if there is one.
      const where = at()
      const begun: Command = { _tag: "Pause", span: { steps: chance.below(90) } }
      return [reject(where), begun, { _tag: "Forget", ...where, process: process(), leaving: undefined }, get(where)]
    }],
    [ownStore ? 0 : 2, () => {
      // What everybody has, while the store is away. When they ask again, it has long been back.
      const where = at()
      const millis = chance.pick([500, 5_000, 60_000])
      const everybody = everywhere("Get", where.key)
      return [
        ...everybody,
        { _tag: "Pause", span: { millis: 1_000 } },
        { _tag: "StoreDown", millis },
        { _tag: "Forget", ...where, leaving: undefined },
        { _tag: "Pause", span: { millis: millis + 25_000 } },
        ...everybody
      ]
    }],
    [2, () => [{ _tag: "WarmUp", ...at() }]],
    [1, () => [{ _tag: "Announce", ...at() }]],
    [5, () => [{ _tag: "Revoke", key: key() }]],
    [4, rotate],
    [5, () => [{ _tag: "Freeze", process: process(), millis: chance.pick([100, 2_000, 10_000, 30_000, 120_000]) }]],
    [ownStore ? 0 : 4, () => [{ _tag: "Ambush", process: process(), steps: chance.below(60), millis: 120_000 }]],
    [ownStore ? 0.3 : 2, () => {
      const where = at()
      const busy: ReadonlyArray<Command> = chance.happens(0.5)
        ? [...crowd(where), { _tag: "Pause", span: { steps: chance.below(90) } }]
        : []
      const end: Command = { _tag: chance.pick(["Close", "Crash"]), process: where.process }
      return [...busy, end, ...(!ownStore && chance.happens(0.6) ? [...pause(), ...join()] : [])]
    }],
    [ownStore ? 0 : 1.5, join],
    [ownStore ? 0 : 2, () => [{ _tag: "StoreDown", millis: chance.pick([500, 5_000, 60_000]) }]],
    [ownStore ? 0 : 1, () => [{ _tag: "StoreCleared" }]],
    [ownStore ? 0 : 1, () => [{ _tag: "StoreFailedOver", changes: chance.between(1, 2) }]],
    [ownStore ? 0 : 2, () => {
      const forgets: Command = { _tag: "StoreForgetsLease", steps: chance.below(60) }
      const known: Command = { _tag: "Pause", span: { millis: chance.pick([3_000, 2 * life]) } }
      return chance.happens(0.3)
        ? [forgets, ...everywhere("Get")]
        : [...everywhere("Get"), known, forgets, ...everywhere("Reject")]
    }]
  ]
  const stressed = drawn[chance.below(2 * drawn.length)]
  const weightOf = (one: (typeof drawn)[number]) => one === stressed ? 5 * one[0] : one[0]
  const total = drawn.reduce((sum, one) => sum + weightOf(one), 0)
  const commands: Array<Command> = []
  const length = chance.between(12, 45)
  while (commands.length < length) {
    let rest = chance.next() * total
    const draw = drawn.find((one) => (rest -= weightOf(one)) < 0)
    if (draw !== undefined) commands.push(...draw[1](), ...pause())
  }
  return commands
}
