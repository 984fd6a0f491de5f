/**
 * What a storm costs: many callers who ask for a token at once when there is none, and many whose token was refused.
 *
 * The provider answers when everybody waits. So no work is hidden behind the login, and the login takes no time of its own.
 */
import { type Grant, TokenCache, type TokenError } from "@entegre/core"
import { Deferred, Effect, Fiber, ManagedRuntime } from "effect"
import * as Acme from "../acme.ts"
import type { FiguresOf } from "../Figures.ts"
import type { Case } from "../measure/Case.ts"
import { collect, heldBytes } from "../measure/memory.ts"
import type { Report } from "../measure/Report.ts"
import * as Spread from "../measure/Spread.ts"
import * as Stopwatch from "../measure/stopwatch.ts"

type Storm = FiguresOf<"storm">["cold"][number]

/** A fiber for each caller. */
const together = <A, E>(ask: Effect.Effect<A, E>, callers: number): Effect.Effect<void, E> =>
  Effect.all(Array.from({ length: callers }, () => ask), { concurrency: "unbounded", discard: true })

type Kind = "cold" | "rejected"

/** A storm of callers who have asked, and all of whom wait. */
interface Waiting {
  readonly logins: () => number
  readonly calm: Effect.Effect<void, TokenError.TokenError>
}

const until = (isSo: Effect.Effect<boolean>): Effect.Effect<void> =>
  Effect.flatMap(isSo, (so) => so ? Effect.void : Effect.andThen(Effect.yieldNow, until(isSo)))

// Each storm has an account of its own: the cache makes callers wait if tokens are refused again and again.
let storms = 0

/** Makes a storm ready; `raise` returns when all callers wait. */
const prepare = Effect.fnUntraced(function*(kind: Kind, callers: number) {
  const cache = yield* TokenCache
  let logins = 0
  let answer = Deferred.makeUnsafe<Grant>()
  const tokens = yield* cache.open(Acme.issuer(Acme.keyOf(`account-${++storms}`), () => {
    logins++
    return Deferred.await(answer)
  }))
  let ask = tokens.get
  if (kind === "rejected") {
    yield* Deferred.succeed(answer, Acme.grant("first"))
    const token = yield* tokens.get
    answer = Deferred.makeUnsafe()
    logins = 0
    ask = tokens.reject(token)
  }
  const raise = Effect.gen(function*() {
    const all = yield* Effect.forkChild(together(ask, callers))
    yield* until(Effect.map(tokens.status, ({ waiting }) => waiting === callers))
    const waiting: Waiting = {
      logins: () => logins,
      calm: Effect.andThen(Deferred.succeed(answer, Acme.grant("next")), Fiber.join(all))
    }
    return waiting
  })
  return { raise }
})

/** How much a storm takes of the processors, in milliseconds, and how often the provider was asked. */
const timed = (kind: Kind, callers: number) =>
  Effect.scoped(Effect.gen(function*() {
    const { raise } = yield* prepare(kind, callers)
    collect()
    const elapsed = Stopwatch.start()
    const waiting = yield* raise
    yield* waiting.calm
    return { millis: elapsed().cpu, logins: waiting.logins() }
  }))

/** How much heap a storm holds while all its callers wait. */
const weighed = (kind: Kind, callers: number) =>
  Effect.scoped(Effect.gen(function*() {
    const { raise } = yield* prepare(kind, callers)
    const before = yield* Effect.promise(heldBytes)
    const waiting = yield* raise
    const after = yield* Effect.promise(heldBytes)
    yield* waiting.calm
    return after - before
  }))

/** The same storm over a `Deferred`. */
const timedDeferred = (callers: number): Effect.Effect<number> =>
  Effect.gen(function*() {
    const answer = Deferred.makeUnsafe<string>()
    let waiting = 0
    const ask = Effect.suspend(() => {
      waiting++
      return Deferred.await(answer)
    })
    collect()
    const elapsed = Stopwatch.start()
    const all = yield* Effect.forkChild(together(ask, callers))
    yield* until(Effect.sync(() => waiting === callers))
    yield* Deferred.succeed(answer, "token")
    yield* Fiber.join(all)
    return elapsed().cpu
  })

/** The same storm over a promise. */
const timedPromise = async (callers: number): Promise<number> => {
  let resolve = (_: string) => {}
  const promise = new Promise<string>((done) => {
    resolve = done
  })
  let inFlight: Promise<string> | undefined
  const get = async () => inFlight ??= promise
  collect()
  const elapsed = Stopwatch.start()
  const all = Promise.all(Array.from({ length: callers }, () => get()))
  resolve("token")
  await all
  return elapsed().cpu
}

const measure = async (
  runtime: ManagedRuntime.ManagedRuntime<TokenCache, never>,
  kind: Kind,
  callers: number,
  rounds: number,
  report: Report
): Promise<{ readonly storm: Storm; readonly micros: ReadonlyArray<number> }> => {
  const micros: Array<number> = []
  const overDeferred: Array<number> = []
  const overPromise: Array<number> = []
  let most = 0
  // The first one makes all warm.
  for (let round = 0; round <= rounds; round++) {
    report(`${callers} ${kind} callers, round ${round} of ${rounds}`)
    const { logins, millis } = await runtime.runPromise(timed(kind, callers))
    const deferred = await Effect.runPromise(timedDeferred(callers))
    const promise = await timedPromise(callers)
    most = Math.max(most, logins)
    if (round === 0) continue
    micros.push(millis * 1000 / callers)
    overDeferred.push(millis / deferred)
    overPromise.push(millis / promise)
  }
  return {
    micros,
    storm: {
      callers,
      logins: most,
      microsPerCaller: Spread.of(micros),
      overDeferred: Spread.of(overDeferred),
      overPromise: Spread.of(overPromise),
      bytesPerCaller: await runtime.runPromise(weighed(kind, callers)) / callers
    }
  }
}

export const run: Case<"storm"> = async ({ quick, report }) => {
  const runtime = ManagedRuntime.make(TokenCache.layer)
  const rounds = quick ? 3 : 15
  const small = await measure(runtime, "cold", 1_000, rounds, report)
  const middle = await measure(runtime, "cold", 10_000, rounds, report)
  const large = await measure(runtime, "cold", 100_000, rounds, report)
  const rejected = [
    await measure(runtime, "rejected", 1_000, rounds, report),
    await measure(runtime, "rejected", 10_000, rounds, report)
  ]
  await runtime.dispose()
  return {
    cold: [small.storm, middle.storm, large.storm],
    rejected: rejected.map(({ storm }) => storm),
    growth: Spread.of(large.micros.map((micros, round) => micros / (middle.micros[round] ?? Number.NaN)))
  }
}
