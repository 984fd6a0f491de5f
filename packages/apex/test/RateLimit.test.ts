import { assert, describe, it } from "@effect/vitest"
import { Apex, type ApexError, ApexRateLimit } from "@entegre/apex"
import type * as ApexOptions from "@entegre/apex/ApexOptions"
import { TokenCache } from "@entegre/core"
import { Clock, Context, Duration, Effect, Fiber, Layer, LayerMap, Redacted, Result, Schedule, Schema } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { baseUrl, credentials, lost, mockClient, open, refusal, tokens } from "./support/apex.ts"
import { ids, node } from "./support/samples.ts"

const crowd = <A, E, R>(size: number, effect: Effect.Effect<A, E, R>) =>
  Effect.forEach(Array.from({ length: size }), () => effect, { concurrency: "unbounded" })

/** Those of a crowd that were refused, and how long they were told to wait. */
const waits = (results: ReadonlyArray<Result.Result<unknown, ApexError>>): ReadonlyArray<number> =>
  results.flatMap((result) => {
    if (Result.isSuccess(result)) return []
    assert.strictEqual(result.failure.reason._tag, "RateLimited", result.failure.message)
    return [Duration.toMillis(result.failure.retryAfter ?? Duration.zero)]
  })

/** Answers calls after some time, and remembers when they came. */
const provider = (latency: Duration.Input = 0) => {
  const arrivals: Array<number> = []
  return {
    arrivals,
    answer: () =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        arrivals.push(now)
        return Effect.delay(Effect.succeed(Response.json(node)), latency)
      }),
    /** The most that came in any stretch of time as long as the window. */
    most: (window: number) =>
      Math.max(0, ...arrivals.map((start) => arrivals.filter((time) => time >= start && time < start + window).length))
  }
}

describe("the requests of an API key", () => {
  it.effect("are 48 calls in a minute: 50, of which two are left to logins", () =>
    Effect.gen(function*() {
      const { answer, arrivals, most } = provider()
      const { apex, sent } = yield* open(answer)
      const fiber = yield* Effect.forkChild(crowd(100, apex.nodes.get(ids.node)))
      yield* TestClock.adjust(0)
      assert.strictEqual(arrivals.length, 48)
      yield* TestClock.adjust("59999 millis")
      assert.strictEqual(arrivals.length, 48)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(arrivals.length, 96)
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.strictEqual(most(60_000), 48)
      assert.strictEqual(sent.length, 101)
    }))

  it.effect("are as many as the settings say", () =>
    Effect.gen(function*() {
      const { answer, arrivals } = provider()
      const { apex } = yield* open(answer, { requestLimit: 5, reservedForTokens: 0, requestWindow: "1 second" })
      const fiber = yield* Effect.forkChild(crowd(12, apex.nodes.get(ids.node)))
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(arrivals, [0, 0, 0, 0, 0, 1000, 1000, 1000, 1000, 1000, 2000, 2000])
    }))

  it.effect("are counted from their answers, so that the provider counts no more whenever they reach it", () =>
    Effect.gen(function*() {
      const { answer, arrivals } = provider("400 millis")
      const { apex } = yield* open(answer, { requestLimit: 3, reservedForTokens: 0, requestWindow: "1 second" })
      const fiber = yield* Effect.forkChild(crowd(6, apex.nodes.get(ids.node)))
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(arrivals, [0, 0, 0, 1400, 1400, 1400])
    }))

  it.effect("get their places in the order in which they came", () =>
    Effect.gen(function*() {
      const { answer } = provider()
      const { apex } = yield* open(answer, { requestLimit: 1, reservedForTokens: 0, requestWindow: "1 second" })
      const order: Array<number> = []
      const fiber = yield* Effect.forkChild(
        Effect.forEach(
          [1, 2, 3, 4, 5],
          (i) => Effect.andThen(apex.nodes.get(ids.node), Effect.sync(() => order.push(i))),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(order, [1, 2, 3, 4, 5])
    }))

  it.effect.prop("are never more in a window, whenever they come and however long they take", {
    gaps: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 900 }))).check(
      Schema.isMaxLength(20)
    ),
    latency: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1500 }))
  }, ({ gaps, latency }) =>
    Effect.gen(function*() {
      const { answer, arrivals, most } = provider(latency)
      const { apex } = yield* open(answer, {
        requestLimit: 4,
        reservedForTokens: 1,
        requestWindow: "1 second",
        maxWait: "1 hour"
      })
      const fibers: Array<Fiber.Fiber<unknown, ApexError>> = []
      for (const gap of gaps) {
        fibers.push(yield* Effect.forkChild(apex.nodes.get(ids.node)))
        yield* TestClock.adjust(gap)
      }
      yield* TestClock.adjust("2 minutes")
      yield* Fiber.joinAll(fibers)
      assert.strictEqual(arrivals.length, gaps.length)
      assert.isAtMost(most(1000), 3)
    }))

  it.effect("count repetitions too", () =>
    Effect.gen(function*() {
      const { apex, calls } = yield* open((_, request) => lost(request), {
        requestLimit: 2,
        reservedForTokens: 0,
        maxWait: "1 second",
        retry: Schedule.recurs(5)
      })
      const { reason } = yield* Effect.flip(apex.nodes.get(ids.node))
      assert.strictEqual(reason._tag, "RateLimited")
      assert.strictEqual(calls().length, 2)
    }))

  it.effect("count the one that repeats a call with the next token", () =>
    Effect.gen(function*() {
      const { apex, calls } = yield* open(
        ({ headers, path }) =>
          path === "/auth/refresh"
            ? Response.json(tokens(1, 2))
            : headers.authorization === "Bearer canary-access-1"
            ? refusal(401, "X")
            : Response.json(node),
        { requestLimit: 1, reservedForTokens: 0, requestWindow: "1 second" }
      )
      const fiber = yield* Effect.forkChild(apex.nodes.create({ name: "one", type: "Account" }))
      yield* TestClock.adjust("999 millis")
      assert.strictEqual(calls().length, 1)
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(fiber)
      assert.strictEqual(calls().length, 2)
    }))
})

