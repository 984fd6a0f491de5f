/**
 * Hundreds of branches over one token cache, whose tokens all end in the same second.
 *
 * Each branch has keys of its own, so each has a token of its own. They log in together in the morning, and without care
 * they would log in together ever after. The cache spreads their renewals over half of the refresh window, lets only so
 * many requests to the token endpoint be under way at once, and does not renew what nobody uses.
 */
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { TokenCache } from "@entegre/core"
import { Dukkango, DukkangoBranches } from "@entegre/dukkango"
import { Sandbox } from "@entegre/sandbox"
import { Clock, Console, Data, Effect, Layer, PubSub, Redacted, Ref, Schedule } from "effect"

class Unexpected extends Data.TaggedError("Unexpected")<{ readonly message: string }> {}

const branches = Array.from({ length: 300 }, (_, index) => `branch-${index + 1}`)

/** Branches that are open today; the others are asked once, in the morning. */
const open = branches.slice(0, 200)

const maxConcurrent = 8
const tokenLifetime = "10 seconds"

/** Where the keys of a branch live: a secrets manager, in a real application. */
const keysOf = (branch: string) => ({
  appSecretKey: Redacted.make("app-key-of-the-vendor"),
  restSecretKey: Redacted.make(`key-of-${branch}`)
})

/** In production the base address is the provider's, which is the default. */
const Branches = Layer.unwrap(
  Effect.map(Sandbox, ({ dukkango: { baseUrl } }) =>
    DukkangoBranches.layer({
      baseUrl,
      credentials: (branch) => Effect.succeed(keysOf(branch))
    }))
)

const Main = Branches.pipe(
  Layer.provideMerge(TokenCache.layerWith({ maxConcurrent })),
  Layer.provide(NodeHttpClient.layerUndici),
  Layer.provideMerge(Layer.effectDiscard(Effect.gen(function*() {
    const { dukkango } = yield* Sandbox
    yield* Effect.forEach(branches, (branch) => dukkango.registerAccount(keysOf(branch)), { discard: true })
  }))),
  Layer.provideMerge(Sandbox.layerWith({ dukkango: { tokenLifetime } }))
)

const ask = (branch: string) =>
  Dukkango.use((dukkango) => dukkango.restaurants.list).pipe(Effect.provide(DukkangoBranches.get(branch)))

const halfSecond = 500

/** Bars are printed so many half seconds late: events are told when there is time for it. */
const lag = 6

/** How many token sets were issued in each half second, by the moment at which each was; prints them as they come. */
const countLogins = Effect.gen(function*() {
  const events = yield* (yield* TokenCache).subscribe
  const counts = yield* Ref.make<ReadonlyMap<number, number>>(new Map())
  yield* PubSub.take(events).pipe(
    Effect.tap(({ _tag, at }) => {
      const when = Math.floor(at / halfSecond)
      return _tag === "Issued"
        ? Ref.update(counts, (all) => new Map(all).set(when, (all.get(when) ?? 0) + 1))
        : Effect.void
    }),
    Effect.forever,
    Effect.forkScoped
  )
  yield* Effect.gen(function*() {
    const logins = (yield* Ref.get(counts)).get(Math.floor((yield* Clock.currentTimeMillis) / halfSecond) - lag) ?? 0
    yield* Console.log(`${String(logins).padStart(5)}  ${"█".repeat(Math.ceil(logins / 3))}`)
  }).pipe(Effect.repeat(Schedule.spaced(halfSecond)), Effect.forkScoped)
  return counts
})

const program = Effect.gen(function*() {
  const { dukkango } = yield* Sandbox
  yield* Console.log(
    "Logins in each half second. In the morning all branches come at once; the busiest bar is theirs.\n"
  )
  const counts = yield* countLogins

  yield* Effect.forEach(branches, ask, { concurrency: "unbounded", discard: true })
  const morning = (yield* dukkango.counters).logins
  const noon = Math.floor((yield* Clock.currentTimeMillis) / halfSecond)

  // Two lives of a token, and every open branch calls once a second.
  yield* Effect.forEach(
    open,
    (branch) => Effect.repeat(ask(branch), Schedule.upTo(Schedule.spaced("1 second"), { duration: "14 seconds" })),
    {
      concurrency: "unbounded",
      discard: true
    }
  )

  const { logins, overlaps, peakLogins } = yield* dukkango.counters
  const later = logins - morning
  const busiest = Math.max(...[...yield* Ref.get(counts)].flatMap(([when, count]) => when > noon ? [count] : []))
  yield* Console.log(
    `\n${branches.length} branches: ${morning} logins in the morning, at most ${peakLogins} at once.`
      + `\n${open.length} open branches: ${later} renewals in two lives, at most ${busiest} in half a second.`
  )

  const problems = [
    ...(morning === branches.length ? [] : [`${morning} logins for ${branches.length} branches`]),
    ...(peakLogins <= maxConcurrent ? [] : [`${peakLogins} logins at once`]),
    ...(overlaps === 0 ? [] : [`${overlaps} logins of an account at once`]),
    // Every branch was used in the morning and is renewed once; the closed ones are not renewed again.
    ...(later >= 300 && later <= 300 + 2 * open.length ? [] : [`${later} renewals`]),
    ...(busiest <= 150 ? [] : [`${busiest} renewals in half a second`])
  ]
  if (problems.length > 0) return yield* new Unexpected({ message: problems.join("; ") })
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(Main)))
