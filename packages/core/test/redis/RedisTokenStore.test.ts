import { assert, describe, it, layer } from "@effect/vitest"
import * as Quota from "@entegre/core/Quota"
import * as TokenKey from "@entegre/core/TokenKey"
import { type Change, type Lease, type Service, TokenStore } from "@entegre/core/TokenStore"
import { Duration, Effect, Layer, PubSub, Redacted, Schema, Stream } from "effect"
import * as TokenStoreLaws from "../../../testing/src/TokenStoreLaws.ts"
import * as Server from "./support/server.ts"
import * as Store from "./support/store.ts"

const minute = Duration.minutes(1)

const allowance = new Quota.Allowance({ key: Store.key, name: "orders.list" })

/** What a store tells from now on. */
const listen = Effect.fnUntraced(function*(store: Service) {
  const heard = yield* PubSub.unbounded<Change>()
  const subscription = yield* PubSub.subscribe(heard)
  yield* Effect.forkScoped(Stream.runForEach(store.changes, (change) => PubSub.publish(heard, change)))
  yield* Effect.sleep("200 millis")
  return subscription
})

/** A server, two stores on it as two processes have them, and a client beside them. */
const setUp = Effect.gen(function*() {
  const server = yield* Server.started()
  return {
    server,
    one: yield* Store.open(server.url),
    two: yield* Store.open(server.url),
    redis: yield* Store.client(server.url)
  }
})

const strings = Schema.decodeUnknownEffect(Schema.Array(Schema.String))

describe.skipIf(Server.hasNone)("a token store in Redis", () => {
  // A server that was given may be somebody's.
  const options = { prefix: "entegre-test", retention: "5 minutes" } as const
  const Live = Layer.effect(TokenStore, Effect.flatMap(Server.anyUrl, (url) => Store.open(url, options)))
  layer(Live, { excludeTestServices: true })((it) => {
    for (const { check, name } of TokenStoreLaws.make({ pass: (millis) => Effect.sleep(millis), lease: 600 })) {
      it.effect(name, () => check)
    }
  })
})

