/**
 * Puts an implementation of the token life through many seeds, and says which laws it broke, and how.
 */
import type { Rotation } from "@entegre/core/Issuer"
import * as Effect from "effect/Effect"
import * as Candidates from "./Candidate.ts"
import type { History } from "./History.ts"
import * as Trial from "./internal/trial.ts"
import type { Subject } from "./internal/world.ts"
import * as Laws from "./Laws.ts"
import type { Credentials } from "./ModelIssuer.ts"
import * as Trace from "./Trace.ts"
import * as Workload from "./Workload.ts"

/**
 * What is put through seeds, and under which circumstances.
 */
export interface Options {
  /** How the provider treats earlier tokens. */
  readonly rotation: Rotation
  /** How many processes share a token store. Default: 1. */
  readonly processes?: number | undefined
  /** What hands out tokens. Default: the token cache of `@entegre/core`. */
  readonly candidate?: Candidates.Candidate | undefined
  /** Which laws are looked at. Default: all. */
  readonly laws?: ReadonlyArray<Laws.Name> | undefined
  /** How many seeds. Default: 1,000. */
  readonly seeds?: number | undefined
  /** The first seed. Default: 1. */
  readonly from?: number | undefined
  /** Told after each seed. Default: nobody is. */
  readonly onProgress?: ((counts: Counts) => Effect.Effect<void>) | undefined
}

/**
 * What a simulation went through.
 */
export interface Counts {
  /** How many seeds were run. */
  readonly seeds: number
  /** How many steps that was. */
  readonly steps: number
  /** How many token sets the provider handed out. */
  readonly renewals: number
  /** How many callers were interrupted before they had a result. */
  readonly interruptions: number
}

/**
 * A seed under which a law was broken.
 */
export interface Failure {
  readonly workload: Workload.Workload
  /** How many of its commands it takes: the shortest beginning under which the law is still broken. */
  readonly commands: number
  readonly violations: ReadonlyArray<Laws.Violation>
  /** The commands, what happened, and which laws were broken, in words. */
  readonly trace: string
}

/**
 * What a simulation found. It ends with the first seed under which a law is broken.
 */
export interface Report extends Counts {
  /** How many violations of each law. */
  readonly violations: Readonly<Record<Laws.Name, number>>
  readonly failure: Failure | undefined
}

/**
 * Puts a candidate through many seeds, until it breaks a law. Always succeeds.
 *
 * **Example** (The token cache of `@entegre/core`)
 *
 * ```ts
 * const report = yield* Simulate.run({ rotation: "rotating", processes: 3, seeds: 2_000 })
 * if (report.failure !== undefined) yield* Console.error(report.failure.trace)
 * ```
 */
export const run = (options: Options): Effect.Effect<Report> => runSubject(modelSubject(options.candidate), options, {})

/**
 * One seed, whatever it comes to. With `commands`, only so many commands of the seed's workload.
 */
export const one = (
  options: Omit<Options, "seeds" | "from" | "onProgress">,
  seed: number,
  commands?: number
): Effect.Effect<Outcome> => {
  const workload = Workload.make(seed, { rotation: options.rotation, processes: options.processes ?? 1 })
  return runWorkload(modelSubject(options.candidate), options.laws, cut(workload, commands))
}

/**
 * What happened under one seed.
 */
export interface Outcome {
  readonly workload: Workload.Workload
  readonly history: History
  readonly violations: ReadonlyArray<Laws.Violation>
}

const modelSubject = (candidate = Candidates.tokenCache()): Subject<Credentials, "unavailable"> => ({
  candidate,
  makeIssuer: (provider, process) => Effect.succeed(provider.issuer(process)),
  wire: undefined
})

// -----------------------------------------------------------------------------
// internal
// -----------------------------------------------------------------------------

/** How many seeds are run before others get a turn. */
const batch = 20

/** @internal */
export const runSubject = Effect.fnUntraced(function*<C, E>(
  subject: Subject<C, E>,
  options: Options,
  fixed: Omit<Workload.Options, "rotation" | "processes">
): Effect.fn.Return<Report> {
  const { laws, onProgress, processes = 1, rotation, seeds = 1000, from = 1 } = options
  let counts: Counts = { seeds: 0, steps: 0, renewals: 0, interruptions: 0 }
  for (let seed = from; seed < from + seeds; seed++) {
    const workload = Workload.make(seed, { ...fixed, rotation, processes })
    const outcome = yield* runWorkload(subject, laws, workload)
    counts = add(counts, outcome.history)
    if (onProgress !== undefined) yield* onProgress(counts)
    if (outcome.violations.length > 0) {
      const failure = yield* shorten(subject, laws, outcome)
      return { ...counts, violations: tally(outcome.violations), failure }
    }
    if (counts.seeds % batch === 0) yield* Effect.yieldNow
  }
  return { ...counts, violations: tally([]), failure: undefined }
})

const runWorkload = <C, E>(
  subject: Subject<C, E>,
  laws: ReadonlyArray<Laws.Name> | undefined,
  workload: Workload.Workload
): Effect.Effect<Outcome> =>
  Effect.map(Trial.run(subject, workload), (history) => ({
    workload,
    history,
    violations: Laws.check(history, laws)
  }))

const cut = (workload: Workload.Workload, commands = workload.commands.length): Workload.Workload => ({
  ...workload,
  commands: workload.commands.slice(0, commands)
})

/** The shortest beginning of a workload under which one of the laws is still broken. */
const shorten = Effect.fnUntraced(function*<C, E>(
  subject: Subject<C, E>,
  laws: ReadonlyArray<Laws.Name> | undefined,
  found: Outcome
): Effect.fn.Return<Failure> {
  const broken = (laws ?? Laws.names).filter((law) => found.violations.some((violation) => violation.law === law))
  for (let commands = 0; commands < found.workload.commands.length; commands++) {
    const outcome = yield* runWorkload(subject, broken, cut(found.workload, commands))
    if (outcome.violations.length > 0) return failureOf(outcome)
  }
  return failureOf(found)
})

const failureOf = ({ history, violations, workload }: Outcome): Failure => ({
  workload,
  commands: workload.commands.length,
  violations,
  trace: [
    ...workload.commands.map((command) => `- ${Trace.describeCommand(command)}`),
    "",
    Trace.format(history, violations),
    "",
    ...violations.map(({ law, what }) => `${law}: ${what}`)
  ].join("\n")
})

const add = (counts: Counts, { facts }: History): Counts => ({
  seeds: counts.seeds + 1,
  steps: counts.steps + (facts.at(-1)?.step ?? 0),
  renewals: counts.renewals + facts.filter(({ _tag }) => _tag === "Granted").length,
  interruptions: counts.interruptions +
    facts.filter((fact) => fact._tag === "Ended" && fact.how === "interrupted").length
})

const tally = (violations: ReadonlyArray<Laws.Violation>): Record<Laws.Name, number> => {
  const count = (name: Laws.Name) => violations.filter(({ law }) => law === name).length
  return {
    oneInFlight: count("oneInFlight"),
    noDoubleSpend: count("noDoubleSpend"),
    storedBeforeShown: count("storedBeforeShown"),
    nothingLost: count("nothingLost"),
    monotonic: count("monotonic"),
    noStale: count("noStale"),
    noCrossing: count("noCrossing"),
    oneReplay: count("oneReplay"),
    budget: count("budget"),
    everyoneLeaves: count("everyoneLeaves"),
    recovers: count("recovers")
  }
}
