/**
 * Several processes with one API key: applications over one token store.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Apex, type ApexError, ApexRateLimit } from "@entegre/apex"
import type * as ApexOptions from "@entegre/apex/ApexOptions"
import { Quota, TokenCache, TokenKey } from "@entegre/core"
import { Sandbox } from "@entegre/sandbox"
import { Clock, Deferred, Duration, Effect, Exit, Fiber, Layer, Option, Redacted, Result, Schema } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { baseUrl, credentials, mockClient, tokens } from "./support/apex.ts"
import { processes } from "./support/processes.ts"
import { ids, node } from "./support/samples.ts"
import { provider } from "./support/sandbox.ts"

const crowd = <A, E, R>(size: number, effect: Effect.Effect<A, E, R>) =>
  Effect.forEach(Array.from({ length: size }), () => effect, { concurrency: "unbounded" })

const counters = Effect.flatMap(provider, ({ counters }) => counters)
const sandboxed = Effect.provide(Sandbox.layerHttpClientWith({ apex: { latency: "300 millis" } }))

/** Applications whose address and keys are the sandbox's. */
const configured = (count: number, settings: ApexOptions.Settings = {}) =>
  Effect.gen(function*() {
    const client = yield* HttpClient.HttpClient
    return yield* processes(
      count,
      (settings) =>
        Layer.orDie(Apex.layerConfig(settings)).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, client))),
      settings
    )
  })

/** Applications over a provider that answers calls by `answer`, and when their calls came. */
const mocked = Effect.fnUntraced(function*(
  count: number,
  settings: ApexOptions.Settings = {},
  answer: (request: HttpClientRequest.HttpClientRequest) => Effect.Effect<Response, HttpClientError.HttpClientError> =
    () => Effect.sync(() => Response.json(node))
) {
  const arrivals: Array<number> = []
  const { client } = mockClient(({ path }, request) =>
    path === "/auth/authenticate"
      ? Response.json(tokens(1))
      : Effect.flatMap(Clock.currentTimeMillis, (now) => {
        arrivals.push(now)
        return answer(request)
      })
  )
  const members = yield* processes(
    count,
    (settings) =>
      Layer.orDie(Apex.layer({ baseUrl, credentials, ...settings })).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
      ),
    { requestLimit: 6, reservedForTokens: 0, maxWait: "1 second", ...settings }
  )
  return { arrivals, members }
})

/** Nobody listens at the address. */
const refuse = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.fail(
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({
        request,
        cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" })
      })
    })
  )

const get = ({ apex }: { readonly apex: Apex["Service"] }) => apex.nodes.get(ids.node)

/** How many seconds those of a crowd were told to wait that were refused. */
const waits = (results: ReadonlyArray<Result.Result<unknown, ApexError>>): ReadonlyArray<number> =>
  results.flatMap((result) => {
    if (Result.isSuccess(result)) return []
    assert.strictEqual(result.failure.reason._tag, "RateLimited", result.failure.message)
    return [Duration.toSeconds(result.failure.retryAfter ?? Duration.zero)]
  })

