/**
 * What many accounts cost: the memory of a key, a hit among them, opening and closing, and their renewals.
 *
 * The provider answers from memory. For the renewals the clock is a virtual one: the hour in which all tokens are renewed
 * takes as long as the work of the renewals.
 */
import { type Issuer, TokenCache, type TokenKey, type Tokens } from "@entegre/core"
import { Clock, Effect, Exit, Layer, ManagedRuntime, Redacted, Scope } from "effect"
import * as Acme from "../acme.ts"
import type { FiguresOf } from "../Figures.ts"
import type { Case } from "../measure/Case.ts"
import { heldBytes } from "../measure/memory.ts"
import type { Report } from "../measure/Report.ts"
import { measure } from "../measure/Rounds.ts"
import * as Stopwatch from "../measure/stopwatch.ts"
import { VirtualClock } from "../measure/VirtualClock.ts"

type Tenants = FiguresOf<"tenants">["byKeys"][number]
type Runtime = ManagedRuntime.ManagedRuntime<TokenCache, never>

const life = 3600

const accountsOf = (keys: number): ReadonlyArray<string> =>
  Array.from({ length: keys }, (_, index) => `account-${String(index).padStart(8, "0")}`)

const tokensOf = (keys: number): ReadonlyArray<string> =>
  Array.from({ length: keys }, (_, index) => `token-${String(index).padStart(58, "0")}`)

/** What each of so many took of the heap, all that were made since it was asked for. */
const weigh = async (keys: number): Promise<() => Promise<number>> => {
  const before = await heldBytes()
  return async () => (await heldBytes() - before) / keys
}

/** Puts what is made for each of some into a list that is there already: it is not to be weighed with them. */
const fill = <A, B>(list: Array<B>, all: ReadonlyArray<A>, make: (one: A, index: number) => B): void =>
  all.forEach((one, index) => {
    list[index] = make(one, index)
  })

/** Opens a key for each issuer. */
const open = (
  issuers: ReadonlyArray<Issuer<void>>,
  list: Array<Tokens> = []
): Effect.Effect<ReadonlyArray<Tokens>, never, Scope.Scope | TokenCache> =>
  TokenCache.use((cache) =>
    Effect.forEach(issuers, (issuer, index) =>
      Effect.map(cache.open(issuer), (tokens) => {
        list[index] = tokens
      }), { discard: true })
  ).pipe(Effect.as(list))

const getAll = (all: ReadonlyArray<Tokens>): Effect.Effect<void> =>
  Effect.orDie(Effect.forEach(all, (tokens) => tokens.get, { discard: true }))

/** Microseconds of the processors a key. */
const timed = async (keys: number, work: () => Promise<unknown>): Promise<number> => {
  const elapsed = Stopwatch.start()
  await work()
  return elapsed().cpu * 1000 / keys
}

// -----------------------------------------------------------------------------
// Hits and memory
// -----------------------------------------------------------------------------

const hits = async (
  all: ReadonlyArray<Tokens>,
  lone: Tokens,
  options: { readonly rounds: number; readonly turn: number; readonly report: Report }
) => {
  const hot = all[all.length >> 1] ?? lone
  // A fixed walk that comes to every key and never to its neighbour.
  const stride = 7919
  const rounds = await measure(
    [
      {
        name: "lone",
        run: (operations) =>
          Effect.runPromise(Effect.gen(function*() {
            for (let done = 0; done < operations; done++) yield* lone.get
          }))
      },
      {
        name: "hot",
        run: (operations) =>
          Effect.runPromise(Effect.gen(function*() {
            for (let done = 0; done < operations; done++) yield* hot.get
          }))
      },
      {
        name: "any",
        run: (operations) =>
          Effect.runPromise(Effect.gen(function*() {
            for (let done = 0, at = 0; done < operations; done++) {
              at = (at + stride) % all.length
              yield* (all[at] ?? lone).get
            }
          }))
      }
    ],
    options
  )
  return { hotNs: rounds.of("hot"), hotOverLone: rounds.over("hot", "lone"), anyNs: rounds.of("any") }
}

