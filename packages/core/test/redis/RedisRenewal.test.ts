import { assert, describe, it } from "@effect/vitest"
import type { Tokens } from "@entegre/core/Tokens"
import { Effect, Redacted, Schedule, Schema } from "effect"
import { crowd, record, valueOf } from "../support/cache.ts"
import * as ModelIssuer from "../support/modelIssuer.ts"
import * as Server from "./support/server.ts"
import * as Store from "./support/store.ts"

/** What clients have sent, but for pings and what scripts do. */
const commands = (monitor: Server.Monitor) =>
  monitor.text().split("\n").filter((line) =>
    line.includes("] \"") && !line.includes(" lua] ") && !/"ping"$/i.test(line.trim())
  )

const eventually = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.retry(effect, { schedule: Schedule.spaced("50 millis"), times: 200 })

const reasonOf = (tokens: Tokens) => Effect.map(Effect.flip(tokens.get), ({ reason }) => reason._tag)

describe.skipIf(Server.cannotStart)("a token that processes share over Redis", () => {
  it.live("costs four round trips at most to renew, and none to get", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const provider = yield* ModelIssuer.make({ rotation: "rotating", refreshes: true })
      const cache = yield* Store.openCache(server.url)
      const tokens = yield* cache.open(provider.issuer)
      const first = yield* tokens.get
      const monitor = yield* Server.monitor(server.port)
      // Whatever is still to be heard of the login.
      yield* Effect.sleep("200 millis")

      const before = commands(monitor).length
      const second = yield* tokens.reject(first)
      yield* Effect.sleep("200 millis")
      const renewal = commands(monitor).slice(before)
      assert.strictEqual(provider.counts.refreshes, 1)
      assert.notStrictEqual(valueOf(second), valueOf(first))
      assert.isAbove(renewal.length, 1)
      assert.isAtMost(renewal.length, 4, renewal.join("\n"))

      yield* crowd(10_000, tokens.get)
      yield* Effect.sleep("200 millis")
      assert.lengthOf(commands(monitor), before + renewal.length)
    }))

  it.live("is taken from the store by a process that starts later, which asks nobody else", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const provider = yield* ModelIssuer.make({ rotation: "singleActive" })
      const [one, two] = [yield* Store.openCache(server.url), yield* Store.openCache(server.url)]
      const token = yield* Effect.flatMap(one.open(provider.issuer), ({ get }) => get)
      const other = yield* Effect.flatMap(two.open(provider.issuer), ({ get }) => get)
      assert.strictEqual(valueOf(other), valueOf(token))
      assert.strictEqual(provider.counts.logins, 1)
    }))

  it.live("is forgotten by all of them, and by those that start later", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const provider = yield* ModelIssuer.make({ rotation: "reusable", refreshes: true })
      const [one, two] = [yield* Store.openCache(server.url), yield* Store.openCache(server.url)]
      const tokens = yield* one.open(provider.issuer)
      const others = yield* two.open(provider.issuer)
      const first = yield* tokens.get
      assert.strictEqual(valueOf(yield* others.get), valueOf(first))
      yield* tokens.forget
      const later = yield* Effect.flatMap(Store.openCache(server.url), (cache) => cache.open(provider.issuer))
      assert.notStrictEqual(valueOf(yield* later.get), valueOf(first))
      const seen = yield* eventually(Effect.filterOrFail(others.get, (token) => valueOf(token) !== valueOf(first)))
      assert.isAbove(seen.generation, first.generation)
      assert.deepInclude(provider.counts, { logins: 2, refreshes: 0 })
    }))

  it.live("that can not be read any more costs one login, whoever asks", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const redis = yield* Store.client(server.url)
      const provider = yield* ModelIssuer.make({ rotation: "singleActive" })
      const one = yield* Store.openCache(server.url)
      yield* Effect.flatMap(one.open(provider.issuer), ({ get }) => get)
      const [place = ""] = yield* Schema.decodeUnknownEffect(Schema.Array(Schema.String))(
        yield* redis.send("KEYS", "*:tokens")
      )
      yield* redis.send("HSET", place, "tokens", "garbage")
      const later = yield* Effect.forEach([1, 2, 3], () => Store.openCache(server.url))
      const opened = yield* Effect.forEach(later, (cache) => cache.open(provider.issuer))
      const values = yield* Effect.forEach(opened, ({ get }) => Effect.map(get, valueOf), { concurrency: "unbounded" })
      assert.strictEqual(new Set(values).size, 1)
      assert.strictEqual(provider.counts.logins, 2)
    }))

  it.live(
    "is not ended by a process that was given another encryption key, which fails and says why",
    () =>
      Effect.gen(function*() {
        const server = yield* Server.started()
        const provider = yield* ModelIssuer.make({ rotation: "singleActive" })
        const one = yield* Store.openCache(server.url)
        const stranger = yield* Store.openCache(server.url, { encryption: [{ id: "other", key: Store.keyOf(3) }] })
        yield* Effect.flatMap(one.open(provider.issuer), ({ get }) => get)
        const events = yield* record(stranger)
        assert.strictEqual(yield* reasonOf(yield* stranger.open(provider.issuer)), "TokenStoreUnavailable")
        assert.strictEqual(provider.counts.logins, 1)
        const [unavailable] = yield* events.of("StoreUnavailable")
        assert.include(unavailable?.problem, "a key that this process does not have (id one)")
      }),
    30_000
  )

  it.live(
    "is had without Redis only where that does no harm, and is brought there when it is back",
    () =>
      Effect.gen(function*() {
        const server = yield* Server.make
        const [reusable, single] = [
          yield* ModelIssuer.make({ rotation: "reusable", account: "reusable" }),
          yield* ModelIssuer.make({ rotation: "singleActive", account: "single" })
        ]
        const one = yield* Store.openCache(server.url)
        const two = yield* Store.openCache(server.url)
        const alone = yield* Effect.flatMap(one.open(reusable.issuer), ({ get }) => get)
        const waiting = yield* one.open(single.issuer)
        assert.strictEqual(yield* reasonOf(waiting), "TokenStoreUnavailable")
        assert.strictEqual(single.counts.logins, 0)

        const events = yield* record(one)
        yield* server.start()
        yield* eventually(waiting.get)
        yield* eventually(
          Effect.filterOrFail(events.of("StoreRecovered"), (recovered) => recovered.length > 0)
        )
        const shared = yield* Effect.flatMap(two.open(reusable.issuer), ({ get }) => get)
        assert.strictEqual(Redacted.value(shared.value), valueOf(alone))
        assert.strictEqual(reusable.counts.logins, 1)
        assert.strictEqual(single.counts.logins, 1)
      }),
    60_000
  )
})