describe("processes with one API key", () => {
  it.effect("keep Apex's limit together, and none of their calls fails", () =>
    Effect.gen(function*() {
      const members = yield* configured(3, { maxWait: "4 minutes" })
      const fibers = yield* Effect.forEach(members, ({ apex }) =>
        Effect.forkChild(crowd(50, apex.nodes.create({ name: "one", type: "Account" }))))
      yield* TestClock.adjust("5 minutes")
      yield* Fiber.joinAll(fibers)
      const { calls, cooldownRefusals, loginsRefused } = yield* counters
      assert.deepStrictEqual({ calls, cooldownRefusals, loginsRefused }, {
        calls: 150,
        cooldownRefusals: 0,
        loginsRefused: 0
      })
    }).pipe(sandboxed))

  it.live("keep it over real sockets", () =>
    Effect.gen(function*() {
      const members = yield* configured(2, { maxWait: "1 second" })
      const results = yield* Effect.forEach(
        members,
        ({ apex }) => crowd(40, Effect.result(apex.nodes.create({ name: "one", type: "Account" }))),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(waits(results.flat()).length, 32)
      const { calls, cooldownRefusals } = yield* counters
      assert.deepStrictEqual({ calls, cooldownRefusals }, { calls: 48, cooldownRefusals: 0 })
    }).pipe(Effect.provide(Layer.provideMerge(Layer.orDie(Sandbox.layer), NodeHttpClient.layerUndici))))

  it.effect("are told how long the others' requests keep their places", () =>
    Effect.gen(function*() {
      const { arrivals, members: [one, two] } = yield* mocked(2)
      if (one === undefined || two === undefined) return assert.fail("there are two")
      yield* crowd(4, get(one))
      yield* TestClock.adjust("20 seconds")
      assert.deepStrictEqual(waits(yield* crowd(4, Effect.result(get(two)))), [40, 40])
      assert.strictEqual(arrivals.length, 6)
      yield* TestClock.adjust("40 seconds")
      assert.deepStrictEqual(waits(yield* crowd(5, Effect.result(get(two)))), [20])
    }))

  it.effect("heed a 429 that one of them got", () =>
    Effect.gen(function*() {
      const answers = [new Response(null, { status: 429, headers: { "retry-after": "100" } })]
      const { members: [one, two] } = yield* mocked(
        2,
        {},
        () => Effect.sync(() => answers.pop() ?? Response.json(node))
      )
      if (one === undefined || two === undefined) return assert.fail("there are two")
      assert.deepStrictEqual(waits([yield* Effect.result(get(one))]), [100])
      assert.deepStrictEqual(waits([yield* Effect.result(get(two))]), [100])
      yield* TestClock.adjust("100 seconds")
      yield* get(two)
    }))

  it.effect("count a request for as long as it is under way, and a window", () =>
    Effect.gen(function*() {
      const open = yield* Deferred.make<void>()
      const { members: [one, two] } = yield* mocked(
        2,
        { requestLimit: 1, timeout: "10 minutes" },
        () => Effect.as(Deferred.await(open), Response.json(node))
      )
      if (one === undefined || two === undefined) return assert.fail("there are two")
      const fiber = yield* Effect.forkChild(get(one))
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("199 seconds")
      const [atLeast = 0] = waits([yield* Effect.result(get(two))])
      assert.isAtLeast(atLeast, 40)
      yield* Deferred.succeed(open, undefined)
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(waits([yield* Effect.result(get(two))]), [60])
    }))

  it.effect("lose no places by calls that are given up while they wait", () =>
    Effect.gen(function*() {
      const { arrivals, members: [one, two] } = yield* mocked(2, { maxWait: "2 minutes" })
      if (one === undefined || two === undefined) return assert.fail("there are two")
      yield* crowd(6, get(one))
      const leaving = yield* Effect.forkChild(crowd(20, get(one)))
      yield* TestClock.adjust("59 seconds")
      yield* Fiber.interrupt(leaving)
      yield* TestClock.adjust("1 second")
      yield* crowd(6, get(two))
      assert.strictEqual(arrivals.length, 12)
    }))

  it.effect("get the places of one that died a window later", () =>
    Effect.gen(function*() {
      const { members: [one, two] } = yield* mocked(2, { requestLimit: 2, timeout: "10 minutes" }, () => Effect.never)
      if (one === undefined || two === undefined) return assert.fail("there are two")
      yield* Effect.forkChild(crowd(2, get(one)))
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("89 seconds")
      // Nothing of it arrives any more.
      one.line.is = "away"
      yield* TestClock.adjust("39 seconds")
      assert.strictEqual(waits([yield* Effect.result(get(two))]).length, 1)
      yield* TestClock.adjust("21 seconds")
      const alive = yield* Effect.forkChild(crowd(2, get(two)))
      yield* TestClock.adjust("1 second")
      assert.isUndefined(alive.pollUnsafe())
    }))

  it.effect("keep the limit each for itself while the store is away, and together again when it is back", () =>
    Effect.gen(function*() {
      const { arrivals, members: [one, two] } = yield* mocked(2)
      if (one === undefined || two === undefined) return assert.fail("there are two")
      yield* crowd(3, get(one))
      one.line.is = two.line.is = "away"
      assert.strictEqual(waits(yield* crowd(10, Effect.result(get(one)))).length, 7)
      assert.strictEqual(waits(yield* crowd(10, Effect.result(get(two)))).length, 4)
      one.line.is = two.line.is = "well"
      yield* TestClock.adjust("2 minutes")
      arrivals.length = 0
      yield* crowd(10, Effect.result(get(one)))
      yield* crowd(10, Effect.result(get(two)))
      assert.strictEqual(arrivals.length, 6)
    }))

  it.effect("have the place of a request that was not sent taken at once by one who waits", () =>
    Effect.gen(function*() {
      let refused = false
      const { arrivals, members: [one] } = yield* mocked(
        1,
        { requestLimit: 1, maxWait: "2 minutes" },
        (request) =>
          refused
            ? Effect.sync(() => Response.json(node))
            : Effect.delay(
              Effect.suspend(() => {
                refused = true
                return refuse(request)
              }),
              "5 seconds"
            )
      )
      if (one === undefined) return assert.fail("there is one")
      const fibers = yield* Effect.forkChild(crowd(2, Effect.result(get(one))))
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("4 seconds")
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(arrivals.length, 2)
      yield* Fiber.interrupt(fibers)
    }))

  it.effect("are told what those before them in the line leave", () =>
    Effect.gen(function*() {
      const { members: [one] } = yield* mocked(1, { requestLimit: 2, maxWait: "40 seconds" })
      if (one === undefined) return assert.fail("there is one")
      yield* get(one)
      yield* TestClock.adjust("20 seconds")
      yield* get(one)
      yield* TestClock.adjust("10 seconds")
      const first = yield* Effect.forkChild(get(one), { startImmediately: true })
      assert.deepStrictEqual(waits([yield* Effect.result(get(one))]), [50])
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.join(first)
    }))

  it.effect("pause for five minutes at most", () =>
    Effect.gen(function*() {
      const { members: [one] } = yield* mocked(
        1,
        { requestWindow: "10 hours" },
        () => Effect.sync(() => new Response(null, { status: 429 }))
      )
      if (one === undefined) return assert.fail("there is one")
      yield* Effect.result(get(one))
      assert.deepStrictEqual(waits([yield* Effect.result(get(one))]), [300])
    }))

  it.effect("wait for a store that is silent once, and not for long", () =>
    Effect.gen(function*() {
      const { arrivals, members: [one] } = yield* mocked(1)
      if (one === undefined) return assert.fail("there is one")
      one.line.is = "silent"
      const fiber = yield* Effect.forkChild(crowd(3, get(one)))
      yield* TestClock.adjust("3 seconds")
      yield* Fiber.join(fiber)
      yield* crowd(3, get(one))
      assert.strictEqual(arrivals.length, 6)
    }))
})

// -----------------------------------------------------------------------------
// Under random interleavings
// -----------------------------------------------------------------------------

const key = TokenKey.make({ provider: "apex", environment: "test", account: Redacted.make("one") })
const window = 1_000

/** A quota behind a wire: commands arrive in order, and are carried out though nobody waits for them any more. */
const remote = (quota: Quota.Service<never>, latency: number): Quota.Service =>
  Quota.transform(quota, (command) =>
    Effect.flatMap(
      Effect.forkDetach(Effect.delay(command, latency), { startImmediately: true }),
      (carriedOut) => Effect.delay(Fiber.join(carriedOut), latency)
    ))

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

const Call = Schema.Struct({
  process: Schema.Literals([0, 1, 2]),
  at: between(0, 3_000),
  lasts: between(0, 1_500),
  /** When its caller leaves, if it does. */
  leaves: Schema.Literals(["never", "never", "never", 5, 10, 300, 900]),
  sent: Schema.Literals([true, true, true, false])
})

const allowance = new Quota.Allowance({ key, name: "calls" })

/** The limiters of so many processes, each behind a wire of its own. */
const limiters = (count: number, quota: Quota.Service<never>, latency: number, limit: number) =>
  Effect.forEach(Array.from({ length: count }), () =>
    Layer.build(Layer.fresh(
      ApexRateLimit.layer.pipe(Layer.provide(Layer.mock(TokenCache, { quota: () => remote(quota, latency) })))
    )).pipe(
      Effect.flatMap((context) => Effect.provideContext(ApexRateLimit, context)),
      Effect.flatMap(({ open }) => open(key, { requests: limit, window }))
    ))

const atMost = Duration.minutes(1)

describe("limiters over one quota", () => {
  it.effect.prop("let no more through than the limit in any window, and have nobody wait for too long", {
    calls: Schema.Array(Call).check(Schema.isMaxLength(15)),
    limit: between(1, 4),
    latency: Schema.Literals([0, 1, 7, 50]),
    maxWait: Schema.Literals([0, 400, 2_500])
  }, ({ calls, latency, limit, maxWait }) =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      const members = yield* limiters(3, quota, latency, limit)
      const begun: Array<number> = []
      const late: Array<number> = []

      const callers = yield* Effect.forEach(calls, ({ at, lasts, leaves, process, sent }) =>
        Effect.gen(function*() {
          const limiter = members[process]
          if (limiter === undefined) return yield* Effect.die("no such process")
          yield* Effect.sleep(at)
          const told = Effect.map(Clock.currentTimeMillis, (now) => {
            if (now > at + maxWait + 6 * latency) late.push(now - at)
            return now
          })
          const request = Effect.flatMap(told, (now) => {
            if (!sent) return Effect.fail("not sent" as const)
            begun.push(now)
            return Effect.sleep(lasts)
          })
          const call = limiter.run(request, {
            maxWait: Duration.millis(maxWait),
            atMost,
            counts: (exit) => Option.getOrUndefined(Exit.findErrorOption(exit)) !== "not sent"
          }).pipe(Effect.tapError((error) => error === "not sent" ? Effect.void : told))
          return yield* leaves === "never" ? call : Effect.timeoutOption(call, leaves)
        }).pipe(
          Effect.exit,
          Effect.forkChild
        ))
      yield* TestClock.adjust("20 seconds")
      assert.isTrue(callers.every((caller) => caller.pollUnsafe() !== undefined), "everybody is done")

      const most = Math.max(
        0,
        ...begun.map((start) => begun.filter((time) => time >= start && time < start + window).length)
      )
      assert.isAtMost(most, limit)
      assert.deepStrictEqual(late, [])
      assert.isTrue(Duration.isZero(yield* quota.remaining(allowance, 1)), "no place is taken")
    }).pipe(Effect.scoped))

  it.effect.prop("lose no place to those who leave before they have sent anything", {
    callers: Schema.Array(
      Schema.Struct({ process: Schema.Literals([0, 1]), at: between(0, 60), stays: between(0, 60) })
    )
      .check(Schema.isMaxLength(10)),
    latency: Schema.Literals([0, 3, 20])
  }, ({ callers, latency }) =>
    Effect.gen(function*() {
      const quota = yield* Quota.makeMemory
      const members = yield* limiters(2, quota, latency, 2)
      for (const { at, process, stays } of callers) {
        const limiter = members[process]
        if (limiter === undefined) return assert.fail("no such process")
        // One who has a place goes on to find that there is no token.
        const call = limiter.run(Effect.fail("no token"), { maxWait: Duration.seconds(1), atMost, counts: () => false })
        yield* Effect.forkChild(Effect.delay(Effect.ignore(Effect.timeoutOption(call, stays)), at))
      }
      yield* TestClock.adjust(120 + 4 * latency)
      assert.isTrue(Duration.isZero(yield* quota.remaining(allowance, 1)))
      const told = yield* Effect.forEach(members, (limiter) =>
        Effect.forkChild(limiter.run(Effect.succeed("sent"), {
          maxWait: Duration.zero,
          atMost,
          counts: () => true
        })))
      yield* TestClock.adjust(4 * latency + 1)
      assert.deepStrictEqual(yield* Effect.forEach(told, Fiber.join), ["sent", "sent"])
    }).pipe(Effect.scoped))
})