describe("a caller for whom there is no place", () => {
  it.effect("is told at once if it would wait too long, and how long it would take; nothing is sent", () =>
    Effect.gen(function*() {
      const { answer, arrivals } = provider()
      const { apex } = yield* open(answer, { requestLimit: 5, reservedForTokens: 1, maxWait: "30 seconds" })
      const results = yield* crowd(6, Effect.result(apex.nodes.get(ids.node)))
      assert.deepStrictEqual(waits(results), [60_000, 60_000])
      assert.strictEqual(arrivals.length, 4)
      yield* TestClock.adjust("20 seconds")
      const { message, reason } = yield* Effect.flip(apex.nodes.get(ids.node))
      if (reason._tag !== "RateLimited") return assert.fail(message)
      assert.strictEqual(Duration.toMillis(reason.retryAfter), 40_000)
      assert.isUndefined(reason.status)
      yield* TestClock.adjust("40 seconds")
      yield* apex.nodes.get(ids.node)
    }))

  it.effect("is reckoned with all who came before it", () =>
    Effect.gen(function*() {
      const { answer } = provider()
      const { apex } = yield* open(answer, { requestLimit: 2, reservedForTokens: 0, maxWait: "2 minutes" })
      const fiber = yield* Effect.forkChild(crowd(8, Effect.result(apex.nodes.get(ids.node))))
      yield* TestClock.adjust("2 minutes")
      // Two at once, two after a minute, two after two; the last two would have to wait for three.
      assert.deepStrictEqual(waits(yield* Fiber.join(fiber)), [180_000, 180_000])
    }))

  it.effect("is told when its time is over, if those before it take longer than they might", () =>
    Effect.gen(function*() {
      const { answer } = provider("50 seconds")
      const { apex } = yield* open(answer, {
        requestLimit: 1,
        reservedForTokens: 0,
        timeout: "55 seconds",
        maxWait: "90 seconds"
      })
      const fiber = yield* Effect.forkChild(crowd(2, Effect.result(apex.nodes.get(ids.node))))
      yield* TestClock.adjust("90 seconds")
      assert.deepStrictEqual(waits(yield* Fiber.join(fiber)), [20_000])
    }))

  it.effect("takes nothing along when it leaves", () =>
    Effect.gen(function*() {
      const { answer, arrivals } = provider()
      const { apex } = yield* open(answer, { requestLimit: 1, reservedForTokens: 0, requestWindow: "1 second" })
      yield* apex.nodes.get(ids.node)
      const leaving = yield* Effect.forkChild(crowd(50, apex.nodes.get(ids.node)))
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(leaving)
      const staying = yield* Effect.forkChild(apex.nodes.get(ids.node))
      yield* TestClock.adjust("500 millis")
      yield* Fiber.join(staying)
      assert.deepStrictEqual(arrivals, [0, 1000])
    }))
})

