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
import { Console, Data, Effect, Layer, PubSub, Redacted, Ref, Schedule } from "effect"

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

/** How many logins there were in each half second, as they happen. */
const countLogins = Effect.gen(function*() {
  const events = yield* (yield* TokenCache).subscribe
  const count = yield* Ref.make(0)
  yield* PubSub.take(events).pipe(
    Effect.tap(({ _tag }) => _tag === "Issued" ? Ref.update(count, (n) => n + 1) : Effect.void),
    Effect.forever,
    Effect.forkScoped
  )
  const halfSeconds = yield* Ref.make<ReadonlyArray<number>>([])
  yield* Ref.getAndSet(count, 0).pipe(
    Effect.tap((logins) => Ref.update(halfSeconds, (all) => [...all, logins])),
    Effect.tap((logins) => Console.log(`${String(logins).padStart(5)}  ${"█".repeat(Math.ceil(logins / 3))}`)),
    Effect.repeat(Schedule.spaced("500 millis")),
    Effect.delay("500 millis"),
    Effect.forkScoped
  )
  return halfSeconds
})

const program = Effect.gen(function*() {
  const { dukkango } = yield* Sandbox
  yield* Console.log(
    "Logins in each half second. In the morning all branches come at once; the busiest bar is theirs.\n"
  )
  const halfSeconds = yield* countLogins

  yield* Effect.forEach(branches, ask, { concurrency: "unbounded", discard: true })
  const morning = (yield* dukkango.counters).logins
  const { length: noon } = yield* Ref.get(halfSeconds)

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
  const busiest = Math.max(...(yield* Ref.get(halfSeconds)).slice(noon + 1))
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
