/**
 * What users of other token libraries have been burnt by. Each test is named after the lesson; what needs several caches
 * stands in `Siblings.test.ts`, what needs a wire in `AuthenticatedClient.test.ts` and `Exchange*.test.ts`, and the many
 * shapes of an expiry in `Expiry*.test.ts`.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Expiry from "@entegre/core/Expiry"
import { IssuerError, IssuerRefused } from "@entegre/core/IssuerError"
import * as MemoryTokenStore from "@entegre/core/MemoryTokenStore"
import * as SharedTokenCache from "@entegre/core/SharedTokenCache"
import { TokenCache } from "@entegre/core/TokenCache"
import * as TokenKey from "@entegre/core/TokenKey"
import { type Service, TokenStore } from "@entegre/core/TokenStore"
import {
  Arbitrary,
  Context,
  Deferred,
  Duration,
  Effect,
  Equal,
  Exit,
  Fiber,
  Layer,
  Random,
  Redacted,
  Schema
} from "effect"
import { TestClock } from "effect/testing"
import { crowd, open, record, valueOf } from "./support/cache.ts"
import * as ModelIssuer from "./support/modelIssuer.ts"

describe("a caller that leaves", () => {
  it.effect("in the middle of a refresh does not lose the rotated token, whenever it leaves", () =>
    Effect.gen(function*() {
      for (let after = 0; after < 40; after++) {
        const { counts, provider, tokens } = yield* open({
          rotation: "rotating",
          refreshes: true,
          latency: "20 millis"
        })
        yield* tokens.warmUp
        yield* TestClock.adjust("20 millis")
        const caller = yield* Effect.forkChild(tokens.reject(yield* tokens.get), { startImmediately: true })
        yield* TestClock.adjust(after)
        yield* Fiber.interrupt(caller)
        yield* TestClock.adjust("20 millis")
        yield* tokens.get
        assert.deepInclude(counts, { logins: 1, refreshes: 1, doubleSpends: 0 })
        assert.strictEqual(provider.counts.atOnce, 0)
      }
    }))

  it.effect("does not take the context of later renewals with it", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* open({ life: "1 hour" })
      const caller = yield* Effect.forkChild(Effect.andThen(tokens.get, tokens.get))
      yield* Fiber.join(caller)
      yield* TestClock.adjust("59 minutes")
      assert.strictEqual(counts.logins, 2)
    }))

  it.effect("leaves no permit behind, however many leave and when", () =>
    Effect.gen(function*() {
      const { provider, tokens } = yield* open({ latency: "5 millis" })
      for (let round = 0; round < 50; round++) {
        const callers = yield* Effect.forEach(Array.from({ length: 20 }), () => Effect.forkChild(tokens.get))
        yield* TestClock.adjust(yield* Random.nextIntBetween(0, 6))
        for (const caller of callers) {
          if (yield* Random.nextBoolean) yield* Fiber.interrupt(caller)
        }
        yield* TestClock.adjust("5 millis")
        const status = yield* tokens.status
        assert.deepInclude(status, { waiting: 0, renewing: false, state: "alive" })
        yield* tokens.forget
      }
      assert.strictEqual(provider.counts.mostAtOnce, 1)
    }).pipe(Random.withSeed("leaving")))
})

describe("a late rejection", () => {
  it.effect("of a token that has a successor already causes no login", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* open()
      const old = yield* tokens.get
      yield* tokens.reject(old)
      yield* TestClock.adjust("10 minutes")
      const late = yield* crowd(100, tokens.reject(old))
      assert.deepStrictEqual(new Set(late.map(valueOf)), new Set(["access-2"]))
      assert.strictEqual(counts.logins, 2)
    }))
})

describe("keys", () => {
  const part = Arbitrary.schema(Schema.NonEmptyString)
  it.effect.prop(
    "that differ in any one field are never the same key",
    {
      provider: part,
      environment: part,
      account: part,
      other: part,
      field: Arbitrary.schema(Schema.Literals([0, 1, 2]))
    },
    ({ account, environment, field, other, provider }) =>
      Effect.sync(() => {
        const parts: [string, string, string] = [provider, environment, account]
        const changed: [string, string, string] = [...parts]
        changed[field] = other
        const make = ([provider, environment, account]: [string, string, string]) =>
          TokenKey.make({ provider, environment, account: Redacted.make(account) })
        assert.strictEqual(Equal.equals(make(parts), make(changed)), other === parts[field])
      })
  )

  it.effect("of 200 tenants under 10,000 callers only ever get their own tokens", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make({ maxConcurrent: 7 })
      const tenants = yield* Effect.forEach(Array.from({ length: 200 }, (_, index) => `tenant-${index}`), (account) =>
        Effect.gen(function*() {
          const model = yield* ModelIssuer.make({ account })
          const tokens = yield* cache.open({
            ...model.issuer,
            login: () =>
              Effect.gen(function*() {
                yield* Effect.sleep(yield* Random.nextIntBetween(1, 30))
                return { accessToken: Redacted.make(account), expiry: [Expiry.relative(60)] }
              })
          })
          return { account, tokens }
        }))
      const calls = yield* Effect.forkChild(Effect.forEach(Array.from({ length: 10_000 }), () =>
        Effect.gen(function*() {
          const tenant = yield* Random.choice(tenants)
          const token = yield* tenant.tokens.get
          assert.strictEqual(valueOf(token), tenant.account)
          if ((yield* Random.next) < 0.02) {
            assert.strictEqual(valueOf(yield* tenant.tokens.reject(token)), tenant.account)
          }
        }), { concurrency: "unbounded" }))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(calls)
    }).pipe(Random.withSeed("tenants")))
})

describe("a new token set", () => {
  it.effect("is in the store before any caller sees it", () =>
    Effect.gen(function*() {
      const store = Context.get(yield* Layer.build(MemoryTokenStore.layer), TokenStore)
      const written = Deferred.makeUnsafe<void>()
      const slow: Service = {
        ...store,
        write: (lease, entry) => Effect.andThen(Deferred.await(written), store.write(lease, entry))
      }
      const layer = SharedTokenCache.layer.pipe(Layer.provide(Layer.succeed(TokenStore, slow)))
      const cache = Context.get(yield* Layer.build(layer), TokenCache)
      const { issuer } = yield* ModelIssuer.make()
      const tokens = yield* cache.open(issuer)
      const caller = yield* Effect.forkChild(tokens.get, { startImmediately: true })
      yield* TestClock.adjust(1)
      assert.isUndefined(caller.pollUnsafe())
      yield* Deferred.succeed(written, undefined)
      const { generation } = yield* Fiber.join(caller)
      assert.strictEqual((yield* store.read(issuer.key)).record?.generation, generation)
    }))

  it.effect("without a refresh token keeps the one before it", () =>
    Effect.gen(function*() {
      const { cache, provider } = yield* open()
      const sent: Array<string> = []
      const tokens = yield* cache.open({
        ...provider.issuer,
        key: TokenKey.make({ provider: "keeps", environment: "test", account: Redacted.make("a") }),
        login: () =>
          Effect.succeed({
            accessToken: Redacted.make("a"),
            expiry: [Expiry.relative(600)],
            refreshToken: Redacted.make("kept")
          }),
        refresh: (refreshToken) =>
          Effect.sync(() => {
            sent.push(Redacted.value(refreshToken))
            return { accessToken: Redacted.make("b"), expiry: [Expiry.relative(600)] }
          })
      })
      yield* tokens.reject(yield* tokens.get)
      yield* tokens.reject(yield* tokens.get)
      assert.deepStrictEqual(sent, ["kept", "kept"])
    }))

  it.effect("that comes late never replaces a newer one", () =>
    Effect.gen(function*() {
      const { cache, provider } = yield* open({ timeout: "1 second" })
      const slow = Deferred.makeUnsafe<void>()
      let logins = 0
      const tokens = yield* cache.open({
        ...provider.issuer,
        // A request that nothing can cut short: the next caller takes over when its deadline has passed.
        login: () =>
          Effect.suspend(() => {
            const mine = ++logins
            const grant = { accessToken: Redacted.make(`login-${mine}`), expiry: [Expiry.relative(86_400)] }
            return mine === 1
              ? Effect.as(Effect.uninterruptible(Deferred.await(slow)), grant)
              : Effect.succeed(grant)
          })
      })
      const first = yield* Effect.forkChild(Effect.exit(tokens.get), { startImmediately: true })
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual(valueOf(yield* tokens.get), "login-2")
      yield* Deferred.succeed(slow, undefined)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(valueOf(yield* tokens.get), "login-2")
      yield* Fiber.join(first)
    }))
})

describe("the hot path", () => {
  it.effect("takes no lock and starts no fiber: it is synchronous", () =>
    Effect.gen(function*() {
      const { tokens } = yield* open()
      yield* tokens.get
      assert.isTrue(Exit.isSuccess(Effect.runSyncExit(tokens.get)))
    }))

  it.effect("gives 100,000 callers on a cold key one login", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* open({ latency: "10 millis" })
      const callers = yield* Effect.forkChild(crowd(100_000, tokens.get))
      yield* TestClock.adjust("10 millis")
      assert.strictEqual((yield* Fiber.join(callers)).length, 100_000)
      assert.strictEqual(counts.logins, 1)
    }), 30_000)
})

describe("a provider that is down for two hours", () => {
  it.effect(
    "is asked about once a minute, and its failure is never remembered for longer",
    () =>
      Effect.gen(function*() {
        const { cache, provider } = yield* open()
        let asked = 0
        let down = true
        const tokens = yield* cache.open({
          ...provider.issuer,
          login: (credentials) =>
            Effect.suspend(() => {
              asked++
              return down
                ? Effect.fail(new IssuerError({ reason: new IssuerRefused({ status: 503 }) }))
                : provider.issuer.login(credentials)
            })
        })
        for (let second = 0; second < 7_200; second++) {
          yield* Effect.forkChild(Effect.ignore(crowd(5, tokens.get)))
          yield* TestClock.adjust("1 second")
        }
        assert.isBelow(asked, 160)
        assert.isAbove(asked, 90)
        down = false
        yield* TestClock.adjust("72 seconds")
        yield* tokens.get
      }),
    30_000
  )

  it.effect("fails every waiter with the same typed error, and none is left waiting", () =>
    Effect.gen(function*() {
      const { provider, tokens } = yield* open({ latency: "1 second" })
      yield* provider.failNext(...Array.from({ length: 50 }, () => new IssuerRefused({ status: 500 })))
      const callers = yield* Effect.forkChild(crowd(500, Effect.flip(tokens.get)))
      yield* TestClock.adjust("30 seconds")
      const errors = yield* Fiber.join(callers)
      assert.isTrue(errors.every(({ reason }) => reason._tag === "IssuerUnavailable" && reason.status === 500))
      assert.strictEqual((yield* tokens.status).waiting, 0)
    }))
})

describe("time", () => {
  for (const life of ["1 day", "7 days", "30 days"] as const) {
    it.effect(`of ${life} passes without an early or a missed renewal`, () =>
      Effect.gen(function*() {
        const { counts, tokens } = yield* open({ life, window: "1 hour" }, { limits: { longestLife: "60 days" } })
        yield* tokens.get
        yield* tokens.get
        yield* TestClock.adjust(Duration.subtract(Duration.fromInputUnsafe(life), Duration.minutes(61)))
        assert.strictEqual(counts.logins, 1)
        yield* TestClock.adjust("45 minutes")
        assert.strictEqual(counts.logins, 2)
      }))
  }

  it.effect("that jumps ahead, as after a suspended machine, finds an ended token and not a stale one", () =>
    Effect.gen(function*() {
      const { tokens } = yield* open({ life: "1 hour" })
      yield* tokens.get
      yield* TestClock.setTime(Duration.toMillis("10 days"))
      assert.isAbove((yield* tokens.get).expiresAt, Duration.toMillis("10 days"))
    }))

  it.effect("that ends nothing: a provider that hands out the same dying token again is not asked in a loop", () =>
    Effect.gen(function*() {
      const { counts, tokens } = yield* open({ expiry: [Expiry.relative(0)] })
      for (let second = 0; second < 120; second++) {
        yield* tokens.get
        yield* TestClock.adjust("1 second")
      }
      assert.isAtMost(counts.logins, 6)
    }))

  it.effect("without an end is not believed: no expiry means a short life and a warning", () =>
    Effect.gen(function*() {
      const { counts, events, tokens } = yield* open({ expiry: [] })
      yield* tokens.get
      yield* TestClock.adjust("61 seconds")
      yield* tokens.get
      assert.isAtLeast(counts.logins, 2)
      assert.isAtMost(counts.logins, 3)
      assert.isAtLeast((yield* events.of("ExpiryDoubtful")).length, 1)
    }))
})

describe("the events of a token's life", () => {
  it.effect("tell what happened in order, and carry no secret", () =>
    Effect.gen(function*() {
      const cache = yield* TokenCache.make()
      const events = yield* record(cache)
      const { issuer } = yield* ModelIssuer.make({ account: "account-canary", refreshes: true })
      const tokens = yield* cache.open(issuer)
      yield* tokens.reject(yield* tokens.get)
      assert.deepStrictEqual(yield* events.tags, ["Asked", "Issued", "Rejected", "Asked", "Issued"])
      assert.deepInclude((yield* events.all)[4], { _tag: "Issued", means: "refresh", cause: "rejected", generation: 2 })
      assert.notMatch(JSON.stringify(yield* events.all), /canary|access-|refresh-|right/)
    }))
})