describe("logins", () => {
  it.effect("do not wait for calls", () =>
    Effect.gen(function*() {
      let refreshes = 0
      const { apex } = yield* open(({ path }) => {
        if (path !== "/auth/refresh") return Response.json(node)
        refreshes++
        return Response.json({ ...tokens(1, 2), expires_in: 90 })
      }, { requestLimit: 2, reservedForTokens: 1, requestWindow: "10 hours", maxWait: "1 second" })
      yield* apex.nodes.get(ids.node)
      yield* TestClock.adjust("59 minutes")
      assert.strictEqual(refreshes, 1)
      const { reason } = yield* Effect.flip(apex.nodes.get(ids.node))
      assert.strictEqual(reason._tag, "RateLimited")
    }))

  it.effect("that fail let everybody know at once, and cost no call its place", () =>
    Effect.gen(function*() {
      const { client, sent } = mockClient(({ path }) =>
        path === "/auth/authenticate" && sent.length === 1 ? refusal(401, "INVALID_API_KEY") : Response.json(
          path === "/auth/authenticate" ? tokens(1) : node
        )
      )
      const context = yield* build(client, { requestLimit: 3, reservedForTokens: 0 })
      const apex = Context.get(context, Apex)
      const refused = yield* crowd(9, Effect.flip(apex.nodes.get(ids.node)))
      assert.deepStrictEqual(new Set(refused.map(({ reason }) => reason._tag)), new Set(["CredentialsRefused"]))
      yield* apex.accessTokens.credentialsChanged
      yield* crowd(3, apex.nodes.get(ids.node))
    }))
})

/** An Apex over a client, whose limits are those of its own test. */
const build = (client: HttpClient.HttpClient, options: Partial<ApexOptions.Options>) =>
  Layer.build(
    Apex.layer({ baseUrl, credentials, ...options }).pipe(
      Layer.provideMerge(TokenCache.layer),
      Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
    )
  )

describe("an answer 429", () => {
  it.effect("holds back everybody with the key for as long as it says", () =>
    Effect.gen(function*() {
      let answered = 0
      const { apex, calls } = yield* open(() =>
        ++answered === 1
          ? new Response(null, { status: 429, headers: { "retry-after": "20" } })
          : Response.json(node)
      )
      const { reason } = yield* Effect.flip(apex.nodes.get(ids.node))
      assert.deepStrictEqual([reason._tag, "status" in reason && reason.status], ["RateLimited", 429])
      const fiber = yield* Effect.forkChild(crowd(5, apex.nodes.get(ids.node)))
      yield* TestClock.adjust("19999 millis")
      assert.strictEqual(calls().length, 1)
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(fiber)
      assert.strictEqual(calls().length, 6)
    }))

  it.effect("holds back for a window if it does not say, and for five minutes at most", () =>
    Effect.gen(function*() {
      const answers = [undefined, "86400"]
      const { apex } = yield* open(() => {
        const [retryAfter] = answers.splice(0, 1)
        return new Response(null, {
          status: 429,
          headers: retryAfter === undefined ? {} : { "retry-after": retryAfter }
        })
      }, { maxWait: "1 second" })
      const wait = Effect.map(
        Effect.flip(apex.nodes.get(ids.node)),
        ({ retryAfter }) => Duration.toSeconds(retryAfter ?? Duration.zero)
      )
      assert.deepStrictEqual([yield* wait, yield* wait], [60, 60])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual([yield* wait, yield* wait], [300, 300])
    }))
})

describe("a clock that is set back by an hour", () => {
  const wait = (apex: Apex["Service"]) =>
    Effect.map(
      Effect.flip(apex.nodes.get(ids.node)),
      ({ retryAfter }) => Duration.toSeconds(retryAfter ?? Duration.zero)
    )

  it.effect("keeps places no longer", () =>
    Effect.gen(function*() {
      const { answer } = provider()
      const { apex } = yield* open(answer, { requestLimit: 1, maxWait: "1 second" })
      yield* TestClock.setTime(Duration.toMillis("1 hour"))
      yield* apex.nodes.get(ids.node)
      yield* TestClock.setTime(0)
      assert.strictEqual(yield* wait(apex), 60)
    }))

  it.effect("keeps pauses no longer", () =>
    Effect.gen(function*() {
      const { apex } = yield* open(() => new Response(null, { status: 429 }), { maxWait: "1 second" })
      yield* TestClock.setTime(Duration.toMillis("1 hour"))
      yield* wait(apex)
      yield* TestClock.setTime(0)
      assert.strictEqual(yield* wait(apex), 60)
    }))
})