describe.skipIf(Server.cannotStart)("a token store in a Redis of its own", () => {
  it.live("gives an attempt that asks again, because its connection broke, the lease that it has", () =>
    Effect.gen(function*() {
      const { one, two } = yield* setUp
      yield* Store.lease(one, "crashed", "1 millis")
      yield* Effect.sleep("20 millis")
      const first = yield* Store.lease(one, "attempt")
      const again = yield* Store.lease(one, "attempt")
      assert.deepStrictEqual(again.lease, first.lease)
      assert.isTrue(first.unfinished && again.unfinished)
      assert.strictEqual((yield* two.acquire(Store.key, { owner: "other", timeToLive: minute, known: 0 }))._tag, "Held")
    }))

  it.live("carries out a write once that is sent twice, and says each time that it is written", () =>
    Effect.gen(function*() {
      const { one, two } = yield* setUp
      const changes = yield* listen(two)
      yield* two.read(Store.key)
      const { lease, now } = yield* Store.lease(one, "attempt")
      const record = Store.recordOf(lease.fence, now + 60_000)
      assert.strictEqual((yield* one.write(lease, record))._tag, "Written")
      assert.strictEqual((yield* one.write(lease, record))._tag, "Written")
      yield* two.forget(Store.key, lease.fence)
      const heard = [yield* PubSub.take(changes), yield* PubSub.take(changes)]
      assert.deepStrictEqual(heard.map(({ forgotten }) => forgotten), [false, true])
      const { lease: newer } = yield* Store.lease(two, "newer")
      assert.strictEqual((yield* one.write(lease, record))._tag, "Fenced")
      yield* two.release(newer)
    }))

  it.live("gives greater numbers after everything was lost, whatever the asker knows", () =>
    Effect.gen(function*() {
      const { one, redis } = yield* setUp
      const before = yield* Store.write(one, "before")
      yield* redis.send("FLUSHALL")
      const { lease, record } = yield* Store.lease(one, "after")
      assert.isUndefined(record)
      assert.isAbove(lease.fence, before.generation)
    }))

  it.live("gives a number above what the asker knows, be it ahead of the server's clock, and never one out of range", () =>
    Effect.gen(function*() {
      const { one } = yield* setUp
      const ask = (owner: string, known: number) =>
        Effect.gen(function*() {
          const acquired = yield* one.acquire(Store.key, { owner, timeToLive: minute, known })
          assert(acquired._tag === "Acquired")
          yield* one.release(acquired.lease)
          return acquired.lease.fence
        })
      const first = yield* ask("first", 0)
      const second = yield* ask("second", first + 3_600_000_000)
      assert.strictEqual(second, first + 3_600_000_001)
      assert.strictEqual(yield* ask("third", 0), second + 1)
      const last = yield* ask("last", 9e15)
      assert.isBelow(last, 9e15)
      assert.isAbove(last, first)
    }))

  it.live("takes a lease that runs for longer than any for a mistake", () =>
    Effect.gen(function*() {
      const { one, redis } = yield* setUp
      const { now } = yield* Store.lease(one, "somebody")
      const [place = ""] = yield* strings(yield* redis.send("KEYS", "*:tokens"))
      yield* redis.send("HSET", place, "leased", String(now + 2 * 86_400_000))
      yield* Store.lease(one, "next")
    }))

  it.live("carries out a write under a lease that was lost, unless another one was given since", () =>
    Effect.gen(function*() {
      const { one, redis, two } = yield* setUp
      const write = ({ lease, now }: { readonly lease: Lease; readonly now: number }) =>
        one.write(lease, Store.recordOf(lease.fence, now + 60_000))
      const lost = yield* Store.lease(one, "lost")
      yield* redis.send("FLUSHALL")
      assert.strictEqual((yield* write(lost))._tag, "Written")
      assert.strictEqual((yield* two.read(Store.key)).record?.generation, lost.lease.fence)

      const superseded = yield* Store.lease(one, "superseded")
      yield* redis.send("FLUSHALL")
      yield* Store.lease(two, "newer")
      assert.strictEqual((yield* write(superseded))._tag, "Fenced")
    }))

  it.live("takes a lease that was lost for given again when its holder prolongs it", () =>
    Effect.gen(function*() {
      const { one, redis, two } = yield* setUp
      const { lease } = yield* Store.lease(one, "lost")
      yield* redis.send("FLUSHALL")
      assert.isTrue(yield* one.extend(lease, minute))
      assert.strictEqual((yield* two.acquire(Store.key, { owner: "other", timeToLive: minute, known: 0 }))._tag, "Held")
      yield* one.release(lease)
      assert.isFalse(yield* one.extend(lease, minute))
    }))

  it.live("knows of an unfinished attempt however long ago its lease ran out", () =>
    Effect.gen(function*() {
      const { one, redis } = yield* setUp
      yield* Store.lease(one, "crashed", "1 millis")
      const [place = ""] = yield* strings(yield* redis.send("KEYS", "*:tokens"))
      // Ten days later.
      yield* redis.send("HINCRBY", place, "leased", "-864000000")
      assert.isTrue((yield* Store.lease(one, "next")).unfinished)
    }))

  it.live("lets Redis forget an account when nobody has used it for the retention, or its tokens ended, if later", () =>
    Effect.gen(function*() {
      const server = yield* Server.started()
      const redis = yield* Store.client(server.url)
      const store = yield* Store.open(server.url, { retention: "1 hour" })
      const hours = Effect.gen(function*() {
        const keys = yield* strings(yield* redis.send("KEYS", "*"))
        const lives = yield* Effect.forEach(keys, (key) => redis.send<number>("PTTL", key))
        return { least: Math.min(...lives) / 3_600_000, most: Math.max(...lives) / 3_600_000 }
      })
      const { lease, now } = yield* Store.lease(store, "attempt")
      const record = Store.recordOf(lease.fence, now + 60_000)
      yield* store.write(lease, record)
      yield* store.quota.pause(allowance, minute)
      yield* store.quota.take(allowance, { ticket: "t", limit: 1, period: minute })
      assert.approximately((yield* hours).most, 1, 0.01)
      assert.isAbove((yield* hours).least, 0, "every key ends")

      const { lease: next } = yield* Store.lease(store, "next")
      yield* store.write(next, {
        ...record,
        tokens: { ...Store.tokens(next.fence, now + 60_000), refreshExpiresAt: now + 5 * 3_600_000 }
      })
      assert.approximately((yield* hours).most, 5, 0.01)
      yield* Store.lease(store, "another")
      assert.approximately((yield* hours).most, 5, 0.01)
    }))

  it.live("keeps what belongs to an account in one slot of a cluster, under names that say nothing", () =>
    Effect.gen(function*() {
      const { one, redis } = yield* setUp
      yield* Store.write(one, "attempt")
      yield* one.quota.take(allowance, { ticket: "t", limit: 1, period: minute })
      yield* one.quota.pause(allowance, minute)
      const keys = yield* strings(yield* redis.send("KEYS", "*"))
      const ofAccount = keys.filter((key) => key !== "entegre:names")
      assert.lengthOf(ofAccount, 3)
      assert.lengthOf(new Set(ofAccount.map((key) => /^entegre:(\{[\w-]{43}\}):/.exec(key)?.[1])), 1)
      for (const word of ["acme", "test", "canary", "orders", "list"]) assert.notInclude(keys.join(" "), word)
    }))

  it.live("tells other processes of the keys that they know, and not of others", () =>
    Effect.gen(function*() {
      const { one, two } = yield* setUp
      const stranger = TokenKey.make({ provider: "acme", environment: "test", account: Redacted.make("another") })
      yield* two.read(Store.key)
      const changes = yield* listen(two)
      const { lease } = yield* Effect.flatMap(
        one.acquire(stranger, { owner: "attempt", timeToLive: minute, known: 0 }),
        (acquired) => {
          assert(acquired._tag === "Acquired")
          return Effect.succeed(acquired)
        }
      )
      yield* one.write(lease, Store.recordOf(lease.fence, 0))
      const { generation } = yield* Store.write(one, "attempt")
      const change = yield* PubSub.take(changes)
      assert.deepStrictEqual({ ...change }, { key: Store.key, generation, forgotten: false })
    }))

  it.live("marks secrets the same way in all processes, and in no way by which they could be found", () =>
    Effect.gen(function*() {
      const { one, server, two } = yield* setUp
      const stranger = yield* Store.open(server.url, { prefix: "other", nameKey: Store.keyOf(201) })
      const secret = Redacted.make("a secret")
      const marks = yield* Effect.forEach(
        [one, two, stranger],
        ({ fingerprint }) => fingerprint?.(secret) ?? Effect.void
      )
      assert.strictEqual(marks[0], marks[1])
      assert.notStrictEqual(marks[0], marks[2])
      assert.match(String(marks[0]), /^[\w-]{43}$/)
    }))

  it.live("is one store for all layers with the same keys, and another one under another prefix", () =>
    Effect.gen(function*() {
      const { one, server, two } = yield* setUp
      const other = yield* Store.open(server.url, { prefix: "other" })
      const { generation } = yield* Store.write(one, "attempt")
      assert.strictEqual((yield* two.read(Store.key)).record?.generation, generation)
      assert.isUndefined((yield* other.read(Store.key)).record)
    }))
})