const inRealTime = async (keys: number, quick: boolean, report: Report) => {
  const accounts = accountsOf(keys)
  const tokens = tokensOf(keys)
  const scope = Scope.makeUnsafe()
  const others: Runtime = ManagedRuntime.make(TokenCache.layer)
  const loneLogin = () => Effect.succeed(Acme.grant("lone", life))
  const [lone] = await others.runPromise(Scope.provide(open([Acme.issuer(Acme.keyOf("lone"), loneLogin)]), scope))
  const runtime: Runtime = ManagedRuntime.make(TokenCache.layer)
  await runtime.runPromise(TokenCache.use(() => Effect.void))

  report("opening")
  const names = Array.from<TokenKey.TokenKey>({ length: keys })
  const secrets = Array.from<Redacted.Redacted<string>>({ length: keys })
  const issuers = Array.from<Issuer<void>>({ length: keys })
  const all = Array.from<Tokens>({ length: keys })
  const weighNames = await weigh(keys)
  fill(names, accounts, Acme.keyOf)
  fill(secrets, tokens, (token) => Redacted.make(token))
  const bytesOfNames = await weighNames()
  const weighIssuers = await weigh(keys)
  fill(
    issuers,
    names,
    (key, index) => Acme.issuer(key, () => Effect.sync(() => Acme.grant(secrets[index] ?? "", life)))
  )
  const bytesOfIssuer = await weighIssuers()
  const weighCache = await weigh(keys)
  const openMicros = await timed(keys, () => runtime.runPromise(Scope.provide(open(issuers, all), scope)))
  report("logging in")
  const loginMicros = await timed(keys, () => runtime.runPromise(getAll(all)))
  const bytesInCache = await weighCache()
  if (lone === undefined) throw new Error("no key was opened")
  const figures = await hits(all, lone, { rounds: quick ? 9 : 25, turn: quick ? 20 : 50, report })
  report("closing")
  const closeMicros = await timed(keys, async () => {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await runtime.dispose()
  })
  await others.dispose()
  return {
    keys,
    bytesPerKey: bytesOfNames + bytesInCache,
    bytesInCache,
    bytesOfIssuer,
    openMicros,
    loginMicros,
    closeMicros,
    ...figures
  }
}

// -----------------------------------------------------------------------------
// Renewals
// -----------------------------------------------------------------------------

const renewals = async (keys: number, report: Report): Promise<Tenants["renewals"]> => {
  const clock = new VirtualClock()
  const runtime: Runtime = ManagedRuntime.make(
    Layer.provide(TokenCache.layer, Layer.succeed(Clock.Clock, clock))
  )
  const scope = Scope.makeUnsafe()
  let logins = 0
  const login = (index: number) =>
    Effect.sync(() => {
      logins++
      return Acme.grant(`token-${index}`, life)
    })
  const issuers = accountsOf(keys).map((account, index) => Acme.issuer(Acme.keyOf(account), () => login(index)))
  const all = await runtime.runPromise(Scope.provide(open(issuers), scope))
  await runtime.runPromise(getAll(all))
  logins = 0
  const bySecond: Array<number> = []
  let work = 0
  for (let second = 0; second < life; second++) {
    if (second % 60 === 0) report(`minute ${second / 60} of ${life / 60}`)
    const before = logins
    const elapsed = Stopwatch.start()
    await clock.advance(1000)
    bySecond.push(logins - before)
    if (logins > before) work += elapsed().cpu
  }
  if (logins < keys) throw new Error(`${keys - logins} of ${keys} keys were not renewed`)
  await Effect.runPromise(Scope.close(scope, Exit.void))
  await runtime.dispose()
  const busySeconds = bySecond.slice(
    bySecond.findIndex((count) => count > 0),
    bySecond.findLastIndex((count) => count > 0) + 1
  )
  const seconds = busySeconds.length
  const busiest = Math.max(...busySeconds)
  const micros = work * 1000 / logins
  return {
    micros,
    seconds,
    bySecond: busySeconds,
    busiestOverMean: busiest / (logins / seconds),
    busiestSecond: busiest * micros / 1e6,
    steady: keys * micros / 1e6 / (life - seconds)
  }
}

export const run: Case<"tenants"> = async ({ quick, report }) => {
  const byKeys: Array<Tenants> = []
  for (const keys of quick ? [1_000, 20_000] : [1_000, 10_000, 100_000]) {
    const about = (doing: string) => report(`${keys} keys: ${doing}`)
    byKeys.push({
      ...await inRealTime(keys, quick, about),
      renewals: await renewals(keys, about)
    })
  }
  return { byKeys }
}
