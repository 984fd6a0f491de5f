/**
 * What caches make of instants in a store whose clock differs from theirs, and whose answers take their time.
 */
import { assert, describe, it } from "@effect/vitest"
import * as MemoryTokenStore from "@entegre/core/MemoryTokenStore"
import * as SharedTokenCache from "@entegre/core/SharedTokenCache"
import { TokenCache } from "@entegre/core/TokenCache"
import type { Tokens } from "@entegre/core/Tokens"
import { type Service, TokenStore } from "@entegre/core/TokenStore"
import { Clock, Context, Duration, Effect, Fiber, Layer, Ref } from "effect"
import { TestClock } from "effect/testing"
import * as ModelIssuer from "./support/modelIssuer.ts"

/** How the store looks to one cache, in milliseconds. */
interface Way {
  readonly name: string
  /** How far the store's clock is ahead of the cache's. */
  readonly ahead: number
  /** How long a question is on its way. */
  readonly there: number
  /** How long an answer is on its way. */
  readonly back: number
}

const ways: ReadonlyArray<Way> = [
  { name: "answers at once", ahead: 0, there: 0, back: 0 },
  { name: "is slow to hear", ahead: 0, there: 1_500, back: 0 },
  { name: "is slow to answer", ahead: 0, there: 0, back: 1_500 },
  { name: "is ahead", ahead: 3_600_000, there: 0, back: 0 },
  { name: "is behind, and slow", ahead: -3_600_000, there: 700, back: 700 }
]

interface Pair {
  readonly name: string
  readonly one: Way
  readonly two: Way
}

const pairs: ReadonlyArray<Pair> = ways.flatMap((one) =>
  ways.map((two) => ({ name: `${one.name}, and to another ${two.name}`, one, two }))
)

/** Lets time pass until a fiber is done. */
const finish = Effect.fnUntraced(function*<A, E>(fiber: Fiber.Fiber<A, E>) {
  for (let step = 0; step < 100 && fiber.pollUnsafe() === undefined; step++) yield* TestClock.adjust(100)
  return yield* Fiber.join(fiber)
})

/** The store as a cache sees it. */
const seen = (memory: Service, { ahead, back, there }: Way): Service => {
  const travel = <A, E>(effect: Effect.Effect<A, E>) => Effect.delay(effect, there).pipe(Effect.tap(Effect.sleep(back)))
  const shown = <A extends { readonly now: number }>(answer: A): A => ({ ...answer, now: answer.now + ahead })
  return {
    ...memory,
    read: (key) => travel(Effect.map(memory.read(key), shown)),
    acquire: (key, options) => travel(Effect.map(memory.acquire(key, options), shown)),
    write: (lease, entry) => travel(memory.write(lease, entry))
  }
}

/** Two caches over a store, each of which sees it in its own way. */
const setUp = Effect.fnUntraced(function*({ one, two }: Pair) {
  const provider = yield* ModelIssuer.make({ life: "6 hours", window: "1 millis" })
  const memory = Context.get(yield* Layer.build(MemoryTokenStore.layer), TokenStore)
  const join = Effect.fnUntraced(function*(way: Way) {
    const store = Layer.succeed(TokenStore, seen(memory, way))
    const layer = SharedTokenCache.layerWith({ closeGrace: 0 }).pipe(Layer.provide(store))
    const cache = Context.get(yield* Layer.build(Layer.fresh(layer)), TokenCache)
    return yield* cache.open(provider.issuer)
  })
  return { provider, counts: provider.counts, one: yield* join(one), two: yield* join(two) }
})

const done = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.flatMap(Effect.forkChild(effect, { startImmediately: true }), finish)

const roundTrips = ({ one, two }: Pair): number => one.there + one.back + two.there + two.back

/** How much later the second cache's clock shows the same instant. */
const shift = ({ one, two }: Pair): number => one.ahead - two.ahead

describe("a store", () => {
  it.effect.each(pairs)("has a token end no later for two caches to which it $name", (pair) =>
    Effect.gen(function*() {
      const { counts, one, two } = yield* setUp(pair)
      const token = yield* done(one.get)
      const adopted = yield* done(two.get)
      assert.strictEqual(counts.logins, 1)
      assert.strictEqual(adopted.generation, token.generation)
      assert.isAtMost(adopted.expiresAt, token.expiresAt + shift(pair))
      assert.isAtLeast(adopted.expiresAt, token.expiresAt + shift(pair) - roundTrips(pair))
    }))

  // Where the second one's clock is behind, what is due for the first is over for it: both have the clock of the test.
  it.effect.each(pairs.filter((pair) => shift(pair) >= 0))(
    "has a probe due no sooner for two caches to which it $name",
    (pair) =>
      Effect.gen(function*() {
        const { counts, one, provider, two } = yield* setUp(pair)
        const due = Effect.fnUntraced(function*(tokens: Tokens) {
          const { reason } = yield* done(Effect.flip(tokens.get))
          assert(reason._tag === "CredentialsRefused")
          return (yield* Clock.currentTimeMillis) + Duration.toMillis(reason.retryAfter)
        })
        yield* Ref.set(provider.secret, "wrong")
        const agreed = yield* due(one)
        const heard = yield* due(two)
        assert.isAtLeast(heard, agreed + shift(pair))
        assert.isAtMost(heard, agreed + shift(pair) + roundTrips(pair))
        assert.strictEqual(counts.asked, 1)
      })
  )
})