describe("layers of one process", () => {
  const layers = Effect.fnUntraced(function*(
    one: Partial<ApexOptions.Options>,
    other: Partial<ApexOptions.Options>
  ) {
    const { answer, arrivals } = provider()
    const { client } = mockClient((sent) => sent.path === "/auth/authenticate" ? Response.json(tokens(1)) : answer())
    const cache = yield* Layer.build(TokenCache.layer)
    const limits = yield* Layer.build(Layer.fresh(ApexRateLimit.layer)).pipe(Effect.provideContext(cache))
    const make = (options: Partial<ApexOptions.Options>) =>
      Apex.make({ baseUrl, credentials, maxWait: "1 second", requestLimit: 6, reservedForTokens: 0, ...options }).pipe(
        Effect.provideContext(Context.merge(cache, limits)),
        Effect.provideService(HttpClient.HttpClient, client)
      )
    return { arrivals, one: yield* make(one), other: yield* make(other) }
  })
  const use = (apex: Apex["Service"]) => crowd(10, Effect.result(apex.nodes.get(ids.node)))

  it.effect("with the same API key are counted together", () =>
    Effect.gen(function*() {
      const { arrivals, one, other } = yield* layers({ label: "one" }, { label: "other" })
      yield* use(one)
      assert.strictEqual(waits(yield* use(other)).length, 10)
      assert.strictEqual(arrivals.length, 6)
    }))

  it.effect("with different API keys are not", () =>
    Effect.gen(function*() {
      const { arrivals, one, other } = yield* layers({}, {
        credentials: { ...credentials, apiKey: Redacted.make("canary-other-key") }
      })
      yield* use(one)
      yield* use(other)
      assert.strictEqual(arrivals.length, 12)
    }))

  it.effect("with different limits for one API key keep the strictest", () =>
    Effect.gen(function*() {
      const { arrivals, one } = yield* layers({ requestLimit: 9 }, { requestLimit: 2 })
      yield* use(one)
      assert.strictEqual(arrivals.length, 2)
    }))

  it.effect("that come after one another do not forget what was sent", () =>
    Effect.gen(function*() {
      const { answer, arrivals } = provider()
      const { client } = mockClient((sent) => sent.path === "/auth/authenticate" ? Response.json(tokens(1)) : answer())
      const limits = yield* Layer.build(Layer.fresh(ApexRateLimit.layer.pipe(Layer.provide(TokenCache.layer))))
      const once = Effect.scoped(Effect.gen(function*() {
        const cache = yield* Layer.build(TokenCache.layer)
        const apex = yield* Apex.make({ baseUrl, credentials, maxWait: "1 second", requestLimit: 6 }).pipe(
          Effect.provideContext(Context.merge(cache, limits)),
          Effect.provideService(HttpClient.HttpClient, client)
        )
        return waits(yield* use(apex)).length
      }))
      assert.deepStrictEqual([yield* once, yield* once], [6, 10])
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* once, 6)
      assert.strictEqual(arrivals.length, 8)
    }))

  it.effect("that come and go in a `LayerMap` share what the cache at the edge remembers", () =>
    Effect.gen(function*() {
      const { answer, arrivals } = provider()
      const { client } = mockClient((sent) => sent.path === "/auth/authenticate" ? Response.json(tokens(1)) : answer())
      const map = LayerMap.make(
        (label: string) => Apex.layer({ baseUrl, credentials, label, maxWait: "1 second", requestLimit: 6 }),
        { idleTimeToLive: 0 }
      )
      const once = Effect.fnUntraced(function*(branches: Effect.Success<typeof map>, label: string) {
        return yield* Effect.flatMap(Apex, use).pipe(Effect.provide(branches.get(label)), Effect.map(waits))
      })
      yield* Effect.gen(function*() {
        const branches = yield* map
        assert.strictEqual((yield* once(branches, "one")).length, 6)
        assert.strictEqual((yield* once(branches, "other")).length, 10)
        assert.strictEqual((yield* once(branches, "one")).length, 10)
      }).pipe(
        Effect.provide(
          Layer.merge(TokenCache.layer, Layer.succeed(HttpClient.HttpClient, client))
        )
      )
      assert.strictEqual(arrivals.length, 4)
    }))
})
