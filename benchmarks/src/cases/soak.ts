/**
 * What is left after a long time of mixed traffic: calls, renewals, refused tokens, callers who go away, layers that come
 * and go.
 */
import { TokenCache } from "@entegre/core"
import { Odeal } from "@entegre/odeal"
import { Duration, Effect, Exit, Layer, ManagedRuntime, Metric, PubSub, Random, Redacted, Scope } from "effect"
import type { Case } from "../measure/Case.ts"
import { collect, heldBytes } from "../measure/memory.ts"
import * as EffectClient from "../peers/effect.ts"
import * as Entegre from "../peers/entegre.ts"
import { Server } from "../server/Server.ts"

/** In seconds. A renewal is due after half of a token's life. */
const tokenLife = 4

/** How long after each other all tokens are refused, in milliseconds. */
const revocation = 5_000

/** How often the heap is looked at. */
const samples = 60

const callers = 8
const accounts = 8
const passingAccounts = 50

type Counted = "calls" | "failures" | "interruptions" | "renewals" | "rejections" | "services"
type Tally = { [what in Counted]: number }
type Service = Odeal["Service"]

const serviceOf = (address: string, account: string) =>
  Odeal.make({
    baseUrl: address,
    credentials: { apiKey: Redacted.make(account), secretKey: Redacted.make("secret") }
  })

const count = (tally: Tally, what: Counted): Effect.Effect<void> =>
  Effect.sync(() => {
    tally[what]++
  })

const call = (odeal: Service, tally: Tally): Effect.Effect<void> =>
  odeal.call(Entegre.getOrder()).pipe(
    Effect.matchEffect({ onFailure: () => count(tally, "failures"), onSuccess: () => Effect.void }),
    Effect.onInterrupt(() => count(tally, "interruptions")),
    Effect.andThen(count(tally, "calls"))
  )

/** Calls now with this account, now with that one; one in ten goes away before the answer can be there. */
const caller = (services: ReadonlyArray<Service>, tally: Tally) =>
  Effect.gen(function*() {
    const calling = call(yield* Random.choice(services), tally)
    yield* (yield* Random.next) < 0.1 ? Effect.timeoutOption(calling, "200 micros") : calling
    yield* Effect.sleep("2 millis")
  })

/** Builds a service for an account that has come before, uses it, and closes it. */
const passer = (address: string, tally: Tally) =>
  Effect.gen(function*() {
    const account = yield* Random.nextIntBetween(0, passingAccounts)
    yield* Effect.scoped(Effect.flatMap(serviceOf(address, `passing ${account}`), (odeal) => call(odeal, tally)))
    yield* count(tally, "services")
    yield* Effect.sleep("20 millis")
  })

/** Counts what happens to tokens. */
const watch = (tally: Tally) =>
  Effect.gen(function*() {
    const events = yield* TokenCache.use((cache) => cache.subscribe)
    const next = Effect.flatMap(PubSub.take(events), (event) => {
      if (event._tag === "Issued" && event.cause === "window") return count(tally, "renewals")
      return event._tag === "Rejected" ? count(tally, "rejections") : Effect.void
    })
    return yield* Effect.forever(next)
  })

const traffic = (server: Server, services: ReadonlyArray<Service>, tally: Tally, seconds: number) =>
  Effect.all([
    ...Array.from({ length: callers }, () => Effect.forever(caller(services, tally))),
    Effect.forever(passer(server.plain, tally)),
    Effect.scoped(watch(tally)),
    Effect.forever(Effect.andThen(
      Effect.sleep(revocation),
      Effect.sync(() => server.tell({ revoke: true }))
    ))
  ], { concurrency: "unbounded", discard: true }).pipe(
    Effect.timeoutOption(Duration.seconds(seconds)),
    Effect.orDie
  )

/** What keeps the process alive, by kind. */
const resources = (): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

/** How much of it was not there before. Sockets take a moment to close. */
const leftSince = async (before: ReadonlyMap<string, number>): Promise<number> => {
  let left = 0
  for (let look = 0; look < 20; look++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    left = 0
    for (const [kind, count] of resources()) left += Math.max(0, count - (before.get(kind) ?? 0))
    if (left === 0) return 0
  }
  return left
}

export const run: Case<"soak"> = async ({ quick, report }) => {
  const seconds = quick ? 20 : 600
  const server = await Server.start()
  server.tell({ life: tokenLife })
  const before = resources()
  const tally: Tally = { calls: 0, failures: 0, interruptions: 0, renewals: 0, rejections: 0, services: 0 }
  let fibers = 0
  const fiberCount = Layer.succeed(Metric.FiberRuntimeMetrics, {
    recordFiberStart: () => {
      fibers++
    },
    recordFiberEnd: () => {
      fibers--
    }
  })
  const runtime = ManagedRuntime.make(
    Layer.mergeAll(TokenCache.layer, EffectClient.transport).pipe(Layer.provideMerge(fiberCount))
  )
  const scope = Scope.makeUnsafe()
  const services = await runtime.runPromise(
    Scope.provide(
      Effect.forEach(Array.from({ length: accounts }), (_, index) => serviceOf(server.plain, `account ${index}`)),
      scope
    )
  )
  const began = performance.now()
  const heapBySecond: Array<readonly [second: number, bytes: number]> = []
  const sampling = setInterval(() => {
    report(`${tally.calls} calls, ${tally.renewals} renewals`)
    collect()
    heapBySecond.push([(performance.now() - began) / 1000, process.memoryUsage().heapUsed])
  }, seconds * 1000 / samples)
  await runtime.runPromise(traffic(server, services, tally, seconds / 4))
  const heapBefore = await heldBytes()
  await runtime.runPromise(traffic(server, services, tally, seconds * 3 / 4))
  const heapAfter = await heldBytes()
  clearInterval(sampling)
  await Effect.runPromise(Scope.close(scope, Exit.void))
  await runtime.dispose()
  const handles = await leftSince(before)
  await server.stop()
  const heapOver = heapAfter / heapBefore
  return { ...tally, seconds, heapBefore, heapAfter, heapOver, heapBySecond, handles, fibers }
}
